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
failed=0
for file in lib/*.[ch] backends/*/*.[ch] include/*/*.h examples/*.[ch] tests/*/*.[ch] tools/*.[ch]; do
    [ -f "$file" ] || continue
    clang-format --dry-run -Werror "$file" >/dev/null 2>&1 || {
        echo "FAIL: clang-format -i $file"
        failed=1
    }
done
exit $failed
