/* SPDX-License-Identifier: MIT
 * SASL EXTERNAL between XMPP servers (XEP-0178 section 3, RFC 6120 section 6; F-1 to F-16, F-40).
 */
#include <s2sverify/s2sverify.h>

#include "names/reference.h"
#include "x509/base64.h"

#include <string.h>

static int is_empty(const char *text)
{
    return !text || text[0] == '\0';
}

/* F-3 to F-6 */
enum s2sv_xmpp_step s2sv_xmpp_features(const struct s2sv_verdict *verdict, const char *stream_from)
{
    if (is_empty(stream_from) || !s2sv_verdict_is_for(verdict, stream_from))
        return S2SV_XMPP_NO_EXTERNAL;
    return S2SV_XMPP_OFFER_EXTERNAL;
}

/* F-6, F-12: what can't have been offered. F-13: what was offered is good no longer. */
static enum s2sv_xmpp_step judge_stream(const struct s2sv_verdict *verdict, const char *stream_from)
{
    if (is_empty(stream_from))
        return S2SV_XMPP_NO_EXTERNAL;
    if (!s2sv_verdict_is_for(verdict, stream_from))
        return S2SV_XMPP_NOT_AUTHORIZED;
    return S2SV_XMPP_SUCCESS;
}

/* F-7 to F-9, F-11: no authzid, or that of the stream after. RFC 6120 section 6.5.6:
 * one that is badly formed is invalid-authzid as well. */
static enum s2sv_xmpp_step judge_authzid(const char *stream_from, const char *authzid, size_t len)
{
    char text[SV_MAX_REFERENCE + 2];
    struct sv_reference from, wanted;
    if (len == 0)
        return S2SV_XMPP_SUCCESS;
    if (!authzid || len >= sizeof text || memchr(authzid, '\0', len))
        return S2SV_XMPP_INVALID_AUTHZID;
    memcpy(text, authzid, len);
    text[len] = '\0';
    if (sv_reference_read(stream_from, SV_REFERENCE_SINGLE_LABEL, &from) != S2SV_REASON_NONE ||
        sv_reference_read(text, SV_REFERENCE_SINGLE_LABEL, &wanted) != S2SV_REASON_NONE ||
        !sv_reference_equal(&from, &wanted))
        return S2SV_XMPP_INVALID_AUTHZID;
    return S2SV_XMPP_SUCCESS;
}

enum s2sv_xmpp_step s2sv_xmpp_auth_decoded(const struct s2sv_verdict *verdict,
                                           const char *stream_from, const char *authzid, size_t len)
{
    enum s2sv_xmpp_step step = judge_stream(verdict, stream_from);
    return step == S2SV_XMPP_SUCCESS ? judge_authzid(stream_from, authzid, len) : step;
}

/* F-7, F-10, F-11; RFC 6120 section 6.4.2: "=" stands for an initial response of no octets. */
static enum s2sv_xmpp_step judge_response(const char *stream_from, const char *response)
{
    char authzid[SV_MAX_REFERENCE + 1];
    size_t len = 0;
    if (is_empty(response))
        return S2SV_XMPP_SEND_CHALLENGE;
    if (strcmp(response, "=") == 0)
        return S2SV_XMPP_SUCCESS;
    if (!sv_base64_decode(response, strlen(response), (unsigned char *)authzid, sizeof authzid,
                          &len))
        return S2SV_XMPP_INCORRECT_ENCODING;
    if (len > sizeof authzid)
        return S2SV_XMPP_INVALID_AUTHZID;
    return judge_authzid(stream_from, authzid, len);
}

enum s2sv_xmpp_step s2sv_xmpp_auth(const struct s2sv_verdict *verdict, const char *stream_from,
                                   const char *initial_response)
{
    enum s2sv_xmpp_step step = judge_stream(verdict, stream_from);
    return step == S2SV_XMPP_SUCCESS ? judge_response(stream_from, initial_response) : step;
}

const char *s2sv_xmpp_condition(enum s2sv_xmpp_step step)
{
    switch (step) {
    case S2SV_XMPP_OFFER_EXTERNAL:
    case S2SV_XMPP_SUCCESS:
    case S2SV_XMPP_SEND_CHALLENGE:
        return NULL;
    case S2SV_XMPP_NO_EXTERNAL:
        return "invalid-mechanism";
    case S2SV_XMPP_INVALID_AUTHZID:
        return "invalid-authzid";
    case S2SV_XMPP_INCORRECT_ENCODING:
        return "incorrect-encoding";
    case S2SV_XMPP_NOT_AUTHORIZED:
    default:
        return "not-authorized";
    }
}

int s2sv_xmpp_dialback(const struct s2sv_verdict *verdict, const char *stream_from,
                       enum s2sv_dialback dialback)
{
    switch (dialback) {
    case S2SV_DIALBACK_WITHOUT_CERTIFICATE:
        return s2sv_verdict_reason(verdict) == S2SV_REASON_NO_CERTIFICATE;
    case S2SV_DIALBACK_UNLESS_AUTHENTICATED:
        return s2sv_xmpp_features(verdict, stream_from) == S2SV_XMPP_NO_EXTERNAL;
    case S2SV_DIALBACK_ALWAYS:
        return 1;
    case S2SV_DIALBACK_NEVER:
    default:
        return 0;
    }
}
