#!/bin/sh
# SPDX-License-Identifier: MIT
# A program whose processes share OpenSSL's memory is armed.
# usage: memory.sh LIBRARY PROGRAM
set -eu
library=$1 program=$2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
env LD_PRELOAD="$library" S2SVERIFY_LOG="$log" "$program" || { echo 'FAIL: it doesn'\''t go on'; cat "$log"; exit 1; }
grep -q 'armed: every SSL_CTX .*; nothing is remembered' "$log" || { echo 'FAIL: not armed'; cat "$log"; exit 1; }
grep -q 'refused: wrong-purpose .*code.example.*the handshake ends' "$log" ||
    { echo 'FAIL: nothing is refused'; cat "$log"; exit 1; }
! "$program" > /dev/null || { echo 'FAIL: it passes without the library'; exit 1; }
