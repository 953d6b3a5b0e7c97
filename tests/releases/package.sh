#!/bin/sh
# SPDX-License-Identifier: MIT
# Inside a clean root: source package, binary packages, and what is asked of them. For packages.sh.
set -eu
export DEBIAN_FRONTEND=noninteractive
result=/result
mkdir -p $result
exec 3>&1 >$result/log 2>&1

say() { echo "$*" >&3; }
fail() { say "FAIL: $*; see log"; tail -n 40 $result/log >&3; exit 1; }
install() { apt-get -q -y --no-install-recommends install "$@"; }

# ---- build -------------------------------------------------------------------------------------

apt-get -q update
install dpkg-dev devscripts equivs lintian autopkgtest fakeroot || fail 'tools'
version=$(sed -n "s/^ *version: '\(.*\)',.*/\1/p" /src/meson.build | head -n 1)
mkdir -p /work
cp -r /src "/work/s2sverify-$version"
tar -C /work -czf "/work/s2sverify_$version.orig.tar.gz" "s2sverify-$version"
cd "/work/s2sverify-$version"
cp -r doc/packaging/debian .
grep -q "^s2sverify ($version-" debian/changelog || fail "debian/changelog is not of $version"
mk-build-deps --install --remove --tool 'apt-get -q -y --no-install-recommends' debian/control || fail 'Build-Depends'
dpkg-buildpackage -us -uc || fail 'dpkg-buildpackage'
cd /work
cp ./*.deb ./*.dsc ./*.tar.* ./*.changes $result/
say "built: $(ls ./*.deb | wc -l) packages"

# ---- lintian: the only warning that is allowed ---------------------------------------------------

lintian --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs ./*.changes || fail 'lintian'
say 'lintian: no error, no warning'

# ---- depends on exactly what it should -----------------------------------------------------------

for package in openssl gnutls; do
    dpkg-deb -f libs2sverify-${package}0_*.deb Depends | grep -q 'libs2sverify0 (' || fail "$package: no core"
done
dpkg-deb -f libs2sverify-openssl0_*.deb Depends | grep -q gnutls && fail 'the OpenSSL backend depends on GnuTLS'

# ---- install, upgrade, remove, purge -------------------------------------------------------------

# Bare of what it was built with: another package brings in nothing that ours need.
list() { find / -xdev \( -path /proc -o -path /work -o -path /result -o -path /tmp -o -path /var \) -prune -o -print | sort; }
packages=$(for deb in ./*.deb; do dpkg-deb -f "$deb" Package; done | grep -v dbgsym)
install openssl libssl-dev libgnutls28-dev libidn2-dev libunbound8 libjansson4 libexpat1 || fail 'dependencies'
list >/tmp/before
for deb in ./*.deb; do case $deb in *dbgsym*) ;; *) echo "$deb" ;; esac; done >/tmp/debs
# shellcheck disable=SC2046
install $(cat /tmp/debs) || fail 'install'
# shellcheck disable=SC2046
install --reinstall $(cat /tmp/debs) || fail 'upgrade'
man -w s2sverify-policy >/dev/null 2>&1 || true
# shellcheck disable=SC2086
apt-get -q -y purge $packages || fail 'purge'
list >/tmp/after
diff /tmp/before /tmp/after || fail 'files are left after the purge'
# shellcheck disable=SC2086
for package in $packages; do
    dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -v 'unknown ok not-installed' && fail "$package is left"
done
say 'install, upgrade, purge: nothing is left'

# ---- the packages' own tests ---------------------------------------------------------------------

autopkgtest ./*.deb "s2sverify-$version/" -- null || fail 'autopkgtest'
say 'autopkgtest: passed'
