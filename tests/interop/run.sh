#!/bin/sh
# Real daemons verify one another's certificates: see usage().
set -u

usage() {
    cat <<'END'
usage: run.sh [--preload FILE [--env NAME=VALUE]... [--expected FILE]] [--logs DIR]

Installs Prosody, ejabberd, Postfix and Exim into throw-away overlays, lets each of them verify peers with every kind
of certificate in both directions, and compares what their logs say with what is expected.

  --preload FILE    run everything a second time, with this library loaded into the daemon that verifies
  --env NAME=VALUE  set in that daemon's environment; no spaces in VALUE
  --expected FILE   what is expected then (expected.s2sverify)
  --logs DIR        keep the daemons' logs here

Needs root, Linux namespaces, overlayfs, and Debian's package mirror; 1 GB of memory. Writes nothing outside a
temporary directory (and DIR). Exit status: 0 every cell as expected, 1 not, 77 couldn't be run.
END
}

skip() {
    printf '\n*** INTEROP TESTS SKIPPED: %s ***\n\n' "$1" >&2
    exit 77
}

fail() {
    echo "run.sh: $1" >&2
    exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
preload='' preload_env='' logs='' expected=$here/expected.s2sverify
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --preload | --env | --expected | --logs) [ $# -ge 2 ] || fail "$1 needs a value" ;;
    *) usage >&2; exit 2 ;;
    esac
    case $1 in
    --preload) preload=$(realpath -e "$2") || exit 2 ;;
    --env) preload_env="$preload_env $2" ;;
    --expected) expected=$(realpath -e "$2") || exit 2 ;;
    --logs) mkdir -p "$2" && logs=$(realpath -e "$2") || exit 2 ;;
    esac
    shift 2
done
[ -z "$preload" ] || [ -r "$expected" ] || fail "no $expected: say what to expect with --expected"

[ "$(id -u)" = 0 ] || skip 'not root'
for tool in unshare setpriv ip ss openssl apt-get awk; do
    command -v "$tool" > /dev/null || skip "no $tool"
done

work=$(mktemp -d) || exit 2
namespaces='--mount --propagation private --pid --fork --kill-child --mount-proc --ipc --uts'
child=
# unshare holds back TERM while it waits; when it is killed, so is all that runs in its pid namespace.
clean_up() {
    [ -z "$child" ] || kill -KILL "$child" 2> /dev/null
    rmdir "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

export here work preload preload_env expected logs
# shellcheck disable=SC2086
unshare $namespaces sh "$here/probe.sh" || skip 'no private namespaces or no overlay over / (see above)'
# shellcheck disable=SC2086
unshare $namespaces setpriv --bounding-set=-sys_time,-sys_boot,-sys_module sh "$here/inside.sh" &
child=$!
wait "$child"
status=$?
child=
[ $status -ne 77 ] || skip 'packages could not be had'
exit $status
