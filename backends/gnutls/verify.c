/* SPDX-License-Identifier: MIT
 * What the application asks about a session's peer. */

#include "internal.h"

int s2sv_gnutls_verify(gnutls_session_t session, const struct s2sv_policy *policy,
                       struct s2sv_verdict **ret_verdict)
{
    struct svg_question q;
    if (!session || !policy || !ret_verdict || !svg_has_proved(session) ||
        svg_question_set(&q, session) != S2SV_DECIDED)
        return S2SV_ERR_INVALID;
    int status = svg_ask(&q, policy, ret_verdict);
    svg_question_clear(&q);
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
    struct svg_question q;
    if (svg_question_set(&q, session) != S2SV_DECIDED)
        return NULL;
    if (leaf && !gnutls_session_is_resumed(session) &&
        s2sv_policy_handshake(q.policy) != S2SV_HANDSHAKE_CALLBACK) {
        svg_question_clear(&q);
        return NULL;
    }
    svg_record(state, &q);
    svg_question_clear(&q);
    return state->verdict;
}

/* Records or pins came after the verdict: the same peer is judged anew, whatever the old one said.
 */
static const struct s2sv_verdict *judge_again(gnutls_session_t session, struct svg_session *state)
{
    struct svg_question q;
    if (svg_question_set(&q, session) != S2SV_DECIDED)
        return NULL;
    svg_record(state, &q);
    svg_question_clear(&q);
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
    const gnutls_datum_t *leaf = svg_presented(session, &count);
    if (!is_current(state, leaf))
        return judge_late(session, state, leaf);
    return state->changes == s2sv_peer_changes(state->peer) ? state->verdict
                                                            : judge_again(session, state);
}
