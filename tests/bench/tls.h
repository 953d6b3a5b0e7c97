/* SPDX-License-Identifier: MIT
 * Mutual TLS 1.3 between two ends in one thread, over memory. The server verifies its client, with
 * s2sverify or as its TLS library does; its CPU time is what is measured (work_begins()). */
#ifndef TESTS_BENCH_TLS_H
#define TESTS_BENCH_TLS_H

#include "bench.h"

struct tls_server;
struct tls_client; /* and its certificate */

/* Shows the certificate; trusts the root. A policy: verifies by s2sverify, with the trust or, if
 * that is NULL, with its own anchors. None: the TLS library, for serverAuth as well. */
struct tls_server *tls_server_new(const struct s2sv_link *root, const struct pki_cert *leaf,
                                  const struct pki_cert *intermediate, struct s2sv_policy *policy,
                                  struct s2sv_trust *trust);
void tls_server_free(struct tls_server *server);

/* Trusts the system's anchors too, by itself. */
void tls_server_add_system(struct tls_server *server);
/* From now on it takes whatever a client shows, unlooked at. */
void tls_server_believe(struct tls_server *server);

/* root: verifies the server; NULL: accepts anybody. */
struct tls_client *tls_client_new(const struct s2sv_link *root, const struct pki_cert *leaf,
                                  const struct pki_cert *intermediate);
void tls_client_free(struct tls_client *client);

/* One handshake; the server then asks whether the client is of that name. Stops the program unless
 * both ends are content. */
void tls_handshake(struct tls_server *server, struct tls_client *client, const char *name);

/* A new session of the server, an SSL or a gnutls_session_t, without a transport. */
void *tls_accept(const struct tls_server *server);
/* 1: it verifies by s2sverify. */
int tls_is_ours(const struct tls_server *server);

#endif
