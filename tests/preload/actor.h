/* SPDX-License-Identifier: MIT */
/* Handshakes of a program that knows nothing of s2sverify, both ends in one thread over memory. */
#ifndef ACTOR_H
#define ACTOR_H

#include <openssl/ssl.h>

#define must(condition)                                                     \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

/* Certificates: server (serverAuth alone), client (clientAuth alone), both, code (codeSigning). */
void actor_make_certificates(void);

/* A context that demands a valid certificate of who connects. */
SSL_CTX *actor_context(void);

/* The accepting end, after a handshake with a peer that shows that certificate. Whether it was
 * accepted is in *ret_accepted. */
SSL *actor_meet(SSL_CTX *ctx, const char *peer, int *ret_accepted);

/* A revocation list of the root's with the peer on it. */
X509_CRL *actor_crl_of(const char *peer);
/* The same as PEM, into a file. */
void actor_write_crl_of(const char *peer, const char *path);

/* Such a handshake, on a context of its own unless one is given. 1: accepted. */
int actor_accepts(SSL_CTX *ctx, const char *peer);

#endif
