#!/bin/sh
# Prints the Python with which to create the environment: the given one, or the first that is new enough.
# Otherwise prints in one sentence what is missing.
#
#   sh tools/choose_python.sh [PYTHON]

fail() {
    echo "$1" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

has_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

choose() {
    for name in "$@"; do
        if is_new_enough "$name"; then
            has_venv "$name" ||
                fail "$name cannot create virtual environments: install its venv package (python3-venv on Debian)."
            echo "$name"
            exit 0
        fi
    done
}

if [ -n "$1" ]; then
    choose "$1"
    found=$("$1" --version 2>&1) || found="no Python"
    fail "eternaltwin needs Python 3.11 or newer, and $1 is $found: use another one, as in make PYTHON=python3.11"
fi
choose python3 python3.13 python3.12 python3.11 python
fail "eternaltwin needs Python 3.11 or newer, which was not found: install it, or name it, as in make PYTHON=/path/to/python3"
