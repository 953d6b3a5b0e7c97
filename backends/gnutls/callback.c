/* SPDX-License-Identifier: MIT
 * GnuTLS's question in the handshake, and what it is answered. */
#include "internal.h"

/* 1: a client may come without a certificate, and did. GnuTLS asks then as well. */
static int may_be_absent(gnutls_session_t session, const struct s2sv_policy *policy)
{
    unsigned count;
    return svg_direction(session) == S2SV_INBOUND && !svg_presented(session, &count) &&
           s2sv_policy_request(policy) != S2SV_REQUEST_REQUIRE;
}

int s2sv_gnutls_verify_function(gnutls_session_t session)
{
    struct svg_session *state = session ? svg_session_make(session) : NULL;
    struct svg_question q;
    if (!state || gnutls_protocol_get_version(session) == GNUTLS_VERSION_UNKNOWN ||
        svg_question_set(&q, session) != S2SV_DECIDED)
        return GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
    svg_record(state, &q);
    if (state->ended && q.policy && may_be_absent(session, q.policy))
        state->ended = 0;
    int goes_on = q.policy && !state->ended;
    svg_question_clear(&q);
    return goes_on ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}
