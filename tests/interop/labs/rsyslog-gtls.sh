# SPDX-License-Identifier: MIT
# rsyslog with GnuTLS: senders must show a certificate, and it forwards to each peer, whose name is checked.
# rsyslog-ossl.sh and rsyslog-eku.sh are this lab with another driver or setting.
packages='rsyslog rsyslog-gnutls'
kind=gnutls
protocol=syslog port=6514
outward=tls
driver=gtls check=off
# It answers nobody, and sometimes notices a sender only when the next one comes: a thousand would take an hour.
no_soak=yes

configure() {
    : > "$root/var/log/messages"
    export MESSAGES="$root/var/log/messages"
    cat > "$root/lab/rsyslog.conf" <<EOF
global(workDirectory="/tmp" processInternalMessages="on"
    defaultNetstreamDriver="$driver" defaultNetstreamDriverCAFile="/pki/roots.pem"
    defaultNetstreamDriverCertFile="/pki/$verifier.chain" defaultNetstreamDriverKeyFile="/pki/$verifier.key")
module(load="imtcp" maxSessions="500" streamDriver.name="$driver" streamDriver.mode="1"
    streamDriver.authMode="x509/certvalid" streamDriver.checkExtendedKeyPurpose="$check")
ruleset(name="in") { action(type="omfile" file="/var/log/messages") }
input(type="imtcp" address="$verifier_address" port="6514" ruleset="in")
$(for name in $(peers); do cat <<END
action(type="omfwd" target="$name" port="$peer_port" protocol="tcp" streamDriver="$driver" streamDriverMode="1"
    streamDriverAuthMode="x509/name" streamDriverPermittedPeers="$name"
    streamDriver.checkExtendedKeyPurpose="$check" queue.type="LinkedList" action.resumeRetryCount="-1"
    action.resumeInterval="60")
END
done)
EOF
}

# Its own "start" is the first message that it forwards.
start() {
    daemon rsyslogd -n -i /tmp/rsyslogd.pid -f /lab/rsyslog.conf
}

reload() {
    kill -HUP "$pid"
}
