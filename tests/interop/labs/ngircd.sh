# SPDX-License-Identifier: MIT
# ngIRCd, with GnuTLS in Debian: it links to each peer. It asks nobody who connects for a certificate.
packages='ngircd'
kind=gnutls
outward=tls

# It knows at most sixteen servers, so they come in two halves, with a reload between.
write_links() { # NAME ...
    cat > "$root/lab/ngircd.conf" <<EOF
[Global]
Name = $verifier
Info = lab
Listen = $verifier_address
Ports = 6667
[Limits]
ConnectRetry = 5
[Options]
PAM = no
Ident = no
DNS = no
[SSL]
CAFile = /pki/roots.pem
CertFile = /pki/$verifier.chain
KeyFile = /pki/$verifier.key
$(for name; do cat <<END
[Server]
Name = $name
Host = $name
Port = $peer_port
MyPassword = x
PeerPassword = x
SSLConnect = yes
SSLVerify = yes
END
done)
EOF
}

configure() {
    write_links $(peers | head -n 9)
}

start() {
    daemon ngircd -n -f /lab/ngircd.conf
}

half_seen() {
    [ "$(cut -d' ' -f1 "$work/$run.outbound" | sort -u | wc -l)" -ge 9 ]
}

dial() {
    wait_for 60 half_seen || return 0
    write_links $(peers | tail -n +10)
    kill -HUP "$pid"
}
