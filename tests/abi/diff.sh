#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares a library with its ABI dump. Exit status 77 (skipped) without abidiff or without a dump.
# usage: diff.sh LIBRARY DUMP INCLUDE
set -eu
skip() { echo "SKIPPED: $1"; exit 77; }
command -v abidiff >/dev/null || skip "abidiff is not installed (package abigail-tools)"
[ -f "$2" ] || skip "there is no $2; tests/abi/update.sh makes it"
architecture() { sed -n "s/^<abi-corpus .*architecture='\([^']*\)'.*/\1/p"; }
dumped=$(architecture < "$2") this=$(abidw "$1" | architecture)
[ "$dumped" = "$this" ] || [ -z "$this" ] || skip "the dump is of another architecture, $dumped"
# New functions are welcome; whatever else changes breaks programs that were linked before.
if ! abidiff --no-added-syms --headers-dir2 "$3" --drop-private-types "$2" "$1"; then
    echo "The ABI has changed. If that is meant: tests/abi/update.sh, CHANGELOG, soversion."
    exit 1
fi
abidiff --headers-dir2 "$3" --drop-private-types "$2" "$1" >/dev/null ||
    echo "There are new functions: tests/abi/update.sh"
