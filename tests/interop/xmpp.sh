#!/bin/sh
# SPDX-License-Identifier: MIT
# xmpp.sh VERIFIER: runs ejabberd and Prosody against each other, one verifying the other, which is every peer at once.
#
# Run by inside.sh in namespaces of its own. Prints one line for each cell: peer, direction, outcome, reason.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/names.sh"
. "$here/sandbox.sh"
. "$here/wait.sh"

verifies=$1
case $verifies in
ejabberd) answers=prosody ;;
prosody) answers=ejabberd ;;
esac
verifier_address=127.0.0.2
peer_address=127.0.0.3

configure_prosody() { # ADDRESS NAME ...
    cat > "$root/etc/interop/prosody.cfg.lua" <<END
pidfile = "/var/lib/prosody/prosody.pid"
certificates = "/var/empty"
data_path = "/var/lib/prosody"
log = { debug = "/var/log/prosody.log" }
interfaces = { "$1" }
c2s_ports = {}
c2s_direct_tls_ports = {}
s2s_direct_tls_ports = {}
http_ports = {}
https_ports = {}
modules_enabled = { "tls", "saslauth", "ping", "admin_shell" }
modules_disabled = { "dialback" }
s2s_secure_auth = true
END
    shift
    for name; do
        cat >> "$root/etc/interop/prosody.cfg.lua" <<END
VirtualHost "$name"
ssl = { cafile = "/pki/roots.pem", certificate = "/pki/$name.chain", key = "/pki/$name.key" }
END
    done
}

configure_ejabberd() { # ADDRESS NAME ...
    config=$root/etc/interop/ejabberd.yml
    cat > "$config" <<END
loglevel: debug
ca_file: /pki/roots.pem
s2s_use_starttls: required
listen:
  - { ip: "$1", port: 5269, module: ejabberd_s2s_in }
  - { ip: "127.0.0.1", port: 5280, module: ejabberd_http, request_handlers: { /api: mod_http_api } }
api_permissions:
  loopback: { from: [mod_http_api], who: { ip: 127.0.0.0/8 }, what: [send_stanza, stop] }
modules: { mod_ping: {}, mod_admin_extra: {} }
hosts:
END
    shift
    {
        printf '  - "%s"\n' "$@"
        echo 'certfiles:'
        printf '  - "/pki/%s.pem"\n' "$@"
    } >> "$config"
}

dnsmasq_config() {
    cat <<END
no-hosts
local=/test/
no-resolv
listen-address=127.0.0.1
bind-interfaces
address=/$verifier/$verifier_address
srv-host=_xmpp-server._tcp.$verifier,$verifier,5269
END
    for peer in $(peers); do
        echo "address=/$peer/$peer_address"
        echo "srv-host=_xmpp-server._tcp.$peer,$peer,5269"
    done
}

start_prosody() { # ENVIRONMENT ...
    install -d -o 0 -m 777 "$root/var/lib/prosody" "$root/var/log"
    in_root "$run" "$@" setpriv --reuid prosody --regid prosody --clear-groups \
        prosody -F --config /etc/interop/prosody.cfg.lua > "$root/var/log/prosody.out" 2>&1 &
}

# With -c, so that the package's own settings don't replace these.
start_ejabberd() { # ENVIRONMENT ...
    in_root "$run" "$@" HOME=/var/lib/ejabberd EJABBERD_CONFIG_PATH=/etc/interop/ejabberd.yml ERL_DIST_PORT=5210 \
        ejabberdctl -c /etc/interop/none foreground > "$root/var/log/ejabberd.out" 2>&1 &
    ejabberd_pid=$!
}

# The environment of the daemon under test; the other one is always stock.
start() {
    if [ "$1" = "$verifies" ]; then
        start_"$1" ${preload:+"LD_PRELOAD=$preload_path"} $preload_env
    else
        start_"$1"
    fi
}

api() { # COMMAND JSON
    in_root "$run" curl -sS -m 20 -d "$2" "http://127.0.0.1:5280/api/$1" > /dev/null
}

# Make a daemon open a stream. Whether it gets an answer doesn't matter.
ejabberd_pings() { # FROM TO
    api send_stanza "{\"from\": \"$1\", \"to\": \"$2\", \"stanza\": \"<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>\"}"
}

prosody_pings() { # FROM TO
    in_root "$run" prosodyctl --config /etc/interop/prosody.cfg.lua shell "xmpp:ping('$1', '$2', 5)" > /dev/null 2>&1 &
}

listening() { # ADDRESS
    ss -Hltn "src $1:5269" | grep -q .
}

ejabberd_cells() {
    sed -En "s/.* (Accepted|Failed) inbound s2s EXTERNAL authentication (.*) -> $verifier \([0-9.]*\)(: (.*))?/\2 inbound \1 \4/p
        s/.* (Accepted) outbound s2s EXTERNAL authentication $verifier -> (.*) \([0-9.]*\)$/\2 outbound \1/p
        s/.* (Failed) to establish outbound s2s connection $verifier -> (.*): Peer certificate rejected: (.*); bouncing.*/\2 outbound \1 \3/p" \
        "$root/var/log/ejabberd/ejabberd.log" | sed 's/ Accepted */ accepted/; s/ Failed / refused: /'
}

prosody_cells() {
    awk -v me="$verifier" '
        {
            session = $4
            peer = ""
            for (i = 1; i <= NF; i++)
                if (split($i, ends, "->") == 2)
                    peer = ends[1] == me ? ends[2] : ends[1]
            direction = $6 == "Incoming" ? "inbound" : "outbound"
        }
        /certificate error\(s\) at depth / { why[session] = $0; sub(/.* at depth /, "depth ", why[session]) }
        /(Incoming|Outgoing) s2s connection .* complete$/ { print peer, direction, "accepted" }
        /(Incoming|Outgoing) s2s stream .* closed: Your server.s certificate is not trusted$/ {
            print peer, direction, "refused: " why[session]
        }
    ' "$root/var/log/prosody.log"
}

# Retries say the same again.
cells() {
    "${verifies}_cells" | sort -u
}

all_cells_measured() {
    [ "$(cells | cut -d' ' -f1,2 | sort -u | wc -l)" -ge $((2 * $(peers | wc -l))) ]
}

run=$variant-$verifies
make_root "$run" $patched_layers xmpp base
add_preload
ip link set lo up
mkdir -p "$root/pki" "$root/etc/interop"
mount --bind "$work/pki" "$root/pki"
rm -f "$root/etc/resolv.conf"
echo 'nameserver 127.0.0.1' > "$root/etc/resolv.conf"
echo '127.0.0.1 localhost interop' > "$root/etc/hosts"
dnsmasq_config > "$root/etc/interop/dnsmasq"
configure_"$verifies" $verifier_address $verifier
configure_"$answers" $peer_address $(peers)

in_root "$run" dnsmasq -C /etc/interop/dnsmasq
start ejabberd
start prosody
wait_for 60 listening $verifier_address
wait_for 60 listening $peer_address
for peer in $(peers); do
    "${answers}_pings" "$peer" $verifier
    "${verifies}_pings" $verifier "$peer"
done
wait_for 120 all_cells_measured || echo "$run: not every cell was measured" >&2
api stop '{}'
wait "$ejabberd_pid" || true
cells
