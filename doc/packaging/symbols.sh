#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes Debian's symbols files from the maps: a symbol is as old as its node. Names of a node with PRIVATE in it are
# for the backends of the same release: who uses one depends on exactly that release of the core.
# usage: symbols.sh DEBIAN-FOLDER    in the source folder
set -eu
out=$1
version=$(sed -n "s/^ *version: '\(.*\)',.*/\1/p" meson.build | head -n 1)
next=${version%.*}.$((${version##*.} + 1))

# MAP LIBRARY: every "NODE {", its names up to "local:" or "}"
symbols() {
    package=${2}0
    echo "$2.so.0 $package #MINVER#"
    grep -q PRIVATE "$1" && echo "| $package (>= $version), $package (<< $next~)"
    echo "* Build-Depends-Package: libs2sverify-dev"
    awk -v version="$version" '
        /^[A-Z0-9_.]+ \{/ {
            node = $1
            since = node
            sub(/.*_/, "", since)
            if (split(since, part, ".") == 2)
                since = since ".0"
            kind = node ~ /PRIVATE/ ? " 1" : ""
            print " " node "@" node " " since kind
        }
        /local:/ { exported = 0 }
        exported && match($0, /[a-z][a-z0-9_]*;/) { print " " substr($0, RSTART, RLENGTH - 1) "@" node " " since kind }
        /global:/ { exported = 1 }' "$1"
}

symbols lib/s2sverify.map libs2sverify >"$out/libs2sverify0.symbols"
symbols backends/openssl/openssl.map libs2sverify-openssl >"$out/libs2sverify-openssl0.symbols"
symbols backends/gnutls/gnutls.map libs2sverify-gnutls >"$out/libs2sverify-gnutls0.symbols"
