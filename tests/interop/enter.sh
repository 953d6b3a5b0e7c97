# SPDX-License-Identifier: MIT
# The way into private namespaces for run.sh and its like. Sourced; needs $interop, this directory.

skip() {
    printf '\n*** SKIPPED: %s: %s ***\n\n' "$suite_name" "$1" >&2
    exit 77
}

fail() {
    echo "run.sh: $1" >&2
    exit 2
}

# need TOOL ...
need() {
    [ "$(id -u)" = 0 ] || skip 'not root'
    for tool; do
        command -v "$tool" > /dev/null || skip "no $tool"
    done
}

# unshare holds back TERM while it waits; when it is killed, so is all that runs in its pid namespace.
clean_up() {
    [ -z "$child" ] || kill -KILL "$child" 2> /dev/null
    rmdir "$work"
}

# enter SCRIPT: run it in private mount, pid, ipc and uts namespaces, with $work, a temporary directory; then exit.
enter() {
    namespaces='--mount --propagation private --pid --fork --kill-child --mount-proc --ipc --uts'
    child=
    work=$(mktemp -d) || exit 2
    export work interop
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    # shellcheck disable=SC2086
    unshare $namespaces sh "$interop/probe.sh" || skip 'no private namespaces or no overlay over / (see above)'
    # shellcheck disable=SC2086
    unshare $namespaces setpriv --bounding-set=-sys_time,-sys_boot,-sys_module sh "$1" &
    child=$!
    wait "$child"
    status=$?
    child=
    [ $status -ne 77 ] || skip 'packages could not be had'
    exit $status
}
