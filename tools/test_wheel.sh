#!/bin/sh
# Builds the sdist, and the wheel from it, and runs the tests against that wheel, in a new environment and in a copy of
# the sdist without `src`: the tests run on the files that users install.
#
#   sh tools/test_wheel.sh [PYTHON]
set -eu
cd "$(dirname "$0")/.."
root=$PWD
python=$(sh tools/choose_python.sh "${1:-}")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=

"$python" -m venv "$work/environment"
bin=$work/environment/bin
pip_install() {
    "$bin/python" -m pip install --quiet --constraint "$root/constraints.txt" "$@"
}

pip_install hatchling
"$bin/python" -m hatchling build --target sdist --directory "$work/dist"
mkdir "$work/copy"
tar --extract --gzip --file "$work"/dist/eternaltwin-*.tar.gz --directory "$work/copy" --strip-components 1
cd "$work/copy"
"$bin/python" -m hatchling build --target wheel --directory "$work/dist"
rm -r src

pip_install "eternaltwin[all,dev] @ file://$(echo "$work"/dist/eternaltwin-*.whl)"
"$bin/python" -m pytest -n auto --maxprocesses 4 --dist worksteal -m "not load and not long" -p no:cacheprovider
