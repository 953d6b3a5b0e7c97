/* SPDX-License-Identifier: MIT
 * Puts a policy on an SSL_CTX or an SSL. */
#include <openssl/crypto.h>

#include "internal.h"

enum { MEMORY = 65536 }; /* paths */

/* The library that we call may have another major version than our headers. */
static int version_fits(void)
{
    return OpenSSL_version_num() >> 28 == (unsigned long)OPENSSL_VERSION_NUMBER >> 28;
}

/* Without a trust: where to remember. No memory is no failure. */
static void add_memory(struct svo_context *context, SSL_CTX *ctx)
{
    X509_STORE *store = svo_store_of_context(ctx);
    if (store && X509_STORE_up_ref(store)) {
        context->store = store;
        context->memory = s2sv_memory_new(MEMORY);
    }
}

static struct svo_context *context_new(SSL_CTX *ctx, struct s2sv_policy *policy,
                                       struct s2sv_trust *trust)
{
    struct svo_context *context = svo_context_new(policy, trust);
    if (context && !trust) {
        add_memory(context, ctx);
        context->lists = svo_lists_new();
    }
    return context;
}

/* A cache that is off for storing is still looked into, and so is an application's own. */
static void look_nothing_up(SSL_CTX *ctx, long mode)
{
    SSL_CTX_set_session_cache_mode(ctx, mode | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_get_cb(ctx, NULL);
}

/* No ticket alone or no cache alone still resumes; 1.3 would send useless tickets. */
static void resume_nothing(SSL_CTX *ctx)
{
    look_nothing_up(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(ctx, 0);
}

/* Tickets only, which our callback sees: a server's cache would resume without asking it. */
static void resume_what_is_carried(SSL_CTX *ctx)
{
    look_nothing_up(ctx, SSL_CTX_get_session_cache_mode(ctx) & ~SSL_SESS_CACHE_SERVER);
    SSL_CTX_set_session_ticket_cb(ctx, NULL, svo_on_ticket, NULL);
}

/* Other threads may make SSLs of it meanwhile: each thing is set at once to what it is to be. */
static int install_prepare(SSL_CTX *ctx, struct svo_context *context, const struct svo_context *old)
{
    const struct s2sv_policy *policy = context->policy;
    int mode = SSL_CTX_get_verify_mode(ctx);
    svo_info *info = SSL_CTX_get_info_callback(ctx);
    context->info = info == svo_on_info && old ? old->info : info;
    if (s2sv_policy_request(policy) != S2SV_REQUEST_LEAVE)
        mode &= ~(old ? old->added : 0);
    context->added = svo_mode_of(policy) & ~mode;
    if (s2sv_policy_server_auth(policy) && !svo_lock_context(ctx))
        return S2SV_ERR_BACKEND;
    s2sv_policy_freeze(policy);
    SSL_CTX_set_cert_verify_callback(ctx, svo_installed_callback, NULL);
    SSL_CTX_set_verify(ctx, mode | context->added, SSL_CTX_get_verify_callback(ctx));
    if (info != svo_on_info)
        SSL_CTX_set_info_callback(ctx, svo_on_info);
    if (s2sv_policy_resumption(policy) == S2SV_RESUMPTION_OFF)
        resume_nothing(ctx);
    if (s2sv_policy_resumption(policy) == S2SV_RESUMPTION_CARRY)
        resume_what_is_carried(ctx);
    return S2SV_DECIDED;
}

int s2sv_openssl_install(SSL_CTX *ctx, struct s2sv_policy *policy, struct s2sv_trust *trust)
{
    if (!ctx || !policy || !version_fits() ||
        (trust && s2sv_trust_backend(trust) != s2sv_openssl_backend()))
        return S2SV_ERR_INVALID;
    struct svo_context *context = context_new(ctx, policy, trust);
    if (!context)
        return S2SV_ERR_NOMEM;
    int status = svo_context_put(ctx, context, install_prepare);
    svo_context_unref(context);
    return status;
}

/* SSL_new() has copied mode, options, purpose and trust from the context, which may go on resuming
 * others' sessions. */
static int apply(SSL *ssl, struct svo_session *session, struct s2sv_policy *policy, int mode)
{
    if (s2sv_policy_server_auth(policy) && !svo_lock_session(ssl))
        return S2SV_ERR_BACKEND;
    session->added = svo_mode_of(policy) & ~mode;
    SSL_set_verify(ssl, mode | session->added, SSL_get_verify_callback(ssl));
    if (s2sv_policy_resumption(policy) == S2SV_RESUMPTION_OFF && !svo_resume_nothing(ssl))
        return S2SV_ERR_BACKEND;
    return S2SV_DECIDED;
}

/* 1: sessions that this policy should judge would be resumed without our callback. */
static int resumes_unseen(const struct svo_context *context, const struct s2sv_policy *policy)
{
    return s2sv_policy_resumption(policy) == S2SV_RESUMPTION_CARRY &&
           s2sv_policy_resumption(context->policy) == S2SV_RESUMPTION_LEAVE;
}

static int attach(SSL *ssl, const struct svo_context *context, struct s2sv_policy *policy)
{
    if (resumes_unseen(context, policy))
        return S2SV_ERR_INVALID;
    struct svo_session *session = svo_session_make(ssl);
    if (!session)
        return S2SV_ERR_NOMEM;
    struct s2sv_policy *effective = policy ? policy : context->policy;
    int added = session->policy ? session->added : context->added;
    if (s2sv_policy_request(effective) == S2SV_REQUEST_LEAVE)
        added = 0; /* what is there now may be the application's */
    if (session->is_asked)
        added = 0; /* libssl has yet to heed what it is answered */
    int status = apply(ssl, session, effective, SSL_get_verify_mode(ssl) & ~added);
    if (status < 0)
        return status;
    if (policy)
        s2sv_policy_freeze(s2sv_policy_ref(policy));
    s2sv_policy_unref(session->policy);
    session->policy = policy;
    return S2SV_DECIDED;
}

int s2sv_openssl_attach(SSL *ssl, struct s2sv_policy *policy)
{
    struct svo_context *context = ssl ? svo_context_get(SSL_get_SSL_CTX(ssl)) : NULL;
    int status = context ? attach(ssl, context, policy) : S2SV_ERR_INVALID;
    svo_context_unref(context);
    return status;
}
