/* SPDX-License-Identifier: MIT
 * Validates one exact path on a context of its own: libssl's verifies only once, and its callbacks
 * can forgive. */
#include <limits.h>

#include <openssl/err.h>

#include "internal.h"

struct collected {
    struct s2sv_evidence *evidence;
    int count;
    /* From this depth on certificates are looked up in the application's revocation lists, but
     * needn't be covered. */
    int optional_from;
    int anchor;        /* its depth; its revocation is its removal */
    X509_CRL *useless; /* a list that OpenSSL found fault with, for the certificate below */
    int useless_for;
};

static void add(struct collected *all, enum s2sv_finding fault, int depth, long code,
                const char *text)
{
    s2sv_evidence_add(all->evidence, fault, depth, code, text);
    all->count++;
}

static void add_native(struct collected *all, int depth, int code)
{
    add(all, svo_finding(code), depth, code, X509_verify_cert_error_string(code));
}

/* 1: it says that there is no list, or that one is no information (V-8), or what such a one says.
 * Once OpenSSL has complained of a list's dates it tells no current list. */
static int is_no_information(struct collected *all, X509_STORE_CTX *ctx, int depth, int code)
{
    X509_CRL *list = X509_STORE_CTX_get0_current_crl(ctx);
    enum s2sv_finding fault = svo_finding(code);

    if (depth < all->optional_from)
        return 0;
    if (fault == S2SV_FINDING_REVOKED)
        return depth == all->anchor ||
               (depth == all->useless_for && (list == NULL || list == all->useless));
    if (fault != S2SV_FINDING_REVOCATION_UNKNOWN)
        return 0;
    all->useless = list;
    all->useless_for = depth;
    return 1;
}

/* Every error counts; OpenSSL goes on, so that all of them are seen. It checks signatures from the
 * anchor down: below a wrong one nobody's key is worth the work. */
static int collect(int ok, X509_STORE_CTX *ctx)
{
    struct collected *all = X509_STORE_CTX_get_app_data(ctx);
    int depth = X509_STORE_CTX_get_error_depth(ctx), code = X509_STORE_CTX_get_error(ctx);

    if (ok)
        return 1;
    if (is_no_information(all, ctx, depth, code))
        X509_STORE_CTX_set_error(ctx, X509_V_OK);
    else
        add_native(all, depth, code);
    return svo_finding(code) != S2SV_FINDING_SIGNATURE;
}

/* The certificates from index first up to, not including, last; borrowed. NULL out of memory. */
static STACK_OF(X509) * stack_of(const struct s2sv_path_request *request, size_t first, size_t last)
{
    STACK_OF(X509) *stack = sk_X509_new_null();

    for (; stack != NULL && first < last; first++) {
        if (!sk_X509_push(stack, request->path[first].native)) {
            sk_X509_free(stack);
            stack = NULL;
        }
    }
    return stack;
}

/* The application's lists (V-3). What it asked for by CRL_CHECK stays required. */
static void ask_crls(struct collected *all, X509_VERIFY_PARAM *param,
                     const struct svo_application *app, const struct s2sv_path_request *request)
{
    const unsigned long leaf = X509_V_FLAG_CRL_CHECK, every = leaf | X509_V_FLAG_CRL_CHECK_ALL;
    unsigned long set = X509_VERIFY_PARAM_get_flags(param) & every;

    int reads =
        request->revocation == S2SV_REVOCATION_IF_AVAILABLE && app != NULL && app->store != NULL;

    all->optional_from = reads && set != every ? set == leaf : INT_MAX;
    if (reads || request->revocation == S2SV_REVOCATION_REQUIRE)
        X509_VERIFY_PARAM_set_flags(param, every);
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
    if (all->optional_from > 0 && (X509_VERIFY_PARAM_get_flags(param) & X509_V_FLAG_CRL_CHECK) != 0)
        add(all, S2SV_FINDING_REVOCATION_UNKNOWN, -1, 0,
            "the time is past what OpenSSL can compare");
}

/* The application's parameters, its depth, hosts and CRL flags too, with ours on top. In a trust of
 * ours every certificate is an anchor (C-3). Trusted first would leave certificates out: those
 * between a CA's new key and its old one, an anchor of the same name. */
static int configure(X509_STORE_CTX *ctx, struct collected *all, const struct svo_application *app,
                     const struct s2sv_path_request *request)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    int level = app != NULL && app->level > 1 ? app->level : 1;

    if (app != NULL && !X509_VERIFY_PARAM_set1(param, app->param))
        return 0;
    if (app == NULL || app->own_trust)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    ask_crls(all, param, app, request);
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
    int i, count = sk_X509_num(chain);

    if (count < 0 || (size_t)count != request->count)
        return 0;
    for (i = 0; i < count; i++) {
        if (sk_X509_value(chain, i) != request->path[i].native)
            return 0;
    }
    return 1;
}

static int verify(X509_STORE_CTX *ctx, struct collected *all,
                  const struct s2sv_path_request *request)
{
    int result = X509_verify_cert(ctx), code = X509_STORE_CTX_get_error(ctx);

    if (code == X509_V_ERR_OUT_OF_MEM)
        return S2SV_ERR_NOMEM;
    if (all->count == 0 && (result != 1 || code != X509_V_OK))
        add_native(all, -1, code);
    if (all->count == 0 && !is_exact(ctx, request))
        add(all, S2SV_FINDING_INTERNAL, -1, 0, "another path was validated than the one asked for");
    return all->count == 0;
}

int svo_validate(void *application, const struct s2sv_path_request *request,
                 struct s2sv_evidence *evidence)
{
    const struct svo_application *app = application;
    X509_STORE *store = app != NULL ? app->store : NULL;
    STACK_OF(X509) *anchor = stack_of(request, request->count - 1, request->count);
    STACK_OF(X509) *between = stack_of(request, 1, request->count - 1);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    struct collected all = { .evidence = evidence,
                             .anchor = (int)request->count - 1,
                             .useless_for = -1 };
    int status = S2SV_ERR_NOMEM;

    ERR_set_mark();
    if (anchor != NULL && between != NULL && ctx != NULL &&
        X509_STORE_CTX_init(ctx, store, request->path[0].native, between) &&
        configure(ctx, &all, app, request) && X509_STORE_CTX_set_app_data(ctx, &all)) {
        X509_STORE_CTX_set0_trusted_stack(ctx, anchor);
        if (store != NULL && X509_STORE_get_verify(store) != NULL)
            add(&all, S2SV_FINDING_INTERNAL, -1, 0,
                "the X509_STORE has a verify function of its own");
        status = all.count > 0 ? 0 : verify(ctx, &all, request);
        if (status == 1 && app != NULL && app->staple_len > 0 && request->count > 1)
            status = svo_check_staple(app, request, evidence);
    }
    X509_STORE_CTX_free(ctx);
    sk_X509_free(between);
    sk_X509_free(anchor);
    ERR_pop_to_mark();
    return status;
}
