#!/bin/sh
# SPDX-License-Identifier: MIT
# Real daemons verify one another's certificates: see usage().
set -u

usage() {
    cat <<'END'
usage: run.sh [--preload FILE [--table FILE] [--mesh FILE] [--prove]] [--only NAME ...] [--logs DIR]

Installs daemons into throw-away overlays, lets each of them verify peers with every kind of certificate in both
directions, compares what they do with what is expected, and prints tables: one of mail and chat daemons (Prosody,
ejabberd, Postfix, Exim), one of all others (labs/*.sh), which are also reloaded and asked a thousand times.

  --preload FILE    run everything twice more, with this library loaded into the daemon that verifies: as it is by
                    default, and with S2SVERIFY_PURPOSE=server
  --table FILE      write the table of mail and chat into this Markdown file as well, unless a cell isn't as expected
  --mesh FILE       the same for the table of all others
  --prove           the proof that the tests test: with an empty library in FILE's place they must fail, so that
                    exit status 0 means they did
  --only NAME ...   only these daemons, up to the next option; "mail-and-chat" is those four
  --list            print the names
  --handshakes N    how many handshakes each of all others is asked for, instead of 1000
  --jobs N          how many of all others at a time, instead of two for each processor
  --logs DIR        keep the daemons' logs here

Needs root, Linux namespaces, overlayfs, Python 3, and Debian's package mirror; 2 GB of memory. Starts no service, and
writes nothing outside a temporary directory (and DIR). Exit status: 0 every cell as expected, 1 not, 77 couldn't be
run.
END
}

interop=$(cd "$(dirname "$0")" && pwd)
suite_name=interop
. "$interop/enter.sh"

mail_and_chat='ejabberd prosody postfix exim'
all_labs=$(cd "$interop/labs" && ls ./*.sh | sed 's,^./,,; s,[.]sh$,,' | tr '\n' ' ')

daemons='' labs=''
choose() { # NAME
    case " $mail_and_chat | $all_labs " in
    *" $1 "*"|"*) daemons="$daemons $1" ;;
    *"|"*" $1 "*) labs="$labs $1" ;;
    *) [ "$1" = mail-and-chat ] || fail "no such daemon: $1"; daemons=$mail_and_chat ;;
    esac
}

preload='' logs='' table='' mesh='' prove='' handshakes=1000 jobs=$((2 * $(nproc)))
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --list) echo "$mail_and_chat $all_labs" | xargs -n 1; exit 0 ;;
    --prove) prove=yes; shift; continue ;;
    --only)
        shift
        while [ $# -gt 0 ] && [ "${1#--}" = "$1" ]; do choose "$1"; shift; done
        [ -n "$daemons$labs" ] || fail '--only needs a name'
        continue
        ;;
    --preload | --table | --mesh | --logs | --handshakes | --jobs) [ $# -ge 2 ] || fail "$1 needs a value" ;;
    *) usage >&2; exit 2 ;;
    esac
    case $1 in
    --preload) preload=$(realpath -e "$2") || exit 2 ;;
    --table) table=$(realpath "$2") || exit 2 ;;
    --handshakes) handshakes=$2 ;;
    --jobs) jobs=$2 ;;
    --mesh) mesh=$(realpath "$2") || exit 2 ;;
    --logs) mkdir -p "$2" && logs=$(realpath -e "$2") || exit 2 ;;
    esac
    shift 2
done
[ -n "$preload" ] || [ -z "$table$mesh$prove" ] || fail '--table, --mesh and --prove need --preload'
[ -n "$daemons$labs" ] || daemons=$mail_and_chat labs=$all_labs

need unshare setpriv ip ss openssl apt-get awk ${labs:+python3} ${prove:+cc}

variants=stock
[ -z "$preload" ] || variants='stock s2sverify strict'
[ -z "$prove" ] || variants=s2sverify

export suite_name preload variants prove logs table mesh daemons labs handshakes jobs
enter "$interop/both.sh"
