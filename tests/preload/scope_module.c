/* SPDX-License-Identifier: MIT */
#include <openssl/ssl.h>

int make_context(void);

int make_context(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    int made = ctx != NULL;
    SSL_CTX_free(ctx);
    return made;
}
