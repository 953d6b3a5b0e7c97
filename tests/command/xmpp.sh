#!/bin/sh
# SPDX-License-Identifier: MIT
# xmpp.sh: connect and probe at Prosody; Prosody and ejabberd connect to listen. Run by inside.sh in namespaces of its
# own.
set -eu
. "$interop/sandbox.sh"
. "$interop/wait.sh"
. "$here/expect.sh"

# Prosody is several servers: one whose certificate is good, one with clientAuth only, one that is too old.
configure_prosody() {
    cat > "$root/etc/interop/prosody.cfg.lua" <<END
pidfile = "/var/lib/prosody/prosody.pid"
certificates = "/var/empty"
data_path = "/var/lib/prosody"
log = { debug = "/var/log/prosody.log" }
interfaces = { "127.0.0.2" }
c2s_ports = {}
c2s_direct_tls_ports = {}
s2s_direct_tls_ports = { 5270 }
http_ports = {}
https_ports = {}
modules_enabled = { "tls", "saslauth", "ping", "admin_shell", "s2s_bidi" }
modules_disabled = { "dialback" }
s2s_secure_auth = true
s2s_direct_tls_ssl = { certificate = "/pki/old.test-chain.pem", key = "/pki/old.test.key" }
END
    for name in prosody.test client.test old.test; do
        cat >> "$root/etc/interop/prosody.cfg.lua" <<END
VirtualHost "$name"
ssl = { cafile = "/pki/root.pem", certificate = "/pki/$name-chain.pem", key = "/pki/$name.key" }
END
    done
}

configure_ejabberd() {
    cat > "$root/etc/interop/ejabberd.yml" <<END
loglevel: debug
ca_file: /pki/root.pem
s2s_use_starttls: required
listen:
  - { ip: "127.0.0.3", port: 5269, module: ejabberd_s2s_in }
  - { ip: "127.0.0.1", port: 5280, module: ejabberd_http, request_handlers: { /api: mod_http_api } }
api_permissions:
  loopback: { from: [mod_http_api], who: { ip: 127.0.0.0/8 }, what: [send_stanza, stop] }
modules: { mod_ping: {}, mod_admin_extra: {} }
hosts: [ "ejabberd.test" ]
certfiles: [ "/pki/ejabberd.test.both" ]
END
}

dnsmasq_config() {
    cat <<END
no-hosts
local=/test/
no-resolv
listen-address=127.0.0.1
bind-interfaces
address=/prosody.test/client.test/old.test/127.0.0.2
address=/ejabberd.test/127.0.0.3
address=/listen.test/bad.test/127.0.0.4
srv-host=_xmpps-server._tcp.old.test,old.test,5270
END
    for name in prosody.test client.test old.test ejabberd.test listen.test bad.test; do
        echo "srv-host=_xmpp-server._tcp.$name,$name,5269,10"
    done
}

prosody_pings() { # FROM TO
    in_root command-xmpp prosodyctl --config /etc/interop/prosody.cfg.lua shell "xmpp:ping('$1', '$2', 8)" \
        > "$work/ping-$1-$2.out" 2>&1 || true
    sed 's/^/    /' "$work/ping-$1-$2.out"
}

ejabberd_pings() { # TO
    in_root command-xmpp curl -sS -m 20 -d "{\"from\": \"ejabberd.test\", \"to\": \"$1\", \"stanza\": \"<iq type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>\"}" \
        http://127.0.0.1:5280/api/send_stanza > /dev/null
}

listening() { # ADDRESS
    ss -Hltn "src $1:5269" | grep -q .
}

says() { # FILE PATTERN
    grep -Eq -- "$2" "$1"
}

make_root command-xmpp xmpp base
ip link set lo up
mkdir -p "$root/pki" "$root/etc/interop"
mount --bind "$work/pki" "$root/pki"
rm -f "$root/etc/resolv.conf"
echo 'nameserver 127.0.0.1' > "$root/etc/resolv.conf"
echo '127.0.0.1 localhost interop' > "$root/etc/hosts"
dnsmasq_config > "$root/etc/interop/dnsmasq"
configure_prosody
configure_ejabberd
in_root command-xmpp dnsmasq -C /etc/interop/dnsmasq
install -d -o 0 -m 777 "$root/var/lib/prosody" "$root/var/log"
in_root command-xmpp setpriv --reuid prosody --regid prosody --clear-groups \
    prosody -F --config /etc/interop/prosody.cfg.lua > "$root/var/log/prosody.out" 2>&1 &
