# SPDX-License-Identifier: MIT
# Roots to run daemons in: tmpfs-backed overlays over /. Sourced; needs $work, a tmpfs in a private mount namespace.
#
# The host's / is only ever a lower layer, so nothing written inside a root reaches it. Other file systems mounted
# below / are not part of a root.

# make_root NAME [LAYER ...]: mount $work/NAME/root over the named roots' changes, topmost first, and /.
make_root() {
    name=$1; shift
    lower=
    for below; do lower=$lower$work/$below/upper:; done
    root=$work/$name/root
    mkdir -p "$root" "$work/$name/upper" "$work/$name/scratch"
    mount -t overlay overlay -o "lowerdir=$lower/,upperdir=$work/$name/upper,workdir=$work/$name/scratch" "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/tmp"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mkdir -m 1777 "$root/run/lock"
    make_dev "$root/dev"
}

make_dev() {
    mount -t tmpfs -o mode=755 tmpfs "$1"
    for node in null:3 zero:5 full:7 random:8 urandom:9; do
        mknod -m 666 "$1/${node%:*}" c 1 "${node#*:}"
    done
    ln -s /proc/self/fd "$1/fd"
    mkdir -m 1777 "$1/shm"
}

# What ran there may take a moment to be gone.
drop_root() {
    tries=50
    until umount -R "$work/$1/root"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return
        sleep 0.2
    done
}

short_environment='PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive'

# in_root NAME COMMAND ...: with a short, known environment.
in_root() {
    inside=$1; shift
    chroot "$work/$inside/root" /usr/bin/env -i $short_environment "$@"
}

# add_preload: put the file under test, if there is one, into the root just made, and a log that every daemon may write.
preload_path=/usr/local/lib/preload.so
preload_log=/var/log/s2sverify.log
add_preload() {
    [ -n "$preload" ] || return 0
    install -m 755 "$preload" "$root$preload_path"
    mkdir -p "$root/var/log"
    install -m 666 /dev/null "$root$preload_log"
}

# The first layer: package lists, and every package with what it needs, downloaded but not installed.
# download PACKAGE-SET ...: each set is one word list; sets may conflict with one another.
download() {
    make_root base
    printf '#!/bin/sh\nexit 101\n' > "$work/base/root/usr/sbin/policy-rc.d"
    chmod 755 "$work/base/root/usr/sbin/policy-rc.d"
    rm -f "$work/base/root/etc/apt/apt.conf.d/docker-clean" "$work/base/root/var/lib/man-db/auto-update"
    cp -L /etc/resolv.conf "$work/base/root/etc/resolv.conf.new"
    mv "$work/base/root/etc/resolv.conf.new" "$work/base/root/etc/resolv.conf"
    in_root base apt-get -q update || return
    for set; do
        in_root base apt-get -qy --no-install-recommends --no-upgrade --download-only install $set || return
    done
    drop_root base
}

# install_layer NAME PACKAGE ...: a layer over the first one.
install_layer() {
    layer_name=$1; shift
    make_root "$layer_name" base
    in_root "$layer_name" apt-get -qy --no-install-recommends --no-upgrade --no-download \
        -o Dpkg::Options::=--force-unsafe-io install "$@" || return
    drop_root "$layer_name"
}
