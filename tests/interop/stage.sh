# SPDX-License-Identifier: MIT
# What inside.sh and its like have in common: the daemons' table is made of cells. Sourced; needs $interop and $work.
. "$interop/names.sh"
. "$interop/sandbox.sh"

started=$(date +%s)
say() {
    echo "$suite_name: [$(($(date +%s) - started)) s] $*"
}

# Output of a command that is only of interest when it fails.
quietly() { # NAME COMMAND ...
    log=$work/$1.log; shift
    "$@" > "$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
}

open_stage() {
    mount -t tmpfs -o mode=755 tmpfs "$work"
    hostname interop
}

make_pki() {
    mkdir "$work/pki"
    sh "$interop/pki.sh" "$work/pki"
}

# verify SCRIPT DAEMON: measure $variant's cells, in namespaces of their own: loopback only, and nothing in it outlives
# it.
verify() {
    timeout -s KILL "${patience:-240}" unshare --net --mount --pid --fork --kill-child --mount-proc sh "$interop/$1" "$2" > "$work/$variant-$2.cells" ||
        echo "$suite_name: $2 ($variant) could not be run: --logs keeps the logs" >&2
}

# keep_logs VARIANT
keep_logs() {
    for upper in "$work/$1"-*/upper; do
        name=${upper%/upper}
        mkdir -p "$logs/${name##*/}"
        cp -r "$upper/var/log/." "$logs/${name##*/}/"
    done
}

# Daemons live in layers, one for those that are run by one script and don't conflict.
layer_of() { # DAEMON
    case $1 in
    ejabberd | prosody) echo xmpp ;;
    *) echo "$1" ;;
    esac
}

script_of() { # DAEMON
    case $1 in
    ejabberd | prosody) echo xmpp.sh ;;
    postfix | exim) echo mail.sh ;;
    esac
}

# The layers of all daemons that a daemon's script runs.
layers_of() { # DAEMON
    case $(script_of "$1") in
    xmpp.sh) echo xmpp ;;
    mail.sh) printf '%s\n' postfix exim ;;
    esac
}

packages_of() { # LAYER
    case $1 in
    xmpp) echo 'prosody ejabberd dnsmasq-base curl' ;;
    postfix) echo postfix ;;
    exim) echo exim4-daemon-heavy ;;
    esac
}
