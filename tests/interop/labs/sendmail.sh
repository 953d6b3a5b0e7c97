# SPDX-License-Identifier: MIT
# Sendmail: clients and servers must have been verified (TLS_Clt, TLS_Srv). Its file is set-group-ID: the loader drops
# LD_PRELOAD and takes its own list, and the settings are those of preload.conf.
packages='sendmail-bin sendmail-base sendmail-cf'
kind=openssl
protocol=smtp port=25
outward=smtp

configure() {
    [ -z "$preload" ] || echo "$preload_path" > "$root/etc/ld.so.preload"
    settings_by_file sendmail
    install -m 600 "$work/pki/$verifier.key" "$root/lab/key"
    printf '%s\n' 'TLS_Clt: VERIFY' 'TLS_Srv: VERIFY' 'Connect:127 OK' "To:$verifier RELAY" > "$root/lab/access"
    for name in $(peers); do echo "$name smtp:[$(peer_address "$name")]"; done > "$root/lab/mailertable"
    printf '%s\n' 'hosts files' > "$root/lab/switch"
    # Without a domain of its own it sleeps before it works.
    sed -i '1s/.*/127.0.0.1 localhost\n127.0.0.1 interop.test interop/' "$root/etc/hosts"
    cat > "$root/lab/sendmail.mc" <<EOF
divert(0)dnl
OSTYPE(\`debian')dnl
define(\`confSERVICE_SWITCH_FILE', \`/lab/switch')dnl
define(\`confDOMAIN_NAME', \`$verifier')dnl
define(\`confCACERT_PATH', \`/pki')dnl
define(\`confCACERT', \`/pki/roots.pem')dnl
define(\`confSERVER_CERT', \`/pki/$verifier.chain')dnl
define(\`confSERVER_KEY', \`/lab/key')dnl
define(\`confCLIENT_CERT', \`/pki/$verifier.chain')dnl
define(\`confCLIENT_KEY', \`/lab/key')dnl
define(\`QUEUE_DIR', \`/lab/queue')dnl
define(\`confHOST_STATUS_DIRECTORY', \`/lab/status')dnl
define(\`confLOG_LEVEL', \`14')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`SMTP_MAILER_ARGS', \`TCP \$h $peer_port')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`access_db', \`hash /lab/access')dnl
FEATURE(\`mailertable', \`hash /lab/mailertable')dnl
undefine(\`confDAEMON_OPTIONS')dnl
DAEMON_OPTIONS(\`Name=MTA, Addr=$verifier_address, Port=25')dnl
FEATURE(\`no_default_msa')dnl
MAILER(\`local')dnl
MAILER(\`smtp')dnl
EOF
    tool sh -c 'cd /usr/share/sendmail/cf/cf && m4 ../m4/cf.m4 /lab/sendmail.mc > /lab/sendmail.cf'
    for map in access mailertable; do tool sh -c "makemap hash /lab/$map < /lab/$map"; done
    # The package's own queue isn't safe enough for root, who sends here.
    mkdir -p -m 700 "$root/lab/queue" "$root/lab/status" "$root/run/sendmail/mta"
}

start() {
    daemon /usr/libexec/sendmail/sendmail -C/lab/sendmail.cf -bD -q3s
}

dial() {
    for name in $(peers); do
        printf 'Subject: lab\n\nlab\n' |
            in_root "$run" /usr/libexec/sendmail/sendmail -C/lab/sendmail.cf -odq -i -f "x@$verifier" "x@$name" \
            >> "$root/var/log/tools" 2>&1
    done
}
