#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds RPM packages of this tree with Debian's rpmbuild, in a temporary folder.
# usage: sh tests/rpm.sh
set -eu
cd "$(dirname "$0")/.."
sh tests/install-deps.sh
sh tests/install-deps.sh rpm
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
version=$(sed -n "s/^ *version: '\(.*\)',.*/\1/p" meson.build | head -n 1)
mkdir -p "$T/SOURCES" "$T/s2sverify-$version"
if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard
else
    find . -name 'build*' -prune -o -type f -print0
fi | tar --null -T - -c | tar -x -C "$T/s2sverify-$version"
tar -C "$T" -czf "$T/SOURCES/s2sverify-$version.tar.gz" "s2sverify-$version"
# Debian's rpm knows none of the packages that the build needs.
rpmbuild -bb --nodeps --define "_topdir $T" doc/packaging/s2sverify.spec >"$T/log" 2>&1 || {
    tail -n 40 "$T/log"
    echo 'FAIL: rpmbuild'
    exit 1
}
find "$T/RPMS" -name '*.rpm' | while read -r package; do
    echo "$(basename "$package"): $(rpm -qlp "$package" 2>/dev/null | wc -l) files"
done
[ "$(find "$T/RPMS" -name '*.rpm' ! -name '*debug*' | wc -l)" -eq 7 ] || { echo 'FAIL: not seven packages'; exit 1; }
