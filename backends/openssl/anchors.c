/* SPDX-License-Identifier: MIT
 * The application's anchors, asked for by subject: that sees hashed directories too, which listing
 * a store does not. */
#include <limits.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "internal.h"

static int partial_chain(const struct svo_application *app)
{
    unsigned long flags = X509_VERIFY_PARAM_get_flags(app->param) |
                          X509_VERIFY_PARAM_get_flags(X509_STORE_get0_param(app->store));
    return (flags & X509_V_FLAG_PARTIAL_CHAIN) != 0;
}

/* Hands a reference of ours to the core: an anchor, a link, or what is distrusted (P-27, T-2). */
static int anchors_add(struct s2sv_anchors *anchors, X509 *x, int partial)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    int status = S2SV_ERR_NOMEM;
    if (len >= 0 && !svo_is_rejected(x)) {
        status = s2sv_anchors_add(anchors, der, (size_t)len, x, partial || svo_is_trusted(x));
    } else {
        if (len >= 0)
            status = s2sv_anchors_distrust(anchors, der, (size_t)len);
        X509_free(x);
    }
    OPENSSL_free(der);
    return status;
}

static int add_all(struct s2sv_anchors *anchors, STACK_OF(X509) * found, int partial)
{
    int status = S2SV_DECIDED;
    X509 *x;
    while (status == S2SV_DECIDED && (x = sk_X509_shift(found)))
        status = anchors_add(anchors, x, partial);
    return status;
}

static int list(const struct svo_application *app, X509_STORE_CTX *ctx, X509_NAME *issuer,
                struct s2sv_anchors *anchors)
{
    STACK_OF(X509) *found = X509_STORE_CTX_get1_certs(ctx, issuer);
    int status = found ? add_all(anchors, found, partial_chain(app)) : S2SV_DECIDED;
    sk_X509_pop_free(found, X509_free);
    return status;
}

/* A name that can't be read has no anchors. */
static int list_named(const struct svo_application *app, X509_STORE_CTX *ctx,
                      const struct s2sv_bytes *der, struct s2sv_anchors *anchors)
{
    const unsigned char *cursor = der->data;
    X509_NAME *name = der->len <= LONG_MAX ? d2i_X509_NAME(NULL, &cursor, (long)der->len) : NULL;
    int status = name ? list(app, ctx, name, anchors) : S2SV_DECIDED;
    X509_NAME_free(name);
    return status;
}

int svo_anchors(void *application, const struct s2sv_issuer *issuers, size_t count, int all,
                struct s2sv_anchors *anchors)
{
    const struct svo_application *app = application;
    int status = S2SV_ERR_NOMEM;
    (void)all; /* the first answer is complete */
    if (!app->store)
        return S2SV_DECIDED;
    ERR_set_mark();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (ctx && X509_STORE_CTX_init(ctx, app->store, NULL, NULL)) {
        status = S2SV_DECIDED;
        for (size_t i = 0; i < count && status == S2SV_DECIDED; i++)
            status = list_named(app, ctx, &issuers[i].name, anchors);
    }
    X509_STORE_CTX_free(ctx);
    ERR_pop_to_mark();
    return status;
}
