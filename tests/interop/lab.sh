#!/bin/sh
# SPDX-License-Identifier: MIT
# lab.sh NAME: runs the daemon of labs/NAME.sh, which verifies peers that connect and peers that it connects to.
#
# Run by labs.sh in namespaces of its own. Prints a line for each cell: peer, direction, outcome and why; and facts,
# "- KEY VALUE". What a lab says:
#
#   packages        what to install
#   kind            whose verdicts the stock daemon gives: openssl, gnutls, or its own name (expected.lab)
#   protocol port   inbound: one of peer.py's, where the daemon listens. No protocol: it has no such direction
#   outward         outbound: the protocol before TLS, or "tls"; peers listen at $peer_port. None: no such direction
#   as              the user that it runs as, if it doesn't change to one itself
#   configure       writes what the daemon reads, below $root
#   start           runs it, by "daemon COMMAND ..." in the foreground, or else sets $pid to what listens
#   dial            makes it connect to every peer, if it doesn't by itself
#   no_soak         set: it can't be asked a thousand times
#   reload upgrade  what an administrator does; "upgrade" only where the daemon hands over to a new process. Sets $pid
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/names.sh"
. "$here/sandbox.sh"
. "$here/wait.sh"

verifier_address=127.0.0.2 protocol='' outward='' peer_port=7000 as='' no_soak=''
lab=$1
dial() { :; }
reload() { return 1; }
upgrade() { return 1; }
. "$here/labs/$lab.sh"

run=$variant-$lab
python=/usr/bin/python3
[ -x $python ] || python=python3
export PKI=$work/pki HOSTS=$work/$run.hosts
settings="${preload:+LD_PRELOAD=$preload_path} $preload_env"

peer() {
    "$python" "$here/labs/peer.py" "$@"
}

# The daemon under test.
daemon() { # COMMAND ...
    chroot "$root" /usr/bin/env -i $short_environment $settings \
        ${as:+setpriv --reuid $as --regid $as --init-groups} "$@" >> "$root/var/log/$lab.out" 2>&1 < /dev/null &
    pid=$!
}

# An administrator's tool: never with the library.
tool() {
    in_root "$run" "$@" >> "$root/var/log/$lab.tools" 2>&1 < /dev/null
}

listening() { # ADDRESS PORT
    ss -Hltn "src $1:$2" | grep -q .
}

seen_outbound() {
    [ "$(cut -d' ' -f1 "$work/$run.outbound" | sort -u | wc -l)" -ge "$(peers | wc -l)" ]
}

# Retries say the same again.
outbound_cells() {
    sort -u "$work/$run.outbound"
}

# Resident memory, in kB, of all processes that run the daemon's file.
resident() {
    file=$(readlink "/proc/$pid/exe")
    total=0
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/exe")" = "$file" ] || continue
        total=$((total + $(awk '/^VmRSS/ { print $2 }' "$process/status")))
    done 2> /dev/null
    echo $total
}

fact() {
    echo "- $*"
}

ask() { # NAME ...
    peer ask "$protocol" $verifier_address "$port" "$@"
}

# The two peers whose verdicts tell s2sverify (purpose "server") from the daemon alone, whatever its TLS library.
two_verdicts() {
    ask serverauth-p256-openca.test clientauth-p256-openca.test | cut -d' ' -f3 | tr -d ':\n'
}

ours() {
    [ "$(two_verdicts)" = acceptedrefused ]
}

settled() {
    listening $verifier_address "$port" && case $(two_verdicts) in *unknown*) return 1 ;; esac
}

after() { # NAME: do it, and say whether the verdicts are still ours
    before=$(two_verdicts)
    "$1" || return 0
    sleep 1
    wait_for 20 settled || { fact "$1" 'not back'; return; }
    now=$(two_verdicts)
    [ "$now" = "$before" ] && fact "$1" kept || fact "$1" "changed: $before, then $now"
}

soak() {
    set -- $(peers | grep -v ^expired)
    peer load "$protocol" $verifier_address "$port" $((handshakes / 5)) "$@" > /dev/null
    sleep 1
    resident_before=$(resident)
    fact soak "$(peer load "$protocol" $verifier_address "$port" "$handshakes" "$@")"
    sleep 1
    fact memory "$resident_before $(resident)"
}

stop() {
    kill "$pid"
    wait_for 20 gone || { fact end 'had to be killed'; kill -KILL "$pid"; return; }
    status=0
    wait "$pid" 2> /dev/null || status=$?
    [ $status -ne 127 ] || status=gone # not our child: it went into the background
    fact end $status
}

gone() {
    [ ! -e "/proc/$pid" ] || grep -qs '^State:.Z' "/proc/$pid/status"
}

armed() {
    if [ -z "$preload" ]; then
        fact armed stock
    else
        fact armed "$({ sed -En 's/.*(not armed: .*)/\1/p; s/.*(armed): .*/\1/p' "$root$preload_log"; echo -; } | head -n 1)"
    fi
}

# For a daemon whose environment doesn't last: what the library is to do stands in its file instead.
settings_by_file() { # PROGRAM
    [ -n "$preload" ] || return 0
    mkdir -p "$root/etc/s2sverify"
    {
        echo "[$1]"
        for setting in $preload_env; do
            echo "$setting" | sed 's/S2SVERIFY_PURPOSE/purpose/; s/S2SVERIFY_LOG/log/; s/=/ = /'
        done
    } > "$root/etc/s2sverify/preload.conf"
    settings="LD_PRELOAD=$preload_path"
}

all_serve() {
    [ "$(ss -Hltn "sport $peer_port" | wc -l)" -eq "$(peers | wc -l)" ]
}

serve() {
    : > "$work/$run.outbound"
    [ -n "$outward" ] || return 0
    peer serve "$outward" $peer_port $(peers) > "$work/$run.outbound" 2> "$root/var/log/peers.err" &
    wait_for 60 all_serve
}

make_root "$run" "lab-$lab" base
mkdir -p "$root/pki" "$root/lab" "$root/var/log"
mount --bind "$work/pki" "$root/pki"
add_preload
ip link set lo up
ip address add $verifier_address/8 dev lo # BIND listens on addresses that there are
rm -f "$root/etc/resolv.conf"
{ echo '127.0.0.1 localhost interop'; echo "$verifier_address $verifier"
  for name in $(peers); do echo "$(peer_address "$name") $name"; done; } > "$HOSTS"
cp "$HOSTS" "$root/etc/hosts"

serve
configure
start
if [ -n "$protocol" ]; then
    wait_for 60 listening $verifier_address "$port" || echo "$run: doesn't listen" >&2
    ask $(peers)
fi
if [ -n "$outward" ]; then
    dial
    wait_for 60 seen_outbound || echo "$run: not every cell was measured" >&2
    outbound_cells
fi
armed
if [ -n "$protocol" ] && [ "$variant" = strict ]; then
    after reload
    after upgrade
    [ -n "$no_soak" ] || soak
fi
stop
