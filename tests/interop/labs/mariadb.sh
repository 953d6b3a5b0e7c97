# SPDX-License-Identifier: MIT
# MariaDB: a user who must show a certificate (REQUIRE X509), and a replica of each peer.
packages='mariadb-server mariadb-client'
kind=openssl
protocol=mysql port=3306
outward=mysql

configure() {
    install -d -m 755 "$root/lab/data" "$root/run/mysqld"
    cat > "$root/lab/my.cnf" <<EOF
[mysqld]
user = mysql
datadir = /lab/data
socket = /run/mysqld/mysqld.sock
bind-address = $verifier_address
server-id = 1
ssl-ca = /pki/roots.pem
ssl-cert = /pki/$verifier.chain
ssl-key = /pki/$verifier.key
innodb-buffer-pool-size = 8M
innodb-log-file-size = 4M
max-connect-errors = 1000000
skip-name-resolve
EOF
    tool chown -R mysql: /lab/data /run/mysqld
    tool mariadb-install-db --defaults-file=/lab/my.cnf --skip-test-db --auth-root-authentication-method=normal
}

sql() {
    in_root "$run" mariadb -S /run/mysqld/mysqld.sock -u root >> "$root/var/log/$lab.tools" 2>&1
}

start() {
    daemon mariadbd --defaults-file=/lab/my.cnf
    wait_for 60 listening $verifier_address 3306
    echo "CREATE USER peer@'%' REQUIRE X509;" | sql
}

dial() {
    for name in $(peers); do
        echo "CHANGE MASTER '$name' TO MASTER_HOST='$name', MASTER_PORT=$peer_port, MASTER_USER='x', MASTER_PASSWORD='x',
            MASTER_SSL=1, MASTER_SSL_CA='/pki/roots.pem', MASTER_SSL_CERT='/pki/$verifier.chain',
            MASTER_SSL_KEY='/pki/$verifier.key', MASTER_SSL_VERIFY_SERVER_CERT=1, MASTER_CONNECT_RETRY=60;
            START SLAVE '$name';"
    done | sql
}

reload() {
    echo 'STOP ALL SLAVES; FLUSH SSL;' | sql
}
