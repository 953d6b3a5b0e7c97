/* SPDX-License-Identifier: MIT
 * Puts the question about a session's peer to the core. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int svg_question_set(struct svg_question *q, gnutls_session_t session)
{
    const struct svg_session *state = svg_session_get(session);
    void *cred = NULL;
    *q = (struct svg_question){ .session = session };
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

void svg_question_clear(struct svg_question *q)
{
    s2sv_policy_unref(q->policy);
    s2sv_trust_unref(q->trust);
}

int svg_ask(const struct svg_question *q, const struct s2sv_policy *policy,
            struct s2sv_verdict **ret_verdict)
{
    unsigned count;
    const gnutls_datum_t *list = svg_presented(q->session, &count);
    struct svg_application app = { .flags = gnutls_certificate_get_verify_flags(q->cred) };
    struct s2sv_trust_source source = { .backend = s2sv_gnutls_backend(),
                                        .trust = q->trust,
                                        .application = &app };
    struct s2sv_peer *peer = s2sv_gnutls_peer(q->session);
    struct s2sv_link *links = calloc(count + 1, sizeof(*links));
    int status = S2SV_ERR_NOMEM;
    source.no_wildcards = (app.flags & GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS) != 0;
    source.no_addresses = (app.flags & GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES) != 0;
    memcpy(source.settings, &app.flags, sizeof(app.flags));
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
void svg_record(struct svg_session *state, const struct svg_question *q)
{
    struct s2sv_verdict *verdict = NULL;
    s2sv_verdict_unref(state->verdict);
    state->verdict = NULL;
    if (q->policy && svg_ask(q, q->policy, &verdict) == S2SV_DECIDED)
        state->verdict = verdict;
    state->ended = s2sv_verdict_ends_handshake(state->verdict, q->policy);
}
