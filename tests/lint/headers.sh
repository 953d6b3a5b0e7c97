#!/bin/sh
# SPDX-License-Identifier: MIT
# Every header compiles alone: the public ones as C11 and C++11, the core's own as C11, by every
# compiler that is installed.
# usage: headers.sh ROOT
set -eu
cd "$1"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
failed=0
count=0

# COMPILER STANDARD LANGUAGE HEADER OPTION...
try() {
    command -v "$1" >/dev/null || return 0
    compiler=$1 standard=$2 language=$3 header=$4
    shift 4
    echo "#include \"$header\"" >"$T/alone.$language"
    count=$((count + 1))
    "$compiler" "-std=$standard" -Wall -Wextra -Wpedantic -Wundef -Werror -fsyntax-only "$@" \
        "$T/alone.$language" || {
        echo "FAIL: $header by $compiler as $standard"
        failed=1
    }
}

for header in include/s2sverify/*.h; do
    name=s2sverify/$(basename "$header")
    for compiler in gcc clang; do
        try $compiler c11 c "$name" -Wstrict-prototypes -I include
    done
    for compiler in g++ clang++; do
        try $compiler c++11 cc "$name" -I include
    done
done
for header in lib/*.h lib/*/*.h; do
    try gcc c11 c "${header#lib/}" -D_POSIX_C_SOURCE=200809L -I include -I lib
done
echo "$count compiled"
[ "$count" -gt 0 ] && exit $failed
