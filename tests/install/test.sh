#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs into an empty folder and uses what is there as a stranger would.
# usage: test.sh pkg-config|subproject|variants|lto|docs SOURCE [MKCERT]
set -eu
what=$1
source=$(cd "$2" && pwd)
mkcert=${3:-}
here=$source/tests/install
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export LC_ALL=C
unset DESTDIR PKG_CONFIG_PATH LD_LIBRARY_PATH MALLOC_PERTURB_ CFLAGS LDFLAGS
CC=${CC:-cc}
version=$(sed -n "s/^ *version: '\(.*\)',.*/\1/p" "$source/meson.build" | head -n 1)

fail() { echo "FAIL: $*" >&2; exit 1; }
quietly() { "$@" >"$T/log" 2>&1 || { cat "$T/log" >&2; fail "$*"; }; }
configure() { quietly meson setup --wrap-mode=nodownload "$@"; }

# ---- chains ------------------------------------------------------------------------------------

make_chain() {
    mkdir "$T/pki"
    quietly "$mkcert" -d "$T/pki" root 'ca' int 'ca issuer=root eku=serverAuth' \
        leaf 'issuer=int san=dns:leaf.example' \
        client 'issuer=int san=dns:leaf.example eku=clientAuth'
    for name in leaf int client; do
        quietly openssl x509 -in "$T/pki/$name.pem" -outform DER -out "$T/pki/$name.der"
    done
}

# PROGRAM LEAF DOMAIN REASON
expect() {
    got=$("$1" "$T/pki/root.pem" "$T/pki/$2.der" "$T/pki/int.der" "$3") && status=0 || status=$?
    [ "$got" = "$4" ] || fail "$1 $2 $3: $got, expected $4"
    [ "$4" = none ] && [ $status -ne 0 ] && fail "$1 $2 $3: not accepted"
    [ "$4" != none ] && [ $status -eq 0 ] && fail "$1 $2 $3: accepted"
    return 0
}

use() {
    [ "$("$1" | tr '\n' ' ')" = \
        'none untrusted wrong-purpose name-mismatch no-certificate internal-error ' ] ||
        fail "$1: wrong reason names"
    case $1 in *core*) return 0 ;; esac
    expect "$1" leaf leaf.example none
    expect "$1" leaf other.example name-mismatch
    expect "$1" client leaf.example wrong-purpose
}

# ---- plain cc and pkg-config -------------------------------------------------------------------

