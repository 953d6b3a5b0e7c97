#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds Debian packages of this tree as doc/packaging/debian has it, in a clean root; checks and tries them.
set -eu

usage() {
    cat <<'USAGE'
usage: sh tests/packages.sh [--roots DIR] [--mirror URL] [--nocheck] [RELEASE ...]

RELEASE is bookworm or trixie (default: bookworm). For each: a root with nothing but what the package's
Build-Depends name, dpkg-buildpackage, lintian (an error or a warning fails, but that no bug is closed), the
packages' own tests (autopkgtest), install, upgrade over itself, removal and purge, after which nothing may be
left. The packages are left in DIR/packages-RELEASE. Needs root, debootstrap, the mirror.
USAGE
}

cd "$(dirname "$0")/.."
roots=/var/tmp/s2sverify-roots mirror=http://deb.debian.org/debian options='' fresh='' corpora=''
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --roots) mkdir -p "$2"; roots=$(cd "$2" && pwd); shift 2 ;;
    --mirror) mirror=$2; shift 2 ;;
    --nocheck) options=nocheck; shift ;;
    -*) usage >&2; exit 2 ;;
    *) break ;;
    esac
done
[ "$(id -u)" -eq 0 ] || { echo 'packages.sh: needs root' >&2; exit 2; }
sh tests/install-deps.sh debootstrap
. tests/releases/roots.sh

failed=0
for release in ${*:-bookworm}; do
    echo "== packages for $release"
    make_root "$release-clean" || { echo "FAIL: no root; see $roots/$release-clean.log"; failed=1; continue; }
    work=$roots/packages-$release
    rm -rf "$work"
    mkdir -p "$work/upper" "$work/work" "$work/root" "$work/result"
    copy_sources "$work/upper"
    in_overlay "$roots/$release-clean" "$work" \
        env DEB_BUILD_OPTIONS="$options" sh /src/tests/releases/package.sh || failed=1
    cp -r "$work/upper/result/." "$work/result/"
    rm -rf "$work/upper" "$work/work" "$work/root"
done
exit $failed
