/* SPDX-License-Identifier: MIT */
#include "stranger.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>

static int is_trusted(const struct tls_server *server, SSL *ssl)
{
    return tls_is_ours(server) ? s2sv_verdict_trusted(s2sv_openssl_verdict(ssl))
                               : SSL_get_verify_result(ssl) == X509_V_OK;
}

/* 1: it is over, well or not. */
static int is_over(SSL *ssl, int result)
{
    int error = result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, result);
    return error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
}

double tls_meet(struct tls_server *server, const struct stranger *stranger, int *ret_trusted)
{
    BIO *down, *up;
    SSL *theirs = stranger_connect(stranger, &down, &up), *ours;
    double before = work_so_far();
    int over = 0;
    must(BIO_up_ref(up) && BIO_up_ref(down));
    work_begins();
    ours = tls_accept(server);
    SSL_set_bio(ours, up, down);
    work_ends();
    for (int step = 0; step < 6 && !over; step++) {
        SSL_do_handshake(theirs);
        work_begins();
        over = is_over(ours, SSL_do_handshake(ours));
        work_ends();
        ERR_clear_error();
    }
    must(over);
    work_begins();
    *ret_trusted = is_trusted(server, ours);
    SSL_free(ours);
    work_ends();
    SSL_free(theirs);
    return work_so_far() - before;
}
