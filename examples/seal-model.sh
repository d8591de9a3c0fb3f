#!/bin/sh
# Seals a version of a model where it was exported: writes the sums of its files into MANIFEST.sha256. With
# complete-when: manifest, Penstock takes a copy up when every file of it has the sum listed, and none is added.
#   examples/seal-model.sh /exports/fraud/7
# Needs a shell, find and sha256sum. To check a copy by hand: cd /models/fraud/7 && sha256sum -c MANIFEST.sha256
set -eu
cd "${1:?usage: seal-model.sh VERSION_DIRECTORY}"
[ -f saved_model.pb ] || { echo "$1: no saved_model.pb (expected: a SavedModel)" >&2; exit 1; }
sums=$(find . -type f ! -name MANIFEST.sha256 -exec sha256sum {} +)
printf '%s\n' "$sums" > MANIFEST.sha256
