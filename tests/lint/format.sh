#!/bin/sh
# SPDX-License-Identifier: MIT
# Every source is as .clang-format says. Exit status 77 (skipped) without clang-format 14, Debian 12's: others
# lay the same rules out otherwise.
# usage: format.sh ROOT
set -eu
cd "$1"
format=clang-format
command -v clang-format-14 >/dev/null && format=clang-format-14
"$format" --version 2>/dev/null | grep -q 'version 14\.' || {
    echo "SKIPPED: clang-format 14 is not installed"
    exit 77
}
find lib backends include examples tests tools -name '*.[ch]' -exec $format --dry-run -Werror {} + || {
    echo "FAIL: clang-format -i is needed for the files above"
    exit 1
}
