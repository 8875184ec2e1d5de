#!/bin/sh
# Installs the programs that some tests drive (a browser, servers), where that is possible; elsewhere says which tests
# will be skipped, and why.

there_is() {
    for name in "$@"; do
        if command -v "$name" >/dev/null 2>&1 || [ -x "$name" ]; then
            return 0
        fi
    done
    return 1
}

# Chromium without windows takes half the time of the whole one, and newer Debians have it as a package of its own.
browser=chromium-headless-shell
missing=""
need() {
    package=$1
    shift
    there_is "$@" || missing="$missing $package"
}

skip() {
    echo "Some tests will be skipped, for want of$missing: $1"
    exit 0
}

need "$browser" chromium-headless-shell chromium chromium-browser google-chrome
need redis-server redis-server
need postgresql postgres /usr/lib/postgresql/*/bin/postgres
[ -n "$missing" ] || exit 0

there_is apt-get || skip "there is no apt-get here to install it with."
[ "$(id -u)" = 0 ] || skip "only root may install it (apt-get install$missing)."

echo "Installing for the tests:$missing ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
install() {
    # shellcheck disable=SC2086
    apt-get install --yes --no-install-recommends $missing
}

use_the_whole_browser() {
    missing=$(echo "$missing" | sed "s/ $browser/ chromium/")
}

install_or_say_why() {
    apt-get update || return 1
    apt-cache show "$browser" >/dev/null || use_the_whole_browser
    install
}

if ! install_or_say_why >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log"
    skip "it could not be installed (see above)."
fi
