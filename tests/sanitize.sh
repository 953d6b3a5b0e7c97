#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests with the address and undefined-behaviour sanitizers, by clang; with --thread those
# in which threads share something, with the thread sanitizer.
#
# usage: sanitize.sh [--thread] [BUILD]
set -eu
cd "$(dirname "$0")/.."
sanitizers=address,undefined
build=build-sanitize
what='--no-suite lint --no-suite interop --no-suite install'
if [ "${1:-}" = --thread ]; then
    sanitizers=thread
    build=build-sanitize-thread
    shift
fi
build=${1:-$build}
sh tests/install-deps.sh
sh tests/install-deps.sh libclang-rt-14-dev
[ -f "$build/build.ninja" ] ||
    CC=clang CXX=clang++ meson setup "$build" -Dwerror=true -Db_sanitize=$sanitizers -Db_lundef=false
ninja -C "$build"
[ $sanitizers != thread ] ||
    what=$(meson test -C "$build" --list 2>/dev/null | sed -n '/-threads-\|-reload$/s,.* / ,,p')
# The handshake and fault tests take longer under the sanitizers. The TLS libraries aren't made with
# them: what they do among themselves isn't seen, and not judged.
# shellcheck disable=SC2086 # several words
exec env UBSAN_OPTIONS=halt_on_error=1 TSAN_OPTIONS=ignore_noninstrumented_modules=1 \
    meson test -C "$build" --print-errorlogs -t 5 $what
