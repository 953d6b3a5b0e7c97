/* SPDX-License-Identifier: MIT
 * Puts the question about an SSL's peer to the core. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "internal.h"

void svo_links_free(struct s2sv_link *links, size_t count)
{
    while (links && count-- > 0)
        OPENSSL_free((void *)links[count].der);
    OPENSSL_free(links);
}

static int link_set(struct s2sv_link *link, X509 *x)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    *link = (struct s2sv_link){ der, len > 0 ? (size_t)len : 0, x };
    return len > 0;
}

struct s2sv_link *svo_links_new(const struct svo_question *q, size_t *ret_count)
{
    int skip = q->leaf && q->rest && sk_X509_num(q->rest) > 0 &&
               X509_cmp(sk_X509_value(q->rest, 0), q->leaf) == 0;
    int more = q->rest ? sk_X509_num(q->rest) - skip : 0;
    struct s2sv_link *links = OPENSSL_zalloc(((size_t)more + 1) * sizeof *links);
    int ok = links && q->leaf && link_set(&links[0], q->leaf);
    for (int i = 0; ok && i < more; i++)
        ok = link_set(&links[i + 1], sk_X509_value(q->rest, i + skip));
    if (!ok) {
        svo_links_free(links, (size_t)more + 1);
        return NULL;
    }
    *ret_count = (size_t)more + 1;
    return links;
}

struct svo_question svo_question(SSL *ssl, const struct s2sv_policy *policy)
{
    const struct svo_session *session = svo_session_get(ssl);
    struct svo_question q = { .ssl = ssl,
                              .store = svo_store_of(ssl),
                              .param = SSL_get0_param(ssl) };
    q.attached = session ? s2sv_policy_ref(session->policy) : NULL;
    q.context = svo_context_get(SSL_get_SSL_CTX(ssl));
    q.ours = q.attached ? q.attached : q.context ? q.context->policy : NULL;
    q.policy = policy ? policy : q.ours;
    return q;
}

void svo_question_clear(struct svo_question *q)
{
    s2sv_policy_unref(q->attached);
    svo_context_unref(q->context);
    q->attached = NULL;
    q->context = NULL;
}

void svo_question_take(struct svo_question *q, X509_STORE_CTX *store_ctx)
{
    q->store_ctx = store_ctx;
    q->store = X509_STORE_CTX_get0_store(store_ctx);
    q->param = X509_STORE_CTX_get0_param(store_ctx);
    q->leaf = X509_STORE_CTX_get0_cert(store_ctx);
    q->rest = X509_STORE_CTX_get0_untrusted(store_ctx);
}

/* Libssl adds it to each of its verifications; it must count after the handshake, too. */
static unsigned long suite_b_of(SSL *ssl)
{
    return ssl ? (unsigned long)SSL_set_cert_flags(ssl, 0) & SSL_CERT_FLAG_SUITEB_128_LOS : 0;
}

static int question_ask(const struct svo_question *q, const struct s2sv_peer *peer,
                        const struct s2sv_link *links, size_t count,
                        struct s2sv_verdict **ret_verdict)
{
    struct svo_context *context = q->context;
    struct s2sv_trust *trust = context ? context->trust : NULL;
    struct svo_application app = { .store = q->store,
                                   .param = q->param,
                                   .level = q->ssl ? SSL_get_security_level(q->ssl) : 0,
                                   .suite_b = suite_b_of(q->ssl),
                                   .own_trust = trust != NULL,
                                   .lists = context ? context->lists : NULL,
                                   .question = q,
                                   .was_asked = q->was_accepted };
    struct s2sv_trust_source source = { .backend = s2sv_openssl_backend(),
                                        .trust = trust,
                                        .application = &app };
    struct svo_staples staples;
    int status = svo_staples_take(q->ssl, &staples);
    app.asks_openssl = !svo_is_modelled(&app);
    source.staples = staples.all;
    source.staple_count = staples.count;
    source.asked_status = staples.were_asked;
    source.forgets = !svo_settings(&app, source.settings);
    source.no_wildcards =
        (X509_VERIFY_PARAM_get_hostflags(q->param) & X509_CHECK_FLAG_NO_WILDCARDS) != 0;
    if (context && context->store == q->store)
        source.memory = context->memory;
    if (status == S2SV_DECIDED)
        status = s2sv_backend_verify(&source, q->policy, peer, links, count, ret_verdict);
    svo_staples_clear(&staples);
    return status;
}

int svo_ask_about(const struct svo_question *q, const struct s2sv_peer *peer,
                  struct s2sv_verdict **ret_verdict)
{
    struct s2sv_link *links = NULL;
    size_t count = 0;
    if (q->leaf)
        links = svo_links_new(q, &count);
    if (!peer || (q->leaf && !links))
        return S2SV_ERR_NOMEM;
    ERR_set_mark(); /* what is left in the queue, the application would take for its own I/O's */
    int status = question_ask(q, peer, links, count, ret_verdict);
    ERR_pop_to_mark();
    svo_links_free(links, count);
    return status;
}

int svo_ask_pkix(const struct svo_question *q, struct s2sv_verdict **ret_verdict)
{
    return svo_ask_about(q, s2sv_openssl_peer(q->ssl), ret_verdict);
}

/* An SSL's TLSA records count on libssl's own context only, and without them a peer would pass that
 * they refuse. */
int svo_ask(const struct svo_question *q, struct s2sv_verdict **ret_verdict)
{
    return q->leaf && svo_dane_decides(q->ssl) ? S2SV_ERR_INVALID : svo_ask_pkix(q, ret_verdict);
}
