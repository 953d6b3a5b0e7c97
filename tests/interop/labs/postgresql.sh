# SPDX-License-Identifier: MIT
# PostgreSQL: a standby that wants to follow each peer in turn; who connects must show a certificate (verify-ca).
packages='postgresql-15'
kind=openssl
protocol=postgres port=5432
outward=postgres
as=postgres

configure() {
    install -d -m 777 "$root/lab" "$root/run/postgresql"
    tool setpriv --reuid postgres --regid postgres --clear-groups \
        /usr/lib/postgresql/15/bin/initdb -D /lab/data -U peer --no-sync
    install -m 600 "$work/pki/$verifier.key" "$root/lab/data/server.key"
    cat >> "$root/lab/data/postgresql.conf" <<EOF
listen_addresses = '$verifier_address'
ssl = on
ssl_cert_file = '/pki/$verifier.chain'
ssl_key_file = 'server.key'
ssl_ca_file = '/pki/roots.pem'
hot_standby = on
wal_retrieve_retry_interval = 500ms
fsync = off
max_connections = 200
EOF
    echo "hostssl all all 127.0.0.0/8 trust clientcert=verify-ca" > "$root/lab/data/pg_hba.conf"
    : > "$root/lab/data/standby.signal"
    tool chown -R postgres: /lab/data
}

start() {
    daemon /usr/lib/postgresql/15/bin/postgres -D /lab/data
}

dial() {
    for name in $(peers); do
        cat > "$root/lab/data/postgresql.auto.conf" <<EOF
primary_conninfo = 'host=$name port=$peer_port user=x sslmode=verify-full sslrootcert=/pki/roots.pem sslcert=/lab/none gssencmode=disable'
EOF
        kill -HUP "$pid"
        wait_for 15 grep -q "^$name " "$work/$run.outbound" || true
    done
}

reload() {
    kill -HUP "$pid"
}
