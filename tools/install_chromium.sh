#!/bin/sh
# Installs Chromium for the browser tests where that is possible; elsewhere says why they will be skipped.

skip() {
    echo "The browser tests will be skipped: $1"
    exit 0
}

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

command -v apt-get >/dev/null 2>&1 || skip "there is no Chromium here, and no apt-get to install it with."
[ "$(id -u)" = 0 ] || skip "there is no Chromium here, and only root may install it (apt-get install chromium)."

echo "Installing Chromium for the browser tests ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install --yes --no-install-recommends chromium; } >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log"
    skip "Chromium could not be installed (see above)."
fi
