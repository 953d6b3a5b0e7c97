#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing is armed in a program that may share its SSLs between processes.
# usage: own_memory.sh LIBRARY PROGRAM
set -eu
library=$1 program=$2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
env LD_PRELOAD="$library" S2SVERIFY_LOG="$log" "$program" || { echo 'FAIL: it no longer runs'; exit 1; }
grep -q 'not armed: the program gives OpenSSL (.*) memory of its own' "$log" && ! grep -q ' armed: every' "$log" ||
    { echo 'FAIL: it is armed'; cat "$log"; exit 1; }
