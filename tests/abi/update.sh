#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes the libraries' ABI to doc/abi/*.abi, to be compared with later by "meson test --suite abi".
# usage: update.sh BUILD    after ninja -C BUILD, with debug information
set -eu
[ $# -eq 1 ] && [ -d "$1" ] || { sed -n '3,4s/^# //p' "$0" >&2; exit 2; }
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
command -v abidw >/dev/null || { echo "update.sh: please install abigail-tools" >&2; exit 1; }
mkdir -p doc/abi
for so in lib/libs2sverify.so backends/openssl/libs2sverify-openssl.so \
    backends/gnutls/libs2sverify-gnutls.so; do
    [ -f "$build/$so" ] || continue
    name=$(basename "$so" .so)
    # No paths of this machine: the dump is the same wherever it is made. Where a type stands has to
    # stay: abidiff takes one that stands nowhere for private.
    abidw --headers-dir include --drop-private-types --no-corpus-path \
        --no-comp-dir-path --out-file "doc/abi/$name.abi" "$build/$so"
    sed -i -E "s,path='[^']*/((lib|backends|include)/[^']*)',path='\\1'," "doc/abi/$name.abi"
    echo "doc/abi/$name.abi"
done
