#!/bin/sh
# SPDX-License-Identifier: MIT
# inside.sh: builds every target, stock and patched, runs every cell, prints the table. Run by run.sh in private
# namespaces.
#
# A target is a file in targets/, which is sourced. It says: source, a source package; patch, a file in
# examples/patches; suites, the releases to try; daemon, which one of tests/interop it is; needs, packages that building
# takes. Its build() compiles and installs, linked to s2sverify. It runs in the source's directory, in a root of its own
# over the packaged daemon: once, and once more when the patch was applied.
set -eu
. "$interop/stage.sh"

open_stage
[ -z "$only" ] || targets=$only
tools='dpkg-dev xz-utils debian-archive-keyring coccinelle gcc make pkg-config meson ninja-build'
libraries='libssl-dev libgnutls28-dev libidn2-dev'

load() { # TARGET
    target=$1
    . "$patches/targets/$target.sh"
    suites=${suite:-$suites}
}

# The layers that the selected targets' daemons and their peers are in.
layers() {
    for target in $targets; do
        load "$target"
        layers_of "$daemon"
    done | sort -u
}

# What to install in a layer: its daemons, and what their targets take.
packages_to_build() { # LAYER
    packages_of "$1"
    echo "$tools $libraries"
    for target in $targets; do
        load "$target"
        [ "$(layer_of "$daemon")" != "$1" ] || echo "$needs"
    done
}

download_all() {
    set --
    for layer in $(layers); do set -- "$@" "$(packages_to_build "$layer")"; done
    download "$@"
}

install_all() {
    for layer in $(layers); do
        # shellcheck disable=SC2046
        quietly "install-$layer" install_layer "$layer" $(packages_to_build "$layer") || return
    done
}

# open_root NAME LAYER ...: a root to build in. It sees this tree.
open_root() {
    make_root "$@"
    mkdir -p "$root/s2sverify"
    mount --bind "$top" "$root/s2sverify"
}

build_library() {
    open_root library "$(layers | head -n 1)" base
    in_root library sh -euc '
        meson setup /build /s2sverify --prefix=/usr -Dtests=false -Dtools=false -Ddocs=false
        ninja -C /build
        DESTDIR=/library meson install -C /build' && drop_root library
}

# build_daemon ROOT: as the target says.
build_daemon() {
    in_root "$1" sh -euc "patches=/s2sverify/tests/patches
        . \$patches/targets/$target.sh
        cd /source
        build"
}

# A layer with the library and the daemon as Debian's source makes it, which calls nothing of the library.
build_stock() {
    open_root "$build-stock" "$layer" base &&
        cp -a "$work/library/upper/library/." "$root/" &&
        in_root "$build-stock" ldconfig &&
        mv "$work/$build.source" "$root/source" &&
        build_daemon "$build-stock" &&
        drop_root "$build-stock"
}

apply() {
    in_root "$build-patched" sh /s2sverify/tests/patches/apply.sh --diff "/s2sverify/examples/patches/$patch" /source \
        > "$work/$build.diff"
}

# A layer over it.
build_patched() {
    open_root "$build-patched" "$build-stock" "$layer" base &&
        { [ -n "$prove" ] || apply; } &&
        build_daemon "$build-patched" &&
        drop_root "$build-patched"
}

fetch() {
    in_root fetch sh /s2sverify/tests/patches/fetch.sh "$release" "$source" "/$build" > "$work/$build.version" &&
        mv "$work/fetch/root/$build" "$work/$build.source"
}

# One target of one release, stock and patched.
run_release() {
    build=$target-$release layer=$(layer_of "$daemon")
    if ! quietly "$build-fetch" fetch; then
        say "*** SKIPPED: $target/$release: its source can't be had ***"
        return 0
    fi
    version="$source $(cat "$work/$build.version") ($release)"
    say "$target: building $version"
    quietly "$build-stock" build_stock
    say "$target: patching it, building it again"
    quietly "$build-patched" build_patched
    [ -z "$diff" ] || cat "$work/$build.diff"
    say "$target: running it, $variants"
    for variant in $variants; do measure & done
    wait
    echo "$version" >> "$work/versions"
    daemons="$daemons $target/$release"
}

# The cells of the present target, as $variant.
measure() {
    patched_layers="$build-$variant"
    [ "$variant" = stock ] || patched_layers="$patched_layers $build-stock"
    column=$variant variant=$build-$variant
    verify "$(script_of "$daemon")" "$daemon"
    [ -z "$logs" ] || keep_logs "$variant"
    sed "s,^,$column $target/$release ," "$work/$variant-$daemon.cells" > "$work/cells-$variant"
}
export preload='' preload_env='' patched_layers='' variant=''

say 'downloading packages'
quietly download download_all || exit 77
say 'installing packages, making certificates'
install_all
make_pki
say 'building the library'
quietly library build_library

variants='stock patched' daemons=''
[ -z "$prove" ] || variants=patched
: > "$work/versions"
open_root fetch "$(layers | head -n 1)" base
for selected in $targets; do
    load "$selected"
    for release in $suites; do run_release; done
done
[ -n "$daemons" ] || exit 77

for variant in $variants; do sed "/^[^#]/s/^/$variant /" "$patches/expected.$variant"; done > "$work/expected"
cat "$work"/cells-* > "$work/cells"
status=0
{ sort -u "$work/versions"; echo; peers; } | awk -v "variants=$variants" -v "daemons=$daemons" -f "$interop/table.awk" \
    "$work/expected" "$work/cells" - > "$work/table" || status=1
cat "$work/table"
say finished
if [ -n "$prove" ]; then
    [ $status = 1 ] || { echo "$suite_name: NOT PROVED: sources that aren't patched pass"; exit 1; }
    echo "$suite_name: proved: with sources that aren't patched the suite fails"
    exit 0
fi
if [ $status = 0 ] && [ -n "$table" ]; then
    sh "$patches/document.sh" < "$work/table" > "$table"
fi
exit $status
