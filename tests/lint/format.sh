#!/bin/sh
# SPDX-License-Identifier: MIT
# Every source is as .clang-format says. Exit status 77 (skipped) without clang-format.
# usage: format.sh ROOT
set -eu
cd "$1"
command -v clang-format >/dev/null || {
    echo "SKIPPED: clang-format is not installed"
    exit 77
}
find lib backends include examples tests tools -name '*.[ch]' -exec clang-format --dry-run -Werror {} + || {
    echo "FAIL: clang-format -i is needed for the files above"
    exit 1
}
