# SPDX-License-Identifier: MIT
# What releases.sh does with roots. It sets $roots, $mirror, $fresh, $corpora.

# A mirror of an earlier day is as good; it says itself that it is out of date.
allow_old() {
    echo 'Acquire::Check-Valid-Until "false";' >"$1/etc/apt/apt.conf.d/80s2sverify"
}

# debootstrap RELEASE: made aside, so that half a root is never taken for one
bootstrap() {
    case $1 in
    *-i386) suite=${1%-i386} architecture=i386 ;;
    *) suite=${1%-clean} architecture=$(dpkg --print-architecture) ;;
    esac
    rm -rf "$roots/$1.part"
    debootstrap --variant=minbase --arch="$architecture" "$suite" "$roots/$1.part" "$mirror" >"$roots/$1.log" 2>&1 &&
        allow_old "$roots/$1.part" && mv "$roots/$1.part" "$roots/$1"
}

# Unstable with OpenSSL 4: a copy of the root of unstable.
add_experimental() {
    make_root sid || return
    rm -rf "$roots/$1.part"
    cp -a --reflink=auto "$roots/sid" "$roots/$1.part"
    rm -rf "$roots/$1.part/build" "$roots/$1.part/result"
    echo "deb $mirror experimental main" >"$roots/$1.part/etc/apt/sources.list.d/experimental.list"
    in_root "$roots/$1.part" sh -c \
        'apt-get -q update && apt-get -q -y --no-install-recommends -t experimental install libssl-dev openssl' \
        >"$roots/$1.log" 2>&1 && mv "$roots/$1.part" "$roots/$1"
}

# Some kernels run no 32-bit programs.
runs() {
    case $1 in
    *-i386) arch-test i386 >/dev/null 2>&1 ;;
    esac
}

make_root() {
    if [ -n "$fresh" ]; then
        rm -rf "${roots:?}/$1"
    fi
    [ -d "$roots/$1" ] && return 0
    case $1 in
    sid-openssl4) add_experimental "$1" ;;
    *) bootstrap "$1" ;;
    esac
}

# The tree as a clone would have it, with what isn't committed yet; times stay, so that little is built again.
copy_sources() {
    rm -rf "$1/src"
    mkdir -p "$1/src" "$1/corpora"
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files -z --cached --others --exclude-standard
    else
        find . -name 'build*' -prune -o -type f -print0
    fi | tar --null --ignore-failed-read -T - -c | tar -x -C "$1/src"
    [ -z "$corpora" ] || cp -r "$corpora/." "$1/corpora/"
}

# in_overlay ROOT WORK COMMAND ...: as in_root, but what is written goes to WORK/upper
in_overlay() {
    lower=$1 work=$2
    shift 2
    mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" "$work/root"
    status=0
    in_root "$work/root" "$@" || status=$?
    umount "$work/root"
    return $status
}

# in_root ROOT COMMAND ...: mounts and processes of its own
in_root() {
    cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
    unshare --mount --pid --fork sh -c '
        root=$1
        shift
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/tmp"
        exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root "$@"' in_root "$@"
}
