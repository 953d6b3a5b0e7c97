#!/bin/sh
# SPDX-License-Identifier: MIT
# logs_inside.sh: lets one release's daemons meet every bad peer and keeps what they say. Run by logs.sh in private
# namespaces, with $here, $work (a tmpfs), $release (a folder of roots) and $out.
set -eu
. "$here/../interop/wait.sh"

prosody_address=127.0.0.2
ejabberd_address=127.0.0.3
postfix_address=127.0.0.4
exim_address=127.0.0.5
broken_address=127.0.0.6
peer="python3 -W ignore $here/bad_peer.py"

# make_root NAME BELOW: $work/NAME/root, a copy of a release's root that takes no disk space.
make_root() {
    root=$work/$1/root
    mkdir -p "$root" "$work/$1/upper" "$work/$1/scratch"
    mount -t overlay overlay -o "lowerdir=$release/$2,upperdir=$work/$1/upper,workdir=$work/$1/scratch" "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/tmp"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mkdir -p -m 1777 "$root/run/lock"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for node in null:3 zero:5 full:7 random:8 urandom:9; do
        mknod -m 666 "$root/dev/${node%:*}" c 1 "${node#*:}"
    done
    ln -s /proc/self/fd "$root/dev/fd"
    mkdir -p -m 1777 "$root/dev/shm" "$root/etc/logs" "$root/pki"
    mount --bind "$work/pki" "$root/pki"
    rm -f "$root/etc/resolv.conf"
    echo 'nameserver 127.0.0.1' > "$root/etc/resolv.conf"
    { echo "127.0.0.1 localhost $(hostname)"; $peer names; } > "$root/etc/hosts"
}

in_root() { # NAME COMMAND ...
    within=$1; shift
    chroot "$work/$within/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
}

