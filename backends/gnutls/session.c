/* SPDX-License-Identifier: MIT
 * What we keep with a session, as the private data of a TLS extension that is never sent. */
#include <stdlib.h>

#include "internal.h"

/* For private use by RFC 8446 section 11. */
enum { EXTENSION = 0xff53 };

static int send_nothing(gnutls_session_t session, gnutls_buffer_t buffer)
{
    (void)session;
    (void)buffer;
    return 0;
}

static void session_free(gnutls_ext_priv_data_t data)
{
    struct svg_session *state = data;
    s2sv_policy_unref(state->policy);
    s2sv_peer_free(state->peer);
    s2sv_verdict_unref(state->verdict);
    free(state);
}

struct svg_session *svg_session_get(gnutls_session_t session)
{
    gnutls_ext_priv_data_t data = NULL;
    return gnutls_ext_get_data(session, EXTENSION, &data) == 0 ? data : NULL;
}

struct svg_session *svg_session_make(gnutls_session_t session)
{
    struct svg_session *state = svg_session_get(session);
    if (state)
        return state;
    if (gnutls_session_ext_register(session, "s2sverify", EXTENSION, GNUTLS_EXT_NONE, NULL,
                                    send_nothing, session_free, NULL, NULL, 0) < 0)
        return NULL;
    state = calloc(1, sizeof(*state));
    if (state)
        gnutls_ext_set_data(session, EXTENSION, state);
    return state;
}

/* There is no getter; but a client is told so when it asks for the name that it sent. */
enum s2sv_direction svg_direction(gnutls_session_t session)
{
    char name[1];
    size_t size = 0;
    unsigned type;
    int rc = gnutls_server_name_get(session, name, &size, &type, 0);
    return rc == GNUTLS_E_INVALID_REQUEST ? S2SV_OUTBOUND : S2SV_INBOUND;
}

/* 1: a handshake is complete, and the peer isn't in the midst of another, where it has shown a
 * certificate but not proved yet that it has the key. */
int svg_has_proved(gnutls_session_t session)
{
    char *description = gnutls_session_get_desc(session); /* NULL before the first is complete */
    int is_complete = description != NULL;
    gnutls_free(description);
    switch (gnutls_handshake_get_last_in(session)) {
    case GNUTLS_HANDSHAKE_CERTIFICATE_PKT:
    case GNUTLS_HANDSHAKE_CERTIFICATE_STATUS:
    case GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE:
    case GNUTLS_HANDSHAKE_SERVER_HELLO_DONE:
    case GNUTLS_HANDSHAKE_CLIENT_KEY_EXCHANGE:
    case GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY:
        return 0;
    default:
        return is_complete;
    }
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
