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
failed=0
bad() { say "FAIL: $*"; failed=1; } # and go on
install() { apt-get -q -y --no-install-recommends install "$@"; }

# ---- build -------------------------------------------------------------------------------------

apt-get -q update
install dpkg-dev devscripts equivs lintian autopkgtest fakeroot || fail 'tools'
version=$(sed -n "s/^ *version: '\(.*\)',.*/\1/p" /src/meson.build | head -n 1)
mkdir -p /package
cp -r /src "/package/s2sverify-$version"
tar -C /package -czf "/package/s2sverify_$version.orig.tar.gz" "s2sverify-$version"
cd "/package/s2sverify-$version"
cp -r doc/packaging/debian .
grep -q "^s2sverify ($version-" debian/changelog || fail "debian/changelog is not of $version"
mk-build-deps --install --remove --tool 'apt-get -q -y --no-install-recommends' debian/control || fail 'Build-Depends'
dpkg-buildpackage -us -uc || fail 'dpkg-buildpackage'
cd /package
cp ./*.deb ./*.dsc ./*.tar.* ./*.changes $result/
say "built: $(ls ./*.deb | wc -l) packages"

# ---- lintian: the only warning that is allowed ---------------------------------------------------

if lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs ./*.changes >lintian 2>&1; then
    say 'lintian: no error, no warning'
else
    cat lintian >&3
    bad 'lintian'
fi

# ---- depends on exactly what it should -----------------------------------------------------------

for package in openssl gnutls; do
    dpkg-deb -f libs2sverify-${package}0_*.deb Depends | grep -q 'libs2sverify0 (' || bad "$package: no core"
done
dpkg-deb -f libs2sverify-openssl0_*.deb Depends | grep -q gnutls &&
    bad 'the OpenSSL backend depends on GnuTLS'

# ---- install, upgrade, remove, purge -------------------------------------------------------------

# Bare of what it was built with: another package brings in nothing that ours need.
list() { find / -xdev \( -path /proc -o -path /package -o -path /result -o -path /tmp -o -path /var \) -prune -o -print | sort; }
packages=$(for deb in ./*.deb; do dpkg-deb -f "$deb" Package; done | grep -v dbgsym)
install openssl libssl-dev libgnutls28-dev libidn2-dev libunbound8 libjansson4 libexpat1 || fail 'dependencies'
list >/tmp/before
for deb in ./*.deb; do case $deb in *dbgsym*) ;; *) echo "$deb" ;; esac; done >/tmp/debs
# shellcheck disable=SC2046
install $(cat /tmp/debs) || fail 'install'
# shellcheck disable=SC2046
install --reinstall $(cat /tmp/debs) || fail 'upgrade'
# shellcheck disable=SC2086
apt-get -q -y purge $packages || fail 'purge'
list >/tmp/after
diff /tmp/before /tmp/after >&3 || bad 'files are left after the purge'
# shellcheck disable=SC2086
for package in $packages; do
    dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -v 'unknown ok not-installed' && bad "$package is left"
done
say 'install, upgrade, purge: done'

# ---- the packages' own tests ---------------------------------------------------------------------

if autopkgtest ./*.deb "s2sverify-$version/" -- null; then
    say 'autopkgtest: passed'
else
    bad 'autopkgtest'
fi
exit $failed
