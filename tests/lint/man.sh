#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual pages: those of section 3 say what the headers say, the others name every setting, and none has
# an error in its formatting.
# usage: man.sh ROOT
set -eu
cd "$1"
failed=0
fail() {
    echo "FAIL: $*"
    failed=1
}
python3 doc/man/generate.py --check . || failed=1
for variable in $(grep -oh '"S2SVERIFY_[A-Z_]*"' tools/preload/*.c | tr -d '"' | sort -u); do
    grep -q "^\.B $variable" doc/man/s2sverify-preload.7 || fail "s2sverify-preload.7 says nothing of $variable"
done

T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
if command -v groff >/dev/null; then
    python3 doc/man/generate.py --policy . >"$T/s2sverify-policy.7"
    for page in doc/man/*.[137] "$T/s2sverify-policy.7"; do
        # As "man --warnings" does.
        groff -man -Kutf8 -Tutf8 -ww -rLL=78n "$page" 2>&1 >/dev/null | grep . && fail "$page"
    done
else
    echo 'groff is not installed: formatting was not looked at'
fi
exit $failed
