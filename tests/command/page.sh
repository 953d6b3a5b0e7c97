#!/bin/sh
# SPDX-License-Identifier: MIT
# The page of s2sverify audit in headless Chromium: see usage().
set -eu

usage() {
    cat <<'USAGE'
usage: page.sh [--build DIR] [--shots DIR]

Audits 390 domains on loopback and looks at the page in headless Chromium, 1280 and 390 pixels wide, with and without
script: that nothing is cut off, that every target is there, that sorting and searching work.

  --build DIR    the build folder (default: build)
  --shots DIR    leave screenshots here
USAGE
}

here=$(cd "$(dirname "$0")" && pwd)
build=build shots=''
while [ $# -gt 0 ]; do
    case $1 in
    --build) build=$2; shift 2 ;;
    --shots) shots=$2; shift 2 ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
sh "$here/../install-deps.sh" chromium fonts-dejavu-core python3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 "$here/audit.py" "$build/tools/s2sverify/s2sverify" "$build/tests/support/pki/mkcert" 390 "$tmp/page.html"
python3 "$here/page.py" "$tmp/page.html" ${shots:+"$shots"}
