/* SPDX-License-Identifier: MIT
 * GnuTLS's verification status as fault classes. It has no depths. */
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

static void faults_add(struct s2sv_evidence *evidence, enum s2sv_finding fault, unsigned bits)
{
    gnutls_datum_t text = { NULL, 0 };
    if (gnutls_certificate_verification_status_print(bits, GNUTLS_CRT_X509, &text, 0) < 0)
        text.data = NULL;
    else if (text.size > 0 && text.data[text.size - 1] == ' ')
        text.data[text.size - 1] = '\0';
    s2sv_evidence_add(evidence, fault, -1, (long)bits, (const char *)text.data);
    gnutls_free(text.data);
}

/* GNUTLS_CERT_INVALID comes with every other bit. Alone, or with an unknown one, it is internal. */
void svg_add_faults(struct s2sv_evidence *evidence, unsigned status)
{
    unsigned rest = status & ~(unsigned)GNUTLS_CERT_INVALID;
    unsigned known = 0;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if ((rest & classes[i].bit) == 0)
            continue;
        faults_add(evidence, classes[i].fault, classes[i].bit | GNUTLS_CERT_INVALID);
        known |= classes[i].bit;
    }
    if (known != rest || rest == 0)
        faults_add(evidence, S2SV_FINDING_INTERNAL, status);
}

int svg_tell(int rc, unsigned status, struct s2sv_evidence *evidence)
{
    if (rc == GNUTLS_E_MEMORY_ERROR)
        return S2SV_ERR_NOMEM;
    if (rc == GNUTLS_E_CONSTRAINT_ERROR)
        s2sv_evidence_add(evidence, S2SV_FINDING_LIMIT, -1, rc,
                          "more certificates than the application allows");
    else if (rc < 0)
        s2sv_evidence_add(evidence, S2SV_FINDING_INTERNAL, -1, rc, gnutls_strerror(rc));
    else if (status != 0)
        svg_add_faults(evidence, status);
    return rc >= 0 && status == 0;
}
