# SPDX-License-Identifier: MIT
# Kamailio, SIP over TLS: peers must show a certificate. Its processes share OpenSSL's memory.
packages='kamailio kamailio-tls-modules'
kind=openssl
protocol=sip port=5061
outward=tls

configure() {
    cat > "$root/lab/tls.cfg" <<EOF
[server:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
certificate = /pki/$verifier.chain
private_key = /pki/$verifier.key
ca_list = /pki/roots.pem
[client:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
certificate = /pki/$verifier.chain
private_key = /pki/$verifier.key
ca_list = /pki/roots.pem
EOF
    cat > "$root/lab/kamailio.cfg" <<EOF
children = 1
tcp_children = 2
enable_tls = yes
log_stderror = yes
listen = udp:127.0.0.1:5060
listen = tls:$verifier_address:5061
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "ctl.so"
loadmodule "tls.so"
modparam("tls", "config", "/lab/tls.cfg")
modparam("ctl", "binrpc", "unix:/tmp/kamailio.ctl")
request_route {
    if (proto == TLS) {
        sl_send_reply("200", "OK");
        exit;
    }
    t_relay();
}
EOF
}

start() {
    daemon kamailio -DD -E -m 64 -M 8 -f /lab/kamailio.cfg -P /tmp/kamailio.pid -Y /tmp
}

dial() {
    peer options 127.0.0.1 5060 $peer_port $(peers)
}

reload() {
    tool kamcmd -s unix:/tmp/kamailio.ctl tls.reload
}
