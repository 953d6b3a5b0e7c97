# SPDX-License-Identifier: MIT
# radsecproxy, RADIUS over TLS: clients must show a certificate, servers must be good for their name.
packages='radsecproxy'
kind=openssl
protocol=radius port=2083
outward=tls

configure() {
    cat > "$root/lab/radsecproxy.conf" <<EOF
ListenTLS $verifier_address:2083
tls default {
    CACertificateFile /pki/roots.pem
    CertificateFile /pki/$verifier.chain
    CertificateKeyFile /pki/$verifier.key
}
client everybody {
    host 127.0.0.0/8
    type tls
    secret radsec
    certificateNameCheck off
}
$(for name in $(peers); do cat <<END
server $name {
    host $name
    port $peer_port
    type tls
    secret radsec
    statusServer on
}
realm $name {
    server $name
}
END
done)
EOF
}

start() {
    daemon radsecproxy -f -c /lab/radsecproxy.conf
}

reload() {
    kill -HUP "$pid"
}
