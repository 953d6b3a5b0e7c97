/* SPDX-License-Identifier: MIT
 * OpenSSL's own answer about a peer, as presented, by the application's objects as they are, asked
 * for the purpose "server". It must accept too where these hold what settings.c doesn't know. */
#include "internal.h"

static int agree(int ok, X509_STORE_CTX *ctx)
{
    (void)ctx;
    return ok;
}

/* Without the callbacks, which can forgive. */
int svo_native_verify(X509_STORE_CTX *ctx, int server_auth)
{
    X509_STORE_CTX_verify_cb callback = X509_STORE_CTX_get_verify_cb(ctx);
    if (!svo_lock_param(X509_STORE_CTX_get0_param(ctx), server_auth))
        return X509_V_ERR_UNSPECIFIED;
    X509_STORE_CTX_set_verify_cb(ctx, agree);
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
    int result = X509_verify_cert(ctx), code = X509_STORE_CTX_get_error(ctx);
    X509_STORE_CTX_set_verify_cb(ctx, callback);
    return result != 1 && code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code;
}

/* As libssl makes its own. */
static int native_prepare(X509_STORE_CTX *ctx, const struct svo_application *app)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_auth_level(param, app->level);
    return X509_VERIFY_PARAM_set_flags(param, app->suite_b) &&
           X509_VERIFY_PARAM_set1(param, app->param);
}

/* On a context of our own, after the handshake, or with the anchor of a trust of ours or of a TLSA
 * record. */
static int ask_anew(struct svo_application *app, const struct s2sv_path_request *request)
{
    const struct svo_question *q = app->question;
    STACK_OF(X509) *anchor = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    int code = X509_V_ERR_OUT_OF_MEM;
    if (anchor && ctx && sk_X509_push(anchor, request->path[request->count - 1].native) &&
        X509_STORE_CTX_init(ctx, app->store, q->leaf, q->rest) && native_prepare(ctx, app)) {
        if (app->own_trust || request->anchor_is_named) {
            X509_STORE_CTX_set0_trusted_stack(ctx, anchor);
            X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN);
        }
        code = svo_native_verify(ctx, request->server_auth);
        app->depth = X509_STORE_CTX_get_error_depth(ctx);
    }
    X509_STORE_CTX_free(ctx);
    sk_X509_free(anchor);
    return code;
}

/* A context verifies once, so libssl's own is asked at the first path, and answers for all. */
int svo_native(struct svo_application *app, const struct s2sv_path_request *request)
{
    const struct svo_question *q = app->question;
    if (app->own_trust || request->anchor_is_named)
        return ask_anew(app, request);
    if (!app->was_asked && q->store_ctx) {
        app->code = svo_native_verify(q->store_ctx, request->server_auth);
        app->depth = X509_STORE_CTX_get_error_depth(q->store_ctx);
    } else if (!app->was_asked) {
        app->code = ask_anew(app, request);
    }
    app->was_asked = 1;
    return app->code;
}
