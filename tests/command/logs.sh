#!/bin/sh
# SPDX-License-Identifier: MIT
# Real daemons of three Debian releases complain about bad peers: see usage().
set -eu

usage() {
    cat <<'END'
usage: logs.sh [--build DIR] [--roots DIR] [--raw DIR] [RELEASE ...]

Makes tests/command/logs/RELEASE-DAEMON.log anew: Prosody, ejabberd, Postfix and Exim of each release (bullseye,
bookworm, trixie by default), and the tools of OpenSSL and GnuTLS, meet the bad peers of bad_peer.py in both directions,
and what they log is kept: of lines that differ in names, times and numbers only, the first.

  --build DIR    the build folder, for mkcert (default: build)
  --roots DIR    where the releases' roots are, or are put by debootstrap (default: a temporary folder)
  --raw DIR      keep the whole logs here
  MIRROR, SECURITY_MIRROR    environment: where the packages come from; Debian's by default

Needs root, Linux namespaces, overlayfs, Debian's mirror, and 2 GB for each release.
END
}

here=$(cd "$(dirname "$0")" && pwd)
interop=$here/../interop
suite_name=logs
. "$interop/enter.sh"

build=build roots='' raw=''
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --build) build=$2; shift 2 ;;
    --roots) roots=$2; shift 2 ;;
    --raw) raw=$2; shift 2 ;;
    -*) usage >&2; exit 2 ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || set -- bullseye bookworm trixie
mkcert=$(realpath -e "$build/tests/support/pki/mkcert") || fail "there is no mkcert in $build: build first"

need unshare ip ss openssl python3
sh "$here/../install-deps.sh" debootstrap debian-archive-keyring

out=$(mktemp -d)
work=$(mktemp -d)
trap 'rm -rf "$out"; rmdir "$work"' EXIT
trap 'exit 130' INT TERM HUP
[ -n "$roots" ] || roots=$out/roots
mkdir -p "$roots"
roots=$(realpath -e "$roots")

install_into() { # ROOT PACKAGE ...
    into=$1; shift
    DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot "$into" apt-get -qy --no-install-recommends \
        -o Dpkg::Options::=--force-unsafe-io install "$@"
}

# Three roots: Postfix and Exim don't live in one. Of releases that have ended the mirror may lack security updates.
make_roots() { # RELEASE
    all='prosody ejabberd dnsmasq-base openssl gnutls-bin curl'
    release=$roots/$1
    rm -rf "$release"
    mkdir -p "$release"
    debootstrap --variant=minbase "$1" "$release/base" "${MIRROR:-http://deb.debian.org/debian}"
    printf '#!/bin/sh\nexit 101\n' > "$release/base/usr/sbin/policy-rc.d"
    chmod 755 "$release/base/usr/sbin/policy-rc.d"
    cat > "$release/base/etc/apt/sources.list" <<END
deb ${MIRROR:-http://deb.debian.org/debian} $1 main
deb ${SECURITY_MIRROR:-http://deb.debian.org/debian-security} $1-security main
END
    chroot "$release/base" apt-get -q update
    install_into "$release/base" $all ||
        { sed -i '/security/d' "$release/base/etc/apt/sources.list" && chroot "$release/base" apt-get -q update &&
            install_into "$release/base" $all; }
    cp -a "$release/base" "$release/postfix"
    cp -a "$release/base" "$release/exim"
    install_into "$release/postfix" postfix
    install_into "$release/exim" exim4-daemon-heavy
    touch "$release/done"
}

# What a daemon's log says of TLS, without what debugging adds to it.
about_tls() { # DAEMON
    case $1 in
    prosody) grep -E '^# |s2s(in|out)[0-9a-f]+.(info|warn|error)|certificate (error|identity.*invalid)|certmanager.error|^[^<]*(TLS|SSL) (error|handshake error)|tls.(warn|error)' |
        grep -v /var/empty ;;
    ejabberd) grep -E '^# |ejabberd_s2s_(in|out):(handle|process|term|init)|pkix.*(warn|err)|(warn|err).*pkix|ertificate' ;;
    postfix) grep -E '^# |TLS|SSL|STARTTLS|ertificate' | grep -v 'backwards-compatible' ;;
    exim) grep -E '^# |TLS|SSL|ertificate' ;;
    *) cat ;;
    esac
}

# The release's name, and the first line of each kind: times, numbers and names don't make a kind.
first_of_each_kind() { # RELEASE
    awk -v release="$1" '
        NR == 1 {
            print "# SPDX-License-Identifier: MIT"
            print "# Debian " release ", " $0 "; made by tests/command/logs.sh"
            next
        }
        /^==/ {
            command = $0
            next
        }
        {
            kind = $0
            gsub(/[a-z0-9-]+\.test/, "NAME", kind)
            gsub(/0x[0-9a-f]+|s2s(in|out)[0-9a-f]+|conn[A-Za-z0-9_-]+|1[0-9A-Za-z]+-[0-9A-Za-z]+-[0-9A-Za-z]+/, "N", kind)
            gsub(/[0-9A-F][0-9A-F][0-9A-F][0-9A-F]+/, "N", kind)
            gsub(/[0-9]+/, "N", kind)
        }
        # Where a line names nobody, the one before it in its session does.
        match($0, /\[[0-9]+\]: /) { session = substr($0, RSTART, RLENGTH) }
        !(kind in seen) {
            seen[kind] = 1
            if (command)
                print command
            command = ""
            if (!/\.test/ && session in named)
                print named[session]
            print
            delete named[session]
            next
        }
        /\.test/ && session { named[session] = $0 }
    '
}

export here mkcert work release out
for name; do
    [ -e "$roots/$name/done" ] || make_roots "$name" > "$out/$name.roots" 2>&1 || {
        tail "$out/$name.roots" >&2
        skip "no root of $name"
    }
    release=$roots/$name
    echo "logs: running the daemons of $name"
    unshare --mount --propagation private --pid --fork --kill-child --mount-proc --ipc --uts --net \
        sh -x "$here/logs_inside.sh" > "$out/$name.out" 2>&1 || { tail -20 "$out/$name.out" >&2; exit 1; }
    mkdir -p "$here/logs"
    for daemon in prosody ejabberd postfix exim openssl gnutls; do
        first_of_each_kind "$name" < "$out/$daemon" | about_tls $daemon > "$here/logs/$name-$daemon.log"
    done
    [ -z "$raw" ] || { mkdir -p "$raw/$name" && cp "$out"/* "$raw/$name"; }
done
