/* SPDX-License-Identifier: MIT
 * Tells the application's own verify callback what was decided, as X509_verify_cert() would have:
 * every fault, then every certificate of the path, from the anchor to the leaf. */
#include "internal.h"

/* 1: it goes on. Libssl has put the callback there: the SSL's, else the store's, else one that
 * agrees. */
static int call(X509_STORE_CTX *store_ctx, int ok, int depth)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    X509 *x = depth < sk_X509_num(chain) ? sk_X509_value(chain, depth)
                                         : X509_STORE_CTX_get0_cert(store_ctx);
    X509_STORE_CTX_set_error_depth(store_ctx, depth);
    X509_STORE_CTX_set_current_cert(store_ctx, x);
    return X509_STORE_CTX_get_verify_cb(store_ctx)(ok, store_ctx) > 0;
}

/* 1: an earlier fault was about the same. What we find, OpenSSL often finds too. */
static int was_told(const struct s2sv_verdict *verdict, size_t i, enum s2sv_reason reason,
                    int depth)
{
    enum s2sv_reason earlier;
    int at;
    while (i-- > 0)
        if (s2sv_verdict_fault(verdict, i, &earlier, &at, NULL) == 0 && earlier == reason &&
            at == depth)
            return 1;
    return 0;
}

static int tell_faults(X509_STORE_CTX *store_ctx, const struct s2sv_verdict *verdict)
{
    enum s2sv_reason reason;
    int depth, goes_on = 1;
    for (size_t i = 0; goes_on && s2sv_verdict_fault(verdict, i, &reason, &depth, NULL) == 0; i++) {
        if (was_told(verdict, i, reason, depth))
            continue;
        X509_STORE_CTX_set_error(store_ctx, (int)s2sv_openssl_verify_error(reason));
        goes_on = call(store_ctx, 0, depth > 0 ? depth : 0);
    }
    return goes_on;
}

/* What it holds against a certificate that we don't. */
static void add_fault(struct s2sv_verdict **verdict, int depth, int code)
{
    const char *text = code != X509_V_OK ? X509_verify_cert_error_string(code)
                                         : "the application's verify callback refused";
    if (s2sv_verdict_add_fault(*verdict, S2SV_REASON_APPLICATION, depth, text) == 0)
        return;
    s2sv_verdict_unref(*verdict); /* none refuses, too */
    *verdict = NULL;
}

static int tell_path(X509_STORE_CTX *store_ctx, struct s2sv_verdict **verdict)
{
    int before, after, goes_on = 1, depth = sk_X509_num(X509_STORE_CTX_get0_chain(store_ctx)) - 1;
    for (; goes_on && depth >= 0; depth--) {
        before = X509_STORE_CTX_get_error(store_ctx);
        goes_on = call(store_ctx, 1, depth);
        after = X509_STORE_CTX_get_error(store_ctx);
        if (!goes_on || (after != before && after != X509_V_OK))
            add_fault(verdict, depth, after);
    }
    return goes_on;
}

int svo_tell_app(X509_STORE_CTX *store_ctx, struct s2sv_verdict **verdict)
{
    return tell_faults(store_ctx, *verdict) && tell_path(store_ctx, verdict);
}
