/* SPDX-License-Identifier: MIT
 * Validates one exact path on a context of its own: libssl's verifies only once, and its callbacks
 * can forgive. */
#include <openssl/err.h>

#include "internal.h"

struct collected {
    struct s2sv_evidence *evidence;
    int count;
};

static void add(struct collected *all, enum s2sv_fault fault, int depth, long code,
                const char *text)
{
    s2sv_evidence_add(all->evidence, fault, depth, code, text);
    all->count++;
}

static void add_native(struct collected *all, int depth, int code)
{
    add(all, svo_fault(code), depth, code, X509_verify_cert_error_string(code));
}

/* Every error counts; OpenSSL goes on, so that all of them are seen. */
static int collect(int ok, X509_STORE_CTX *ctx)
{
    if (!ok)
        add_native(X509_STORE_CTX_get_app_data(ctx), X509_STORE_CTX_get_error_depth(ctx),
                   X509_STORE_CTX_get_error(ctx));
    return 1;
}

/* The certificates from index first up to, not including, last; borrowed. NULL out of memory. */
static STACK_OF(X509) * stack_of(const struct s2sv_demand *demand, size_t first, size_t last)
{
    STACK_OF(X509) *stack = sk_X509_new_null();

    for (; stack != NULL && first < last; first++) {
        if (!sk_X509_push(stack, demand->path[first].native)) {
            sk_X509_free(stack);
            stack = NULL;
        }
    }
    return stack;
}

/* The application's parameters, its depth, hosts and CRL flags too, with ours on top. In a trust of
 * ours every certificate is an anchor (C-3). Trusted first would leave certificates out: those
 * between a CA's new key and its old one, an anchor of the same name. */
static int configure(X509_STORE_CTX *ctx, const struct svo_application *app,
                     const struct s2sv_demand *demand)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    int level = app != NULL && app->level > 1 ? app->level : 1;

    if (app != NULL && !X509_VERIFY_PARAM_set1(param, app->param))
        return 0;
    if (app == NULL || app->own_trust)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    if (demand->revocation == S2SV_REVOCATION_REQUIRE)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    if (X509_VERIFY_PARAM_get_auth_level(param) < level)
        X509_VERIFY_PARAM_set_auth_level(param, level);
    X509_VERIFY_PARAM_clear_flags(param, X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_time(param, (time_t)demand->time);
    X509_STORE_CTX_set_verify_cb(ctx, collect);
    return svo_lock_param(param, demand->server_auth);
}

/* 1: OpenSSL took the very path that was asked. */
static int is_exact(X509_STORE_CTX *ctx, const struct s2sv_demand *demand)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
    int i, count = sk_X509_num(chain);

    if (count < 0 || (size_t)count != demand->count)
        return 0;
    for (i = 0; i < count; i++) {
        if (sk_X509_value(chain, i) != demand->path[i].native)
            return 0;
    }
    return 1;
}

static int verify(X509_STORE_CTX *ctx, struct collected *all, const struct s2sv_demand *demand)
{
    int result = X509_verify_cert(ctx), code = X509_STORE_CTX_get_error(ctx);

    if (code == X509_V_ERR_OUT_OF_MEM)
        return S2SV_ERR_NOMEM;
    if (all->count == 0 && (result != 1 || code != X509_V_OK))
        add_native(all, -1, code);
    if (all->count == 0 && !is_exact(ctx, demand))
        add(all, S2SV_FAULT_INTERNAL, -1, 0, "another path was validated than the one asked for");
    return all->count == 0;
}

int svo_validate(void *application, const struct s2sv_demand *demand,
                 struct s2sv_evidence *evidence)
{
    const struct svo_application *app = application;
    X509_STORE *store = app != NULL ? app->store : NULL;
    STACK_OF(X509) *anchor = stack_of(demand, demand->count - 1, demand->count);
    STACK_OF(X509) *between = stack_of(demand, 1, demand->count - 1);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    struct collected all = { evidence, 0 };
    int status = S2SV_ERR_NOMEM;

    ERR_set_mark();
    if (anchor != NULL && between != NULL && ctx != NULL &&
        X509_STORE_CTX_init(ctx, store, demand->path[0].native, between) &&
        configure(ctx, app, demand) && X509_STORE_CTX_set_app_data(ctx, &all)) {
        X509_STORE_CTX_set0_trusted_stack(ctx, anchor);
        if (store != NULL && X509_STORE_get_verify(store) != NULL)
            add(&all, S2SV_FAULT_INTERNAL, -1, 0,
                "the X509_STORE has a verify function of its own");
        status = all.count > 0 ? 0 : verify(ctx, &all, demand);
        if (status == 1 && app != NULL && app->staple_len > 0 && demand->count > 1)
            status = svo_check_staple(app, demand, evidence);
    }
    X509_STORE_CTX_free(ctx);
    sk_X509_free(between);
    sk_X509_free(anchor);
    ERR_pop_to_mark();
    return status;
}
