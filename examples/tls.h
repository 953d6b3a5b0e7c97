/* SPDX-License-Identifier: MIT
 *
 * What the example servers need of a TLS library. tls-openssl.c and tls-gnutls.c each are one: look
 * there for the calls to s2sverify that a program makes once per context and once per connection.
 */
#ifndef EXAMPLES_TLS_H
#define EXAMPLES_TLS_H

#include <stddef.h>

#include <s2sverify/s2sverify.h>

struct tls_context; /* one per program: our certificate, our anchors, the policy for our peers */
struct tls;         /* one per connection */

/* PEM files. chain and key NULL: we have no certificate; anchors NULL: the system's. records: the
 * peer's TLSA records, as give_records() reads them. */
struct tls_files {
    const char *chain, *key, *anchors, *records;
};

/* Says on standard error what is wrong and returns NULL. Free it after its connections. */
struct tls_context *tls_context_new(const struct tls_files *files, struct s2sv_policy *policy);
void tls_context_free(struct tls_context *context);

/* TLS on a connected socket, which stays the caller's. server_name is for SNI, and may be NULL. */
struct tls *tls_accept(struct tls_context *context, int fd);
struct tls *tls_connect(struct tls_context *context, int fd, const char *server_name);
void tls_free(struct tls *tls);

struct s2sv_peer *tls_peer(struct tls *tls); /* expect names here, before the handshake */
int tls_handshake(struct tls *tls);          /* 1: done; 0: it failed */
const struct s2sv_verdict *tls_verdict(struct tls *tls); /* then read this: NULL refuses */

int tls_pending(
    struct tls *tls); /* 1: there is something to read that the socket knows nothing of */
int tls_read(struct tls *tls, void *buf, size_t size); /* 1 or more; 0: the end, or an error */
int tls_write(struct tls *tls, const void *buf, size_t len); /* 1: all of it; 0: an error */

#endif
