#!/bin/sh
# SPDX-License-Identifier: MIT
# What meson.build asks for is enough for what it uses: Meson wrote a warning into its log if not.
# usage: floor.sh BUILD
set -eu
log=$1/meson-logs/meson-log.txt
grep -q '^Project name: s2sverify' "$log"
if grep -E 'uses features? (introduced|which were added)' "$log"; then
    echo 'Do it in an older way, or raise meson_version.'
    exit 1
fi
