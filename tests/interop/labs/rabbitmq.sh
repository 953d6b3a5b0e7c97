# SPDX-License-Identifier: MIT
# RabbitMQ, with Erlang's own TLS: clients must show a certificate. The library can't change it.
packages='rabbitmq-server'
kind=erlang
protocol=amqp port=5671
as=rabbitmq

configure() {
    install -d -m 777 "$root/lab" "$root/lab/data"
    cat > "$root/lab/rabbitmq.conf" <<EOF
listeners.tcp = none
listeners.ssl.default = $verifier_address:5671
ssl_options.cacertfile = /pki/roots.pem
ssl_options.certfile = /pki/$verifier.chain
ssl_options.keyfile = /pki/$verifier.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
ssl_options.depth = 3
log.file = false
log.console = true
EOF
}

start() {
    settings="$settings HOME=/lab RABBITMQ_MNESIA_BASE=/lab/data RABBITMQ_CONFIG_FILE=/lab/rabbitmq.conf"
    daemon rabbitmq-server
}
