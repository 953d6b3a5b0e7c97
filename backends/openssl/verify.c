/* SPDX-License-Identifier: MIT
 * Judges the peer of an SSL, in the handshake and after it. */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "internal.h"

/* What one SSL's peer is judged by. */
struct question {
    SSL *ssl;
    const struct s2sv_policy *policy;
    struct s2sv_trust *trust; /* NULL: the application's anchors */
    X509_STORE *store;
    X509_VERIFY_PARAM *param;
    X509 *leaf;            /* NULL: no certificate, or a raw public key */
    STACK_OF(X509) * rest; /* the others as presented; a leading leaf is skipped */
};

static void links_free(struct s2sv_link *links, size_t count)
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

/* The presented certificates, leaf first. NULL out of memory, or if there is none. */
static struct s2sv_link *links_new(const struct question *q, size_t *ret_count)
{
    int skip = q->rest != NULL && sk_X509_num(q->rest) > 0 &&
               X509_cmp(sk_X509_value(q->rest, 0), q->leaf) == 0;
    int i, more = q->rest != NULL ? sk_X509_num(q->rest) - skip : 0;
    struct s2sv_link *links = OPENSSL_zalloc(((size_t)more + 1) * sizeof *links);
    int ok = links != NULL && link_set(&links[0], q->leaf);

    for (i = 0; ok && i < more; i++)
        ok = link_set(&links[i + 1], sk_X509_value(q->rest, i + skip));
    if (!ok) {
        links_free(links, (size_t)more + 1);
        return NULL;
    }
    *ret_count = (size_t)more + 1;
    return links;
}

/* 1: SSL_dane_enable() was called. TLSA records count on libssl's own context only, and without
 * them a peer would pass that they refuse; so we don't judge it. */
int svo_has_dane(SSL *ssl)
{
    int added;

    ERR_set_mark();
    added = SSL_dane_tlsa_add(ssl, UINT8_MAX, 0, 0, (const unsigned char *)"", 0);
    ERR_pop_to_mark();
    return added != -1; /* -1: not enabled; 0: enabled, and no such usage */
}

static int judge(const struct question *q, struct s2sv_verdict **ret_verdict)
{
    struct svo_application app = { q->store, q->param, SSL_get_security_level(q->ssl),
                                   q->trust != NULL };
    /* What the application set, such as hosts and CRL flags, is in no stamp yet. */
    struct s2sv_source source = {
        .backend = s2sv_openssl_backend(), .trust = q->trust, .application = &app, .forgets = 1
    };
    struct s2sv_peer *peer = s2sv_openssl_peer(q->ssl);
    struct s2sv_link *links = NULL;
    size_t count = 0;
    int status;

    if (svo_has_dane(q->ssl))
        return S2SV_ERR_INVALID;
    if (q->leaf != NULL)
        links = links_new(q, &count);
    if (peer == NULL || (q->leaf != NULL && links == NULL))
        return S2SV_ERR_NOMEM;
    status = s2sv_backend_verify(&source, q->policy, peer, links, count, ret_verdict);
    links_free(links, count);
    return status;
}

/* Client and server random: they change with every handshake. */
static void hello_of(const SSL *ssl, unsigned char *hello)
{
    memset(hello, 0, SVO_HELLO_SIZE);
    SSL_get_client_random(ssl, hello, SVO_HELLO_SIZE / 2);
    SSL_get_server_random(ssl, hello + SVO_HELLO_SIZE / 2, SVO_HELLO_SIZE / 2);
}

/* Replaces the record; a failure leaves none. */
static void record(struct svo_session *session, const struct question *q)
{
    struct s2sv_verdict *verdict = NULL;

    s2sv_verdict_unref(session->verdict);
    session->verdict = NULL;
    hello_of(q->ssl, session->hello);
    if (svo_policy_is_supported(q->policy) && judge(q, &verdict) == 0)
        session->verdict = verdict;
    session->ended = s2sv_verdict_ends_handshake(session->verdict, q->policy);
}

/* The judged path, for SSL_get0_verified_chain(). */
static STACK_OF(X509) * chain_of(const struct s2sv_verdict *verdict)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    const void *der;
    size_t len;
    int depth;

    for (depth = 0; s2sv_verdict_certificate(verdict, depth, &der, &len) == 0; depth++) {
        const unsigned char *cursor = der;
        X509 *x = d2i_X509(NULL, &cursor, (long)len);

        if (x == NULL || chain == NULL || !sk_X509_push(chain, x)) {
            X509_free(x);
            sk_X509_pop_free(chain, X509_free);
            return NULL;
        }
    }
    return chain;
}

/* SSL_get_verify_result() tells the truth, also when the handshake goes on. */
static void write_back(X509_STORE_CTX *store_ctx, const struct s2sv_verdict *verdict)
{
    long code = s2sv_openssl_verify_error(s2sv_verdict_reason(verdict));
    int depth = s2sv_verdict_depth(verdict);

    if (code == X509_V_OK && !s2sv_verdict_trusted(verdict))
        code = X509_V_ERR_APPLICATION_VERIFICATION;
    X509_STORE_CTX_set_error(store_ctx, (int)code);
    X509_STORE_CTX_set_error_depth(store_ctx, depth > 0 ? depth : 0);
    X509_STORE_CTX_set0_verified_chain(store_ctx, code == X509_V_OK ? chain_of(verdict) : NULL);
}

