# SPDX-License-Identifier: MIT
# Exim with GnuTLS, as Debian builds it.
. "$patches/targets/exim.inc"
patch=exim-gnutls.cocci

tls_settings() {
    echo 'USE_GNUTLS = yes'
    echo "TLS_LIBS = $(pkg-config --libs s2sverify-gnutls gnutls gnutls-dane)"
}
