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
    q->installed = svg_credentials_get(q->cred);
    if (state && state->policy)
        q->policy = s2sv_policy_ref(state->policy);
    else if (q->installed)
        q->policy = s2sv_policy_ref(q->installed->policy);
    return S2SV_DECIDED;
}

void svg_question_clear(struct svg_question *q)
{
    s2sv_policy_unref(q->policy);
    svg_installed_unref(q->installed);
}

/* 1: the peer stapled a response about its i-th certificate, which GnuTLS keeps. Before the hello
 * there is no version, and nothing to ask it about. */
static unsigned take_staple(gnutls_session_t session, unsigned i, struct s2sv_bytes *ret_staple)
{
    gnutls_datum_t staple;
    if (gnutls_protocol_get_version(session) == GNUTLS_VERSION_UNKNOWN ||
        gnutls_ocsp_status_request_get2(session, i, &staple) < 0)
        return 0;
    *ret_staple = (struct s2sv_bytes){ staple.data, staple.size };
    return 1;
}

/* 1: a status was asked for. Clients ask unless told not to, and keep then what they asked; servers
 * can't before TLS 1.3, where they always do. A resumed session has none. */
static int asked_status(gnutls_session_t session)
{
    enum { STATUS_REQUEST = 5 }; /* RFC 6066 8 */
    gnutls_ext_priv_data_t asked;
    if (gnutls_session_is_resumed(session))
        return 0;
    return svg_direction(session) == S2SV_INBOUND
               ? gnutls_protocol_get_version(session) >= GNUTLS_TLS1_3
               : gnutls_ext_get_data(session, STATUS_REQUEST, &asked) == 0;
}

static struct svg_application application_of(const struct svg_question *q)
{
    struct svg_application app = { .flags = gnutls_certificate_get_verify_flags(q->cred),
                                   .session = q->session,
                                   .cred = q->cred };
    app.presented = svg_presented(q->session, &app.count);
    if (q->installed && q->installed->trust)
        app.installed = q->installed;
    else
        gnutls_certificate_get_trust_list(q->cred, &app.list);
    return app;
}

int svg_ask(const struct svg_question *q, const struct s2sv_policy *policy,
            struct s2sv_verdict **ret_verdict)
{
    struct svg_application app = application_of(q);
    struct s2sv_trust_source source = {
        .backend = s2sv_gnutls_backend(),
        .trust = q->installed ? q->installed->trust : NULL,
        .application = &app,
        .no_wildcards = (app.flags & GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS) != 0,
        .no_addresses = (app.flags & GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES) != 0,
        .forgets = app.installed && !svg_is_plain(&app),
        .asked_status = asked_status(q->session),
    };
    struct s2sv_peer *peer = s2sv_gnutls_peer(q->session);
    struct s2sv_link *links = calloc(app.count + 1, sizeof *links);
    struct s2sv_bytes *staples = calloc(app.count + 1, sizeof *staples);
    int status = S2SV_ERR_NOMEM;
    memcpy(source.settings, &app.flags, sizeof app.flags);
    source.staples = staples;
    for (unsigned i = 0; links && staples && i < app.count; i++) {
        links[i] = (struct s2sv_link){ app.presented[i].data, app.presented[i].size, NULL };
        source.staple_count += take_staple(q->session, i, &staples[source.staple_count]);
    }
    if (peer && links && staples)
        status = s2sv_backend_verify(&source, policy, peer, links, app.count, ret_verdict);
    free(links);
    free(staples);
    return status;
}

/* Replaces the record; a failure leaves none. */
void svg_record(struct svg_session *state, const struct svg_question *q)
{
    struct s2sv_verdict *verdict = NULL;
    s2sv_verdict_unref(state->verdict);
    state->verdict = NULL;
    state->changes = s2sv_peer_changes(state->peer);
    if (q->policy && svg_ask(q, q->policy, &verdict) == S2SV_DECIDED)
        state->verdict = verdict;
    state->ended = s2sv_verdict_ends_handshake(state->verdict, q->policy);
}
