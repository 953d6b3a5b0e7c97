#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds with warnings as errors, and runs every test.
set -eu

usage() {
    cat <<'USAGE'
usage: sh tests/run.sh [--corpora DIR] [--build DIR] [MESON TEST OPTION ...]

  --corpora DIR   folder of x509-limbo.json.xz and bettertls.json.xz; without it that suite is
                  skipped
  --build DIR     build folder (default: build)
  --all           then the quick set of suites in the oldest and the newest release of Debian too, by
                  tests/releases.sh: needs root; the first time half an hour
  others          go to "meson test", for example --suite unit

Other runs over the same tests:
  sh tests/sanitize.sh    with the address and undefined-behaviour sanitizers
  sh tests/memcheck.sh    under valgrind
  sh tests/releases.sh    in other releases of Debian
USAGE
}

cd "$(dirname "$0")/.."
build=build
corpora=
all=
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --corpora) corpora=$(cd "$2" && pwd); shift 2 ;;
    --build) build=$2; shift 2 ;;
    --all) all=yes; shift ;;
    *) break ;;
    esac
done

sh tests/install-deps.sh
if [ ! -f "$build/build.ninja" ]; then
    meson setup "$build" -Dwerror=true -Ddefault_library=both -Dopenssl=enabled -Dgnutls=enabled \
        -Didn=enabled
fi
meson configure "$build" -Dwerror=true -Dcorpora="$corpora"
ninja -C "$build"
[ -n "$all" ] || exec meson test -C "$build" --print-errorlogs "$@"
meson test -C "$build" --print-errorlogs "$@"
exec sh tests/releases.sh --quick bullseye sid-openssl4
