/* SPDX-License-Identifier: MIT */
/*
 * Two GnuTLS sessions over a socket pair, each in its own thread: ours, and the peer's, which is
 * plain GnuTLS, shows what it is told to show and accepts anybody.
 */
#ifndef GNUTLS_PAIR_H
#define GNUTLS_PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <s2sverify/gnutls.h>

#include "pki.h"

#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

/* ---- certificates: those of a public CA of today, made once per program ---- */

/* A certificate by name; unless there is one, it is made from the specification (pki.h). */
gnutls_datum_t der_of(const char *name, const char *spec);
char *pem_of(const char *name);     /* free() it */
char *key_pem_of(const char *name); /* this as well */
gnutls_datum_t crl_of(const char *name, const char *spec);
/* "root", and "int" under it, which is for serverAuth only. */
void make_cas(void);
void forget_certificates(void);

/* Credentials that show a certificate and those that issued it, its root excluded; NULL: none. */
gnutls_certificate_credentials_t cred_new(const char *leaf);
/* Makes credentials show a certificate and these others, up to NULL. */
void cred_show(gnutls_certificate_credentials_t cred, const char *leaf, const char *const *others);
/* The certificate's key as a raw public key (RFC 7250). */
void cred_raw_key(gnutls_certificate_credentials_t cred, const char *name);
void cred_trust(gnutls_certificate_credentials_t cred, const char *name);
/* A trust with one anchor. */
struct s2sv_trust *trust_of(const char *name);
struct s2sv_policy *policy_of(enum s2sv_handshake handshake);

/* ---- sessions ---- */

struct pair {
    gnutls_session_t ours, peers;
    gnutls_certificate_credentials_t cred, peers_cred;
    int fds[2];
    int result; /* of our handshake */
};

/* direction: ours connects (outbound) or accepts (inbound). flags: for gnutls_init(), of both. */
void pair_open(struct pair *pair, enum s2sv_direction direction, const char *priority,
               gnutls_certificate_credentials_t cred, const char *leaf, unsigned flags);
/* Runs our function while the peer runs its own. Either may be NULL. */
typedef int session_function(gnutls_session_t session);
int pair_run(struct pair *pair, session_function *ours, session_function *peers);
/* The handshake, and if it succeeds an octet each way. */
int pair_handshake(struct pair *pair);
/* 1: the peer's present leaf is that certificate, octet by octet. */
int pair_shows(const struct pair *pair, const char *leaf);
void pair_close(struct pair *pair);

/* The functions that sessions run. */
int do_handshake(gnutls_session_t session);
int do_read(gnutls_session_t session);

const char *why(const struct s2sv_verdict *verdict);

#endif
