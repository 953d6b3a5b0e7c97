# SPDX-License-Identifier: MIT
# Mosquitto: clients must show a certificate, and a bridge to each peer.
packages='mosquitto'
kind=openssl
protocol=mqtt port=8883
outward=tls

configure() {
    cat > "$root/lab/mosquitto.conf" <<EOF
per_listener_settings true
log_dest stderr
listener 8883 $verifier_address
allow_anonymous true
cafile /pki/roots.pem
certfile /pki/$verifier.chain
keyfile /pki/$verifier.key
require_certificate true
$(for name in $(peers); do cat <<END
connection $name
address $name:$peer_port
bridge_cafile /pki/roots.pem
bridge_certfile /pki/$verifier.chain
bridge_keyfile /pki/$verifier.key
restart_timeout 5
topic # out
END
done)
EOF
}

start() {
    daemon mosquitto -c /lab/mosquitto.conf
}

reload() {
    kill -HUP "$pid"
}
