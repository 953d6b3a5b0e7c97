#!/bin/sh
# SPDX-License-Identifier: MIT
# Daemons built from patched source verify one another's certificates: see usage().
set -u

usage() {
    cat <<'END'
usage: run.sh [--only TARGET] [--suite SUITE] [--diff] [--prove] [--table FILE] [--logs DIR]

For each target and release: fetches Debian's source package, builds it with its own makefiles, applies the semantic
patch in examples/patches to it, builds it again with the s2sverify of this tree, and runs both through the cells of
tests/interop: peers with every kind of certificate, both directions, P-256 and RSA. Compares what the daemons' logs say
with what is expected, and prints one table.

  --only TARGET     this target only, a file in tests/patches/targets: TARGETS
  --suite SUITE     this release only; default: each that the target names
  --diff            print what a patch changes
  --prove           the proof that the tests test: with sources that aren't patched they must fail, so that exit status
                    0 means they did
  --table FILE      write the table into this Markdown file as well, unless a cell isn't as expected
  --logs DIR        keep the daemons' logs here

Takes ten to thirty minutes on two cores. Needs root, Linux namespaces, overlayfs, and Debian's package mirror; 2 GB of
memory. Writes nothing outside a temporary directory (and DIR). Exit status: 0 every cell as expected, 1 not, 77
couldn't be run.
END
}

patches=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$patches/../.." && pwd)
interop=$top/tests/interop
suite_name=patches
. "$interop/enter.sh"

targets=$(cd "$patches/targets" && echo *.sh | sed 's/\.sh//g')
only='' suite='' diff='' prove='' table='' logs=''
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage | sed "s/TARGETS/$targets/"; exit 0 ;;
    --diff) diff=--diff; shift; continue ;;
    --prove) prove=yes; shift; continue ;;
    --only | --suite | --table | --logs) [ $# -ge 2 ] || fail "$1 needs a value" ;;
    *) usage >&2; exit 2 ;;
    esac
    case $1 in
    --only) only=$2 ;;
    --suite) suite=$2 ;;
    --table) table=$(realpath "$2") || exit 2 ;;
    --logs) mkdir -p "$2" && logs=$(realpath -e "$2") || exit 2 ;;
    esac
    shift 2
done
[ -z "$only" ] || [ -f "$patches/targets/$only.sh" ] || fail "no target $only; there are: $targets"

need unshare setpriv ip ss openssl apt-get awk
export suite_name top patches targets only suite diff prove table logs
enter "$patches/inside.sh"
