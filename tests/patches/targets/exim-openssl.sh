# SPDX-License-Identifier: MIT
# Exim with OpenSSL, as others build it.
. "$patches/targets/exim.inc"
patch=exim-openssl.cocci

tls_settings() {
    echo 'USE_OPENSSL = yes'
    echo "TLS_LIBS = $(pkg-config --libs s2sverify-openssl) -lssl -lcrypto"
}
