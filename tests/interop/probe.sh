#!/bin/sh
# SPDX-License-Identifier: MIT
# probe.sh: succeeds where the sandbox can work. Run in a private mount namespace, with $work set.
set -e
mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/scratch" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/scratch" "$work/root"
mount -t proc proc "$work/root/proc"
mount -t tmpfs tmpfs "$work/root/dev"
mknod "$work/root/dev/null" c 1 3
chroot "$work/root" /bin/sh -c 'echo > /dev/null'
unshare --net ip link set lo up
