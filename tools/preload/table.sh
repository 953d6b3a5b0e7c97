#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints a header that turns calls into a TLS library into calls through a table, which is filled
# at run time. It lists what a library linked the usual way takes from the TLS library.
# usage: table.sh NM FILE VERSION-PREFIX TABLE HEADER
set -eu
nm=$1 file=$2 version=$3 table=$4 header=$5

names=$("$nm" -D --undefined-only "$file" | sed -n "s/.* \([A-Za-z0-9_]*\)@${version}.*/\1/p" | sort -u)
[ -n "$names" ] || { echo "table.sh: $file takes nothing from a $version library" >&2; exit 1; }

define() { # PATTERN: the names that fit, and only they
    i=0
    for name in $names; do
        # shellcheck disable=SC2254
        case $name in
        $1) printf '#undef %s\n#define %s (*(__typeof__(%s) *)%s[%d])\n' "$name" "$name" "$name" "$table" $i ;;
        esac
        i=$((i + 1))
    done
}

echo "/* Made by table.sh from ${file##*/}. Included before everything else. */"
echo '#include <stdint.h>'
echo "extern uintptr_t $table[];"
echo "#define NAMES_OF_$table \\"
for name in $names; do echo "    \"$name\", \\"; done
echo
# OpenSSL 1.1.1's other headers have inline functions that call these.
case $version in
OPENSSL_*) printf '#include <openssl/opensslconf.h>\n#include <openssl/stack.h>\n'; define 'OPENSSL_sk_*' ;;
esac
echo "#include \"$header\""
names=$(echo "$names" | sed 's/^OPENSSL_sk_.*/-/')
define '[A-Za-z]*'
