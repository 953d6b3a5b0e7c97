/* SPDX-License-Identifier: MIT
 * What we keep with an SSL_CTX and an SSL. */
#include <openssl/crypto.h>

#include "internal.h"

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int context_index = -1, session_index = -1;

void svo_context_free(struct svo_context *context)
{
    if (context == NULL)
        return;
    s2sv_policy_unref(context->policy);
    s2sv_trust_unref(context->trust);
    s2sv_memory_free(context->memory);
    X509_STORE_free(context->store);
    OPENSSL_free(context);
}

static void session_free(struct svo_session *session)
{
    if (session == NULL)
        return;
    s2sv_policy_unref(session->policy);
    s2sv_peer_free(session->peer);
    s2sv_verdict_unref(session->verdict);
    OPENSSL_free(session);
}

static void on_context_free(void *parent, void *data, CRYPTO_EX_DATA *ad, int index, long argl,
                            void *argp)
{
    (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
    svo_context_free(data);
}

static void on_session_free(void *parent, void *data, CRYPTO_EX_DATA *ad, int index, long argl,
                            void *argp)
{
    (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
    session_free(data);
}

/* SSL_dup() copies the bare pointer. The copy starts anew, but under the attached policy. */
static int on_session_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, svo_dup_from data,
                          int index, long argl, void *argp)
{
    void **slot = (void **)data;
    struct svo_session *old = *slot, *copy;

    (void)to, (void)from, (void)index, (void)argl, (void)argp;
    *slot = NULL;
    if (old == NULL || old->policy == NULL)
        return 1;
    copy = OPENSSL_zalloc(sizeof *copy);
    if (copy == NULL)
        return 0;
    copy->policy = s2sv_policy_ref(old->policy);
    copy->added = old->added;
    *slot = copy;
    return 1;
}

static void make_indices(void)
{
    context_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_context_free);
    session_index = SSL_get_ex_new_index(0, NULL, NULL, on_session_dup, on_session_free);
}

static int ready(void)
{
    return CRYPTO_THREAD_run_once(&once, make_indices) && context_index >= 0 && session_index >= 0;
}

struct svo_context *svo_context_get(const SSL_CTX *ctx)
{
    return ready() ? SSL_CTX_get_ex_data(ctx, context_index) : NULL;
}

int svo_context_set(SSL_CTX *ctx, struct svo_context *context)
{
    struct svo_context *old = svo_context_get(ctx);

    if (!ready() || !SSL_CTX_set_ex_data(ctx, context_index, context))
        return 0;
    svo_context_free(old);
    return 1;
}

struct svo_session *svo_session_get(const SSL *ssl)
{
    return ready() ? SSL_get_ex_data(ssl, session_index) : NULL;
}

struct svo_session *svo_session_make(SSL *ssl)
{
    struct svo_session *session = svo_session_get(ssl);

    if (session != NULL || !ready())
        return session;
    session = OPENSSL_zalloc(sizeof *session);
    if (session != NULL && !SSL_set_ex_data(ssl, session_index, session)) {
        OPENSSL_free(session);
        session = NULL;
    }
    return session;
}
