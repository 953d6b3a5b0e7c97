/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bare {
    X509_STORE *store;
};

void *bare_read(const struct s2sv_link *certificate)
{
    const unsigned char *cursor = certificate->der;
    X509 *x = d2i_X509(NULL, &cursor, (long)certificate->len);
    must(x);
    return x;
}

void bare_forget(void *certificate)
{
    X509_free(certificate);
}

struct bare *bare_new(const struct s2sv_link *anchor)
{
    struct bare *bare = malloc(sizeof *bare);
    X509 *x = bare_read(anchor);
    must(bare && (bare->store = X509_STORE_new()) && X509_STORE_add_cert(bare->store, x));
    X509_free(x);
    return bare;
}

void bare_free(struct bare *bare)
{
    X509_STORE_free(bare->store);
    free(bare);
}

void bare_verify(const struct bare *bare, const struct s2sv_link *leaf,
                 const struct s2sv_link *intermediate, const char *name)
{
    X509 *end = bare_read(leaf);
    STACK_OF(X509) *others = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    must(others && ctx && sk_X509_push(others, bare_read(intermediate)) &&
         X509_STORE_CTX_init(ctx, bare->store, end, others) &&
         X509_STORE_CTX_set_default(ctx, "ssl_server"));
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_auth_level(param, 1);
    must(X509_VERIFY_PARAM_set1_host(param, name, 0) && X509_verify_cert(ctx) == 1);
    X509_STORE_CTX_free(ctx);
    sk_X509_pop_free(others, X509_free);
    X509_free(end);
}

int bare_match(void *certificate, const char *name)
{
    return X509_check_host(certificate, name, strlen(name), 0, NULL) == 1;
}

void *bare_system_trust(void)
{
    X509_STORE *store = X509_STORE_new();
    must(store && X509_STORE_set_default_paths(store));
    return store;
}

void bare_system_trust_free(void *trust)
{
    X509_STORE_free(trust);
}
