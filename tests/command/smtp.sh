#!/bin/sh
# SPDX-License-Identifier: MIT
# smtp.sh: connect and probe at Postfix; Postfix sends to listen. Run by inside.sh in namespaces of its own.
set -eu
. "$interop/sandbox.sh"
. "$interop/wait.sh"
. "$here/expect.sh"

configure_postfix() {
    cat > "$root/etc/postfix/main.cf" <<END
compatibility_level = 3.6
maillog_file = /var/log/mail.log
inet_protocols = ipv4
myhostname = postfix.test
mydestination =
alias_maps =
relay_domains = postfix.test
smtp_dns_support_level = disabled
smtpd_tls_loglevel = 1
smtp_tls_loglevel = 1
transport_maps = inline:{ { postfix.test = discard: } }
smtpd_tls_chain_files = /pki/postfix.test.key, /pki/postfix.test-chain.pem
smtpd_tls_CAfile = /pki/root.pem
smtpd_tls_security_level = encrypt
smtpd_tls_req_ccert = yes
smtp_tls_chain_files = /pki/postfix.test.key, /pki/postfix.test-chain.pem
smtp_tls_CAfile = /pki/root.pem
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = nexthop
END
    cat > "$root/etc/postfix/master.cf" <<END
127.0.0.2:25 inet n - n - - smtpd
smtp unix - - n - - smtp
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
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
END
}

listening() { # ADDRESS
    ss -Hltn "src $1:25" | grep -q .
}

has_ended() { # FILE
    [ -s "$1" ]
}

make_root command-postfix postfix base
ip link set lo up
mkdir -p "$root/pki"
mount --bind "$work/pki" "$root/pki"
rm -f "$root/etc/resolv.conf"
printf '127.0.0.1 localhost\n127.0.0.2 postfix.test\n127.0.0.4 listen.test\n' > "$root/etc/hosts"
configure_postfix
in_root command-postfix postfix start > "$root/var/log/postfix.out" 2>&1
wait_for 60 listening 127.0.0.2

pki=$work/pki
at='--connect 127.0.0.2:25'
# shellcheck disable=SC2086
{
    run_command connect-postfix 0 connect smtp:postfix.test $at
    expect connect-postfix "$work/connect-postfix.out" '^s2sverify, GnuTLS +accepted'
    run_command probe-postfix 1 probe smtp:postfix.test $at --from b.test --kinds --ca-cert "$pki/ca.pem" --ca-key "$pki/ca.key"
    expect probe-postfix "$work/probe-postfix.out" '^serverAuth only +refused' '^clientAuth only +accepted' \
        '^serverAuth and clientAuth +accepted'
}

"$command" listen smtp --domain listen.test --cafile "$pki/root.pem" --cert "$pki/listen.test-chain.pem" \
    --key "$pki/listen.test.key" --listen 127.0.0.4:25 > "$work/listen-smtp.out" 2> "$work/listen-smtp.err" &
listener=$!
wait_for 20 listening 127.0.0.4
in_root command-postfix sendmail -i -f x@postfix.test x@listen.test <<'END'
Subject: command

END
wait_for 30 has_ended "$work/listen-smtp.out" || echo 'Postfix did not come'
kill -TERM "$listener"
wait "$listener" || true
echo '== s2sverify listen smtp'
sed 's/^/    /' "$work/listen-smtp.out" "$work/listen-smtp.err"
expect listen "$work/listen-smtp.out" ' postfix\.test: accepted'
expect 'Postfix is told' "$root/var/log/mail.log" 'said: 550 5.7.1 no mail is taken here; your certificate: accepted'
exit $failed
