#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests under valgrind; a leak or an invalid access fails.
set -eu
cd "$(dirname "$0")/.."
sh tests/install-deps.sh
sh tests/install-deps.sh valgrind
build=${1:-build-memcheck}
[ -f "$build/build.ninja" ] || meson setup "$build" -Dwerror=true
ninja -C "$build"
# Not the suites whose tests are scripts: valgrind would look at the shell.
exec meson test -C "$build" --print-errorlogs -t 20 --no-suite lint --no-suite examples --no-suite clients \
    --no-suite interop --no-suite install --no-suite preload --no-suite abi --no-suite mutation \
    --wrap 'valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9'
