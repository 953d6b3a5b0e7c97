# SPDX-License-Identifier: MIT
# etcd, with Go's own TLS: clients must show a certificate. The library can't change it.
packages='etcd-server'
kind=go
protocol=http port=2379

configure() {
    install -d -m 700 "$root/lab/data"
}

start() {
    daemon etcd --data-dir /lab/data --listen-client-urls "https://$verifier_address:2379" \
        --advertise-client-urls "https://$verifier_address:2379" --listen-peer-urls "http://$verifier_address:2380" \
        --cert-file "/pki/$verifier.chain" --key-file "/pki/$verifier.key" \
        --client-cert-auth --trusted-ca-file /pki/roots.pem
}
