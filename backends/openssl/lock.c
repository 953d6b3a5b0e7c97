/* SPDX-License-Identifier: MIT
 * The second lock (P-33): OpenSSL is asked for serverAuth as well. */
#include <openssl/x509v3.h>

#include "internal.h"

/* Peers are servers, so only anchors trusted for servers count, in both directions (P-27). Purpose
 * "any" replaces what libssl set by its role; it leaves OpenSSL's CA checks on. */
int svo_lock_param(X509_VERIFY_PARAM *param, int server_auth)
{
    int purpose = server_auth ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_ANY;
    return X509_VERIFY_PARAM_set_purpose(param, purpose) &&
           X509_VERIFY_PARAM_set_trust(param, X509_TRUST_SSL_SERVER);
}

/* Holds where our callback does not run: an SSL that was moved to another SSL_CTX keeps it. */
int svo_lock_context(SSL_CTX *ctx)
{
    return SSL_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER) &&
           SSL_CTX_set_trust(ctx, X509_TRUST_SSL_SERVER);
}

int svo_lock_session(SSL *ssl)
{
    return SSL_set_purpose(ssl, X509_PURPOSE_SSL_SERVER) &&
           SSL_set_trust(ssl, X509_TRUST_SSL_SERVER);
}

/* A "TRUSTED CERTIFICATE" whose settings exclude TLS servers. */
int svo_is_rejected(X509 *x)
{
    return X509_check_trust(x, X509_TRUST_SSL_SERVER, 0) == X509_TRUST_REJECTED;
}

/* Trusted by its settings, or by being self-signed without any. */
int svo_is_trusted(X509 *x)
{
    return X509_check_trust(x, X509_TRUST_SSL_SERVER, 0) == X509_TRUST_TRUSTED;
}
