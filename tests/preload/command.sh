#!/bin/sh
# SPDX-License-Identifier: MIT
# s2sverify-preload: what it writes for a service, that it takes all of it back, and whom it calls armed.
# usage: command.sh COMMAND LIBRARY PROGRAM
set -eu
command=$1 library=$(realpath "$2") program=$(realpath "$3")
dir=$(mktemp -d)
pids=''
# shellcheck disable=SC2086
trap '[ -z "$pids" ] || kill $pids 2> /dev/null; rm -rf "$dir"' EXIT
root=$dir/root failed=0
installed=$(sed -n 's/^library=//p' "$command")

fail() { # WHAT
    echo "FAIL: $1"
    failed=1
}

same() { # WHAT FILE, expected on standard input
    diff -u - "$2" || fail "$1"
}

run() { # STATUS ARGUMENTS ...
    expected=$1 got=0
    shift
    sh "$command" --root "$root" "$@" > "$dir/out" 2>&1 || got=$?
    [ $got = "$expected" ] || { cat "$dir/out"; fail "$*: exit status $got"; }
}

says() { # TEXT
    grep -qF "$1" "$dir/out" || { cat "$dir/out"; fail "it doesn't say: $1"; }
}

mkdir -p "$root/lib/systemd/system" "$root/etc/init.d" "$root/etc/default" "$root/usr/sbin" "$root${installed%/*}"
: > "$root$installed"
cp "$program" "$root/usr/sbin/peerd"
printf '[Service]\nEnvironment=LD_PRELOAD=/usr/lib/libjemalloc.so.2\nExecStart=!/usr/sbin/peerd -D\n' \
    > "$root/lib/systemd/system/peerd.service"
printf '[Service]\nExecStart=/usr/sbin/peerd --instance %%i\n' > "$root/lib/systemd/system/many@.service"

run 0 enable peerd.service purpose=server crl-file=/etc/ssl/peers.crl
same 'a unit' "$root/etc/systemd/system/peerd.service.d/s2sverify.conf" <<END
# Written by "s2sverify-preload enable".
[Service]
Environment="LD_PRELOAD=$installed:/usr/lib/libjemalloc.so.2"
Environment="S2SVERIFY_PURPOSE=server"
Environment="S2SVERIFY_CRL_FILE=/etc/ssl/peers.crl"
END
run 0 enable peerd
same 'a second time' "$root/etc/systemd/system/peerd.service.d/s2sverify.conf" <<END
# Written by "s2sverify-preload enable".
[Service]
Environment="LD_PRELOAD=$installed:/usr/lib/libjemalloc.so.2"
END
run 0 disable peerd
[ ! -e "$root/etc/systemd/system/peerd.service.d" ] || fail 'disable leaves something'
run 1 disable peerd
says "peerd isn't enabled"
run 0 enable many@a
[ -f "$root/etc/systemd/system/many@a.service.d/s2sverify.conf" ] || fail 'an instance'
run 1 enable nothing
says 'there is no service nothing'
run 1 enable peerd purpse=server
says 'no such setting'
run 1 enable peerd 'log=/a"b'
says 'no quotes'
run 2 enable
run 2 nonsense

# The old way.
printf '#!/bin/sh\nDAEMON=/usr/sbin/peerd\n. /etc/default/old\n' > "$root/etc/init.d/old"
echo 'OPTIONS=-v' > "$root/etc/default/old"
run 0 enable old log=stderr
run 0 enable old log=stderr
same 'an init script' "$root/etc/default/old" <<END
OPTIONS=-v
# s2sverify-preload {
export LD_PRELOAD='$installed'
export S2SVERIFY_LOG='stderr'
# s2sverify-preload }
END
[ "$( . "$root/etc/default/old"; unset LD_PRELOAD; sh -c 'echo $S2SVERIFY_LOG')" = stderr ] || fail 'not exported'
run 0 disable old
echo 'OPTIONS=-v' | same 'an init script, disabled' "$root/etc/default/old"
printf '#!/bin/sh\nDAEMON=/usr/sbin/peerd\n' > "$root/etc/init.d/deaf"
run 1 enable deaf
says "doesn't read /etc/default/deaf"

# Into what nothing can be loaded.
chmod g+s "$root/usr/sbin/peerd"
run 1 enable peerd
says 'the loader drops LD_PRELOAD'
chmod g-s "$root/usr/sbin/peerd"
printf 'int main(void) { return 0; }' > "$dir/static.c"
if cc -static -o "$root/usr/sbin/peerd" "$dir/static.c" 2> /dev/null; then
    run 1 enable peerd
    says 'is linked statically'
    "$root/usr/sbin/peerd" && env LD_PRELOAD="$library" "$root/usr/sbin/peerd" || fail 'a static program'
else
    echo '*** SKIPPED: a static program: needs static libc ***'
fi

# Processes. Another one may be running that isn't ours: only these lines count.
start() { # ACTS ...
    env LD_PRELOAD="$library" S2SVERIFY_LOG=/dev/null "$program" "$@" rest 600 > "$dir/started" &
    pids="$pids $!"
    while ! grep -q resting "$dir/started"; do sleep 0.1; done
}

state() { # PID
    sh "$command" status 2> /dev/null | sed -n "s/^$1 .*: //p"
}

start
[ "$(state $!)" = 'not armed (its log says why, if it has spoken TLS yet)' ] || fail "no TLS yet: $(state $!)"
start context
[ "$(state $!)" = armed ] || fail "armed: $(state $!)"
start context fork
parent=$!
child=$(sh "$command" status | sed -n "/^$parent /d; s/^\([0-9]*\) preload_acts: armed\$/\1/p" | tail -n 1)
[ -n "$child" ] && [ "$(state "$parent")" = armed ] || fail 'a child of an armed process'
pids="$pids $child"
got=0; sh "$command" status > /dev/null 2>&1 || got=$?
[ $got = 1 ] || fail "status: exit status $got, though one isn't armed"
exit $failed
