#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the Debian packages that the build and the tests need, those that are missing only.
# usage: install-deps.sh [PACKAGE ...]    without arguments: what building and "meson test" need
set -eu

needed='gcc pkg-config meson ninja-build libssl-dev libgnutls28-dev libidn2-dev libexpat1-dev libcmocka-dev openssl
python3 binutils'
# What needs one of these skips without it, and says so.
useful='g++ clang libjansson-dev libunbound-dev liblzma-dev libunistring-dev clang-format abigail-tools gnutls-bin
swaks libnet-ssleay-perl iproute2 coccinelle zlib1g-dev libzstd-dev knot'
[ $# -eq 0 ] || { needed=$*; useful=; }

missing=
for package in $needed $useful; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "install-deps.sh: not a Debian system; please install:$missing" >&2
    exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
    command -v sudo >/dev/null || {
        echo "install-deps.sh: neither root nor sudo; please install:$missing" >&2
        exit 1
    }
fi
echo "installing:$missing"
$sudo apt-get update -q >/dev/null
install() { DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends "$@" >/dev/null; }
# shellcheck disable=SC2086
install $missing && exit 0

# Some archives don't have all: what there is, then.
lacking=
for package in $missing; do
    install "$package" || lacking="$lacking $package"
done
[ -n "$lacking" ] || exit 0
echo "*** NOT INSTALLED, as this system's archive lacks them:$lacking ***" >&2
for package in $lacking; do
    case " $(echo $needed) " in *" $package "*) exit 1 ;; esac
done
