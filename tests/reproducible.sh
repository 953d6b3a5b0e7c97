#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds this tree twice, in folders of different names at different times, as distributions do, and compares what is
# installed octet by octet.
# usage: sh tests/reproducible.sh
set -eu
cd "$(dirname "$0")/.."
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export LC_ALL=C

# NAME OPTION ...: the source is a copy too, so that its path differs
build() {
    name=$1
    shift
    mkdir -p "$T/$name"
    find . \( -name 'build*' -o -name .git \) -prune -o -type f -print0 | tar --null -T - -c | tar -x -C "$T/$name"
    flags="-g -O2 -ffile-prefix-map=$T/$name=."
    CFLAGS=$flags meson setup "$T/$name/build" "$T/$name" --prefix=/usr --libdir=lib --buildtype=plain \
        --default-library=both -Dtests=false "$@" >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }
    ninja -C "$T/$name/build" >"$T/log" 2>&1 || { tail -n 40 "$T/log"; exit 1; }
    DESTDIR=$T/$name/root meson install -C "$T/$name/build" --no-rebuild >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }
}

build first
sleep 1
(TZ=Pacific/Kiritimati; umask 077; export TZ; build another-folder)
(cd "$T/first/root" && find . -type f | sort | xargs sha256sum) >"$T/a"
(cd "$T/another-folder/root" && find . -type f | sort | xargs sha256sum) >"$T/b"
diff "$T/a" "$T/b" || { echo 'FAIL: two builds differ'; exit 1; }
[ -s "$T/a" ] || { echo 'FAIL: nothing was installed'; exit 1; }
echo "$(wc -l <"$T/a") files, the same in both builds"
