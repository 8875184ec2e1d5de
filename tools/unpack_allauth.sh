#!/bin/sh
# Unpacks the source distribution of django-allauth, which contains its tests for providers (the wheel does not), and
# prints the folder, for the environment variable ALLAUTH_SOURCE of our tests.
#
#   sh tools/unpack_allauth.sh PYTHON
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
"$1" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary django-allauth --dest "$folder" \
    --constraint constraints.txt django-allauth >&2
tar --extract --gzip --file "$folder"/django_allauth-*.tar.gz --directory "$folder" --strip-components 1
echo "$folder"