/* 1: the handshake goes on. */
static int answer(X509_STORE_CTX *store_ctx, SSL *ssl, const struct s2sv_policy *policy,
                  struct s2sv_trust *trust)
{
    struct svo_session *session = ssl != NULL ? svo_session_make(ssl) : NULL;
    struct question q = { .ssl = ssl, .policy = policy, .trust = trust };

    write_back(store_ctx, NULL);
    if (session == NULL)
        return 0;
    if (session->policy != NULL)
        q.policy = session->policy;
    q.store = X509_STORE_CTX_get0_store(store_ctx);
    q.param = X509_STORE_CTX_get0_param(store_ctx);
    q.leaf = X509_STORE_CTX_get0_cert(store_ctx);
    q.rest = X509_STORE_CTX_get0_untrusted(store_ctx);
    record(session, &q);
    write_back(store_ctx, session->verdict);
    return svo_policy_is_supported(q.policy) && !session->ended;
}

static SSL *ssl_of(X509_STORE_CTX *store_ctx)
{
    return X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
}

/* SSL_set_SSL_CTX() changes the context in mid-handshake; the present one's policy counts. */
int svo_installed_callback(X509_STORE_CTX *store_ctx, void *unused)
{
    SSL *ssl = ssl_of(store_ctx);
    struct svo_context *context = ssl != NULL ? svo_context_get(SSL_get_SSL_CTX(ssl)) : NULL;

    (void)unused;
    return context != NULL ? answer(store_ctx, ssl, context->policy, context->trust)
                           : answer(store_ctx, NULL, NULL, NULL);
}

int s2sv_openssl_verify_callback(X509_STORE_CTX *store_ctx, void *policy)
{
    return answer(store_ctx, ssl_of(store_ctx), policy, NULL);
}

struct s2sv_peer *s2sv_openssl_peer(SSL *ssl)
{
    struct svo_session *session = ssl != NULL ? svo_session_make(ssl) : NULL;
    enum s2sv_direction direction;

    if (session == NULL)
        return NULL;
    direction = SSL_is_server(ssl) ? S2SV_INBOUND : S2SV_OUTBOUND;
    if (session->peer == NULL)
        session->peer = s2sv_peer_new(direction);
    else if (s2sv_peer_set_direction(session->peer, direction) != 0)
        return NULL;
    return session->peer;
}

int s2sv_openssl_verify(SSL *ssl, const struct s2sv_policy *policy,
                        struct s2sv_verdict **ret_verdict)
{
    struct svo_context *context;
    struct question q = { .ssl = ssl, .policy = policy };
    int status;

    /* Before, the peer has proved nothing, and an SSL_SESSION on offer has a certificate too. */
    if (ssl == NULL || policy == NULL || ret_verdict == NULL || !SSL_is_init_finished(ssl))
        return S2SV_ERR_INVALID;
    context = svo_context_get(SSL_get_SSL_CTX(ssl));
    q.trust = context != NULL ? context->trust : NULL;
    q.store = svo_store_of(ssl);
    q.param = SSL_get0_param(ssl);
    q.leaf = SSL_get1_peer_certificate(ssl);
    q.rest = SSL_get_peer_cert_chain(ssl);
    status = judge(&q, ret_verdict);
    X509_free(q.leaf);
    return status;
}

static int is_about(const struct s2sv_verdict *verdict, X509 *leaf)
{
    unsigned char *der = NULL;
    int len = i2d_X509(leaf, &der);
    int about = len > 0 && s2sv_verdict_is_about(verdict, der, (size_t)len);

    OPENSSL_free(der);
    return about;
}

/* OpenSSL calls nobody back when no certificate came, so it is recorded when asked for. */
static const struct s2sv_verdict *absence(SSL *ssl, struct svo_session *session, int is_current)
{
    struct svo_context *context = svo_context_get(SSL_get_SSL_CTX(ssl));
    struct question q = { .ssl = ssl };

    if (context == NULL)
        return NULL;
    if (!is_current || s2sv_verdict_reason(session->verdict) != S2SV_REASON_NO_CERTIFICATE) {
        q.policy = session->policy != NULL ? session->policy : context->policy;
        q.trust = context->trust;
        q.store = svo_store_of(ssl);
        q.param = SSL_get0_param(ssl);
        record(session, &q);
        session->ended = 1;
    }
    return session->verdict;
}

/* A record outlives its handshake: after SSL_clear(), a renegotiation without a certificate, a
 * resumption or a missed callback it is there, but not current or about another certificate. While
 * a handshake is under way the peer has proved nothing: only what ended it is told. */
const struct s2sv_verdict *s2sv_openssl_verdict(SSL *ssl)
{
    struct svo_session *session = ssl != NULL ? svo_session_make(ssl) : NULL;
    const struct s2sv_verdict *verdict = NULL;
    unsigned char hello[SVO_HELLO_SIZE];
    int is_current;
    X509 *leaf;

    if (session == NULL)
        return NULL;
    hello_of(ssl, hello);
    is_current = session->verdict != NULL && memcmp(hello, session->hello, sizeof hello) == 0;
    if (is_current && !SSL_is_init_finished(ssl))
        return session->ended ? session->verdict : NULL;
    leaf = SSL_get1_peer_certificate(ssl);
    if (leaf == NULL)
        verdict = absence(ssl, session, is_current);
    else if (is_current && is_about(session->verdict, leaf))
        verdict = session->verdict;
    X509_free(leaf);
    return verdict;
}
