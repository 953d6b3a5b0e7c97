# SPDX-License-Identifier: MIT
# HAProxy, master and worker: clients must show a certificate, servers must be good for their name.
packages='haproxy'
kind=openssl
protocol=http port=443
outward=tls

configure() {
    cat > "$root/lab/haproxy.cfg" <<END
global
    maxconn 500
    master-worker
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
    retries 0
frontend inbound
    bind $verifier_address:443 ssl crt /pki/$verifier.pem ca-file /pki/roots.pem verify required
    http-request return status 200
frontend outbound
    bind 127.0.0.1:80
    use_backend %[path,field(2,/)]
$(for name in $(peers); do echo "backend $name
    server s $(peer_address "$name"):$peer_port ssl verify required ca-file /pki/roots.pem verifyhost $name"; done)
END
}

start() {
    daemon haproxy -W -db -f /lab/haproxy.cfg
}

dial() {
    peer fetch $(for name in $(peers); do echo "http://127.0.0.1/$name"; done)
}

# USR2 is both: the master runs itself again, and starts new workers.
reload() {
    kill -USR2 "$pid"
}

upgrade() {
    kill -USR2 "$pid"
}
