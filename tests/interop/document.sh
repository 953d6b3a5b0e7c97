#!/bin/sh
# SPDX-License-Identifier: MIT
# document.sh: the page around the table, which it reads. Run by inside.sh.
cat <<'END'
# Real daemons, stock and with s2sverify

Written by `sh tests/interop/run.sh --preload FILE --table doc/interop.md`; each cell is read from the daemon's own log.

Every peer is well configured but for its certificate, and dialback is off. "Peer connects": the daemon is the TLS
server and asks for the peer's certificate. Issuers: "openca" carries no extended key usage; "serverca" carries
serverAuth only, as those of public CAs do now; "strangeca" has a trusted root's name and another key. "noeku": no
extended key usage. "ca": both usages, and a CA's certificate, which RFC 6120 forbids for a peer. Stock: as installed.
s2sverify: `libs2sverify-preload.so` with its defaults, which let a connecting peer have clientAuth instead of
serverAuth, because one context may serve users as well as servers. Strict: `S2SVERIFY_PURPOSE=server`. Bold: not what
the stock daemon does.

END
cat
