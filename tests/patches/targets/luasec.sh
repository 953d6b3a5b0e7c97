# SPDX-License-Identifier: MIT
# Prosody 0.12 of Debian 12 with another version of LuaSec.
source=lua-sec
patch=luasec.cocci
suites='trixie'
daemon=prosody
needs='liblua5.4-dev'

build() {
    make -C src clean
    make -C src linux EXTRA=luasocket INCDIR='-I. -I/usr/include/lua5.4' \
        LIBDIR=-L./luasocket LIBS="-lssl -lcrypto -lluasocket $(pkg-config --libs s2sverify-openssl)"
    install -m 644 src/ssl.so /usr/lib/*/liblua5.4-sec.so.1.0.0
    install -m 644 src/ssl.lua /usr/share/lua/5.1/ssl.lua
    install -m 644 src/https.lua src/options.lua /usr/share/lua/5.1/ssl/
}