make_pki() {
    mkdir "$work/pki"
    $peer certificates | tr '\n' '\0' | xargs -0 "$mkcert" -d "$work/pki"
    cd "$work/pki"
    cp incomplete.pem incomplete-chain.pem
    cat strange-root.pem >> strange-root-sent-chain.pem
    cat revocations.crl root-revocations.crl > all.crl
    openssl dhparam -dsaparam -out dh1024.pem 1024 2> /dev/null
    cat root.pem int.pem > root-and-int.pem
    chmod 644 ./*
    cp ours.key unreadable.key
    chmod 600 unreadable.key
    echo nothing > no.pem
    mkdir ejabberd fatal
    cat ours-chain.pem ours.key > ejabberd/ours.pem
    cat good-chain.pem md5.key > fatal/other-key.pem
    cat self-signed.pem self-signed.key > ejabberd/self-signed.pem
    cat expired-chain.pem expired.key > ejabberd/expired.pem
    cat strange-chain.pem strange.key > ejabberd/strange.pem

    cp no.pem fatal
    cp unreadable.key fatal/unreadable.pem
    cd /
}

dnsmasq_config() {
    echo 'no-hosts'
    echo 'local=/test/'
    echo 'no-resolv'
    echo 'listen-address=127.0.0.1'
    echo 'bind-interfaces'
    echo "address=/prosody.test/$prosody_address"
    echo "address=/ejabberd.test/$ejabberd_address"
    echo "address=/postfix.test/$postfix_address"
    echo "address=/exim.test/$exim_address"
    $peer names | while read -r address name; do
        echo "address=/$name/$address"
        echo "srv-host=_xmpp-server._tcp.$name,$name,5269"
        echo "mx-host=$name,$name,1"
    done
}

start_prosody() {
    make_root prosody base
    in_root prosody dnsmasq -C /etc/logs/dnsmasq
    install -d -m 777 "$root/var/lib/prosody" "$root/var/log" "$root/etc/logs/modules"
    cat > "$root/etc/logs/prosody.cfg.lua" <<END2
pidfile = "/var/lib/prosody/prosody.pid"
certificates = "/var/empty"
data_path = "/var/lib/prosody"
plugin_paths = { "/etc/logs/modules" }
log = { debug = "/var/log/prosody.log" }
interfaces = { "$prosody_address" }
c2s_ports = {}
c2s_direct_tls_ports = {}
s2s_direct_tls_ports = {}
http_ports = {}
https_ports = {}
modules_enabled = { "tls", "saslauth", "ping" }
modules_disabled = { "dialback" }
s2s_secure_auth = true
s2s_require_encryption = true
VirtualHost "prosody.test"
modules_enabled = { "pings" }
ssl = { cafile = "/pki/root.pem", certificate = "/pki/ours-chain.pem", key = "/pki/ours.key" }
VirtualHost "without-file.test"
ssl = { certificate = "/pki/nothing.pem", key = "/pki/nothing.key" }
VirtualHost "with-other-key.test"
ssl = { certificate = "/pki/ours-chain.pem", key = "/pki/good.key" }
VirtualHost "unreadable.test"
ssl = { certificate = "/pki/ours-chain.pem", key = "/pki/unreadable.key" }
VirtualHost "no-pem.test"
ssl = { certificate = "/pki/no.pem", key = "/pki/ours.key" }
END2
    cat > "$root/etc/logs/modules/mod_pings.lua" <<'END2'
local stanza = require "util.stanza";
local timer = require "util.timer";
local delay = 2;
for line in io.lines("/etc/logs/names") do
    local name = line:match("%S+$");
    delay = delay + 0.2;
    timer.add_task(delay, function ()
        module:send(stanza.iq({ type = "get", from = module.host, to = name, id = name }):tag("ping", { xmlns = "urn:xmpp:ping" }));
    end);
end
END2
    in_root prosody setpriv --reuid prosody --regid prosody --clear-groups \
        prosody -F --config /etc/logs/prosody.cfg.lua > "$root/var/log/prosody.out" 2>&1 &
}

start_ejabberd() {
    make_root ejabberd base
    cat > "$root/etc/logs/ejabberd.yml" <<END2
loglevel: info
ca_file: /pki/root.pem
s2s_use_starttls: required
certfiles: [ "/pki/ejabberd/*.pem" ]
hosts: [ ejabberd.test ]
listen:
  - { ip: "$ejabberd_address", port: 5269, module: ejabberd_s2s_in }
  - { ip: "127.0.0.1", port: 5280, module: ejabberd_http, request_handlers: { /api: mod_http_api } }
api_permissions:
  loopback: { from: [mod_http_api], who: { ip: 127.0.0.0/8 }, what: [send_stanza, stop] }
modules: { mod_ping: {}, mod_admin_extra: {} }
END2
    # It doesn't start with files that it can't read, and says so.
    sed 's,/pki/ejabberd/,/pki/fatal/,' "$root/etc/logs/ejabberd.yml" > "$root/etc/logs/fatal.yml"
    run_ejabberd fatal || true
    run_ejabberd ejabberd &
}

run_ejabberd() { # SETTINGS
    in_root ejabberd HOME=/var/lib/ejabberd EJABBERD_CONFIG_PATH="/etc/logs/$1.yml" ERL_DIST_PORT=5210 \
        timeout 400 ejabberdctl -c /etc/logs/none foreground >> "$work/ejabberd.out" 2>&1
}

api() { # COMMAND JSON
    in_root ejabberd curl -sS -m 20 -d "$2" "http://127.0.0.1:5280/api/$1" > /dev/null
}

# A third of the peers are met opportunistically, which is logged differently.
start_postfix() {
    make_root postfix postfix
    cat > "$root/etc/postfix/main.cf" <<END2
compatibility_level = 2
maillog_file = /var/log/mail.log
inet_protocols = ipv4
myhostname = postfix.test
mydestination =
alias_maps =
relay_domains = postfix.test
smtp_dns_support_level = disabled
transport_maps = inline:{ { postfix.test = discard: } }
smtpd_tls_loglevel = 1
smtp_tls_loglevel = 1
smtpd_tls_chain_files = /pki/ours.key, /pki/ours-chain.pem
smtpd_tls_CAfile = /pki/root.pem
smtpd_tls_security_level = encrypt
smtpd_tls_req_ccert = yes
smtp_tls_chain_files = /pki/ours.key, /pki/ours-chain.pem
smtp_tls_CAfile = /pki/root.pem
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = nexthop
smtp_helo_timeout = 10s
smtp_starttls_timeout = 5s
smtpd_starttls_timeout = 5s
smtp_tls_policy_maps = inline:{ strange.test=may, self-signed.test=may, sha1.test=may, no-starttls.test=encrypt,
    bad-signature.test=encrypt, md5.test=fingerprint }
END2
    cat > "$root/etc/postfix/master.cf" <<END2
$postfix_address:25 inet n - n - - smtpd
$broken_address:25 inet n - n - - smtpd -o smtpd_tls_chain_files=/pki/nothing.pem
$broken_address:2525 inet n - n - - smtpd -o smtpd_tls_chain_files=/pki/good.key,/pki/ours-chain.pem
$broken_address:2526 inet n - n - - smtpd -o smtpd_tls_chain_files=/pki/no.pem
$broken_address:2527 inet n - n - - smtpd -o smtpd_tls_CAfile=/pki/nothing.pem
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
END2
    in_root postfix postfix start > "$root/var/log/postfix.out" 2>&1
}

start_exim() {
    make_root exim exim
    cat > "$root/etc/exim4/exim4.conf" <<END2
primary_hostname = exim.test
disable_ipv6
local_interfaces = <; $exim_address ; 127.0.0.7 ; 127.0.0.8 ; 127.0.0.9
domainlist own = exim.test
acl_smtp_rcpt = accept
log_selector = +tls_certificate_verified +tls_peerdn
tls_advertise_hosts = *
tls_certificate = \${if eq{\$received_ip_address}{127.0.0.7}{/pki/nothing.pem}{/pki/ours-chain.pem}}
tls_privatekey = \${if eq{\$received_ip_address}{127.0.0.8}{/pki/good.key}{/pki/ours.key}}
tls_verify_certificates = \${if eq{\$received_ip_address}{127.0.0.9}{/pki/nothing.pem}{/pki/root.pem}}
tls_crl = /pki/all.crl
tls_verify_hosts = *
smtp_receive_timeout = 8s
begin routers
own:
  driver = accept
  domains = +own
  transport = throw_away
out:
  driver = manualroute
  route_list = * \$domain byname
  transport = out
  self = send
begin transports
throw_away:
  driver = appendfile
  file = /dev/null
  user = Debian-exim
out:
  driver = smtp
  connection_max_messages = 1
  command_timeout = 5s
  hosts_require_tls = *
  tls_certificate = /pki/ours-chain.pem
  tls_privatekey = /pki/ours.key
  tls_verify_certificates = /pki/root.pem
  tls_crl = /pki/all.crl
  tls_verify_hosts = \${if eq{\$host}{strange.test}{}{*}}
  tls_try_verify_hosts = \${if eq{\$host}{strange.test}{*}{}}
  tls_verify_cert_hostnames = *
END2
    in_root exim exim4 -bdf > "$root/var/log/exim.out" 2>&1 &
}

send() { # DAEMON TO
    in_root "$1" sendmail -i -f "x@$1.test" "x@$2" <<END2
Subject: logs

$1 to $2
END2
}

listening() { # ADDRESS:PORT
    ss -Hltn "src $1" | grep -q .
}

# What the TLS libraries' own tools say of the same servers and clients.
openssl_log() {
    $peer names | while read -r address name; do
        echo "== openssl s_client -connect $name:25 -starttls smtp"
        in_root prosody timeout 8 openssl s_client -connect "$address:25" -starttls smtp -CAfile /pki/root.pem \
            -verify_return_error -verify_hostname "$name" -cert /pki/ours-chain.pem -key /pki/ours.key < /dev/null 2>&1 |
            grep -E '^(verify error|Verification error|.*:error:|depth=|Verify return)' || true
    done
}

gnutls_log() {
    $peer names | while read -r address name; do
        echo "== gnutls-cli --starttls-proto=smtp --port 25 $name"
        in_root prosody timeout 8 gnutls-cli --starttls-proto=smtp --port 25 "$address" --verify-hostname "$name" --x509cafile /pki/root-and-int.pem \
            --x509crlfile /pki/all.crl --x509certfile /pki/ours-chain.pem --x509keyfile /pki/ours.key < /dev/null 2>&1 |
            grep -E '^(\*\*\*|- Status|\|<1>|[A-Z].*rror|Cannot)' || true
    done
}

version() { # LAYER PACKAGE
    dpkg-query --admindir="$release/$1/var/lib/dpkg" -W -f '${Package} ${Version}\n' "$2"
}

keep() { # NAME LAYER PACKAGE LOG
    { version "$2" "$3"; cat "$4"; } > "$out/$1"
}

mount -t tmpfs -o mode=755 tmpfs "$work"
hostname logs
ip link set lo up
make_pki
$peer serve "$work/pki" 2> "$out/peers" &
start_ejabberd
mkdir -p "$work/prosody/upper/etc/logs"
dnsmasq_config > "$work/prosody/upper/etc/logs/dnsmasq"
$peer names > "$work/prosody/upper/etc/logs/names"
start_prosody
start_postfix
start_exim
for listener in $prosody_address:5269 $ejabberd_address:5269 $postfix_address:25 $exim_address:25; do
    wait_for 120 listening "$listener"
done
for daemon in prosody ejabberd; do
    eval "address=\$${daemon}_address"
    $peer connect "$work/pki" xmpp "$address" $daemon.test 2> "$out/connect-$daemon" &
done
for daemon in postfix exim; do
    eval "address=\$${daemon}_address"
    $peer connect "$work/pki" smtp "$address" $daemon.test 2> "$out/connect-$daemon" &
done
# The same with faults of our own.
for port in 25 2525 2526 2527; do
    $peer connect "$work/pki" smtp "$broken_address:$port" postfix.test good 2>> "$out/connect-postfix"
done
for address in 127.0.0.7 127.0.0.8 127.0.0.9; do
    $peer connect "$work/pki" smtp "$address" exim.test good 2>> "$out/connect-exim"
done
$peer names | while read -r _ to; do
    send postfix "$to"
    send exim "$to"
    api send_stanza "{\"from\": \"ejabberd.test\", \"to\": \"$to\", \"stanza\": \"<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>\"}"
done
openssl_log > "$work/openssl.log"
gnutls_log > "$work/gnutls.log"
sleep "${seconds:-30}"
keep prosody base prosody "$work/prosody/root/var/log/prosody.log"
keep ejabberd base ejabberd "$work/ejabberd/root/var/log/ejabberd/ejabberd.log"
keep postfix postfix postfix "$work/postfix/root/var/log/mail.log"
keep exim exim exim4-daemon-heavy "$work/exim/root/var/log/exim4/mainlog"
keep openssl base openssl "$work/openssl.log"
keep gnutls base gnutls-bin "$work/gnutls.log"
cp "$work"/*.out "$work"/*/root/var/log/*.out "$out"
