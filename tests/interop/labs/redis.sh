# SPDX-License-Identifier: MIT
# Redis: clients and replicas must show a certificate; it is a replica itself, of each peer in turn. It checks no names.
packages='redis-server redis-tools'
kind=openssl
protocol=redis port=6379
outward=tls

configure() {
    cat > "$root/lab/redis.conf" <<EOF
bind 127.0.0.1 $verifier_address
port 6380
protected-mode no
tls-port 6379
tls-cert-file /pki/$verifier.chain
tls-key-file /pki/$verifier.key
tls-ca-cert-file /pki/roots.pem
tls-auth-clients yes
tls-replication yes
tls-session-caching no
dir /tmp
save ""
EOF
}

start() {
    daemon redis-server /lab/redis.conf
}

dial() {
    for name in $(peers); do
        tool redis-cli -p 6380 replicaof "$(peer_address "$name")" $peer_port
        wait_for 10 grep -q "^$name " "$work/$run.outbound" || true
    done
    tool redis-cli -p 6380 replicaof no one
}

# The certificates are read again, into a new context.
reload() {
    tool redis-cli -p 6380 config set tls-ca-cert-file /pki/roots.pem
}
