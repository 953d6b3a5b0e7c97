/* SPDX-License-Identifier: MIT
 * A stapled OCSP response about the leaf (V-5 to V-7). One that is out of date, about another
 * certificate or not signed for the issuer is no information. OpenSSL has it at the time of the
 * verification in TLS 1.3; in TLS 1.2 it comes later, for s2sv_openssl_verify(). */
#include <openssl/err.h>
#include <openssl/ocsp.h>

#include "internal.h"

enum { MINUTE = 60 };

/* By the issuer's key, or by a responder's certificate that the issuer made for that (RFC 6960
 * section 4.2.2.2). */
static int is_genuine(OCSP_BASICRESP *basic, X509 *issuer)
{
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *signers = sk_X509_new_null();
    int ok = store != NULL && signers != NULL && X509_STORE_add_cert(store, issuer) &&
             X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) &&
             sk_X509_push(signers, issuer) > 0 && OCSP_basic_verify(basic, signers, store, 0) == 1;

    sk_X509_free(signers);
    X509_STORE_free(store);
    return ok;
}

/* The entry about the leaf: its status, or -1. */
static int status_of(OCSP_BASICRESP *basic, X509 *leaf, X509 *issuer)
{
    OCSP_CERTID *id = OCSP_cert_to_id(NULL, leaf, issuer);
    ASN1_GENERALIZEDTIME *since = NULL, *until = NULL;
    int status = -1, reason;

    if (id == NULL || !OCSP_resp_find_status(basic, id, &status, &reason, NULL, &since, &until) ||
        until == NULL || !OCSP_check_validity(since, until, MINUTE, -1))
        status = -1;
    OCSP_CERTID_free(id);
    return status;
}

static int read_status(const struct svo_application *app, const struct s2sv_path_request *request)
{
    const unsigned char *cursor = app->staple;
    X509 *leaf = request->path[0].native, *issuer = request->path[1].native;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &cursor, app->staple_len);
    OCSP_BASICRESP *basic = NULL;
    int status = -1;

    if (response != NULL && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
        basic = OCSP_response_get1_basic(response);
    if (basic != NULL && is_genuine(basic, issuer))
        status = status_of(basic, leaf, issuer);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    return status;
}

/* The dates are compared with the clock, which is the session's time. */
int svo_check_staple(const struct svo_application *app, const struct s2sv_path_request *request,
                     struct s2sv_evidence *evidence)
{
    int status = request->time_is_given ? -1 : read_status(app, request);

    if (status < 0 && ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE)
        return S2SV_ERR_NOMEM;
    if (status == V_OCSP_CERTSTATUS_GOOD)
        s2sv_evidence_not_revoked(evidence, 0);
    if (status != V_OCSP_CERTSTATUS_REVOKED)
        return 1;
    s2sv_evidence_add(evidence, S2SV_FINDING_REVOKED, 0, status,
                      "the stapled OCSP response says so");
    return 0;
}
