#!/bin/sh
# SPDX-License-Identifier: MIT
# Real daemons verify one another's certificates: see usage().
set -u

usage() {
    cat <<'END'
usage: run.sh [--preload FILE [--table FILE] [--prove]] [--logs DIR]

Installs Prosody, ejabberd, Postfix and Exim into throw-away overlays, lets each of them verify peers with every kind
of certificate in both directions, compares what their logs say with what is expected, and prints one table.

  --preload FILE    run everything twice more, with this library loaded into the daemon that verifies: as it is by
                    default, and with S2SVERIFY_PURPOSE=server
  --table FILE      write the table into this Markdown file as well, unless a cell isn't as expected
  --prove           the proof that the tests test: with an empty library in FILE's place they must fail, so that
                    exit status 0 means they did
  --logs DIR        keep the daemons' logs here

Needs root, Linux namespaces, overlayfs, and Debian's package mirror; 1 GB of memory. Writes nothing outside a
temporary directory (and DIR). Exit status: 0 every cell as expected, 1 not, 77 couldn't be run.
END
}

interop=$(cd "$(dirname "$0")" && pwd)
suite_name=interop
. "$interop/enter.sh"

preload='' logs='' table='' prove=
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --prove) prove=yes; shift; continue ;;
    --preload | --table | --logs) [ $# -ge 2 ] || fail "$1 needs a value" ;;
    *) usage >&2; exit 2 ;;
    esac
    case $1 in
    --preload) preload=$(realpath -e "$2") || exit 2 ;;
    --table) table=$(realpath "$2") || exit 2 ;;
    --logs) mkdir -p "$2" && logs=$(realpath -e "$2") || exit 2 ;;
    esac
    shift 2
done
[ -n "$preload" ] || [ -z "$table$prove" ] || fail '--table and --prove need --preload'

need unshare setpriv ip ss openssl apt-get awk ${prove:+cc}

variants=stock
[ -z "$preload" ] || variants='stock s2sverify strict'
[ -z "$prove" ] || variants=s2sverify

export suite_name preload variants prove logs table
enter "$interop/inside.sh"
