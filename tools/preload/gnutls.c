/* SPDX-License-Identifier: MIT
 * Verifies for a program that uses GnuTLS and doesn't know about us. GnuTLS judges first; we judge
 * as well and can only add to what it holds against the peer. */
#include <stdio.h>

#include <s2sverify/gnutls.h>

#include "gnutls.h"
#include "log.h"
#include "served.h"
#include "settings.h"

static int version_fits(const char *running)
{
    unsigned major = 0;

    return sscanf(running, "%u.", &major) == 1 && major == GNUTLS_VERSION_MAJOR;
}

static int begin(const char *path)
{
    const struct svp_settings *settings = svp_settings();
    const char *running = gnutls_check_version(NULL);

    running = running != NULL ? running : "(unknown)";
    if (!version_fits(running))
        svp_log("not armed: this is for GnuTLS %s, and %s (%s) is loaded", GNUTLS_VERSION, running,
                path);
    else if (settings == NULL)
        svp_log("not armed: out of memory");
    else
        svp_log("armed: gnutls_certificate_verify_peers() of GnuTLS %s (%s): profile %s, "
                "purpose %s",
                running, path, settings->profile, settings->purpose);
    return version_fits(running) && settings != NULL;
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

void svp_gnutls_narrow(gnutls_session_t session, const void *real, unsigned *status)
{
    const struct svp_settings *settings;
    const struct s2sv_verdict *verdict = NULL;

    if (!svp_serves(&served, real))
        return;
    settings = svp_settings();
    if (s2sv_gnutls_attach(session, settings->wide != NULL ? settings->wide : settings->server) ==
        0) {
        if (s2sv_gnutls_verify_function(session) == 0)
            return;
        verdict = s2sv_gnutls_verdict(session);
    }
    if (*status == 0)
        *status = status_of(s2sv_verdict_reason(verdict));
    svp_log_refusal(verdict, "the application decides");
}
