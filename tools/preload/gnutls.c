/* SPDX-License-Identifier: MIT
 * Verifies for a program that uses GnuTLS and doesn't know about us. GnuTLS judges first; we judge
 * as well and can only add to what it holds against the peer. */
#include <stdio.h>

#include <s2sverify/gnutls.h>

#include "gnutls.h"
#include "internal.h"
#include "lists.h"
#include "log.h"
#include "served.h"
#include "settings.h"
#include "sign.h"

static int version_fits(const char *running)
{
    unsigned major = 0;
    return sscanf(running, "%u.", &major) == 1 && major == GNUTLS_VERSION_MAJOR;
}

static struct svp_lists lists = { .paths = "" };

static int arm(const struct svp_settings *settings, const char *running, const char *path)
{
    svp_lists_open(&lists, s2sv_gnutls_backend(), settings->crl_files);
    svp_show_armed();
    svp_log("armed: gnutls_certificate_verify_peers() of GnuTLS %s (%s): profile %s, purpose %s",
            running, path, settings->profile, settings->purpose);
    return 1;
}

static int begin(const char *path)
{
    const struct svp_settings *settings = svp_settings();
    const char *running = gnutls_check_version(NULL);
    running = running ? running : "(unknown)";
    if (!settings)
        svp_log("not armed: out of memory");
    else if (settings->is_off)
        svp_log("not armed: switched off");
    else if (!version_fits(running))
        svp_log("not armed: this is for GnuTLS %s, and %s (%s) is loaded", GNUTLS_VERSION, running,
                path);
    else
        return arm(settings, running, path);
    return 0;
}

static const char *const names[] = { NAMES_OF_svp_gnutls };
uintptr_t svp_gnutls[sizeof names / sizeof names[0]];
static struct svp_served served = SVP_SERVED("GnuTLS", names, svp_gnutls, begin);

static unsigned status_of(enum s2sv_reason reason)
{
    switch ((int)reason) {
    case S2SV_REASON_UNTRUSTED:
    case S2SV_REASON_SELF_SIGNED:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_SIGNER_NOT_FOUND;
    case S2SV_REASON_BAD_SIGNATURE:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_SIGNATURE_FAILURE;
    case S2SV_REASON_WEAK_ALGORITHM:
    case S2SV_REASON_UNSUPPORTED_ALGORITHM:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_INSECURE_ALGORITHM;
    case S2SV_REASON_EXPIRED:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_EXPIRED;
    case S2SV_REASON_NOT_YET_VALID:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_NOT_ACTIVATED;
    case S2SV_REASON_REVOKED:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_REVOKED;
    case S2SV_REASON_WRONG_PURPOSE:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_PURPOSE_MISMATCH;
    default:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE;
    }
}

static int serves(gnutls_session_t session, const void *real)
{
    return svp_serves(&served, real) && (svp_settings()->directions & svg_direction(session)) != 0;
}

/* What s2sv_gnutls_attach() does as well would change what the program set on its session. */
static int put_policy(gnutls_session_t session, struct s2sv_policy *policy)
{
    struct svg_session *state = svg_session_make(session);
    if (!state)
        return 0;
    s2sv_policy_freeze(s2sv_policy_ref(policy));
    s2sv_policy_unref(state->policy);
    state->policy = policy;
    return 1;
}

void svp_gnutls_narrow(gnutls_session_t session, const void *real, unsigned *status)
{
    if (!serves(session, real))
        return;
    const struct svp_settings *settings = svp_settings();
    int is_refused = !put_policy(session, settings->wide ? settings->wide : settings->server) ||
                     s2sv_gnutls_verify_function(session) != 0;
    struct svg_session *state = svg_session_get(session);
    if (!is_refused) {
        svp_lists_judge(&lists, &state->verdict);
        is_refused = !s2sv_verdict_trusted(state->verdict);
    }
    if (!is_refused)
        return;
    if (*status == 0)
        *status = status_of(s2sv_verdict_reason(state ? state->verdict : NULL));
    if (svp_log_has_room())
        svp_log_refusal(state ? state->verdict : NULL, "the application is told");
}

int svp_gnutls_ask_for_servers(gnutls_session_t session, const void *real,
                               const gnutls_typed_vdata_st *data, unsigned count,
                               gnutls_typed_vdata_st ret_data[SVP_DATA])
{
    int asks = 0;
    if (count == 0 || count > SVP_DATA || !serves(session, real) ||
        svg_direction(session) != S2SV_INBOUND)
        return 0;
    for (unsigned i = 0; i < count; i++) {
        ret_data[i] = data[i];
        if (data[i].type == GNUTLS_DT_KEY_PURPOSE_OID) {
            ret_data[i].data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER;
            ret_data[i].size = 0;
            asks = 1;
        }
    }
    return asks;
}

int svp_gnutls_is_wide(void)
{
    return svp_settings()->wide != NULL;
}
