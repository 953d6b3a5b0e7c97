#!/bin/sh
# SPDX-License-Identifier: MIT
# texts.sh FILE ...: each file as an array of lines in C, called audit_ and its suffix, NULL behind the last one.
set -eu
for file; do
    echo "static const char *const audit_${file##*.}[] = {"
    sed 's/[\\"]/\\&/g; s/.*/    "&\\n",/' "$file"
    echo '    NULL };'
done
