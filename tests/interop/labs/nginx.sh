# SPDX-License-Identifier: MIT
# nginx: clients must show a certificate, and it is a proxy to servers that must be good for their name. The new process
# of a binary upgrade gets a clean environment: the library by an "env" line, the settings by preload.conf.
packages='nginx-light'
kind=openssl
protocol=http port=443
outward=tls

configure() {
    settings_by_file nginx
    cat > "$root/lab/nginx.conf" <<EOF
user www-data;
worker_processes 1;
pid /run/nginx.pid;
env LD_PRELOAD;
error_log /var/log/nginx.err info;
events { }
http {
    access_log off;
    proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
    client_body_temp_path /tmp/c;
    server {
        listen $verifier_address:443 ssl;
        ssl_certificate /pki/$verifier.chain;
        ssl_certificate_key /pki/$verifier.key;
        ssl_client_certificate /pki/roots.pem;
        ssl_verify_client on;
        ssl_verify_depth 3;
        location / { return 200; }
    }
    server {
        listen 127.0.0.1:80;
        proxy_ssl_verify on;
        proxy_ssl_verify_depth 3;
        proxy_ssl_trusted_certificate /pki/roots.pem;
        proxy_ssl_server_name on;
$(for name in $(peers); do echo "        location /$name { proxy_pass https://$name:$peer_port; proxy_ssl_name $name; }"; done)
    }
}
EOF
}

# Only a daemon in the background upgrades itself.
start() {
    daemon /usr/sbin/nginx -c /lab/nginx.conf
    wait_for 60 test -s "$root/run/nginx.pid"
    pid=$(cat "$root/run/nginx.pid")
}

dial() {
    peer fetch $(for name in $(peers); do echo "http://127.0.0.1/$name"; done)
}

reload() {
    kill -HUP "$pid"
}

# As Debian's "service nginx upgrade": what apt does.
upgrade() {
    old=$pid
    kill -USR2 "$old"
    wait_for 10 test -s "$root/run/nginx.pid.oldbin" || return
    sleep 1
    pid=$(cat "$root/run/nginx.pid")
    kill -QUIT "$old"
}
