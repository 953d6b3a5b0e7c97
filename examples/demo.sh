#!/bin/sh
# SPDX-License-Identifier: MIT
# Shows the problem that s2sverify ends, on real TLS sessions between two processes: see usage().
set -eu

usage() {
    cat <<'USAGE'
usage: sh examples/demo.sh [--build DIR] [--built]

Installs what is missing (Debian), builds, and lets a server verify its peer: five certificates,
each shown by a peer that accepts the connection and by one that opens it, each verified by stock
OpenSSL, stock GnuTLS and s2sverify on both. Every cell of the table is measured by a TLS session
between two processes. Then it prints s2sverify's explanation of one refusal.

  --build DIR   build folder (default: build)
  --built       it is built already: nothing is installed or built

Exit status: 0 if exactly the expected table was measured, 1 if not, 2 if it could not be tried.
USAGE
}

build=build
is_built=
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage; exit 0 ;;
    --built) is_built=yes; shift ;;
    --build) [ $# -ge 2 ] || { usage >&2; exit 2; }
             case $2 in /*) build=$2 ;; *) build=$PWD/$2 ;; esac
             shift 2 ;;
    *) usage >&2; exit 2 ;;
    esac
done
cd "$(dirname "$0")/.."

give_up() {
    echo "demo.sh: $1" >&2
    exit 2
}

work=$(mktemp -d)
listener=
clean_up() {
    [ -z "$listener" ] || kill "$listener" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 2' HUP INT TERM

build_all() {
    [ -f "$build/build.ninja" ] || meson setup "$build"
    meson configure "$build" -Dopenssl=enabled -Dgnutls=enabled -Dtests=true -Dtools=true
    ninja -C "$build" examples/demo-probe-openssl examples/demo-probe-gnutls tests/support/pki/mkcert
}

# A public CA's chain of 2026: P-256, a serverAuth-only intermediate, and a leaf without a CN.
make_certificates() {
    leaf='issuer=intermediate san=dns:peer.example eku'
    "$build/tests/support/pki/mkcert" -d "$work" \
        root 'ca key=p384 subject=C=XX,O=Example%20Trust,CN=Example%20Root' \
        intermediate 'ca issuer=root eku=serverAuth subject=C=XX,O=Example%20Trust,CN=E1' \
        serverAuth "$leaf=serverAuth" clientAuth "$leaf=clientAuth" \
        both "$leaf=serverAuth,clientAuth" codeSigning "$leaf=codeSigning" none "$leaf=absent" \
        us 'issuer=intermediate san=dns:us.example eku=serverAuth'
}

# probe LIBRARY JUDGE CERTIFICATE OUTPUT [PORT]: without PORT listens in the background, sets port.
probe() {
    to=${5-}
    set -- timeout 20 "$build/examples/demo-probe-$1" -j "$2" -C "$work/$3-chain.pem" \
        -K "$work/$3.key" -A "$work/root.pem" -d peer.example -o "$work/$4"
    if [ -n "$to" ]; then
        "$@" -p "$to" || give_up 'the connection failed'
        return
    fi
    "$@" >"$work/port" &
    listener=$!
    read -r port <"$work/port" || give_up 'the listener did not start'
}

# session CERTIFICATE DIRECTION LIBRARY JUDGE: sets answer. The peer runs the other library.
session() {
    other=gnutls
    [ "$3" = openssl ] || other=openssl
    rm -f "$work"/seen* "$work"/shown*
    if [ "$2" = accepts ]; then
        probe "$other" show "$1" shown
        probe "$3" "$4" us seen "$port"
    else
        probe "$3" "$4" us seen
        probe "$other" show "$1" shown "$port"
    fi
    wait "$listener" || give_up 'the listener failed'
    listener=
    check_session "$1"
    answer=$(cat "$work/seen")
}

# The peer really presented that certificate, and was greeted exactly if the answer is yes.
check_session() {
    openssl x509 -in "$work/$1.pem" -outform DER | cmp -s - "$work/seen.der" ||
        give_up "the peer did not present its certificate ($1)"
    case $(cat "$work/shown"),$(cat "$work/seen") in
    yes,yes | no,no*) ;;
    *) give_up "the two sides differ: $(cat "$work/shown") and $(cat "$work/seen")" ;;
    esac
}

measure() {
    for certificate in serverAuth clientAuth both codeSigning none; do
        for direction in accepts connects; do
            line="$certificate|$direction"
            for judge in stock s2sverify; do
                for library in openssl gnutls; do
                    session "$certificate" "$direction" "$library" "$judge"
                    line="$line|$answer"
                    if [ "$certificate,$direction,$judge" = clientAuth,connects,s2sverify ]; then
                        cp "$work/seen.txt" "$work/explanation"
                    fi
                done
            done
            echo "$line"
        done
    done
}

# certificate | the peer ... | stock OpenSSL | stock GnuTLS | s2sverify on OpenSSL | on GnuTLS
expected() {
    cat <<'TABLE'
serverAuth|accepts|yes|yes|yes|yes
serverAuth|connects|no: error 26, leaf|yes|yes|yes
clientAuth|accepts|no: error 26, leaf|yes|no: wrong-purpose, leaf|no: wrong-purpose, leaf
clientAuth|connects|no: error 26, CA|yes|no: wrong-purpose, leaf|no: wrong-purpose, leaf
both|accepts|yes|yes|yes|yes
both|connects|no: error 26, CA|yes|yes|yes
codeSigning|accepts|no: error 26, leaf|yes|no: wrong-purpose, leaf|no: wrong-purpose, leaf
codeSigning|connects|no: error 26, leaf|yes|no: wrong-purpose, leaf|no: wrong-purpose, leaf
none|accepts|yes|yes|yes|yes
none|connects|no: error 26, CA|yes|yes|yes
TABLE
}

show() {
    awk -F '|' '
        function cell(answer, certificate) {
            good = certificate != "clientAuth" && certificate != "codeSigning"
            return ((answer == "yes") == good ? "  " : "! ") answer
        }
        BEGIN {
            format = "%-16s  %-8s  %-21s  %-13s  %-25s  %s\n"
            printf format, "extended", "the peer", "  stock", "  stock", "  s2sverify",
                "  s2sverify"
            printf format, "key usage", "", "  OpenSSL", "  GnuTLS", "  on OpenSSL", "  on GnuTLS"
        }
        {
            name = $1 == "both" ? "both" : $1 == "none" ? "no EKU" : $1 " only"
            printf format, name, $2, cell($3, $1), cell($4, $1), cell($5, $1), cell($6, $1)
        }' "$1"
    cat <<'NOTES'

Is the peer accepted as peer.example? "!" marks a wrong answer: a public server is kept out, or a
certificate that isn't for servers is let in.
leaf, CA: the certificate that is blamed. Every leaf here is issued by a serverAuth-only CA, as a
public CA's is today; so stock OpenSSL, which asks peers that connect for clientAuth, refuses them
all, some only because of the CA: a clientAuth leaf doesn't help.
Error 26 is OpenSSL's "unsuitable certificate purpose". Stock GnuTLS is
gnutls_certificate_verify_peers3(), which asks for no purpose at all.
NOTES
}

if [ -z "$is_built" ]; then
    sh tests/install-deps.sh || give_up 'could not install what is missing'
    echo "building in $build"
    build_all >"$work/log" 2>&1 || {
        tail -n 40 "$work/log" >&2
        give_up 'the build failed'
    }
fi
make_certificates || give_up 'could not make the certificates'
mkfifo "$work/port"
measure >"$work/measured" || exit 2
echo
show "$work/measured"
echo
echo 's2sv_verdict_explain() of the clientAuth-only peer that connected:'
sed 's/^/    /' "$work/explanation"
expected >"$work/expected"
if ! cmp -s "$work/expected" "$work/measured"; then
    echo
    echo 'NOT AS EXPECTED (- expected, + measured):'
    diff -u "$work/expected" "$work/measured" | sed '1,3d'
    exit 1
fi
echo
echo 'All 40 sessions as expected.'
