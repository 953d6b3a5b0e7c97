#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a program with the preload library and a fresh log.
# usage: run.sh LIBRARY PURPOSE PROGRAM [ARGUMENT]    PURPOSE: as S2SVERIFY_PURPOSE, or "default"
set -eu
library=$1 purpose=$2; shift 2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ "$purpose" = default ] || export S2SVERIFY_PURPOSE="$purpose"
env LD_PRELOAD="$library" S2SVERIFY_LOG="$log" "$@" || { status=$?; cat "$log"; exit $status; }
