/* SPDX-License-Identifier: MIT
 * GnuTLS's verification status as fault classes. It has no depths; that of a bad signature is found
 * by asking link by link. */
#include "internal.h"

static const struct {
    gnutls_certificate_status_t bit;
    enum s2sv_finding fault;
} classes[] = {
    { GNUTLS_CERT_SIGNER_NOT_FOUND, S2SV_FINDING_UNTRUSTED },
    { GNUTLS_CERT_MISMATCH, S2SV_FINDING_UNTRUSTED },
    { GNUTLS_CERT_SIGNATURE_FAILURE, S2SV_FINDING_SIGNATURE },
    { GNUTLS_CERT_NOT_ACTIVATED, S2SV_FINDING_NOT_YET_VALID },
    { GNUTLS_CERT_EXPIRED, S2SV_FINDING_EXPIRED },
    { GNUTLS_CERT_REVOKED, S2SV_FINDING_REVOKED },
    { GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED, S2SV_FINDING_REVOCATION_UNKNOWN },
    { GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE, S2SV_FINDING_REVOCATION_UNKNOWN },
    { GNUTLS_CERT_MISSING_OCSP_STATUS, S2SV_FINDING_REVOCATION_UNKNOWN },
    { GNUTLS_CERT_INVALID_OCSP_STATUS, S2SV_FINDING_REVOCATION_UNKNOWN },
    { GNUTLS_CERT_SIGNER_NOT_CA, S2SV_FINDING_CONSTRAINT },
    { GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, S2SV_FINDING_CONSTRAINT },
    { GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, S2SV_FINDING_CONSTRAINT },
    { GNUTLS_CERT_INSECURE_ALGORITHM, S2SV_FINDING_ALGORITHM },
    { GNUTLS_CERT_PURPOSE_MISMATCH, S2SV_FINDING_PURPOSE },
    { GNUTLS_CERT_UNEXPECTED_OWNER, S2SV_FINDING_NAME },
};

static void add(struct s2sv_evidence *evidence, enum s2sv_finding fault, int depth, unsigned bits)
{
    gnutls_datum_t text = { NULL, 0 };
    if (gnutls_certificate_verification_status_print(bits, GNUTLS_CRT_X509, &text, 0) < 0)
        text.data = NULL;
    else if (text.size > 0 && text.data[text.size - 1] == ' ')
        text.data[text.size - 1] = '\0';
    s2sv_evidence_add(evidence, fault, depth, (long)bits, (const char *)text.data);
    gnutls_free(text.data);
}

/* The certificate whose signature its issuer didn't make; the one nearest to the anchor, as OpenSSL
 * checks from there. -1 if there is none. */
static int bad_signature_depth(const struct s2sv_path_request *request)
{
    for (size_t i = request->count - 1; i-- > 0;) {
        gnutls_x509_crt_t issuer = request->path[i + 1].native;
        unsigned status = 0;
        if (gnutls_x509_crt_verify(request->path[i].native, &issuer, 1,
                                   GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status) < 0 ||
            (status & GNUTLS_CERT_SIGNATURE_FAILURE))
            return (int)i;
    }
    return -1;
}

/* GNUTLS_CERT_INVALID comes with every other bit. Alone, or with an unknown one, it is internal. */
void svg_add_faults(struct s2sv_evidence *evidence, unsigned status,
                    const struct s2sv_path_request *request)
{
    unsigned rest = status & ~(unsigned)GNUTLS_CERT_INVALID;
    unsigned known = 0;
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        if ((rest & classes[i].bit) == 0)
            continue;
        int depth = classes[i].fault == S2SV_FINDING_SIGNATURE ? bad_signature_depth(request) : -1;
        add(evidence, classes[i].fault, depth, classes[i].bit | GNUTLS_CERT_INVALID);
        known |= classes[i].bit;
    }
    if (known != rest || rest == 0)
        add(evidence, S2SV_FINDING_INTERNAL, -1, status);
}
