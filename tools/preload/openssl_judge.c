/* SPDX-License-Identifier: MIT
 * The backend's functions, with other answers to whether a path is valid. */
#include <string.h>

#include <openssl/err.h>

#include "openssl_judge.h"

int svp_case_open(struct svp_case *c, X509_STORE_CTX *store_ctx, SSL *ssl)
{
    struct svo_question q = { .leaf = X509_STORE_CTX_get0_cert(store_ctx),
                              .rest = X509_STORE_CTX_get0_untrusted(store_ctx) };
    memset(c, 0, sizeof *c);
    c->app.store = X509_STORE_CTX_get0_store(store_ctx);
    c->app.param = X509_STORE_CTX_get0_param(store_ctx);
    c->app.level = SSL_get_security_level(ssl);
    c->store_ctx = store_ctx;
    c->direction = SSL_is_server(ssl) ? S2SV_INBOUND : S2SV_OUTBOUND;
    c->peer = s2sv_peer_new(c->direction);
    c->links = svo_links_new(&q, &c->count);
    return svo_staples_take(ssl, &c->staples) == 0 && c->peer && c->links;
}

void svp_case_close(struct svp_case *c)
{
    svo_staples_clear(&c->staples);
    svo_links_free(c->links, c->count);
    s2sv_peer_free(c->peer);
}

static int has_fixed_time(X509_VERIFY_PARAM *param)
{
    return (X509_VERIFY_PARAM_get_flags(param) & X509_V_FLAG_USE_CHECK_TIME) != 0;
}

void svp_case_remember(struct svp_case *c, struct s2sv_memory *memory, struct svo_lists *lists)
{
    c->app.lists = lists;
    if (c->app.store && !has_fixed_time(c->app.param) &&
        !has_fixed_time(X509_STORE_get0_param(c->app.store)) && svo_settings(&c->app, c->stamp))
        c->memory = memory;
}

/* ---- what is valid ---------------------------------------------------------------------------*/

static int nothing(void *application, const struct s2sv_path_request *demand,
                   struct s2sv_evidence *evidence)
{
    (void)application, (void)demand;
    s2sv_evidence_add(evidence, S2SV_FINDING_UNTRUSTED, -1, 0, "it wasn't met before");
    return 0;
}

static int is_path_of(X509_STORE_CTX *store_ctx, const struct s2sv_path_request *demand)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    int count = sk_X509_num(chain);
    if (count < 0 || (size_t)count != demand->count)
        return 0;
    for (int i = 0; i < count; i++) {
        if (X509_cmp(sk_X509_value(chain, i), demand->path[i].native) != 0)
            return 0;
    }
    return 1;
}

static int what_openssl_took(void *application, const struct s2sv_path_request *demand,
                             struct s2sv_evidence *evidence)
{
    struct svp_case *c = application;
    if (!is_path_of(c->store_ctx, demand)) {
        s2sv_evidence_add(evidence, S2SV_FINDING_UNTRUSTED, -1, 0, "OpenSSL took another path");
        return 0;
    }
    return 1;
}

/* Verdicts refer to them. */
static struct s2sv_backend remembering, following;

void svp_judge_begin(void)
{
    remembering = following = *s2sv_openssl_backend();
    remembering.validate = nothing;
    following.validate = what_openssl_took;
}

static struct s2sv_verdict *ask(struct svp_case *c, const struct s2sv_backend *backend,
                                struct s2sv_policy *policy, int forgets)
{
    struct s2sv_trust_source source = { .backend = backend,
                                        .application = &c->app,
                                        .forgets = forgets,
                                        .memory = c->memory,
                                        .staples = c->staples.all,
                                        .staple_count = c->staples.count,
                                        .asked_status = c->staples.were_asked };
    struct s2sv_verdict *verdict = NULL;
    memcpy(source.settings, c->stamp, sizeof source.settings);
    ERR_set_mark(); /* or the program takes our errors for libssl's */
    if (s2sv_backend_verify(&source, policy, c->peer, c->links, c->count, &verdict) != 0)
        verdict = NULL;
    ERR_pop_to_mark();
    return verdict;
}

struct s2sv_verdict *svp_judge_remembered(struct svp_case *c, struct s2sv_policy *policy)
{
    return ask(c, &remembering, policy, 0);
}

struct s2sv_verdict *svp_judge_accepted(struct svp_case *c, struct s2sv_policy *policy)
{
    return ask(c, &following, policy, 0);
}

struct s2sv_verdict *svp_judge_alone(struct svp_case *c, struct s2sv_policy *policy)
{
    return ask(c, s2sv_openssl_backend(), policy, 1);
}

/* ---- the path --------------------------------------------------------------------------------*/

/* What libssl has read already, or the anchor; else it is read again. A reference of the caller's.
 */
static X509 *find(const struct svp_case *c, const struct s2sv_verdict *verdict, int depth)
{
    X509 *x = s2sv_verdict_native(verdict, depth);
    const unsigned char *der;
    size_t len;
    if (s2sv_verdict_certificate(verdict, depth, (const void **)&der, &len) != 0)
        return NULL;
    for (size_t i = 0; !x && i < c->count; i++) {
        if (c->links[i].len == len && memcmp(c->links[i].der, der, len) == 0)
            x = c->links[i].native;
    }
    if (!x)
        return d2i_X509(NULL, &der, (long)len);
    X509_up_ref(x);
    return x;
}

STACK_OF(X509) * svp_chain_of(const struct svp_case *c, const struct s2sv_verdict *verdict)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    int depth = 0;
    while (chain && s2sv_verdict_certificate(verdict, depth, NULL, NULL) == 0) {
        X509 *x = find(c, verdict, depth++);
        if (!x || !sk_X509_push(chain, x)) {
            X509_free(x);
            sk_X509_pop_free(chain, X509_free);
            chain = NULL;
        }
    }
    return chain;
}
