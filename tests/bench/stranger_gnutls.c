/* SPDX-License-Identifier: MIT */
#include "stranger.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>

/* Of a server's session with a stranger. */
struct wire {
    gnutls_session_t session;
    BIO *in, *out;
};

static ssize_t wire_push(gnutls_transport_ptr_t ptr, const void *data, size_t len)
{
    return BIO_write(((struct wire *)ptr)->out, data, (int)len);
}

static ssize_t wire_pull(gnutls_transport_ptr_t ptr, void *data, size_t len)
{
    struct wire *wire = ptr;
    int got = BIO_read(wire->in, data, (int)len);
    if (got < 0)
        gnutls_transport_set_errno(wire->session, EAGAIN);
    return got;
}

static int wire_timeout(gnutls_transport_ptr_t ptr, unsigned milliseconds)
{
    (void)milliseconds;
    return BIO_pending(((struct wire *)ptr)->in) > 0;
}

static void wire_new(struct wire *wire, const struct tls_server *server)
{
    wire->session = tls_accept(server);
    gnutls_transport_set_ptr(wire->session, wire);
    gnutls_transport_set_push_function(wire->session, wire_push);
    gnutls_transport_set_pull_function(wire->session, wire_pull);
    gnutls_transport_set_pull_timeout_function(wire->session, wire_timeout);
}

double tls_meet(struct tls_server *server, const struct stranger *stranger, int *ret_trusted)
{
    struct wire wire;
    SSL *theirs = stranger_connect(stranger, &wire.out, &wire.in);
    double before = work_so_far();
    int rc = GNUTLS_E_AGAIN;
    work_begins();
    wire_new(&wire, server);
    work_ends();
    for (int i = 0; i < 12 && rc < 0 && !gnutls_error_is_fatal(rc); i++) {
        SSL_do_handshake(theirs);
        work_begins();
        rc = gnutls_handshake(wire.session);
        work_ends();
    }
    must(rc == 0 || gnutls_error_is_fatal(rc));
    work_begins();
    *ret_trusted = rc == 0 && (!tls_is_ours(server) ||
                               s2sv_verdict_trusted(s2sv_gnutls_verdict(wire.session)));
    gnutls_deinit(wire.session);
    work_ends();
    SSL_free(theirs);
    return work_so_far() - before;
}
