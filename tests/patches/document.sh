#!/bin/sh
# SPDX-License-Identifier: MIT
# document.sh: the page around the table, which it reads. Run by inside.sh.
cat <<'END'
# Daemons rebuilt, stock and with a semantic patch

Written by `sh tests/patches/run.sh --table doc/interop-patched.md`; each cell is read from the daemon's own log.

Debian's source packages, built by their own makefiles on Debian 12. Stock: as they are. Patched: with the patch of
`examples/patches/` applied by Coccinelle, the same for every release in the table, and nothing else changed. How the
peers are set up, and what the names of certificates and issuers mean, stands in [interop.md](interop.md). With the
patches a connecting peer may have clientAuth instead of serverAuth, because mail servers serve users as well. Bold: not
what the stock daemon does.

END
cat
