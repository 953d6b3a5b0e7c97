/* SPDX-License-Identifier: MIT
 * A client that shows whatever certificates it likes, as long as it has the first one's key. It is
 * OpenSSL's, whatever the server is. */
#ifndef TESTS_BENCH_STRANGER_H
#define TESTS_BENCH_STRANGER_H

#include <openssl/ssl.h>

#include "tls.h"

struct stranger;

/* Leaf first. Borrows nothing. */
struct stranger *stranger_new(struct pki_cert *const *shown, size_t count);
void stranger_free(struct stranger *stranger);

/* One connection, over memory: what the client reads is written into in, and the other way round.
 * SSL_free() releases all three. */
SSL *stranger_connect(const struct stranger *stranger, BIO **ret_in, BIO **ret_out);

/* The server's part of one handshake, however it ends, and of the answer who the peer is: seconds.
 * *ret_trusted: 1 if the server is content. */
double tls_meet(struct tls_server *server, const struct stranger *stranger, int *ret_trusted);

#endif
