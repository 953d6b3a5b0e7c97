#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual page names every command and option, and is shown without a warning; the completion knows them.
# usage: manual.sh COMMAND MANUAL COMPLETION
set -eu
command=$1 manual=$2 completion=$3
failed=0
complain() {
    echo "$1"
    failed=1
}

commands=$("$command" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
[ -n "$commands" ] || complain 'no command is listed'
text=$(sed 's/\\-/-/g' "$manual")
for name in $commands; do
    echo "$text" | grep -q "^\.SS $name\$" || complain "$manual: no section on $name"
    for option in $("$command" "$name" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p'); do
        echo "$text" | grep -q -e "$option\\([^a-z-]\\|\$\\)" || complain "$manual: $option of $name is not in it"
    done
done
if command -v man > /dev/null; then
    warnings=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l "$manual" 2>&1 > /dev/null) || complain "$manual: can't be shown"
    [ -z "$warnings" ] || complain "$warnings"
fi
if command -v bash > /dev/null; then
    completed=$(bash -c '. "$1"; COMP_WORDS=("$2" verify --na); COMP_CWORD=2; _s2sverify; echo "${COMPREPLY[@]}"' - "$completion" "$command")
    [ "$completed" = --name ] || complain "completion of --na: \"$completed\""
    completed=$(bash -c '. "$1"; COMP_WORDS=("$2" ver); COMP_CWORD=1; _s2sverify; echo "${COMPREPLY[@]}"' - "$completion" "$command")
    [ "$completed" = verify ] || complain "completion of ver: \"$completed\""
fi
exit $failed
