#!/bin/sh
# SPDX-License-Identifier: MIT
# Two programs say the same: of random hierarchies both backends give the same reasons and depths,
# and the memory has as much to do.
# usage: alike.sh ONE OTHER [ARGUMENTS]
set -eu
one=$1 other=$2
shift 2
a=$("$one" "$@")
b=$("$other" "$@")
printf '%s\n%s\n' "$a" "$b"
[ "$a" = "$b" ]
