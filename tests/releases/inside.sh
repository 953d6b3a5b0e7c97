#!/bin/sh
# SPDX-License-Identifier: MIT
# Inside a root: builds /src in /build, runs the tests, leaves in /result what table.py reads.
# usage: inside.sh [--quick]
set -eu
export DEBIAN_FRONTEND=noninteractive
quick='--suite unit --suite cases --suite contract --suite parity --suite handshake --suite abi --suite preload'
[ "${1:-}" = --quick ] || quick=
suites=all
[ -z "$quick" ] || suites=quick
result=/result
cd /src
rm -rf $result
mkdir $result

fail() {
    echo "$1; see ${root:-}$result/log" >$result/summary
    exit 1
}

apt-get -q update >/dev/null 2>&1 || true
sh tests/install-deps.sh >$result/log 2>&1 || fail 'what the build needs could not be installed'
version() { dpkg-query -W -f '${Version}' "$1" | sed 's/^[0-9]*://'; }
{
    echo "compiler=gcc $(gcc -dumpfullversion)"
    echo "meson=$(meson --version)"
    echo "openssl=$(version libssl-dev)"
    echo "gnutls=$(version libgnutls28-dev)"
    echo "suites=$suites"
} >$result/versions

options='-Ddefault_library=both -Dopenssl=enabled -Dgnutls=enabled -Didn=enabled'
[ -z "$(ls /corpora)" ] || options="$options -Dcorpora=/corpora"
[ -f /build/build.ninja ] || meson setup /build $options >>$result/log 2>&1 || fail 'meson setup failed'
echo 'werror=yes' >>$result/versions
meson configure /build -Dwerror=true
if ! ninja -C /build >>$result/log 2>&1; then
    sed -i 's/^werror=yes/werror=no/' $result/versions
    meson configure /build -Dwerror=false
    ninja -k 0 -C /build >>$result/log 2>&1 || fail 'it does not build'
fi
status=0
# shellcheck disable=SC2086
meson test -C /build --no-rebuild -t 4 $quick >$result/tests 2>&1 || status=1
cp /build/meson-logs/testlog.json /build/meson-logs/testlog.txt $result/
if [ -n "$(ls /corpora)" ]; then
    /build/tests/corpora/corpora --verdicts $result/verdicts /corpora >>$result/log 2>&1 || true
fi
sed -n 's/^ *\([0-9]*\/[0-9]*.*\(FAIL\|TIMEOUT\|SKIP\|ERROR\).*\)/  \1/p' $result/tests | sort -u >$result/summary
grep -E '^(Ok|Fail|Skipped|Timeout)' $result/tests | tr -s ' \n' ' ' >>$result/summary
echo >>$result/summary
grep -q '^werror=yes' $result/versions || { echo 'warnings: see the log' >>$result/summary; status=1; }
exit $status
