#!/bin/sh
# inside.sh: installs, runs every cell, prints the table. Run by run.sh in private mount, pid, ipc and uts namespaces.
set -eu
. "$here/names.sh"
. "$here/sandbox.sh"

started=$(date +%s)
say() {
    echo "interop: [$(($(date +%s) - started)) s] $*"
}

# Output of a command that is only of interest when it fails.
quietly() { # NAME COMMAND ...
    log=$work/$1.log; shift
    "$@" > "$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
}

mount -t tmpfs -o mode=755 tmpfs "$work"
hostname interop

xmpp='prosody ejabberd dnsmasq-base curl'
postfix='postfix'
exim='exim4-daemon-heavy'

say 'downloading packages'
quietly download download "$xmpp" "$postfix" "$exim" || exit 77
downloaded=$(date +%s)
say 'installing packages, making certificates'
quietly install-xmpp install_layer xmpp $xmpp &
xmpp_job=$!
{ quietly install-postfix install_layer postfix $postfix && quietly install-exim install_layer exim $exim; } &
mail_job=$!
mkdir "$work/pki"
sh "$here/pki.sh" "$work/pki"
wait $xmpp_job
wait $mail_job

# In namespaces of its own: loopback only, and nothing in it outlives it.
verify() { # SCRIPT DAEMON
    timeout -s KILL 240 unshare --net --mount --pid --fork --kill-child --mount-proc sh "$here/$1" "$2" > "$work/$variant-$2.cells" ||
        echo "interop: $2 ($variant) could not be run: --logs keeps the logs" >&2
    say "$2 ($variant) done"
}

keep_logs() {
    for root in "$work/$variant"-*/upper; do
        name=${root%/upper}
        mkdir -p "$logs/${name##*/}"
        cp -r "$root/var/log/." "$logs/${name##*/}/"
    done
}

verify_all() { # EXPECTED
    say "running $variant daemons"
    verify xmpp.sh ejabberd &
    verify xmpp.sh prosody &
    verify mail.sh postfix &
    verify mail.sh exim &
    wait
    [ -z "$logs" ] || keep_logs
    for daemon in ejabberd prosody postfix exim; do
        sed "s/^/$daemon /" "$work/$variant-$daemon.cells"
    done > "$work/$variant.cells"
    peers | awk -v "variant=$variant" -f "$here/table.awk" "$1" "$work/$variant.cells" - || status=1
}

export work preload preload_env variant
library=$preload
status=0
variant=stock preload=''
verify_all "$here/expected.stock"
if [ -n "$library" ]; then
    variant=s2sverify preload=$library
    verify_all "$expected"
fi
say "finished; $(($(date +%s) - downloaded)) s without the download"
exit $status
