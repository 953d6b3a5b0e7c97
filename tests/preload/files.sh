#!/bin/sh
# SPDX-License-Identifier: MIT
# /etc/s2sverify/preload.conf and preload.conf.d/: what they say, whom they are for, and what comes of broken ones.
# usage: files.sh LIBRARY PROGRAM
set -eu
library=$1 program=$(realpath "$2")
if [ "${3-}" != inside ]; then
    unshare -rm true 2> /dev/null || { echo '*** SKIPPED: needs user namespaces ***'; exit 77; }
    exec unshare -rm sh "$0" "$library" "$program" inside
fi

# An /etc of our own, over the machine's.
dir=$(mktemp -d)
trap 'umount -l /etc; umount -l "$dir"; rmdir "$dir"' EXIT
mount -t tmpfs none "$dir"
mkdir "$dir/upper" "$dir/work" "$dir/logs"
chmod 755 "$dir"
mount -t overlay -o "lowerdir=/etc,upperdir=$dir/upper,workdir=$dir/work" none /etc ||
    { echo '*** SKIPPED: needs overlayfs ***'; exit 77; }
rm -rf /etc/s2sverify
mkdir -p /etc/s2sverify/preload.conf.d
name=${program##*/} log=$dir/logs/log failed=0

settings() { # LINE ...
    printf '%s\n' "$@" > /etc/s2sverify/preload.conf
}

fail() { # WHAT
    echo "FAIL: $1"
    sed 's/^/    /' "$log"
    failed=1
}

run() { # WHAT ACTS ...
    what=$1; shift
    : > "$log"
    env LD_PRELOAD="$library" ${environment-S2SVERIFY_LOG=$log} "$program" "$@" > "$dir/out" 2>&1 ||
        { cat "$dir/out"; fail "$what: exit status $?"; }
}

says() { # TEXT
    grep -qF "$1" "$log" || fail "$what: not in the log: $1"
}

says_nothing_of() { # TEXT
    ! grep -qF "$1" "$log" || fail "$what: in the log: $1"
}

run 'no file' accept server accept client refuse code
says 'profile server, purpose server-or-client'

settings "[$name]" 'purpose = server' 'profile=smtp' "log = $log"
environment=A=b run 'by name, and no variable' accept server refuse client
says 'profile smtp, purpose server'
says 'refused: wrong-purpose'
environment=A=b run 'chroot and a clean environment' clean-environment accept server chroot "$dir/logs" refuse client
says 'refused: wrong-purpose'

settings '# a comment' '' "[$program]" 'purpose = server'
run 'by path' accept server refuse client
settings '[another]' 'purpose = server' '[/usr/sbin/another]' 'purpose = server'
run 'of another program' accept server accept client
settings '[*]' 'purpose = server' "[$name]" 'purpose = server-or-client'
run 'the later one wins' accept client
echo "[$name]" > /etc/s2sverify/preload.conf.d/10-a.conf
echo 'purpose = server' >> /etc/s2sverify/preload.conf.d/10-a.conf
echo 'nonsense' > /etc/s2sverify/preload.conf.d/10-a.conf~
run 'the directory comes later' refuse client
says_nothing_of nonsense
rm /etc/s2sverify/preload.conf.d/*

settings "[$name]" 'purpose = server'
environment="S2SVERIFY_LOG=$log S2SVERIFY_PURPOSE=server-or-client" run 'the environment wins' accept client

settings "[$name]" 'off = yes'
run off refuse server accept client
says 'not armed: switched off'
settings "[$name]" 'direction = outbound'
run 'the other direction' refuse server accept client
settings "[$name]" 'direction = inbound'
run 'the direction' accept server

settings "[$name]" "crl-file = $dir/none.crl" "crl-file = $dir/peers.crl"
run 'a revocation list' revoke both "$dir/peers.crl" accept server refuse both accept server refuse both
says "crl-file: $dir/none.crl"
says 'refused: revoked at depth 0'
run 'of another one' revoke code "$dir/peers.crl" accept both
run 'one context, met before' revoke both "$dir/peers.crl" context accept server refuse both refuse both accept server

# Broken ones: loud, and strict.
for broken in 'purpse = server' 'purpose' '[unfinished' 'purpose =' "$(printf 'crl-file = %0600d' 0)"; do
    settings "[$name]" 'off = yes' 'direction = outbound' 'purpose = server-or-client' "$broken"
    run "broken: $broken" accept server refuse client
    says "/etc/s2sverify/preload.conf:5: "
    says 'strict: purpose server, both directions'
done
settings "[$name]" 'purpose = severe'
run 'no such purpose' accept server refuse client
says 'purpose: there is no "severe"; taken as "server"'
settings "[$name]" 'off = perhaps'
run 'neither off nor on' accept server
says 'off: there is no "perhaps"; taken as "no"'
environment="S2SVERIFY_LOG=$log S2SVERIFY_PURPOSE=server-or-client"
settings "[$name]" 'nonsense'
run 'broken, but the environment says it' accept server accept client
says 'no NAME = VALUE'
unset environment

# Not root's alone: ignored, and said.
settings "[$name]" 'off = yes'
chmod 666 /etc/s2sverify/preload.conf
run 'anybody may write it' accept server
says 'is ignored: not a file that root alone can write'
rm /etc/s2sverify/preload.conf
mkdir /etc/s2sverify/preload.conf
run 'a directory' accept server
says 'is ignored: not a file that root alone can write'
rmdir /etc/s2sverify/preload.conf
exit $failed
