#!/bin/sh
# SPDX-License-Identifier: MIT
# mail.sh VERIFIER: runs Postfix and Exim against each other, one verifying the other, which is every peer at once.
#
# Run by inside.sh in namespaces of its own. Prints one line for each cell: peer, direction, outcome, reason.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/names.sh"
. "$here/sandbox.sh"
. "$here/wait.sh"

verifies=$1
case $verifies in
postfix) answers=exim ;;
exim) answers=postfix ;;
esac
verifier_address=127.0.0.2

# Mail for a daemon's own names is thrown away; all other names are in /etc/hosts.

postfix_common() { # OWN-NAME ...
    cat <<END
compatibility_level = 3.6
maillog_file = /var/log/mail.log
inet_protocols = ipv4
myhostname = postfix.test
mydestination =
alias_maps =
relay_domains = $*
smtp_dns_support_level = disabled
smtpd_tls_loglevel = 1
smtp_tls_loglevel = 1
transport_maps = inline:{ $(printf '{ %s = discard: } ' "$@") }
END
}

postfix_services() {
    cat <<END
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

# The verifier demands a certificate of clients, and a server's must be good for its name.
postfix_verifier() {
    { postfix_common $verifier; cat <<END; } > "$root/etc/postfix/main.cf"
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C ${preload:+LD_PRELOAD=$preload_path} $preload_env
smtpd_tls_chain_files = /pki/$verifier.key, /pki/$verifier.chain
smtpd_tls_CAfile = /pki/roots.pem
smtpd_tls_security_level = encrypt
smtpd_tls_req_ccert = yes
smtp_tls_chain_files = /pki/$verifier.key, /pki/$verifier.chain
smtp_tls_CAfile = /pki/roots.pem
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = nexthop
END
    { postfix_services; cat <<END; } > "$root/etc/postfix/master.cf"
$verifier_address:25 inet n - n - - smtpd
smtp unix - - n - - smtp
END
}

# A listener and a client with each certificate.
postfix_peers() {
    { postfix_common $(peers); cat <<END; } > "$root/etc/postfix/main.cf"
smtpd_tls_security_level = may
smtp_tls_security_level = encrypt
sender_dependent_default_transport_maps = inline:{ $(for peer in $(peers); do echo "{ @$peer = $peer:[$verifier] }"; done | tr '\n' ' ') }
END
    postfix_services > "$root/etc/postfix/master.cf"
    for peer in $(peers); do
        address=$(peer_address "$peer")
        cat >> "$root/etc/postfix/master.cf" <<END
$address:25 inet n - n - - smtpd
    -o smtpd_tls_chain_files=/pki/$peer.key,/pki/$peer.chain
$peer unix - - n - - smtp
    -o smtp_tls_chain_files=/pki/$peer.key,/pki/$peer.chain
    -o smtp_bind_address=$address -o smtp_helo_name=$peer
END
    done
}

# Exim delivers in a new run of its setuid file, which drops LD_PRELOAD; the loader's own list stays.
exim_verifier() {
    [ -z "$preload" ] || echo "$preload_path" > "$root/etc/ld.so.preload"
    cat > "$root/etc/exim4/exim4.conf" <<END
primary_hostname = exim.test
disable_ipv6
local_interfaces = $verifier_address
domainlist own = $verifier
acl_smtp_rcpt = accept
keep_environment = $(variable_names)
tls_advertise_hosts = *
tls_certificate = /pki/$verifier.chain
tls_privatekey = /pki/$verifier.key
tls_verify_certificates = /pki/roots.pem
tls_verify_hosts = *
$(exim_routers)
begin transports
throw_away:
  driver = appendfile
  file = /dev/null
  user = Debian-exim
out:
  driver = smtp
  connection_max_messages = 1
  hosts_require_tls = *
  tls_certificate = /pki/$verifier.chain
  tls_privatekey = /pki/$verifier.key
  tls_verify_certificates = /pki/roots.pem
  tls_verify_hosts = *
  tls_verify_cert_hostnames = *
END
}

# Names from the net don't choose files in Exim: they are looked up first.
exim_peers() {
    for peer in $(peers); do echo "$peer: $(peer_address "$peer")"; done > "$root/etc/exim4/addresses"
    for peer in $(peers); do echo "$(peer_address "$peer"): $peer"; done > "$root/etc/exim4/names"
    cat > "$root/etc/exim4/exim4.conf" <<END
SERVER_NAME = \${lookup{\$received_ip_address}lsearch{/etc/exim4/names}}
CLIENT_ADDRESS = \${lookup{\$sender_address_domain}lsearch{/etc/exim4/addresses}}
CLIENT_NAME = \${lookup{CLIENT_ADDRESS}lsearch{/etc/exim4/names}}
primary_hostname = exim.test
disable_ipv6
local_interfaces = <; $(for peer in $(peers); do printf '%s; ' "$(peer_address "$peer")"; done)
domainlist own = lsearch;/etc/exim4/addresses
acl_smtp_rcpt = accept
tls_advertise_hosts = *
tls_certificate = /pki/SERVER_NAME.chain
tls_privatekey = /pki/SERVER_NAME.key
$(exim_routers)
begin transports
throw_away:
  driver = appendfile
  file = /dev/null
  user = Debian-exim
out:
  driver = smtp
  connection_max_messages = 1
  hosts_require_tls = *
  interface = CLIENT_ADDRESS
  helo_data = CLIENT_NAME
  tls_certificate = /pki/CLIENT_NAME.chain
  tls_privatekey = /pki/CLIENT_NAME.key
END
}

exim_routers() {
    cat <<'END'
begin routers
own:
  driver = accept
  domains = +own
  transport = throw_away
out:
  driver = manualroute
  route_list = * $domain byname
  transport = out
  self = send
END
}

# Names of the variables that the daemon under test is to keep.
variable_names() {
    for assignment in $preload_env; do printf '%s : ' "${assignment%%=*}"; done
}

start_postfix() {
    in_root "$run-postfix" postfix start > "$root/var/log/postfix.out" 2>&1
}

start_exim() { # ENVIRONMENT ...
    in_root "$run-exim" "$@" exim4 -bdf > "$root/var/log/exim.out" 2>&1 &
}

# Exim's sendmail delivers by itself, without the daemon: it needs the same environment.
send() { # DAEMON FROM TO [ENVIRONMENT ...]
    daemon=$1 from=$2 to=$3; shift 3
    in_root "$run-$daemon" "$@" sendmail -i -f "x@$from" "x@$to" <<END
Subject: interop

$from to $to
END
}

listening() { # ADDRESS
    ss -Hltn "src $1:25" | grep -q .
}

postfix_cells() {
    awk '
        {
            for (i = 1; i <= NF; i++)
                if (match($i, /[a-z0-9-]+\.test\[/)) {
                    peer = substr($i, RSTART, RLENGTH - 1)
                    break
                }
            direction = $5 ~ /\/smtpd\[/ ? "inbound" : "outbound"
            cell = peer " " direction
        }
        /certificate verification failed for / { why[cell] = $0; sub(/.* failed for [^ ]*: /, "", why[cell]) }
        / TLS connection established / { level[cell] = $6 }
        /: client=/ || /status=sent \(250/ { print cell, "accepted: " level[cell] }
        /: Client certificate not trusted$/ || /status=deferred \(Server certificate not / {
            print cell, "refused: " level[cell] ", " why[cell]
        }
    ' "$root/var/log/mail.log"
}

# With OpenSSL Exim logs why before it says that the handshake failed.
exim_log() {
    awk '
        match($0, /\[127\.[0-9.]*\]/) { address = substr($0, RSTART, RLENGTH) }
        sub(/.* SSL verify error: /, "") { sub(/ cert=.*/, ""); why[address] = $0; next }
        address in why { sub(/error:.*certificate verify failed/, why[address]) }
        { print }
    ' "$root/var/log/exim4/mainlog"
}

exim_cells() {
    exim_log | sed -En 's/.* <= x@([^ ]*) H=[^ ]* .* (CV=[a-z]*) .*/\1 inbound accepted: \2/p
        s/.* => x@([^ ]*) R=out .* (CV=[a-z]*) .*/\1 outbound accepted: \2/p
        s/.* TLS error on connection from \(?([^ )]*)\)? [^(]*\((.*)\): (.*)/\1 inbound refused: \2, \3/p
        s/.* == x@([^ ]*) R=out .* TLS session: \((.*)\): (.*)/\1 outbound refused: \2, \3/p'
}

cells() {
    "${verifies}_cells" | sort -u
}

all_cells_measured() {
    [ "$(cells | cut -d' ' -f1,2 | sort -u | wc -l)" -ge $((2 * $(peers | wc -l))) ]
}

run=$variant-$verifies
ip link set lo up
for daemon in $answers "$verifies"; do
    layers=
    [ "$daemon" != "$verifies" ] || layers=$patched_layers
    make_root "$run-$daemon" $layers "$daemon" base
    mkdir -p "$root/pki"
    mount --bind "$work/pki" "$root/pki"
    rm -f "$root/etc/resolv.conf"
    {
        echo '127.0.0.1 localhost'
        echo "$verifier_address $verifier"
        for peer in $(peers); do echo "$(peer_address "$peer") $peer"; done
    } > "$root/etc/hosts"
    if [ "$daemon" = "$verifies" ]; then
        add_preload
        "${daemon}_verifier"
        "start_$daemon" $preload_env
    else
        "${daemon}_peers"
        "start_$daemon"
    fi
done
wait_for 60 listening $verifier_address
for peer in $(peers); do
    wait_for 60 listening "$(peer_address "$peer")"
    send $answers "$peer" $verifier
    send "$verifies" $verifier "$peer" $preload_env
done
wait_for 60 all_cells_measured || echo "$run: not every cell was measured" >&2
cells
