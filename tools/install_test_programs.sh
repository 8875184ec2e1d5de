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

need chromium chromium chromium-browser google-chrome
need redis-server redis-server
need postgresql postgres /usr/lib/postgresql/*/bin/postgres
[ -n "$missing" ] || exit 0

there_is apt-get || skip "there is no apt-get here to install it with."
[ "$(id -u)" = 0 ] || skip "only root may install it (apt-get install$missing)."

echo "Installing for the tests:$missing ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
if ! { apt-get update && apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log"
    skip "it could not be installed (see above)."
fi
