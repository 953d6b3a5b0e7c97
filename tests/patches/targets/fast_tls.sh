# SPDX-License-Identifier: MIT
# ejabberd 23.01 of Debian 12 with other versions of fast_tls.
source=erlang-p1-tls
patch=fast_tls.cocci
suites='trixie sid'
daemon=ejabberd
needs='erlang-dev erlang-public-key'

# From 1.1.24 on fast_tls wants to be told which streams are other servers'. This ejabberd can't tell; later ones do.
say_for_it() {
    sed -i 's/lists:member(override_cert_purpose, Options)/true/' src/fast_tls.erl
}

# Without what Debian's patches bring from later versions.
as_upstream() {
    [ -f .pc/applied-patches ] || return 0
    tac .pc/applied-patches | while read -r name; do patch -R -p1 < "debian/patches/$name"; done
    rm -r .pc
}

build() {
    as_upstream
    say_for_it
    set -- /usr/lib/erlang/lib/p1_tls-*
    # shellcheck disable=SC2046
    gcc -O2 -fPIC -shared -I/usr/lib/erlang/usr/include -o "$1/priv/lib/fast_tls.so" c_src/fast_tls.c c_src/ioqueue.c \
        $(pkg-config --cflags --libs s2sverify-openssl) -lssl -lcrypto
    erlc -o "$1/ebin" src/fast_tls.erl
}
