/* SPDX-License-Identifier: MIT */
/* A program with memory functions of its own for OpenSSL, as those have that share an SSL between
 * processes. */
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/ssl.h>

static void *allocate(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return malloc(size);
}

static void *reallocate(void *old, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return realloc(old, size);
}

static void release(void *old, const char *file, int line)
{
    (void)file, (void)line;
    free(old);
}

int main(void)
{
    SSL_CTX *ctx;

    if (!CRYPTO_set_mem_functions(allocate, reallocate, release))
        return 1;
    ctx = SSL_CTX_new(TLS_method());
    SSL_CTX_free(ctx);
    return ctx == NULL;
}
