#!/bin/sh
# SPDX-License-Identifier: MIT
# inside.sh: installs the daemons and runs them and the command. Run by run.sh in private mount, pid, ipc and uts
# namespaces.
set -eu
. "$interop/stage.sh"

open_stage
xmpp='prosody ejabberd dnsmasq-base curl'
say 'downloading packages'
quietly download download "$xmpp" postfix || exit 77
say 'installing packages, making certificates'
quietly install-xmpp install_layer xmpp $xmpp
quietly install-postfix install_layer postfix postfix
mkdir "$work/pki"
"$mkcert" -d "$work/pki" root 'ca key=p384' ca 'ca issuer=root' \
    prosody.test 'issuer=ca eku=serverAuth san=dns:prosody.test' \
    client.test 'issuer=ca eku=clientAuth san=dns:client.test' \
    old.test 'issuer=ca eku=serverAuth san=dns:old.test not-before=-90d not-after=-1d' \
    ejabberd.test 'issuer=ca eku=serverAuth,clientAuth san=dns:ejabberd.test' \
    postfix.test 'issuer=ca eku=serverAuth,clientAuth san=dns:postfix.test' \
    listen.test 'issuer=ca eku=serverAuth,clientAuth san=dns:listen.test' \
    client-only 'issuer=ca eku=clientAuth san=dns:b.test'
for name in prosody.test client.test old.test ejabberd.test postfix.test; do
    cat "$work/pki/$name-chain.pem" "$work/pki/$name.key" > "$work/pki/$name.both"
done
chmod 644 "$work"/pki/*

export work here preload='' preload_env=''
status=0
for part in xmpp smtp; do
    say "running the daemons ($part)"
    timeout -s KILL 300 unshare --net --mount --pid --fork --kill-child --mount-proc sh "$here/$part.sh" || status=1
done
if [ -n "$logs" ]; then
    variant=command keep_logs command
fi
[ $status = 0 ] && say 'all as expected'
exit $status
