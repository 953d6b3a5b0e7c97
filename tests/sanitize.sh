#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests with the address and undefined-behaviour sanitizers, by clang.
set -eu
cd "$(dirname "$0")/.."
sh tests/install-deps.sh
sh tests/install-deps.sh libclang-rt-14-dev
build=${1:-build-sanitize}
[ -f "$build/build.ninja" ] ||
    CC=clang CXX=clang++ meson setup "$build" -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false
ninja -C "$build"
# The handshake and fault tests take longer under the sanitizers.
exec env UBSAN_OPTIONS=halt_on_error=1 meson test -C "$build" --print-errorlogs -t 5 --no-suite lint --no-suite interop --no-suite install
