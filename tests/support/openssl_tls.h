/* SPDX-License-Identifier: MIT */
/*
 * Real TLS between two threads over a socket pair, and certificates for it. A test that uses this
 * stops at the first thing that fails.
 */
#ifndef OPENSSL_TLS_H
#define OPENSSL_TLS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/ssl.h>
#include <s2sverify/openssl.h>

#include "pki/pki.h"

/* What the functions of an X509_STORE are given: since OpenSSL 4.0 they can't change it. */
#if OPENSSL_VERSION_NUMBER >= 0x40000000L
typedef const X509 tls_given;
#else
typedef X509 tls_given;
#endif

/* Makes certificates from "name: specification" strings, NULL last, on top of these:
 *     root    a root, in the trust of tls_trust()
 *     int     below it, serverAuth only, like a public CA's of today
 *     ours    the certificate of the side that verifies: both purposes, DNS-ID ours.example */
struct pki *tls_pki(const char *const *specs);
/* A whole test program: makes the certificates, runs the tests over them, frees them. Returns what
 * main() does. */
#define TLS_RUN(ret_pki, specs, tests) \
    tls_run((ret_pki), (specs), (tests), sizeof((tests)) / sizeof((tests)[0]))
int tls_run(struct pki **ret_pki, const char *const *specs, const struct CMUnitTest *tests,
            size_t count);
X509 *tls_x509(struct pki *pki, const char *name); /* the caller frees */

/* A trust of ours with the named certificates, separated by spaces. */
struct s2sv_trust *tls_trust(struct pki *pki, const char *anchors);
/* An XMPP policy. */
struct s2sv_policy *tls_policy(enum s2sv_handshake handshake);

/* Presents the named certificates, leaf first, separated by spaces; NULL: none. Speaks that version
 * only (TLS1_2_VERSION, TLS1_3_VERSION; 0: any). Verifies nothing. */
SSL_CTX *tls_ctx(struct pki *pki, const char *chain, int version);

struct tls {
    SSL *server, *client;
    int server_ok, client_ok; /* of the last step */
    int fds[2];
};

/* Both ends, not connected yet. */
struct tls tls_new(SSL_CTX *server, SSL_CTX *client);
/* Runs one function on each end at the same time. */
void tls_step(struct tls *tls, int (*on_server)(SSL *), int (*on_client)(SSL *));
/* For tls_step(): the handshake and then an octet each way, so that each knows what the other one
 * thinks. */
int tls_shake(SSL *ssl);
/* The handshake. */
void tls_connect(struct tls *tls);
/* Shuts both ends down in order, so that their sessions stay resumable. */
void tls_close(struct tls *tls);
void tls_free(struct tls *tls);
/* The other way round: an octet in the other direction, while the peer asks for a new handshake. */
int tls_ask_again(SSL *server);
int tls_answer_again(SSL *client);

/* "", or the name of the reason of the verdict. */
const char *tls_reason(const struct s2sv_verdict *verdict);
/* 1: that certificate, or with NULL any one, was presented to that end. */
int tls_presented(SSL *ssl, struct pki *pki, const char *name);

/* The certificate that the peer presented, to be freed; NULL if none. */
X509 *tls_leaf(SSL *ssl);

#endif
