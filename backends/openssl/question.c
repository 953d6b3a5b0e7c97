/* SPDX-License-Identifier: MIT
 * Puts the question about an SSL's peer to the core. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "internal.h"

void svo_links_free(struct s2sv_link *links, size_t count)
{
    while (links != NULL && count-- > 0)
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
    int skip = q->leaf != NULL && q->rest != NULL && sk_X509_num(q->rest) > 0 &&
               X509_cmp(sk_X509_value(q->rest, 0), q->leaf) == 0;
    int i, more = q->rest != NULL ? sk_X509_num(q->rest) - skip : 0;
    struct s2sv_link *links = OPENSSL_zalloc(((size_t)more + 1) * sizeof *links);
    int ok = links != NULL && q->leaf != NULL && link_set(&links[0], q->leaf);

    for (i = 0; ok && i < more; i++)
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
    return (struct svo_question){ .ssl = ssl,
                                  .policy = policy,
                                  .context = svo_context_get(SSL_get_SSL_CTX(ssl)),
                                  .store = svo_store_of(ssl),
                                  .param = SSL_get0_param(ssl) };
}

void svo_question_take(struct svo_question *q, X509_STORE_CTX *store_ctx)
{
    q->store = X509_STORE_CTX_get0_store(store_ctx);
    q->param = X509_STORE_CTX_get0_param(store_ctx);
    q->leaf = X509_STORE_CTX_get0_cert(store_ctx);
    q->rest = X509_STORE_CTX_get0_untrusted(store_ctx);
}

/* 1: the application's own revocation lists count, which are never remembered. */
static int asks_crls(const struct s2sv_policy *policy, const struct s2sv_trust *trust)
{
    return trust == NULL && s2sv_policy_revocation(policy) == S2SV_REVOCATION_REQUIRE;
}

static int reads_crls(const struct s2sv_policy *policy)
{
    return s2sv_policy_revocation(policy) == S2SV_REVOCATION_IF_AVAILABLE;
}

/* Only a client has one, and only if the application asked for it. */
static void take_staple(const struct svo_question *q, struct svo_application *app)
{
    if (q->ssl == NULL || SSL_is_server(q->ssl) ||
        s2sv_policy_revocation(q->policy) == S2SV_REVOCATION_OFF)
        return;
    app->staple_len = SSL_get_tlsext_status_ocsp_resp(q->ssl, &app->staple);
    if (app->staple_len < 0 || app->staple == NULL)
        app->staple_len = 0;
}

static int ask(const struct svo_question *q, const struct s2sv_peer *peer,
               const struct s2sv_link *links, size_t count, struct s2sv_verdict **ret_verdict)
{
    struct svo_context *context = q->context;
    struct s2sv_trust *trust = context != NULL ? context->trust : NULL;
    struct svo_application app = { .store = q->store,
                                   .param = q->param,
                                   .level = q->ssl != NULL ? SSL_get_security_level(q->ssl) : 0,
                                   .own_trust = trust != NULL,
                                   .reads_crls = trust == NULL && reads_crls(q->policy) };
    struct s2sv_trust_source source = { .backend = s2sv_openssl_backend(),
                                        .trust = trust,
                                        .application = &app };

    take_staple(q, &app);
    source.forgets =
        !svo_settings(&app, source.settings) || asks_crls(q->policy, trust) || app.staple_len > 0;
    source.no_wildcards =
        (X509_VERIFY_PARAM_get_hostflags(q->param) & X509_CHECK_FLAG_NO_WILDCARDS) != 0;
    if (context != NULL && context->store == q->store)
        source.memory = context->memory;
    return s2sv_backend_verify(&source, q->policy, peer, links, count, ret_verdict);
}

int svo_ask_about(const struct svo_question *q, const struct s2sv_peer *peer,
                  struct s2sv_verdict **ret_verdict)
{
    struct s2sv_link *links = NULL;
    size_t count = 0;
    int status;

    if (q->leaf != NULL)
        links = svo_links_new(q, &count);
    if (peer == NULL || (q->leaf != NULL && links == NULL))
        return S2SV_ERR_NOMEM;
    ERR_set_mark(); /* what is left in the queue, the application would take for its own I/O's */
    status = ask(q, peer, links, count, ret_verdict);
    ERR_pop_to_mark();
    svo_links_free(links, count);
    return status;
}

int svo_ask_pkix(const struct svo_question *q, struct s2sv_verdict **ret_verdict)
{
    return svo_ask_about(q, s2sv_openssl_peer(q->ssl), ret_verdict);
}

/* TLSA records count on libssl's own context only, and without them a peer would pass that they
 * refuse. */
int svo_ask(const struct svo_question *q, struct s2sv_verdict **ret_verdict)
{
    return q->leaf != NULL && svo_has_dane(q->ssl) ? S2SV_ERR_INVALID
                                                   : svo_ask_pkix(q, ret_verdict);
}
