# SPDX-License-Identifier: MIT
# stunnel, as server and as client: it gives OpenSSL an allocator of its own.
packages='stunnel4'
kind=openssl
protocol=echo port=443
outward=tls

configure() {
    cat > "$root/lab/stunnel.conf" <<EOF
foreground = yes
pid =
CAfile = /pki/roots.pem
cert = /pki/$verifier.chain
key = /pki/$verifier.key
verifyChain = yes
sessionCacheSize = 1
[inbound]
accept = $verifier_address:443
exec = /bin/cat
$(number=8000; for name in $(peers); do number=$((number + 1)); cat <<END
[$name]
client = yes
accept = 127.0.0.1:$number
connect = $(peer_address "$name"):$peer_port
checkHost = $name
END
done)
EOF
}

start() {
    daemon stunnel /lab/stunnel.conf
}

dial() {
    peer fetch $(number=8000; for name in $(peers); do number=$((number + 1)); echo "http://127.0.0.1:$number/"; done)
}

reload() {
    kill -HUP "$pid"
}
