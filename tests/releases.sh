#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and tests this tree in other releases of Debian, each in a root of its own: see usage().
set -eu

all='bullseye bookworm bookworm-i386 trixie sid sid-openssl4'

usage() {
    cat <<USAGE
usage: sh tests/releases.sh [OPTION ...] [RELEASE ...]

RELEASE is one of: $all (default: all of them).
sid-openssl4 is unstable with OpenSSL from experimental.

  --roots DIR     where the roots are made and kept (default: /var/tmp/s2sverify-roots)
  --quick         the quick set of suites only
  --corpora DIR   folder of x509-limbo.json.xz and bettertls.json.xz; every release's verdicts are compared with
                  those of the first one that ran
  --mirror URL    Debian's mirror (default: http://deb.debian.org/debian)
  --fresh         make roots and builds anew

Writes a row for each into doc/releases.md. Needs root, debootstrap (installed where it is missing), the mirror, 2 GB of disk for each release. Exit status: 0 if
everything passed everywhere.
USAGE
}

cd "$(dirname "$0")/.."
roots=/var/tmp/s2sverify-roots quick='' corpora='' mirror=http://deb.debian.org/debian fresh=''
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --roots) mkdir -p "$2"; roots=$(cd "$2" && pwd); shift 2 ;;
    --corpora) corpora=$(cd "$2" && pwd); shift 2 ;;
    --mirror) mirror=$2; shift 2 ;;
    --quick) quick=--quick; shift ;;
    --fresh) fresh=yes; shift ;;
    -*) usage >&2; exit 2 ;;
    *) break ;;
    esac
done
[ "$(id -u)" -eq 0 ] || { echo 'releases.sh: needs root' >&2; exit 2; }
sh tests/install-deps.sh debootstrap arch-test python3
mkdir -p "$roots"
. tests/releases/roots.sh

failed=0
for release in ${*:-$all}; do
    case " $all " in *" $release "*) ;; *) usage >&2; exit 2 ;; esac
    root=$roots/$release
    echo "== $release"
    runs "$release" || { echo "*** SKIPPED: this kernel doesn't run programs of $release ***"; continue; }
    make_root "$release" || { echo "FAIL: $release: no root; see $root.log"; failed=1; continue; }
    copy_sources "$root"
    in_root "$root" sh /src/tests/releases/inside.sh $quick || failed=1
    cat "$root/result/summary"
    python3 tests/releases/table.py doc/releases.md "$release" "$root/result" "$roots" || failed=1
done
exit $failed
