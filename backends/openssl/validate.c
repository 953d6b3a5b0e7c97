/* SPDX-License-Identifier: MIT
 * Validates one exact path on a context of its own: libssl's verifies only once, and its callbacks
 * can forgive. */
#include <openssl/err.h>

#include "internal.h"

struct collected {
    struct s2sv_evidence *evidence;
    int count;
};

static void validate_add(struct collected *all, enum s2sv_finding fault, int depth, long code,
                         const char *text)
{
    s2sv_evidence_add(all->evidence, fault, depth, code, text);
    all->count++;
}

static void add_native(struct collected *all, int depth, int code)
{
    validate_add(all, svo_finding(code), depth, code, X509_verify_cert_error_string(code));
}

/* Every error counts; OpenSSL goes on, so that all of them are seen. It checks signatures from the
 * anchor down: below a wrong one nobody's key is worth the work. */
static int collect(int ok, X509_STORE_CTX *ctx)
{
    struct collected *all = X509_STORE_CTX_get_app_data(ctx);
    int code = X509_STORE_CTX_get_error(ctx);
    if (ok || !all) /* the path of a list's own issuer is verified on another context */
        return ok;
    add_native(all, X509_STORE_CTX_get_error_depth(ctx), code);
    return svo_finding(code) != S2SV_FINDING_SIGNATURE;
}

/* The certificates from index first up to, not including, last; borrowed. NULL out of memory. */
static STACK_OF(X509) * stack_of(const struct s2sv_path_request *request, size_t first, size_t last)
{
    STACK_OF(X509) *stack = sk_X509_new_null();
    for (; stack && first < last; first++) {
        if (!sk_X509_push(stack, request->path[first].native)) {
            sk_X509_free(stack);
            stack = NULL;
        }
    }
    return stack;
}

/* A time_t of 32 bits ends in 2038. The core has judged the path's dates in 64; past that end
 * nobody judges those of a list that must be there. */
static void set_time(struct collected *all, X509_VERIFY_PARAM *param, int64_t wanted)
{
    time_t time = (time_t)wanted;
    if (time == wanted) {
        X509_VERIFY_PARAM_set_time(param, time);
        return;
    }
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
    if ((X509_VERIFY_PARAM_get_flags(param) & X509_V_FLAG_CRL_CHECK) != 0)
        validate_add(all, S2SV_FINDING_REVOCATION_UNKNOWN, -1, 0,
                     "the time is past what OpenSSL can compare");
}

/* The application's parameters, its depth, hosts and CRL flags too, with ours on top: where it
 * asked for lists (X509_V_FLAG_CRL_CHECK) OpenSSL demands them; all else about them is the core's.
 * In a trust of ours every certificate is an anchor (C-3), and so is one that a TLSA record names.
 * Trusted first would leave certificates out: those between a CA's new key and its old one, an
 * anchor of the same name. */
static int configure(X509_STORE_CTX *ctx, struct collected *all, const struct svo_application *app,
                     const struct s2sv_path_request *request)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    int level = app && app->level > 1 ? app->level : 1;
    if (app && !(X509_VERIFY_PARAM_set1(param, app->param) &&
                 X509_VERIFY_PARAM_set_flags(param, app->suite_b)))
        return 0;
    if (!app || app->own_trust || request->anchor_is_named)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    if (X509_VERIFY_PARAM_get_auth_level(param) < level)
        X509_VERIFY_PARAM_set_auth_level(param, level);
    X509_VERIFY_PARAM_clear_flags(param, X509_V_FLAG_TRUSTED_FIRST);
    set_time(all, param, request->time);
    X509_STORE_CTX_set_verify_cb(ctx, collect);
    return svo_lock_param(param, request->server_auth);
}

/* 1: OpenSSL took the very path that was asked. */
static int is_exact(X509_STORE_CTX *ctx, const struct s2sv_path_request *request)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
    int count = sk_X509_num(chain);
    if (count < 0 || (size_t)count != request->count)
        return 0;
    for (int i = 0; i < count; i++) {
        if (sk_X509_value(chain, i) != request->path[i].native)
            return 0;
    }
    return 1;
}

static void ask_openssl(struct svo_application *app, struct collected *all,
                        const struct s2sv_path_request *request)
{
    int code = svo_native(app, request);
    if (code != X509_V_OK)
        add_native(all, app->depth < (int)request->count ? app->depth : -1, code);
}

static int validate_verify(X509_STORE_CTX *ctx, struct collected *all, struct svo_application *app,
                           const struct s2sv_path_request *request)
{
    int result = X509_verify_cert(ctx), code = X509_STORE_CTX_get_error(ctx);
    if (code == X509_V_ERR_OUT_OF_MEM)
        return S2SV_ERR_NOMEM;
    if (all->count == 0 && (result != 1 || code != X509_V_OK))
        add_native(all, -1, code);
    if (all->count == 0 && !is_exact(ctx, request))
        validate_add(all, S2SV_FINDING_INTERNAL, -1, 0,
                     "another path was validated than the one asked for");
    if (all->count == 0 && app && app->asks_openssl)
        ask_openssl(app, all, request);
    return all->count == 0;
}

int svo_validate(void *application, const struct s2sv_path_request *request,
                 struct s2sv_evidence *evidence)
{
    struct svo_application *app = application;
    X509_STORE *store = app ? app->store : NULL;
    STACK_OF(X509) *anchor = stack_of(request, request->count - 1, request->count);
    STACK_OF(X509) *between = stack_of(request, 1, request->count - 1);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    struct collected all = { .evidence = evidence };
    int status = S2SV_ERR_NOMEM;
    ERR_set_mark();
    if (anchor && between && ctx &&
        X509_STORE_CTX_init(ctx, store, request->path[0].native, between) &&
        configure(ctx, &all, app, request) && X509_STORE_CTX_set_app_data(ctx, &all)) {
        X509_STORE_CTX_set0_trusted_stack(ctx, anchor);
        if (store && X509_STORE_get_verify(store))
            validate_add(&all, S2SV_FINDING_INTERNAL, -1, 0,
                         "the X509_STORE has a verify function of its own");
        status = all.count > 0 ? 0 : validate_verify(ctx, &all, app, request);
    }
    X509_STORE_CTX_free(ctx);
    sk_X509_free(between);
    sk_X509_free(anchor);
    ERR_pop_to_mark();
    return status;
}
