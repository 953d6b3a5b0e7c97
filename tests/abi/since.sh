#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares a library with an earlier release's ABI dump: what programs lose must be named. Exit status 77 (skipped)
# without abidiff.
# usage: since.sh LIBRARY DUMP INCLUDE SUPPRESSIONS
set -eu
library=$1 dump=$2 include=$3 named=$4
skip() { echo "SKIPPED: $1"; exit 77; }
command -v abidiff >/dev/null || skip "abidiff is not installed (package abigail-tools)"
architecture() { sed -n "s/^<abi-corpus .*architecture='\([^']*\)'.*/\1/p"; }
dumped=$(architecture <"$dump") this=$(abidw "$library" | architecture)
[ "$dumped" = "$this" ] || [ -z "$this" ] || skip "the dump is of another architecture, $dumped"

T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
# The seam between core and backends, names and types.
seam=$(sed -n 's/.*\b\(s2sv_[a-z0-9_]*\)(.*/\1/p' "$include/s2sverify/backend.h" | sort -u | paste -sd'|')
types=$(sed -n 's/^\(struct\|enum\) \(s2sv_[a-z0-9_]*\) {.*/\2/p' "$include/s2sverify/backend.h" | sort -u | paste -sd'|')
cat >"$T/seam" <<SEAM
[suppress_function]
  symbol_name_regexp = ^($seam)\$
[suppress_type]
  name_regexp = ^($types)\$
SEAM
if abidiff --no-added-syms --headers-dir2 "$include" --drop-private-types --suppressions "$T/seam" \
    --suppressions "$named" "$dump" "$library"; then
    exit 0
fi
echo "Programs linked to that release break. If that is meant: $(basename "$named"), CHANGELOG.md, soversion."
exit 1
