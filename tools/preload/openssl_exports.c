/* SPDX-License-Identifier: MIT
 * The OpenSSL functions that we stand in front of. */
#include <errno.h>
#include <string.h>

#include "openssl.h"
#include "real.h"

static SSL_CTX *armed(SSL_CTX *ctx, const void *real)
{
    int saved = errno;
    if (ctx)
        svp_openssl_arm(ctx, real);
    errno = saved;
    return ctx;
}

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
{
    void *real = SVP_REAL("SSL_CTX_new");
    __typeof__(SSL_CTX_new) *function;
    memcpy(&function, &real, sizeof function);
    return real ? armed(function(method), real) : NULL;
}

/* Stood in front of in any case, for another version may be loaded than the one we are for. */
#if OPENSSL_VERSION_NUMBER < 0x30000000L
typedef void OSSL_LIB_CTX;
SSL_CTX *SSL_CTX_new_ex(OSSL_LIB_CTX *libctx, const char *propq, const SSL_METHOD *method);
#endif

SSL_CTX *SSL_CTX_new_ex(OSSL_LIB_CTX *libctx, const char *propq, const SSL_METHOD *method)
{
    void *real = SVP_REAL("SSL_CTX_new_ex");
    __typeof__(SSL_CTX_new_ex) *function;
    memcpy(&function, &real, sizeof function);
    return real ? armed(function(libctx, propq, method), real) : NULL;
}

void SSL_CTX_set_cert_verify_callback(SSL_CTX *ctx, svp_verifier verifier, void *arg)
{
    void *real = SVP_REAL("SSL_CTX_set_cert_verify_callback");
    __typeof__(SSL_CTX_set_cert_verify_callback) *function;
    memcpy(&function, &real, sizeof function);
    if (!svp_openssl_hold(ctx, verifier, arg) && real)
        function(ctx, verifier, arg);
}
