#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzes with clang's libFuzzer and the address and undefined-behaviour sanitizers.
set -eu

usage() {
    cat <<'USAGE'
usage: sh tests/fuzz/run.sh [SECONDS [TARGET ...]]

Runs each target (default: all of certificate names verify crl staple dane xmpp peer) for SECONDS (default: 60), on
seeds made from the case files. The corpus stays in build-fuzz/corpus and grows from run to run.
Exit status 1 after a finding; the input is then in build-fuzz/findings, and

    build-fuzz/tests/fuzz/libfuzzer-TARGET FILE

runs it again. A finding becomes a case or a unit test before it is mended.
USAGE
}

[ "${1-}" != --help ] || { usage; exit 0; }
cd "$(dirname "$0")/../.."
build=${FUZZ_BUILD:-build-fuzz}
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- certificate names verify crl staple dane xmpp peer

sh tests/install-deps.sh
sh tests/install-deps.sh libclang-rt-14-dev
if [ ! -f "$build/build.ninja" ]; then
    CC=clang CXX=clang++ meson setup "$build" -Dopenssl=disabled -Dgnutls=disabled -Dtools=false \
        -Ddocs=false -Ddefault_library=static -Db_sanitize=address,undefined -Db_lundef=false \
        -Dc_args=-fsanitize=fuzzer-no-link
fi
mkdir -p "$build/findings"
failed=0
for target in "$@"; do
    folder=$build/tests/fuzz
    [ "$target" != peer ] || folder=$build/tests/command
    ninja -C "$build" "${folder#"$build"/}/fuzz-$target" "${folder#"$build"/}/libfuzzer-$target" >"$build/fuzz.log" ||
        { cat "$build/fuzz.log"; exit 1; }
    corpus=$build/corpus/$target
    if [ ! -d "$corpus" ]; then
        mkdir -p "$corpus"
        "$folder/fuzz-$target" --write "$corpus" tests/cases
    fi
    echo "== $target"
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "$folder/libfuzzer-$target" \
        -max_total_time="$seconds" -max_len=16384 -timeout=10 -print_final_stats=1 \
        -artifact_prefix="$build/findings/$target-" "$corpus" >"$build/$target.log" 2>&1 || failed=1
    grep -E 'ERROR|SUMMARY|not so|runtime error|DONE|number_of_executed|new_units' \
        "$build/$target.log" || true
done
exit $failed
