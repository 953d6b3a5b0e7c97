#!/bin/sh
# SPDX-License-Identifier: MIT
# Fetches and unpacks a Debian source package, of any release: see usage().
set -eu

usage() {
    cat <<'END'
usage: fetch.sh SUITE SOURCE DIR

Unpacks the newest version of the source package that SUITE (bullseye, bookworm, trixie, ...) and its security updates
hold and the mirror still has, with Debian's own patches, into DIR, which must not exist yet. Where the mirror has
upstream's archive alone, that is unpacked. Prints the version. The package lists are temporary ones; their signatures,
and by them the sources', are checked. Nothing of the machine's own apt is changed.

  MIRROR, SECURITY_MIRROR    environment: where to fetch from; Debian's by default
  KEYRING                    environment: who may sign; the keys of the package debian-archive-keyring by default
END
}

[ "${1-}" != --help ] || { usage; exit 0; }
[ $# -eq 3 ] || { usage >&2; exit 2; }
suite=$1 source=$2 dir=$3
[ ! -e "$dir" ] || { echo "fetch.sh: $dir exists" >&2; exit 2; }
mkdir -p "$(dirname "$dir")"
dir=$(realpath "$dir")
sh "$(dirname "$0")/../install-deps.sh" dpkg-dev xz-utils debian-archive-keyring >&2

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/lists/partial" "$tmp/archives/partial"
by="[signed-by=${KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}]"
echo "deb-src $by ${MIRROR:-http://deb.debian.org/debian} $suite main" > "$tmp/sources.list"
case $suite in
sid | *-*) ;;
*) echo "deb-src $by ${SECURITY_MIRROR:-http://deb.debian.org/debian-security} $suite-security main" >> "$tmp/sources.list" ;;
esac

# APT::Sandbox::User: the directory is ours, not _apt's.
own() { # apt-get|apt-cache ARGUMENT ...
    command=$1; shift
    "$command" -q -o Dir::Etc::sourcelist="$tmp/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Dir::State::lists="$tmp/lists" -o Dir::Cache="$tmp" -o APT::Sandbox::User="$(id -un)" \
        -o APT::Update::Error-Mode=any "$@" 2>> "$tmp/log"
}

start_anew() {
    rm -rf "$tmp/unpack"
    mkdir "$tmp/unpack"
    cd "$tmp/unpack"
}

unpack() { # VERSION
    start_anew
    own apt-get --only-source source "$source=$1" >> "$tmp/log"
}

unpack_upstream() { # VERSION
    start_anew
    own apt-get --only-source --tar-only --download-only source "$source=$1" >> "$tmp/log" &&
        tar -xf ./*.orig.tar.*
}

# A mirror may have lost a version that its list still names, or all of it but upstream's archive.
unpack_newest() {
    versions=$(own apt-cache madison "$source" | awk -F' *[|] *' '/Sources/ { print $2 }' | sort -Vru)
    for version in $versions; do
        unpack "$version" && return
        echo "fetch.sh: $source $version of $suite can't be had" >&2
    done
    for version in $versions; do
        unpack_upstream "$version" || continue
        version="$version, upstream's archive alone"
        return
    done
    return 1
}

if ! own apt-get update > "$tmp/log" || ! unpack_newest; then
    tail -n 20 "$tmp/log" >&2
    exit 1
fi
mv "$tmp"/unpack/*/ "$dir"
echo "$version"
