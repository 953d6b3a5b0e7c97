#!/bin/sh
# SPDX-License-Identifier: MIT
# What the library says of its settings, and that it stays silent where nothing is to be done.
# usage: settings.sh LIBRARY PROGRAM
set -eu
library=$1 program=$2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

run() { # ENVIRONMENT ...
    : > "$log"
    env LD_PRELOAD="$library" S2SVERIFY_LOG="$log" "$@" "$program" > /dev/null 2>&1 || true
}

says() { # TEXT
    grep -qF "$1" "$log" || { echo "FAIL: not in the log: $1"; cat "$log"; failed=1; }
}

run S2SVERIFY_PROFILE=xmpp
says 'profile xmpp, purpose server-or-client'
run S2SVERIFY_PROFILE=xmp S2SVERIFY_PURPOSE=severe
says 'profile: there is no "xmp"; taken as "server"'
says 'purpose: there is no "severe"; taken as "server"'
says 'profile server, purpose server'

: > "$log"
env LD_PRELOAD="$library" S2SVERIFY_LOG="$log" /bin/true
[ ! -s "$log" ] || { echo 'FAIL: it speaks though there is no TLS'; failed=1; }
env LD_PRELOAD="$library" S2SVERIFY_LOG=stderr "$program" 2>&1 > /dev/null | grep -q 's2sverify\[.*armed' ||
    { echo 'FAIL: nothing on standard error'; failed=1; }
exit $failed
