/* SPDX-License-Identifier: MIT
 * The GnuTLS functions that we stand in front of. GnuTLS calls one through the other, and then ours
 * again: the outermost judges. */
#include <errno.h>
#include <string.h>

#include "gnutls.h"
#include "real.h"

static _Thread_local int depth;

static int narrowed(int rc, gnutls_session_t session, const void *real, unsigned *status)
{
    int saved = errno;
    if (depth == 0 && rc >= 0)
        svp_gnutls_narrow(session, real, status);
    errno = saved;
    return rc;
}

int gnutls_certificate_verify_peers(gnutls_session_t session, gnutls_typed_vdata_st *data,
                                    unsigned elements, unsigned *status)
{
    void *real = SVP_REAL("gnutls_certificate_verify_peers");
    __typeof__(gnutls_certificate_verify_peers) *function;
    gnutls_typed_vdata_st ours[SVP_DATA];
    int rc = GNUTLS_E_INTERNAL_ERROR, replaced = 0;
    memcpy(&function, &real, sizeof function);
    depth++;
    if (real) {
        replaced = svp_gnutls_ask_for_servers(session, real, data, elements, ours);
        rc = function(session, replaced ? ours : data, elements, status);
    }
    if (replaced && rc >= 0 && (*status & GNUTLS_CERT_PURPOSE_MISMATCH) && svp_gnutls_is_wide())
        rc = function(session, data, elements, status);
    depth--;
    return narrowed(rc, session, real, status);
}

int gnutls_certificate_verify_peers2(gnutls_session_t session, unsigned *status)
{
    void *real = SVP_REAL("gnutls_certificate_verify_peers2");
    __typeof__(gnutls_certificate_verify_peers2) *function;
    int rc = GNUTLS_E_INTERNAL_ERROR;
    memcpy(&function, &real, sizeof function);
    depth++;
    if (real)
        rc = function(session, status);
    depth--;
    return narrowed(rc, session, real, status);
}

int gnutls_certificate_verify_peers3(gnutls_session_t session, const char *hostname,
                                     unsigned *status)
{
    void *real = SVP_REAL("gnutls_certificate_verify_peers3");
    __typeof__(gnutls_certificate_verify_peers3) *function;
    int rc = GNUTLS_E_INTERNAL_ERROR;
    memcpy(&function, &real, sizeof function);
    depth++;
    if (real)
        rc = function(session, hostname, status);
    depth--;
    return narrowed(rc, session, real, status);
}
