# SPDX-License-Identifier: MIT
# BIND 9, zone transfer over TLS: a primary that asks for a certificate, and a secondary of each peer.
packages='bind9 bind9-utils'
kind=openssl
protocol=dns port=853
outward=dns

configure() {
    install -d -m 777 "$root/lab/zones"
    printf '%s\n' '@ 3600 SOA localhost. x. 1 60 60 3600 60' '@ NS localhost.' > "$root/lab/zones/example.test"
    cat > "$root/lab/named.conf" <<EOF
options {
    directory "/lab/zones";
    pid-file "/tmp/named.pid";
    session-keyfile "/tmp/session.key";
    recursion no;
    dnssec-validation no;
    listen-on { };
    listen-on port 853 tls inbound { $verifier_address; };
    listen-on-v6 { };
    tcp-clients 500;
};
controls { };
tls inbound { cert-file "/pki/$verifier.chain"; key-file "/pki/$verifier.key"; ca-file "/pki/roots.pem"; };
zone "example.test" { type primary; file "example.test"; };
$(for name in $(peers); do cat <<END
tls $name {
    ca-file "/pki/roots.pem";
    remote-hostname "$name";
    cert-file "/pki/$verifier.chain";
    key-file "/pki/$verifier.key";
};
zone "$name" { type secondary; file "$name"; primaries { $(peer_address "$name") port $peer_port tls $name; }; };
END
done)
EOF
}

start() {
    daemon named -g -n 1 -u bind -c /lab/named.conf
}

reload() {
    kill -HUP "$pid"
}
