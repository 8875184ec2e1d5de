#!/bin/sh
# Compiles the translations (.po) to the files that the library reads (.mo). Needs msgfmt, of the package gettext.
set -eu
cd "$(dirname "$0")/.."
find src/eternaltwin -name "*.po" | while read -r catalog; do
    msgfmt --check-format --no-hash --output-file="${catalog%.po}.mo" "$catalog"
done
