/* SPDX-License-Identifier: MIT
 * What we keep with a session, as the private data of a TLS extension that is never sent. */
#include <stdlib.h>
#include <string.h>

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
    free(state->proven.data);
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
    state = calloc(1, sizeof *state);
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

/* The presented certificates. A raw public key is none. */
const gnutls_datum_t *svg_presented(gnutls_session_t session, unsigned *ret_count)
{
    const gnutls_datum_t *list = NULL;
    unsigned count = 0;
    if (gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_X509)
        list = gnutls_certificate_get_peers(session, &count);
    *ret_count = list ? count : 0;
    return *ret_count > 0 ? list : NULL;
}

enum progress { SETTLED, UNDER_WAY, UNCLEAR };

/* Whether a handshake is under way, by the last message that came. Others than these may come in
 * the midst of one as well. But TLS 1.3 has no renegotiation, and post-handshake authentication is
 * for clients that offered it. */
static enum progress progress_of(gnutls_session_t session)
{
    switch ((int)gnutls_handshake_get_last_in(session)) {
    case -1:
    case GNUTLS_HANDSHAKE_FINISHED:
        return SETTLED;
    case GNUTLS_HANDSHAKE_CERTIFICATE_PKT:
    case GNUTLS_HANDSHAKE_CERTIFICATE_STATUS:
    case GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE:
    case GNUTLS_HANDSHAKE_SERVER_HELLO_DONE:
    case GNUTLS_HANDSHAKE_CLIENT_KEY_EXCHANGE:
    case GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY:
        return UNDER_WAY;
    default:
        break;
    }
    if (gnutls_protocol_get_version(session) < GNUTLS_TLS1_3)
        return UNCLEAR;
    return svg_direction(session) == S2SV_OUTBOUND ||
                   !(gnutls_session_get_flags(session) & GNUTLS_SFLAGS_POST_HANDSHAKE_AUTH)
               ? SETTLED
               : UNCLEAR;
}

static int is_same(const gnutls_datum_t *a, const gnutls_datum_t *b)
{
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

/* Keeps the leaf whose key was proved last; out of memory, none. */
static void note_proven(struct svg_session *state, const gnutls_datum_t *leaf)
{
    if (leaf && state->proven.data && is_same(leaf, &state->proven))
        return;
    free(state->proven.data);
    state->proven = (gnutls_datum_t){ leaf ? malloc(leaf->size) : NULL, 0 };
    if (!state->proven.data)
        return;
    memcpy(state->proven.data, leaf->data, leaf->size);
    state->proven.size = leaf->size;
}

/* GnuTLS tells a certificate as soon as it came. It is proven once no handshake is under way; where
 * that isn't clear, only the very certificate that was proven before counts. */
int svg_has_proved(gnutls_session_t session)
{
    struct svg_session *state = svg_session_make(session);
    char *description = gnutls_session_get_desc(session); /* NULL before the first is complete */
    int is_complete = description != NULL;
    unsigned count;
    gnutls_free(description);
    if (!state || !is_complete)
        return 0;
    const gnutls_datum_t *leaf = svg_presented(session, &count);
    enum progress progress = progress_of(session);
    if (progress == SETTLED)
        note_proven(state, leaf);
    return progress == SETTLED ||
           (progress == UNCLEAR && leaf && state->proven.data && is_same(leaf, &state->proven));
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
