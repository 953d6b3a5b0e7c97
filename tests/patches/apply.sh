#!/bin/sh
# SPDX-License-Identifier: MIT
# Applies a semantic patch to a source tree: see usage().
set -eu

usage() {
    cat <<'END'
usage: apply.sh [--diff] COCCI DIR

Applies the semantic patch COCCI to the sources in DIR, in place, by Coccinelle (spatch). Fails, and changes nothing,
unless every file changes that a line "// Files: FILE ..." of the patch names, relative to DIR.

  --diff    print what it changed
END
}

show=
case ${1-} in
--help) usage; exit 0 ;;
--diff) show=yes; shift ;;
esac
[ $# -eq 2 ] || { usage >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
cocci=$(realpath -e "$1") || exit 2
cd "$2"
sh "$here/../install-deps.sh" coccinelle >&2

files=$(sed -n 's,^// Files:,,p' "$cocci")
[ -n "$files" ] || { echo "apply.sh: no line \"// Files:\" in $cocci" >&2; exit 2; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export HOME="${HOME:-/}" # without one spatch fails
doesnt_change() { # FILE
    cat "$tmp/log" >&2
    echo "apply.sh: $cocci doesn't change $1" >&2
    exit 1
}
for file in $files; do
    mkdir -p "$tmp/new/$(dirname "$file")"
    spatch --very-quiet --no-includes --macro-file "$here/macros.h" --no-show-diff --sp-file "$cocci" \
        -o "$tmp/new/$file" "$file" > "$tmp/log" 2>&1 || doesnt_change "$file"
    [ -f "$tmp/new/$file" ] || doesnt_change "$file"
    diff -u --label "a/$file" --label "b/$file" "$file" "$tmp/new/$file" >> "$tmp/diff" && doesnt_change "$file"
done
for file in $files; do
    cat "$tmp/new/$file" > "$file"
done
[ -z "$show" ] || cat "$tmp/diff"
