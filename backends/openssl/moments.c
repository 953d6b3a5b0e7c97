/* SPDX-License-Identifier: MIT
 * Two moments of a server's handshake at which libssl asks nobody: the client's hello, in whose
 * callbacks SSL_set_SSL_CTX() may have changed the context, and the end, where no certificate was
 * verified if a session was resumed or another kind of key was agreed on. */
#include "internal.h"

/* A client's SSL ignores the callback's answer without SSL_VERIFY_PEER. */
int svo_mode_of(const struct s2sv_policy *policy)
{
    switch (s2sv_policy_request(policy)) {
    case S2SV_REQUEST_REQUIRE:
        return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    case S2SV_REQUEST_ASK:
        return SSL_VERIFY_PEER;
    case S2SV_REQUEST_LEAVE:
    default:
        return 0;
    }
}

static const unsigned char no_session[] = "s2sverify: no session is resumed";

/* One of another context id isn't resumed, whatever cache or ticket it comes from. */
int svo_resume_nothing(SSL *ssl)
{
    SSL_set_options(ssl, SSL_OP_NO_TICKET);
    SSL_set_num_tickets(ssl, 0);
    return SSL_set_session_id_context(ssl, no_session, sizeof no_session - 1);
}

/* SSL_set_SSL_CTX() leaves the verify mode and the tickets of the first context. Nothing has been
 * sent yet, so what the new one's policy asks for is added. The application's own later changes on
 * the SSL stay, where it didn't change the context. */
static void take_over(SSL *ssl, const struct svo_question *q)
{
    SSL_set_verify(ssl, SSL_get_verify_mode(ssl) | svo_mode_of(q->policy),
                   SSL_get_verify_callback(ssl));
    if (s2sv_policy_resumption(q->policy) != S2SV_RESUMPTION_OFF)
        return;
    svo_resume_nothing(ssl);
    if (!SSL_session_reused(ssl))
        SSL_SESSION_set1_id_context(SSL_get_session(ssl), no_session, sizeof no_session - 1);
}

/* 1: what the verify mode demands isn't there: no certificate, or a session's that isn't good. */
static int falls_short(SSL *ssl, const struct svo_question *q, struct svo_session *session)
{
    int mode = SSL_get_verify_mode(ssl);
    X509 *leaf = SSL_get1_peer_certificate(ssl);
    int has_leaf = leaf != NULL;
    X509_free(leaf);
    if (!(mode & SSL_VERIFY_PEER))
        return 0;
    if (!has_leaf)
        return (mode & (SSL_VERIFY_FAIL_IF_NO_PEER_CERT | SSL_VERIFY_POST_HANDSHAKE)) ==
               SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    return SSL_session_reused(ssl) &&
           s2sv_verdict_ends_handshake(svo_judge_resumed(ssl, session), q->policy);
}

/* It can't end the handshake any more. What it can do: nothing is read and nothing is written, as
 * after both sides' close_notify. */
static void end(SSL *ssl)
{
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

static int is_after_hello(const SSL *ssl, int where)
{
    return where == SSL_CB_ACCEPT_LOOP && SSL_get_state(ssl) == TLS_ST_SR_CLNT_HELLO;
}

/* Out of memory it can't be known where the handshake began: then it counts as changed. */
static void look(SSL *ssl, int where)
{
    struct svo_session *session = svo_session_make(ssl);
    const SSL_CTX *now = SSL_get_SSL_CTX(ssl), *first = session ? session->began_with : NULL;
    struct svo_question q = svo_question(ssl, NULL);
    if (where == SSL_CB_HANDSHAKE_START && session)
        session->began_with = now;
    if (is_after_hello(ssl, where) && first != now)
        take_over(ssl, &q);
    if (where == SSL_CB_HANDSHAKE_DONE &&
        s2sv_policy_handshake(q.policy) == S2SV_HANDSHAKE_ENFORCE && falls_short(ssl, &q, session))
        end(ssl);
    svo_question_clear(&q);
}

/* The application's own callback is told everything; it may call us in turn. */
static void moments_tell(SSL *ssl, int where, int value)
{
    struct svo_context *context = svo_context_get(SSL_get_SSL_CTX(ssl));
    struct svo_session *session = context && context->info ? svo_session_make(ssl) : NULL;
    if (session) {
        session->is_told = 1;
        context->info(ssl, where, value);
        session->is_told = 0;
    }
    svo_context_unref(context);
}

void svo_on_info(const SSL *told, int where, int value)
{
    SSL *ssl = (SSL *)told;
    const struct svo_session *session = svo_session_get(ssl);
    if (session && session->is_told)
        return;
    if (SSL_is_server(ssl) && (where == SSL_CB_HANDSHAKE_START || where == SSL_CB_HANDSHAKE_DONE ||
                               is_after_hello(ssl, where)))
        look(ssl, where);
    moments_tell(ssl, where, value);
}
