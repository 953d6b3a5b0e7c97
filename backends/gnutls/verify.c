/* SPDX-License-Identifier: MIT
 * Judges the peer of a session, in the handshake and after it. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* What one session's peer is judged by; the references are ours. */
struct question {
    gnutls_session_t session;
    gnutls_certificate_credentials_t cred;
    struct s2sv_policy *policy; /* attached, else installed, else NULL */
    struct s2sv_trust *trust;   /* NULL: the credentials' anchors */
};

static int question_set(struct question *q, gnutls_session_t session)
{
    const struct svg_session *state = svg_session_get(session);
    void *cred = NULL;
    *q = (struct question){ .session = session };
    if (gnutls_credentials_get(session, GNUTLS_CRD_CERTIFICATE, &cred) < 0 || !cred)
        return S2SV_ERR_INVALID;
    q->cred = cred;
    svg_credentials_get(q->cred, &q->policy, &q->trust);
    if (state && state->policy) {
        s2sv_policy_unref(q->policy);
        q->policy = s2sv_policy_ref(state->policy);
    }
    return S2SV_DECIDED;
}

static void question_clear(struct question *q)
{
    s2sv_policy_unref(q->policy);
    s2sv_trust_unref(q->trust);
}

/* The presented certificates. A raw public key is none. */
static const gnutls_datum_t *presented(gnutls_session_t session, unsigned *ret_count)
{
    const gnutls_datum_t *list = NULL;
    unsigned count = 0;
    if (gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_X509)
        list = gnutls_certificate_get_peers(session, &count);
    *ret_count = list ? count : 0;
    return *ret_count > 0 ? list : NULL;
}

static int judge(const struct question *q, const struct s2sv_policy *policy,
                 struct s2sv_verdict **ret_verdict)
{
    unsigned count;
    const gnutls_datum_t *list = presented(q->session, &count);
    struct svg_application app = { .flags = gnutls_certificate_get_verify_flags(q->cred) };
    struct s2sv_source source = { .backend = s2sv_gnutls_backend(),
                                  .trust = q->trust,
                                  .application = &app };
    struct s2sv_peer *peer = s2sv_gnutls_peer(q->session);
    struct s2sv_link *links = calloc(count + 1, sizeof(*links));
    int status = S2SV_ERR_NOMEM;
    memcpy(source.stamp, &app.flags, sizeof(app.flags));
    if (s2sv_policy_revocation(policy) != S2SV_REVOCATION_OFF)
        source.forgets = gnutls_ocsp_status_request_get2(q->session, 0, &app.staple) >= 0;
    if (!q->trust)
        gnutls_certificate_get_trust_list(q->cred, &app.list);
    for (unsigned i = 0; links && i < count; i++)
        links[i] = (struct s2sv_link){ list[i].data, list[i].size, NULL };
    if (peer && links)
        status = s2sv_backend_verify(&source, policy, peer, links, count, ret_verdict);
    free(links);
    return status;
}

/* Replaces the record; a failure leaves none. */
static void record(struct svg_session *state, const struct question *q)
{
    struct s2sv_verdict *verdict = NULL;
    s2sv_verdict_unref(state->verdict);
    state->verdict = NULL;
    if (q->policy && judge(q, q->policy, &verdict) == S2SV_DECIDED)
        state->verdict = verdict;
    state->ended = s2sv_verdict_ends_handshake(state->verdict, q->policy);
}

int s2sv_gnutls_verify_function(gnutls_session_t session)
{
    struct svg_session *state = session ? svg_session_make(session) : NULL;
    struct question q;
    int goes_on = 0;
    if (!state || question_set(&q, session) != S2SV_DECIDED)
        return GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
    record(state, &q);
    goes_on = q.policy && !state->ended;
    question_clear(&q);
    return goes_on ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}

struct s2sv_peer *s2sv_gnutls_peer(gnutls_session_t session)
{
    struct svg_session *state = session ? svg_session_make(session) : NULL;
    if (!state)
        return NULL;
    if (!state->peer)
        state->peer = s2sv_peer_new(svg_direction(session));
    return state->peer;
}

int s2sv_gnutls_verify(gnutls_session_t session, const struct s2sv_policy *policy,
                       struct s2sv_verdict **ret_verdict)
{
    struct question q;
    if (!session || !policy || !ret_verdict || !svg_has_proved(session) ||
        question_set(&q, session) != S2SV_DECIDED)
        return S2SV_ERR_INVALID;
    int status = judge(&q, policy, ret_verdict);
    question_clear(&q);
    return status;
}

/* 1: the record is about what the peer presents now. One over the limits names no certificate. */
static int is_current(const struct svg_session *state, const gnutls_datum_t *leaf)
{
    const struct s2sv_verdict *verdict = state->verdict;
    const void *der;
    size_t len;
    if (!verdict)
        return 0;
    if (s2sv_verdict_certificate(verdict, 0, &der, &len) != S2SV_DECIDED)
        return !leaf || s2sv_verdict_reason(verdict) == S2SV_REASON_LIMIT_EXCEEDED;
    return leaf && s2sv_verdict_is_about(verdict, leaf->data, leaf->size);
}

/* Our verify function isn't called in a resumption, nor if no certificate was asked for, nor under
 * CALLBACK. What a session has of the chain is judged now; what ours should have judged, and
 * didn't, refuses. */
static const struct s2sv_verdict *judge_late(gnutls_session_t session, struct svg_session *state,
                                             const gnutls_datum_t *leaf)
{
    struct question q;
    if (question_set(&q, session) != S2SV_DECIDED)
        return NULL;
    if (leaf && !gnutls_session_is_resumed(session) &&
        s2sv_policy_handshake(q.policy) != S2SV_HANDSHAKE_CALLBACK) {
        question_clear(&q);
        return NULL;
    }
    record(state, &q);
    question_clear(&q);
    return state->verdict;
}

/* While a handshake is under way the peer has proved nothing: only what ended it is told. */
const struct s2sv_verdict *s2sv_gnutls_verdict(gnutls_session_t session)
{
    struct svg_session *state = session ? svg_session_make(session) : NULL;
    unsigned count;
    if (!state)
        return NULL;
    if (!svg_has_proved(session))
        return state->ended ? state->verdict : NULL;
    const gnutls_datum_t *leaf = presented(session, &count);
    return is_current(state, leaf) ? state->verdict : judge_late(session, state, leaf);
}
