/* SPDX-License-Identifier: MIT
 * What the application asks about an SSL's peer. */
#include <string.h>

#include <openssl/crypto.h>

#include "internal.h"

/* Judges what the peer presented in a handshake that is over. */
static int ask_presented(SSL *ssl, const struct s2sv_policy *policy,
                         int (*ask)(const struct svo_question *, struct s2sv_verdict **),
                         struct s2sv_verdict **ret_verdict)
{
    struct svo_question q = svo_question(ssl, policy);
    STACK_OF(X509) *carried = NULL;
    q.leaf = SSL_get1_peer_certificate(ssl);
    q.rest = SSL_get_peer_cert_chain(ssl);
    if (!q.rest)
        q.rest = carried = svo_carried(SSL_get_session(ssl), q.ours);
    int status = ask(&q, ret_verdict);
    sk_X509_pop_free(carried, X509_free);
    X509_free(q.leaf);
    svo_question_clear(&q);
    return status;
}

/* Before the end, the peer has proved nothing, and an SSL_SESSION on offer has a certificate too.
 */
int s2sv_openssl_verify(SSL *ssl, const struct s2sv_policy *policy,
                        struct s2sv_verdict **ret_verdict)
{
    if (!ssl || !policy || !ret_verdict || !SSL_is_init_finished(ssl))
        return S2SV_ERR_INVALID;
    return ask_presented(ssl, policy, svo_ask, ret_verdict);
}

static int is_about(const struct s2sv_verdict *verdict, X509 *leaf)
{
    unsigned char *der = NULL;
    int len = i2d_X509(leaf, &der);
    int about = len > 0 && s2sv_verdict_is_about(verdict, der, (size_t)len);
    OPENSSL_free(der);
    return about;
}

/* 1: the handshake is over, or it ended where a certificate was due and none was there. */
static int was_due(const SSL *ssl)
{
    return SSL_is_init_finished(ssl) || SSL_get_state(ssl) == TLS_ST_SR_CERT;
}

/* OpenSSL calls nobody back when no certificate came, so it is recorded when asked for. */
static const struct s2sv_verdict *absence(SSL *ssl, struct svo_session *session, int is_current)
{
    struct s2sv_verdict *verdict = NULL;
    if (!was_due(ssl))
        return NULL;
    if (is_current && s2sv_verdict_reason(session->verdict) == S2SV_REASON_NO_CERTIFICATE)
        return session->verdict;
    struct svo_question q = svo_question(ssl, NULL);
    if (q.context && svo_ask(&q, &verdict) != 0)
        verdict = NULL;
    if (q.context) {
        svo_record(ssl, session, verdict);
        session->ended = 1;
    }
    svo_question_clear(&q);
    return verdict;
}

const struct s2sv_verdict *svo_judge_resumed(SSL *ssl, struct svo_session *session)
{
    struct s2sv_verdict *verdict = NULL;
    if (!session || svo_ask_carried(ssl, SSL_get_session(ssl), &verdict) != 0)
        return NULL;
    svo_record(ssl, session, verdict);
    SSL_set_verify_result(ssl, svo_code_of(verdict));
    return verdict;
}

/* What the application found stays, whatever comes afterwards. */
static int is_the_applications(const struct s2sv_verdict *verdict)
{
    enum s2sv_reason reason;
    for (size_t i = 0; s2sv_verdict_fault(verdict, i, &reason, NULL, NULL) == 0; i++) {
        if (reason == S2SV_REASON_APPLICATION)
            return 1;
    }
    return 0;
}

/* The same peer, judged now. */
static const struct s2sv_verdict *judge_again(SSL *ssl, struct svo_session *session)
{
    struct s2sv_verdict *verdict = NULL;
    if (ask_presented(ssl, NULL, svo_ask, &verdict) != 0)
        verdict = NULL;
    svo_record(ssl, session, verdict);
    session->awaits_staples = 0;
    SSL_set_verify_result(ssl, svo_code_of(verdict));
    return verdict;
}

/* 1: a staple can change it: it can refuse whom nothing is held against, and make known what was
 * unknown. Where OpenSSL's own DANE decided, none was asked for. */
static int may_change(SSL *ssl, const struct s2sv_verdict *verdict)
{
    enum s2sv_reason reason = s2sv_verdict_reason(verdict);
    return (s2sv_verdict_trusted(verdict) || reason == S2SV_REASON_REVOCATION_UNKNOWN) &&
           !svo_dane_decides(ssl);
}

/* The verdict, with what came after it: the staples of TLS 1.2, TLSA records, pins. */
static const struct s2sv_verdict *complete(SSL *ssl, struct svo_session *session)
{
    int is_changed = session->changes != s2sv_peer_changes(session->peer) ||
                     (session->awaits_staples && may_change(ssl, session->verdict));
    session->awaits_staples = 0;
    return is_changed && !is_the_applications(session->verdict) ? judge_again(ssl, session)
                                                                : session->verdict;
}

/* A record outlives its handshake: after SSL_clear(), a renegotiation without a certificate, a
 * resumption or a missed callback it is there, but not current or about another certificate. While
 * a handshake is under way the peer has proved nothing: only what ended it is told. */
const struct s2sv_verdict *s2sv_openssl_verdict(SSL *ssl)
{
    struct svo_session *session = ssl ? svo_session_make(ssl) : NULL;
    const struct s2sv_verdict *verdict = NULL;
    unsigned char hello[SVO_HELLO_SIZE];
    if (!session || session->is_asked)
        return NULL;
    svo_hello(ssl, hello);
    int is_current = session->verdict && memcmp(hello, session->hello, sizeof hello) == 0;
    if (is_current && !SSL_is_init_finished(ssl))
        return session->ended ? session->verdict : NULL;
    X509 *leaf = SSL_get1_peer_certificate(ssl);
    if (!leaf)
        verdict = absence(ssl, session, is_current);
    else if (is_current && is_about(session->verdict, leaf))
        verdict = complete(ssl, session);
    else if (SSL_is_init_finished(ssl) && SSL_session_reused(ssl))
        verdict = svo_judge_resumed(ssl, session);
    X509_free(leaf);
    return verdict;
}
