#!/bin/sh
# SPDX-License-Identifier: MIT
# The preload library needs libc and nothing else, and gives what its map says and nothing else.
# usage: symbols.sh LIBRARY MAP MESON-VERSION
set -eu
failed=0
complain() {
    echo "FAIL: $1"
    failed=1
}

needs=$(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v -e '^libc\.so' -e '^libpthread\.so' -e '^libdl\.so' || true)
[ -z "$needs" ] || complain "it needs $needs"
takes=$(nm -D --undefined-only "$1" | grep -v ' w ' | grep -v '@GLIBC' || true)
[ -z "$takes" ] || complain "it takes $takes"
gives=$(nm -D --defined-only "$1" | sed 's/.* //' | sort)
promised=$(sed -n 's/^ *\([A-Za-z0-9_]*\);$/\1/p' "$2" | sort)
# Built with one TLS library only, it has no functions of the other.
for name in $gives; do
    echo "$promised" | grep -qx "$name" || complain "it gives $name"
done
[ -n "$gives" ] || complain "it gives nothing"
readelf -d "$1" | grep -q NODELETE || complain 'it can be unloaded'
# Meson before 0.61 gives modules one.
case $3 in
0.5* | 0.60*) ;;
*) ! readelf -d "$1" | grep -q SONAME || complain 'it has a soname: somebody could link to it' ;;
esac
exit $failed
