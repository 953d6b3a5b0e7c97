#!/bin/sh
# SPDX-License-Identifier: MIT
# What daemons do beside TLS: they go on, and are armed, or it is said that they aren't.
# usage: crash.sh LIBRARY PROGRAM SCOPE MODULE
set -eu
library=$(realpath "$1") program=$2 scope=$3 module=$(realpath "$4")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
log=$dir/log
failed=0

fail() { # WHAT
    echo "FAIL: $1"
    sed 's/^/    /' "$log"
    failed=1
}

# The peer with serverAuth alone is accepted if and only if the library has a hand in it.
works() { # WHAT ACTS ...
    what=$1; shift
    : > "$log"
    env LD_PRELOAD="$library" S2SVERIFY_LOG="$log" "$program" "$@" > "$dir/out" 2>&1 ||
        { cat "$dir/out"; fail "$what: it doesn't go on"; }
}

armed() { # WHAT ACTS ...
    works "$@"
    grep -q ' armed: every' "$log" || fail "$what: the log doesn't say that it is armed"
}

! "$program" accept server > /dev/null || fail 'stock accepts it too: these tests would say nothing'
armed 'as it comes' accept server refuse code
armed 'one context, met before' context accept server accept server refuse code refuse code accept server
armed fork context accept server fork accept server refuse code
armed 'fork before anything' fork accept server refuse code
armed 'fork of a fork' context accept server fork accept server fork accept server refuse code
armed exec accept server exec accept server refuse code
armed 'a clean environment' clean-environment accept server refuse code
mkdir "$dir/empty"
armed 'chroot' context accept server chroot "$dir/empty" accept server refuse code
armed '64 threads' context accept server threads 64
armed '64 threads, each context new' threads 64
armed 'a filter of system calls' context accept server filter-calls accept server refuse code accept server
armed 'a filter of system calls before anything' filter-calls accept server refuse code
works 'chroot before anything' chroot "$dir/empty" accept server refuse code
armed 'closed descriptors' context accept server close-all open-many refuse code accept server

# No static TLS is left for libraries that are opened later; ours was there from the start.
GLIBC_TUNABLES=glibc.rtld.optional_static_tls=0
export GLIBC_TUNABLES
armed 'static TLS exhausted' accept server refuse code
unset GLIBC_TUNABLES

# A module that finds its own TLS library before ours isn't armed, and is seen not to be.
seen() { # WHAT EXPECTED [deepbind]
    what=$1 expected=$2
    shift 2
    : > "$log"
    got=$(env LD_PRELOAD="$library" S2SVERIFY_LOG="$log" "$scope" "$library" "$module" "$@") || fail "$what: it doesn't go on"
    [ "$got" = "$expected" ] || fail "$what: it is seen as $got"
}
seen 'a module' armed
seen 'RTLD_DEEPBIND' 'not armed' deepbind

# In a mount namespace without /proc.
if unshare -rm true 2> /dev/null; then
    : > "$log"
    unshare -rm sh -c 'mount -t tmpfs none /proc && exec env LD_PRELOAD="$1" S2SVERIFY_LOG="$2" "$3" accept server refuse code' \
        sh "$library" "$log" "$program" || fail 'no /proc'
    grep -q ' armed: every' "$log" || fail 'no /proc: not armed'
else
    echo '*** SKIPPED: no /proc: needs user namespaces ***'
fi
exit $failed
