#!/bin/sh
# SPDX-License-Identifier: MIT
# both.sh: the mail and chat daemons of $daemons, then the labs of $labs, each with a temporary directory of its own.
# Run by run.sh in private mount, pid, ipc and uts namespaces.
set -u
mount -t tmpfs -o mode=755 tmpfs "$work"
above=$work
status=0
for script in ${daemons:+inside.sh} ${labs:+labs.sh}; do
    work=$above/${script%.sh}
    mkdir "$work"
    sh "$interop/$script"
    ended=$?
    [ $ended -ne 77 ] || exit 77
    [ $ended -eq 0 ] || status=$ended
done
exit $status
