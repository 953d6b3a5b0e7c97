# SPDX-License-Identifier: MIT
# Postfix. Never by debian/rules, which sets the system's clock.
source=postfix
patch=postfix.cocci
suites='bookworm trixie'
daemon=postfix
needs='libdb-dev m4'

build() {
    [ -f makedefs.out ] || make -f Makefile.init makefiles shared=no dynamicmaps=no OPT=-O0 \
        daemon_directory=/usr/lib/postfix/sbin CCARGS='-DUSE_TLS -DNO_NIS -DNO_EAI -DNO_PCRE' \
        AUXLIBS="$(pkg-config --libs s2sverify-openssl) -lssl -lcrypto"
    make -j3
    # By hand, because the modes are those of the packaged files, and Debian's list of files names some that it makes.
    cp bin/* /usr/sbin/
    cp libexec/* /usr/lib/postfix/sbin/
}
