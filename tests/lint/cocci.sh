#!/bin/sh
# SPDX-License-Identifier: MIT
# Every semantic patch parses, and says which files it changes. Exit status 77 (skipped) without Coccinelle.
# usage: cocci.sh ROOT
set -eu
cd "$1"
export HOME="${HOME:-/}" # without one spatch fails
command -v spatch >/dev/null || {
    echo "SKIPPED: coccinelle is not installed"
    exit 77
}
failed=0
for patch in examples/patches/*.cocci; do
    spatch --parse-cocci "$patch" >/dev/null 2>&1 || { echo "FAIL: spatch --parse-cocci $patch"; failed=1; }
    grep -q '^// Files: ' "$patch" || { echo "FAIL: $patch: no line \"// Files:\""; failed=1; }
done
exit $failed
