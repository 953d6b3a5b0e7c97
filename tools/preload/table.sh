#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints a header that turns calls into a TLS library into calls through a table, which is filled
# at run time. It lists what a library linked the usual way takes from the TLS library.
# usage: table.sh NM FILE VERSION-PREFIX TABLE HEADER
set -eu
nm=$1 file=$2 version=$3 table=$4 header=$5

names=$("$nm" -D --undefined-only "$file" | sed -n "s/.* \([A-Za-z0-9_]*\)@${version}.*/\1/p" | sort -u)
[ -n "$names" ] || { echo "table.sh: $file takes nothing from a $version library" >&2; exit 1; }

echo "/* Made by table.sh from ${file##*/}. Included before everything else. */"
echo "#include \"$header\""
echo "struct $table {"
for name in $names; do echo "    __typeof__($name) *$name;"; done
echo "};"
echo "extern struct $table $table;"
echo "#define NAMES_OF_$table \\"
for name in $names; do echo "    \"$name\", \\"; done
echo
for name in $names; do printf '#undef %s\n#define %s (*%s.%s)\n' "$name" "$name" "$table" "$name"; done
