/* SPDX-License-Identifier: MIT
 * GnuTLS's question in the handshake, and what it is answered. */
#include "internal.h"

int s2sv_gnutls_verify_function(gnutls_session_t session)
{
    struct svg_session *state = session ? svg_session_make(session) : NULL;
    struct svg_question q;
    int goes_on = 0;
    if (!state || svg_question_set(&q, session) != S2SV_DECIDED)
        return GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
    svg_record(state, &q);
    goes_on = q.policy && !state->ended;
    svg_question_clear(&q);
    return goes_on ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}
