/* SPDX-License-Identifier: MIT
 * Libssl's question in the handshake, and what it is answered. */
#include <string.h>

#include <openssl/err.h>

#include "internal.h"

/* What libssl has read already, or the anchor; else it is read again. A reference of the caller's.
 */
static X509 *callback_find(const struct s2sv_verdict *verdict, int depth,
                           const struct s2sv_link *links, size_t count)
{
    X509 *x = s2sv_verdict_native(verdict, depth);
    const unsigned char *der;
    size_t len;
    if (s2sv_verdict_certificate(verdict, depth, (const void **)&der, &len) != 0)
        return NULL;
    for (size_t i = 0; !x && i < count; i++) {
        if (links[i].len == len && memcmp(links[i].der, der, len) == 0)
            x = links[i].native;
    }
    if (!x)
        return d2i_X509(NULL, &der, (long)len);
    X509_up_ref(x);
    return x;
}

/* The judged path, for SSL_get0_verified_chain(). */
static STACK_OF(X509) * chain_of(const struct svo_question *q, const struct s2sv_verdict *verdict)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    size_t count = 0;
    struct s2sv_link *links = svo_links_new(q, &count);
    int depth = 0;
    while (chain && s2sv_verdict_certificate(verdict, depth, NULL, NULL) == 0) {
        X509 *x = callback_find(verdict, depth++, links, count);
        if (!x || !sk_X509_push(chain, x)) {
            X509_free(x);
            sk_X509_pop_free(chain, X509_free);
            chain = NULL;
        }
    }
    svo_links_free(links, count);
    return chain;
}

/* SSL_get_verify_result() tells the truth, also when the handshake goes on. */
void svo_write_back(X509_STORE_CTX *store_ctx, const struct svo_question *q,
                    const struct s2sv_verdict *verdict)
{
    long code = svo_code_of(verdict);
    int depth = s2sv_verdict_depth(verdict);
    X509_STORE_CTX_set_error(store_ctx, (int)code);
    X509_STORE_CTX_set_error_depth(store_ctx, depth > 0 ? depth : 0);
    X509_STORE_CTX_set_current_cert(store_ctx, X509_STORE_CTX_get0_cert(store_ctx));
    X509_STORE_CTX_set0_verified_chain(store_ctx, code == X509_V_OK ? chain_of(q, verdict) : NULL);
}

/* Under CALLBACK: 1 if the application lets the handshake go on. It finds the chain there, whatever
 * the verdict is. */
static int callback_tell(X509_STORE_CTX *store_ctx, const struct svo_question *q,
                         struct s2sv_verdict **verdict)
{
    X509_STORE_CTX_set0_verified_chain(store_ctx, chain_of(q, *verdict));
    int goes_on = svo_tell_app(store_ctx, verdict);
    svo_write_back(store_ctx, q, *verdict);
    return goes_on;
}

/* 1: the handshake goes on. */
static int answer(X509_STORE_CTX *store_ctx, const struct svo_question *q,
                  struct svo_session *session)
{
    struct s2sv_verdict *verdict = NULL;
    int goes_on, status;
    session->is_asked = 1;
    ERR_set_mark(); /* or the application takes our errors for libssl's */
    status =
        svo_dane_decides(q->ssl) ? svo_ask_dane(store_ctx, q, &verdict) : svo_ask_pkix(q, &verdict);
    ERR_pop_to_mark();
    if (status != S2SV_DECIDED)
        verdict = NULL;
    svo_write_back(store_ctx, q, verdict);
    if (s2sv_policy_handshake(q->policy) == S2SV_HANDSHAKE_CALLBACK)
        goes_on = callback_tell(store_ctx, q, &verdict);
    else
        goes_on = !s2sv_verdict_ends_handshake(verdict, q->policy);
    session->is_asked = 0;
    svo_carry(q->ssl, q->policy, verdict);
    svo_record(q->ssl, session, verdict);
    session->ended = !goes_on;
    return goes_on;
}

SSL *svo_ssl_of(X509_STORE_CTX *store_ctx)
{
    return X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
}

/* A refusal is written back first, for no verdict, then what was decided, and under CALLBACK once
 * more, as the application may refuse. The store context says X509_V_OK until somebody sets a code:
 * so whatever ends early on the way, out of memory say, refuses. */
static int on_certificate(X509_STORE_CTX *store_ctx, struct svo_question *q)
{
    struct svo_session *session = q->ssl ? svo_session_make(q->ssl) : NULL;
    svo_write_back(store_ctx, q, NULL);
    if (!session || !q->policy)
        return 0;
    svo_question_take(q, store_ctx);
    return answer(store_ctx, q, session);
}

/* SSL_set_SSL_CTX() changes the context in mid-handshake; the present one's policy counts. */
int svo_installed_callback(X509_STORE_CTX *store_ctx, void *unused)
{
    SSL *ssl = svo_ssl_of(store_ctx);
    struct svo_question q = { 0 };
    (void)unused;
    if (ssl)
        q = svo_question(ssl, NULL);
    int goes_on = on_certificate(store_ctx, &q);
    svo_question_clear(&q);
    return goes_on;
}

/* An attached policy counts here as well; the anchors are the application's. */
int s2sv_openssl_verify_callback(X509_STORE_CTX *store_ctx, void *policy)
{
    SSL *ssl = svo_ssl_of(store_ctx);
    struct svo_question q = { 0 };
    if (ssl)
        q = svo_question(ssl, NULL);
    svo_context_unref(q.context);
    q.context = NULL;
    q.policy = q.attached ? q.attached : policy;
    int goes_on = on_certificate(store_ctx, &q);
    svo_question_clear(&q);
    return goes_on;
}
