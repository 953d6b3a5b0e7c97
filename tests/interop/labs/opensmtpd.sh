# SPDX-License-Identifier: MIT
# OpenSMTPD: servers must be good for their name. It verifies after the handshake, in another process, with
# X509_verify_cert(). What connects to Debian 12's gets "internal error" for an answer, in TLS, whatever it shows.
packages='opensmtpd'
kind=opensmtpd
outward=smtp

configure() {
    for file in etc/ssl/cert.pem etc/ssl/certs/ca-certificates.crt usr/lib/ssl/cert.pem; do
        mkdir -p "$root/${file%/*}"
        rm -f "$root/$file"
        cp "$work/pki/roots.pem" "$root/$file"
    done
    cat > "$root/lab/smtpd.conf" <<EOF
listen on $verifier_address port 25
$(for name in $(peers); do cat <<END
action "to-$name" relay host smtp+tls://$name:$peer_port tls
match from any for domain "$name" action "to-$name"
END
done)
EOF
}

start() {
    daemon smtpd -d -f /lab/smtpd.conf
}

dial() {
    wait_for 60 listening $verifier_address 25
    for name in $(peers); do
        printf 'Subject: lab\n\nlab\n' | in_root "$run" sendmail -f "x@$verifier" "x@$name" >> "$root/var/log/tools" 2>&1
    done
}