install_all() {
    configure "$T/build" "$source" --prefix "$T/prefix" --libdir lib -Ddefault_library=both \
        -Dtests=false -Dtools=false -Dopenssl=enabled -Dgnutls=enabled
    quietly ninja -C "$T/build"
    quietly meson install -C "$T/build" --no-rebuild
    # A copy without shared libraries, for --static.
    cp -r "$T/prefix" "$T/static"
    rm "$T/static"/lib/*.so*
    sed -i "s,$T/prefix,$T/static,g" "$T/static"/lib/pkgconfig/*.pc
}

# PREFIX DEFINE PACKAGE PROGRAM [--static]
compile() {
    flags=$(PKG_CONFIG_PATH=$1/lib/pkgconfig pkg-config --cflags --libs ${5:-} "$3") ||
        fail "pkg-config $3"
    # shellcheck disable=SC2086
    quietly "$CC" -std=c11 -Wall -Wextra -Werror "$2" -o "$T/$4" "$here/consumer.c" $flags
}

takes() { ldd "$T/$1" | grep -q "$2"; }

check_headers() {
    for header in "$T"/prefix/include/s2sverify/*.h; do
        for compiler in "$CC -std=c11" c++; do
            command -v "${compiler%% *}" >/dev/null || continue
            echo "#include <s2sverify/$(basename "$header")>" >"$T/alone.${compiler%% *}"
            language=c
            [ "$compiler" = c++ ] && language=c++
            # shellcheck disable=SC2086
            quietly $compiler -x $language -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
                -I "$T/prefix/include" "$T/alone.${compiler%% *}"
        done
    done
}

# Everything that is installed, the documentation aside.
check_files() {
    (cd "$T/prefix" && find include lib ! -type d | sort) >"$T/files"
    {
        for header in backend gnutls openssl s2sverify; do
            echo "include/s2sverify/$header.h"
        done
        for name in libs2sverify libs2sverify-gnutls libs2sverify-openssl; do
            printf 'lib/%s.%s\n' $name a $name so $name so.0 $name "so.$1"
            echo "lib/pkgconfig/${name#lib}.pc"
        done
    } | sort >"$T/expected"
    diff -u "$T/expected" "$T/files" || fail "other files are installed"
    for so in "$T"/prefix/lib/*.so; do
        readelf -d "$so" | grep -E 'RPATH|RUNPATH' && fail "$so has a run path"
    done
    return 0
}

# A .pc that says too little links by luck only.
check_pc() {
    export PKG_CONFIG_PATH="$T/prefix/lib/pkgconfig"
    for package in s2sverify s2sverify-openssl s2sverify-gnutls; do
        [ "$(pkg-config --modversion $package)" = "$1" ] || fail "$package: version"
        pkg-config --print-requires-private s2sverify | grep -q libidn2 ||
            fail "s2sverify.pc: no Requires.private: libidn2"
    done
    for tls in openssl gnutls; do
        pkg-config --print-requires s2sverify-$tls >"$T/requires"
        grep -q '^s2sverify' "$T/requires" && grep -q "^$tls" "$T/requires" ||
            fail "s2sverify-$tls.pc: Requires: $(tr '\n' ' ' <"$T/requires")"
    done
    unset PKG_CONFIG_PATH
}

test_pkg_config() {
    make_chain
    install_all
    check_files "$version"
    check_headers
    check_pc "$version"
    export LD_LIBRARY_PATH="$T/prefix/lib"
    for tls in core openssl gnutls; do
        package=s2sverify-$tls
        define=-DWITH_$(echo $tls | tr a-z A-Z)
        [ $tls = core ] && package=s2sverify
        compile "$T/prefix" "$define" $package $tls-shared
        takes $tls-shared libs2sverify.so.0 || fail "$tls-shared doesn't use the shared library"
        use "$T/$tls-shared"
        compile "$T/static" "$define" $package $tls-static --static
        takes $tls-static libs2sverify && fail "$tls-static uses the shared library"
        use "$T/$tls-static"
    done
    takes openssl-shared libgnutls && fail "the OpenSSL program loads GnuTLS"
    takes gnutls-shared libssl && fail "the GnuTLS program loads OpenSSL"
    return 0
}

# ---- Meson subproject --------------------------------------------------------------------------

make_consumer() {
    mkdir -p "$T/consumer/subprojects"
    cp "$here/consumer.c" "$T/consumer/"
    cp "$here/consumer.meson.build" "$T/consumer/meson.build"
    cp "$here/consumer.meson_options.txt" "$T/consumer/meson_options.txt"
    ln -s "$source" "$T/consumer/subprojects/s2sverify"
}

# NAME OPTION...
build_consumer() {
    name=$1
    shift
    configure "$T/$name" "$T/consumer" "$@"
    quietly ninja -C "$T/$name"
    for program in "$T/$name"/consumer-*; do
        [ -f "$program" ] && use "$program"
    done
    return 0
}

test_subproject() {
    make_chain
    make_consumer
    build_consumer both -Ddefault_library=both
    [ -e "$T/both/subprojects/s2sverify/tests" ] && fail "a subproject builds our tests"
    build_consumer one-static -Dgnutls=false -Ds2sverify:gnutls=disabled -Ddefault_library=static
    takes one-static/consumer-openssl libs2sverify && fail "the parent's default_library isn't heeded"
    return 0
}

# ---- what can be left out ----------------------------------------------------------------------

# NAME OPTION...: warnings are errors; the tests are configured, but not built here
variant() {
    name=$1
    shift
    configure "$T/$name" "$source" -Dwerror=true -Dtests=false "$@"
    quietly ninja -C "$T/$name"
    quietly meson configure "$T/$name" -Dtests=true -Dtools=true
    quietly ninja -C "$T/$name" build.ninja
}

test_variants() {
    variant no-gnutls -Dgnutls=disabled -Ddefault_library=static
    [ -e "$T/no-gnutls/backends/gnutls" ] && fail "GnuTLS was built"
    variant no-openssl -Dopenssl=disabled -Ddefault_library=shared
    [ -e "$T/no-openssl/backends/openssl" ] && fail "OpenSSL was built"
    variant no-idn -Didn=disabled
    readelf -d "$T/no-idn/lib/libs2sverify.so" | grep -q idn && fail "libidn2 is linked"
    variant release -Dbuildtype=release -Dtools=false
    meson setup "$T/none" "$source" -Dopenssl=disabled -Dgnutls=disabled >"$T/log" 2>&1 &&
        fail "a core that nothing can use was configured"
    grep -q 'Neither OpenSSL nor GnuTLS' "$T/log" || { cat "$T/log" >&2; fail "another error"; }
}

# ---- link-time optimisation ---------------------------------------------------------------------

# NAME OPTION...: the libraries and the preload library, which has its own way to lose a function
lto() {
    name=$1
    shift
    configure "$T/$name" "$source" -Dwerror=true -Dtests=false -Dbuildtype=plain \
        -Ddefault_library=shared "$@"
    quietly ninja -C "$T/$name" "lib/libs2sverify.so.$version" \
        "backends/openssl/libs2sverify-openssl.so.$version" \
        "backends/gnutls/libs2sverify-gnutls.so.$version" tools/preload/libs2sverify-preload.so
}

# As distributions do, by flags, and as Meson does, by the other compiler.
test_lto() {
    export CFLAGS='-g -O2 -flto=auto -ffat-lto-objects' LDFLAGS='-flto=auto -ffat-lto-objects'
    CC=gcc lto gcc
    find "$T/gcc/backends" -name '*.o' -exec readelf -SW {} + | grep gnu.lto >/dev/null ||
        fail "that was no link-time optimisation"
    unset CFLAGS LDFLAGS
    command -v clang >/dev/null || { echo "clang isn't installed: by gcc only"; return 0; }
    CC=clang lto clang -Db_lto=true -Doptimization=2
}

# ---- documents ----------------------------------------------------------------------------------

# They are installed without a build, and what they link to is there.
test_docs() {
    configure "$T/docs" "$source" --prefix "$T/prefix" -Dtests=false -Dtools=false
    quietly meson install -C "$T/docs" --no-rebuild --tags doc
    [ "$(ls "$T/prefix")" = share ] || fail "the tag \"doc\" installs more than documents"
    python3 "$source/tests/lint/docs.py" --links "$T/prefix/share/doc/s2sverify" || fail "dead links"
}

case $what in
pkg-config) test_pkg_config ;;
subproject) test_subproject ;;
variants) test_variants ;;
lto) test_lto ;;
docs) test_docs ;;
*) fail "unknown: $what" ;;
esac
echo "$what: passed"
