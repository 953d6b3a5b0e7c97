#!/bin/sh
# SPDX-License-Identifier: MIT
# document.sh: the page around the table, which it reads. Run by inside.sh.
cat <<'END'
# Daemons rebuilt, stock and with a semantic patch

Written by `sh tests/patches/run.sh --table doc/interop-patched.md`; each cell is read from the daemon's own log.

Debian's source packages, built by their own makefiles on Debian 12 (fast_tls by two commands). Stock: as they are.
Patched: with the patch of `examples/patches/` applied by Coccinelle, the same for every release in the table, and
nothing else changed. How the peers are set up, and what the names of certificates and issuers mean, stands in
[interop.md](interop.md). fast_tls and luasec are the TLS of Debian 12's ejabberd and Prosody, in place of its own.

Where one context serves users as well, as those of mail servers and of fast_tls 1.1.22 do, a patch lets a connecting
peer have clientAuth instead of serverAuth. LuaSec, and fast_tls from 1.1.24 on, know which peers are servers:
serverAuth both ways. (ejabberd 23.01 can't tell fast_tls; the test does, stock and patched.) Bold: not what the stock
daemon does.

END
cat
