#!/bin/sh
# Installs the programs that some tests use (a browser, servers), if possible; otherwise prints that some tests will be
# skipped, and why.

has_any() {
    for name in "$@"; do
        if command -v "$name" >/dev/null 2>&1 || [ -x "$name" ]; then
            return 0
        fi
    done
    return 1
}

# The headless shell of Chromium takes half the time of Chromium, and is a package in newer versions of Debian.
browser=chromium-headless-shell
missing=""
need() {
    package=$1
    shift
    has_any "$@" || missing="$missing $package"
}

skip() {
    echo "Some tests will be skipped, because these programs are missing:$missing. $1"
    exit 0
}

need "$browser" chromium-headless-shell chromium chromium-browser google-chrome
need nodejs node
need php-cli php
need redis-server redis-server
need postgresql postgres /usr/lib/postgresql/*/bin/postgres
[ -n "$missing" ] || exit 0

has_any apt-get || skip "There is no apt-get to install them."
[ "$(id -u)" = 0 ] || skip "Only root can install them (apt-get install$missing)."

echo "Installing for the tests:$missing ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
install() {
    # shellcheck disable=SC2086
    apt-get install --yes --no-install-recommends $missing
}

use_full_browser() {
    missing=$(echo "$missing" | sed "s/ $browser/ chromium/")
}

install_or_explain() {
    apt-get update || return 1
    apt-cache show "$browser" >/dev/null || use_full_browser
    install
}

if ! install_or_explain >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log"
    skip "They could not be installed (see above)."
fi
