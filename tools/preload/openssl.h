/* SPDX-License-Identifier: MIT
 * What our exported OpenSSL functions call. */
#ifndef SVP_OPENSSL_H
#define SVP_OPENSSL_H

#include <openssl/ssl.h>

typedef int (*svp_verifier)(X509_STORE_CTX *, void *);

/* Makes the SSLs of a new context verify as set. real: a function of the library that made it. */
void svp_openssl_arm(SSL_CTX *ctx, const void *real);

/* Takes the application's own verifier of an armed context over. 0: it isn't armed. */
int svp_openssl_hold(SSL_CTX *ctx, svp_verifier verifier, void *arg);

#endif