in_root command-xmpp HOME=/var/lib/ejabberd EJABBERD_CONFIG_PATH=/etc/interop/ejabberd.yml ERL_DIST_PORT=5210 \
    ejabberdctl -c /etc/interop/none foreground > "$root/var/log/ejabberd.out" 2>&1 &
wait_for 60 listening 127.0.0.2
wait_for 60 listening 127.0.0.3

dns='--resolver 127.0.0.1:53'
pki=$work/pki

# shellcheck disable=SC2086
{
    run_command connect-prosody 0 connect xmpp:prosody.test $dns
    expect connect-prosody "$work/connect-prosody.out" '127\.0\.0\.2:5269, STARTTLS' '^s2sverify, OpenSSL +accepted +accepted' \
        '^stock OpenSSL +accepted +refused' '^then: the peer ends the stream: not-authorized'
    run_command connect-client 1 connect xmpp:client.test $dns
    expect connect-client "$work/connect-client.out" 'refused: wrong-purpose +refused: wrong-purpose'
    run_command connect-old 1 connect xmpp:old.test $dns
    expect connect-old "$work/connect-old.out" '127\.0\.0\.2:5270, direct TLS' 'refused: expired'
    run_command connect-ejabberd 0 connect xmpp:ejabberd.test $dns
    run_command nobody 3 connect xmpp:nobody.test $dns

    run_command probe-good 0 probe xmpp:prosody.test $dns --from b.test --kinds --ca-cert "$pki/ca.pem" --ca-key "$pki/ca.key"
    expect probe-good "$work/probe-good.out" '^serverAuth only +accepted' '^clientAuth only +refused' \
        '^serverAuth and clientAuth +accepted' '^no extended key usage +accepted' '^serverAuth, expired +refused' \
        '^serverAuth, for another name +refused' '^serverAuth, self-signed +refused'
    run_command probe-client 1 probe xmpp:prosody.test $dns --from b.test --cert "$pki/client-only-chain.pem" --key "$pki/client-only.key"
    run_command probe-ejabberd 1 probe xmpp:ejabberd.test $dns --from b.test --kinds --ca-cert "$pki/ca.pem" --ca-key "$pki/ca.key"
    expect probe-ejabberd "$work/probe-ejabberd.out" '^serverAuth only +refused' '^clientAuth only +accepted' \
        '^serverAuth and clientAuth +accepted'
}

"$command" listen xmpp --domain listen.test --domain bad.test --show bad.test=expired --cafile "$pki/root.pem" \
    --cert "$pki/listen.test-chain.pem" --key "$pki/listen.test.key" --ca-cert "$pki/ca.pem" --ca-key "$pki/ca.key" \
    --listen 127.0.0.4:5269 --resolver 127.0.0.1:53 > "$work/listen.out" 2> "$work/listen.err" &
listener=$!
wait_for 20 listening 127.0.0.4
prosody_pings prosody.test listen.test
expect 'Prosody with a good certificate' "$work/ping-prosody.test-listen.test.out" '[Pp]ong|OK'
prosody_pings client.test listen.test
expect 'Prosody with a clientAuth certificate is told' "$work/ping-client.test-listen.test.out" 'wrong-purpose'
prosody_pings old.test listen.test
expect 'Prosody with an expired certificate is told' "$work/ping-old.test-listen.test.out" 'expired'
prosody_pings prosody.test bad.test
ejabberd_pings listen.test
accepted='Accepted inbound s2s EXTERNAL authentication listen.test -> ejabberd.test'
wait_for 30 says "$root/var/log/ejabberd/ejabberd.log" "$accepted" || true
grep s2s "$root/var/log/ejabberd/ejabberd.log" | tail -n 20 > "$work/ejabberd-s2s.out"
expect 'ejabberd takes the answer' "$work/ejabberd-s2s.out" "$accepted"
kill -TERM "$listener"
wait "$listener" || true
echo '== s2sverify listen xmpp'
sed 's/^/    /' "$work/listen.out" "$work/listen.err"
expect listen "$work/listen.out" ' prosody\.test: accepted; stock OpenSSL refuses it: .*; let in; 1 of 1 pings answered$' \
    ' client\.test: refused: wrong-purpose.*; let in; 1 of 1 pings answered$' ' old\.test: refused: expired.*; let in' \
    ' ejabberd\.test: accepted; let in; 1 of 1 pings answered$'
expect 'Prosody refuses an expired one' "$root/var/log/prosody.log" 'certificate has expired'
exit $failed
