#!/bin/sh
# SPDX-License-Identifier: MIT
# mesh-document.sh: the page around the labs' tables, which it reads. Run by labs.sh.
cat <<'END'
# Other daemons, stock and with s2sverify preloaded

Written by `sh tests/interop/run.sh --preload FILE --mesh doc/interop-mesh.md`, from what each daemon did. Mail and chat
have a table of their own: [interop.md](interop.md).

Every daemon is Debian 12's, unmodified, and demands valid certificates both ways. "Peer connects": the daemon is the TLS
server and asks for the peer's certificate. A peer counts as accepted when the daemon says something in its own protocol
inside TLS, for some daemons verify after the handshake.

A accepted, R refused, three letters for: stock; `libs2sverify-preload.so` with its defaults, which let a connecting peer
have clientAuth instead of serverAuth; and `S2SVERIFY_PURPOSE=server`. Bold: not what the stock daemon does.

Columns are the certificate's extended key usage; "noeku" has none, "both" has serverAuth and clientAuth, "ca" and
"expired" as well, but "ca" is a CA's certificate and "expired" is over. "other CA": the issuer has a trusted root's name
and another key. Issuers: "openca" carries no extended key usage; "serverca" carries serverAuth only, as those of public
CAs do now. Keys are P-256.

Second table, with `S2SVERIFY_PURPOSE=server`: armed, what the log says; reload and upgrade, whether a peer with
serverAuth is still accepted and one with clientAuth refused afterwards ("-": the daemon has no such thing, or has no
inbound direction to ask); handshakes, what came of so many, in turn with each certificate; the resident memory of all
its processes before and after, which may grow by 1 MB; and its exit status (143: ended by the signal that it was sent;
"gone": it was in the background).

END
cat
cat <<'END'

## What can't work

The library stands between a program and the shared libraries of OpenSSL or GnuTLS. Nothing changes, and nothing can, for
programs whose TLS is inside them:

- Java (JSSE): Openfire, Cassandra, Kafka, Elasticsearch
- Go (`crypto/tls`): etcd, Consul, Caddy, Traefik, Prometheus
- Erlang/OTP's own `ssl`: RabbitMQ, CouchDB, VerneMQ. (ejabberd's fast_tls is OpenSSL, and works.)
- Rust's rustls, NSS, mbed TLS, wolfSSL, and anything linked statically with OpenSSL

etcd and RabbitMQ stand in the table for those of Go and Erlang: the library is never armed in them, and nothing changes.
The others were not run.

Pages: [BIND](integrations/bind.md), [HAProxy](integrations/haproxy.md), [Kamailio](integrations/kamailio.md),
[MariaDB](integrations/mariadb.md), [mosquitto](integrations/mosquitto.md), [nginx](integrations/nginx.md),
[PostgreSQL](integrations/postgresql.md), [radsecproxy](integrations/radsecproxy.md), [Redis](integrations/redis.md),
[rsyslog](integrations/rsyslog.md), [sendmail](integrations/sendmail.md), [slapd](integrations/slapd.md),
[stunnel](integrations/stunnel.md); all of them: [preload.md](integrations/preload.md).
END
