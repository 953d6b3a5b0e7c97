/* SPDX-License-Identifier: MIT
 * A stapled OCSP response about the leaf (V-5, V-7). One that is out of date, about another
 * certificate or not signed for the issuer is no information. */
#include <gnutls/ocsp.h>
#include <time.h>

#include "internal.h"

/* The entry about the leaf: its status, or -1. Entries before it don't count. */
static int status_of(gnutls_ocsp_resp_t response, gnutls_x509_crt_t leaf, time_t at)
{
    for (unsigned i = 0;; i++) {
        unsigned status;
        time_t since, until;
        int rc = gnutls_ocsp_resp_get_single(response, i, NULL, NULL, NULL, NULL, &status, &since,
                                             &until, NULL, NULL);
        if (rc < 0)
            return -1;
        if (gnutls_ocsp_resp_check_crt(response, i, leaf) < 0)
            continue;
        int is_current = since <= at && until != (time_t)-1 && at < until;
        return is_current ? (int)status : -1;
    }
}

static int is_genuine(gnutls_ocsp_resp_t response, gnutls_x509_crt_t issuer)
{
    unsigned faults = 0;
    return gnutls_ocsp_resp_get_status(response) == GNUTLS_OCSP_RESP_SUCCESSFUL &&
           gnutls_ocsp_resp_verify_direct(response, issuer, &faults, 0) >= 0 && faults == 0;
}

int svg_check_staple(const gnutls_datum_t *staple, const struct s2sv_path_request *request,
                     struct s2sv_evidence *evidence)
{
    gnutls_ocsp_resp_t response;
    int status = -1;
    if (gnutls_ocsp_resp_init(&response) < 0)
        return S2SV_ERR_NOMEM;
    int rc = gnutls_ocsp_resp_import(response, staple);
    if (rc >= 0 && is_genuine(response, request->path[1].native))
        status = status_of(response, request->path[0].native, (time_t)request->time);
    gnutls_ocsp_resp_deinit(response);
    if (rc == GNUTLS_E_MEMORY_ERROR)
        return S2SV_ERR_NOMEM;
    if (status == GNUTLS_OCSP_CERT_GOOD)
        s2sv_evidence_not_revoked(evidence, 0);
    if (status != GNUTLS_OCSP_CERT_REVOKED)
        return 1;
    s2sv_evidence_add(evidence, S2SV_FINDING_REVOKED, 0, status,
                      "the stapled OCSP response says so");
    return 0;
}
