# SPDX-License-Identifier: MIT
# slapd, with GnuTLS in Debian: clients must show a certificate, and it consumes (syncrepl) from each peer.
packages='slapd'
kind=gnutls
protocol=ldap port=636
outward=tls

configure() {
    cat > "$root/lab/slapd.conf" <<EOF
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile /tmp/slapd.pid
TLSCACertificateFile /pki/roots.pem
TLSCertificateFile /pki/$verifier.chain
TLSCertificateKeyFile /pki/$verifier.key
TLSVerifyClient demand
$(number=0; for name in $(peers); do number=$((number + 1)); install -d -m 777 "$root/lab/data/$name"; cat <<END
database mdb
maxsize 1048576
suffix dc=$name
directory /lab/data/$name
rootdn cn=x,dc=$name
syncrepl rid=$number provider=ldaps://$name:$peer_port searchbase=dc=$name bindmethod=simple retry="60 +"
    tls_reqcert=demand tls_cacert=/pki/roots.pem tls_cert=/pki/$verifier.chain tls_key=/pki/$verifier.key
END
done)
EOF
}

start() {
    daemon slapd -d 256 -u openldap -g openldap -f /lab/slapd.conf -h "ldaps://$verifier_address:636/"
}
