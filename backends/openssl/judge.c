/* SPDX-License-Identifier: MIT
 * The judge for programs whose processes share SSLs: nothing of it stays with a TLS object. */
#include "internal.h"

static struct s2sv_verdict *judge(const struct svo_question *q)
{
    int is_inbound = q->ssl && SSL_is_server(q->ssl);
    struct s2sv_peer *peer = s2sv_peer_new(is_inbound ? S2SV_INBOUND : S2SV_OUTBOUND);
    struct s2sv_verdict *verdict = NULL;

    /* TLSA records count on libssl's own context only. */
    if ((q->ssl && svo_has_dane(q->ssl)) || svo_ask_about(q, peer, &verdict) != 0)
        verdict = NULL;
    s2sv_peer_free(peer);
    return verdict;
}

struct s2sv_verdict *s2sv_openssl_judge(X509_STORE_CTX *store_ctx, const struct s2sv_policy *policy)
{
    struct svo_question q = { .policy = policy };
    struct s2sv_verdict *verdict = NULL;
    if (!store_ctx)
        return NULL;
    q.ssl = svo_ssl_of(store_ctx);
    svo_question_take(&q, store_ctx);
    if (policy)
        verdict = judge(&q);
    svo_write_back(store_ctx, &q, verdict);
    return verdict;
}
