#!/bin/sh
# SPDX-License-Identifier: MIT
# The command against real daemons: see usage().
set -u

usage() {
    cat <<'END'
usage: sh tests/command/run.sh [--build DIR] [--logs DIR]

Installs Prosody, ejabberd and Postfix into throw-away overlays and runs the command of DIR (default: build) against
them over loopback: connect and probe at Prosody and Postfix, listen as the server that Prosody, ejabberd and Postfix
connect to. Prints what each said, and what isn't as expected. Before that, page.sh looks at the page of an audit.

  --logs DIR    keep the daemons' logs here

Needs root, Linux namespaces, overlayfs, and Debian's package mirror. Exit status: 0 all as expected, 1 not, 77 couldn't
be run.
END
}

here=$(cd "$(dirname "$0")" && pwd)
interop=$(cd "$here/../interop" && pwd)
suite_name=command
. "$interop/enter.sh"

build=$here/../../build logs=
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --build | --logs) [ $# -ge 2 ] || fail "$1 needs a value" ;;
    *) usage >&2; exit 2 ;;
    esac
    case $1 in
    --build) build=$2 ;;
    --logs) mkdir -p "$2" && logs=$(realpath -e "$2") || exit 2 ;;
    esac
    shift 2
done
command=$(realpath -e "$build/tools/s2sverify/s2sverify") || fail "there is no command in $build: build it first"
mkcert=$(find "$(realpath "$build")/tests" -name mkcert -type f -perm -u+x | head -n 1)
sh "$here/page.sh" --build "$build" || exit 1
[ -n "$mkcert" ] || fail "there is no mkcert in $build: build the tests first"

need unshare setpriv ip ss openssl apt-get awk python3
export suite_name command mkcert logs here
enter "$here/inside.sh"
