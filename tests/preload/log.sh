#!/bin/sh
# SPDX-License-Identifier: MIT
# The log waits for nobody, is limited, follows rotation, and isn't lost in a chroot.
# usage: log.sh LIBRARY PROGRAM
set -eu
library=$1 program=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 777 "$dir"
log=$dir/log failed=0

fail() { # WHAT
    echo "FAIL: $1"
    [ ! -f "$log" ] || sed 's/^/    /' "$log"
    failed=1
}

run() { # WHAT TARGET ACTS ...
    what=$1 target=$2; shift 2
    timeout 60 env LD_PRELOAD="$library" S2SVERIFY_LOG="$target" "$program" "$@" > "$dir/out" 2>&1 ||
        { cat "$dir/out"; fail "$what: exit status $?"; }
}

count() { # TEXT FILE
    grep -cF "$1" "$2" || true
}

mkfifo "$dir/fifo"
run 'a pipe that nobody reads' "$dir/fifo" accept server refuse-often 30 code
( exec 3<> "$dir/fifo"; run 'a pipe whose reader does nothing' "$dir/fifo" accept server refuse-often 100 code; exit $failed ) || failed=1
run 'a full disk' /dev/full accept server refuse-often 30 code
run 'no such directory' "$dir/no/log" accept server refuse code
ln -s "$dir/elsewhere" "$dir/link"
run 'a symbolic link' "$dir/link" refuse code
[ ! -e "$dir/elsewhere" ] || fail 'a symbolic link is followed'

# Standard error that nobody reads any more. (A shell would tell of the signal.)
what='a closed pipe for standard error'
{ env LD_PRELOAD="$library" S2SVERIFY_LOG=stderr "$program" accept server refuse-often 30 code 2>&1 > /dev/null ||
    echo "$?" > "$dir/status"; } | true
[ ! -e "$dir/status" ] || fail "$what: exit status $(cat "$dir/status")"

# The peers' own contexts have no anchors and demand nothing.
run 'no anchors' "$log" accept server accept server accept both
[ "$(count 'not judged' "$log")" = 1 ] || fail 'not said once that a context without anchors isn'"'t judged"
[ "$(count refused: "$log")" = 0 ] || fail 'a context without anchors is reported as a refusal'
rm "$log"

run limited "$log" refuse-often 300 code
lines=$(count 'refused: wrong-purpose' "$log")
[ "$lines" -ge 20 ] && [ "$lines" -le 24 ] || fail "$lines lines for 300 refusals"

rm "$log"
run rotated "$log" context refuse code move "$log" "$log.1" refuse code chroot "$dir/." refuse code
[ "$(count refused: "$log.1")" = 1 ] && [ "$(count refused: "$log")" = 2 ] || fail 'rotated: lines are lost'

rm "$log"
mkdir "$dir/root"
run 'in a chroot' "$log" context refuse code chroot "$dir/root" nobody refuse code
[ "$(count refused: "$log")" = 2 ] || fail 'in a chroot lines are lost'
rm "$log"
run 'the descriptor is another file' "$log" context refuse code chroot "$dir/root" close-all open-many refuse code
[ "$(count refused: "$log")" = 1 ] || fail 'a line after the descriptor was closed'
exit $failed
