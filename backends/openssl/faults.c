/* SPDX-License-Identifier: MIT
 * OpenSSL's error codes to fault classes, and reasons to error codes. */
#include <openssl/x509_vfy.h>

#include "internal.h"

/* By number, so that the table holds for 1.1.1 and 3.x. In between lies INTERNAL. */
static const struct {
    unsigned char first, last, fault;
} classes[] = {
    { 2, 2, S2SV_FINDING_UNTRUSTED },          /* issuer's certificate not found */
    { 3, 3, S2SV_FINDING_REVOCATION_UNKNOWN }, /* no CRL */
    { 4, 4, S2SV_FINDING_SIGNATURE },
    { 5, 5, S2SV_FINDING_REVOCATION_UNKNOWN }, /* the CRL's signature */
    { 6, 7, S2SV_FINDING_SIGNATURE },
    { 8, 8, S2SV_FINDING_REVOCATION_UNKNOWN }, /* the CRL's signature */
    { 9, 9, S2SV_FINDING_NOT_YET_VALID },
    { 10, 10, S2SV_FINDING_EXPIRED },
    { 11, 12, S2SV_FINDING_REVOCATION_UNKNOWN }, /* the CRL's dates */
    { 13, 14, S2SV_FINDING_MALFORMED },          /* dates */
    { 15, 16, S2SV_FINDING_REVOCATION_UNKNOWN }, /* the CRL's dates */
    { 18, 21, S2SV_FINDING_UNTRUSTED },          /* self-signed, issuer not found */
    { 22, 22, S2SV_FINDING_LIMIT },              /* depth */
    { 23, 23, S2SV_FINDING_REVOKED },
    { 24, 25, S2SV_FINDING_CONSTRAINT }, /* no CA, or no public key; path length */
    { 26, 26, S2SV_FINDING_PURPOSE },
    { 27, 31, S2SV_FINDING_UNTRUSTED },          /* trust settings; issuer name and key id */
    { 32, 32, S2SV_FINDING_CONSTRAINT },         /* no keyCertSign */
    { 33, 33, S2SV_FINDING_REVOCATION_UNKNOWN }, /* the CRL's issuer */
    { 34, 34, S2SV_FINDING_CONSTRAINT },         /* unknown critical extension */
    { 35, 36, S2SV_FINDING_REVOCATION_UNKNOWN }, /* no cRLSign, unknown critical in a CRL */
    { 37, 40, S2SV_FINDING_CONSTRAINT },         /* a CA where none may be, proxies */
    { 41, 42, S2SV_FINDING_MALFORMED },          /* extension */
    { 43, 43, S2SV_FINDING_CONSTRAINT },         /* policies */
    { 44, 44, S2SV_FINDING_REVOCATION_UNKNOWN }, /* the CRL's scope */
    { 46, 49, S2SV_FINDING_CONSTRAINT },         /* names */
    { 51, 53, S2SV_FINDING_CONSTRAINT },         /* names */
    { 54, 54, S2SV_FINDING_REVOCATION_UNKNOWN }, /* the CRL's path */
    { 56, 61, S2SV_FINDING_ALGORITHM },          /* Suite B */
    { 62, 64, S2SV_FINDING_NAME },
    { 65, 65, S2SV_FINDING_UNTRUSTED },          /* no TLSA record matches */
    { 66, 68, S2SV_FINDING_ALGORITHM },          /* security level */
    { 73, 75, S2SV_FINDING_REVOCATION_UNKNOWN }, /* OCSP */
    { 76, 78, S2SV_FINDING_ALGORITHM },          /* unsupported, or named differently twice */
    { 79, 93, S2SV_FINDING_CONSTRAINT },         /* no CA; X509_V_FLAG_X509_STRICT */
    { 94, 94, S2SV_FINDING_ALGORITHM },          /* explicit curve */
};

enum s2sv_finding svo_finding(long native_code)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (native_code >= classes[i].first && native_code <= classes[i].last)
            return (enum s2sv_finding)classes[i].fault;
    }
    return S2SV_FINDING_INTERNAL;
}

/* The nearest code there is; libssl chooses the alert by it. Several of ours share one where
 * OpenSSL has no finer word, and what it has no word for at all is 50. */
static const struct {
    enum s2sv_reason reason;
    int code;
} codes[] = {
    { S2SV_REASON_NONE, X509_V_OK },
    { S2SV_REASON_MALFORMED_CERTIFICATE, X509_V_ERR_INVALID_EXTENSION },
    { S2SV_REASON_MALFORMED_EXTENSION, X509_V_ERR_INVALID_EXTENSION },
    { S2SV_REASON_UNSUPPORTED_CRITICAL_EXTENSION, X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION },
    { S2SV_REASON_UNTRUSTED, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
    { S2SV_REASON_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
    { S2SV_REASON_BAD_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE },
    { S2SV_REASON_WEAK_ALGORITHM, X509_V_ERR_EE_KEY_TOO_SMALL },
    { S2SV_REASON_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED },
    { S2SV_REASON_NOT_YET_VALID, X509_V_ERR_CERT_NOT_YET_VALID },
    { S2SV_REASON_REVOKED, X509_V_ERR_CERT_REVOKED },
    { S2SV_REASON_REVOCATION_UNKNOWN, X509_V_ERR_UNABLE_TO_GET_CRL },
    { S2SV_REASON_UNSUPPORTED_ALGORITHM, X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY },
    { S2SV_REASON_NOT_A_CA, X509_V_ERR_INVALID_CA },
    { S2SV_REASON_CONSTRAINT_VIOLATED, X509_V_ERR_APPLICATION_VERIFICATION },
    { S2SV_REASON_WRONG_PURPOSE, X509_V_ERR_INVALID_PURPOSE },
    { S2SV_REASON_WRONG_KEY_USAGE, X509_V_ERR_INVALID_PURPOSE },
    { S2SV_REASON_LIMIT_EXCEEDED, X509_V_ERR_CERT_CHAIN_TOO_LONG },
    { S2SV_REASON_NAME_MISMATCH, X509_V_ERR_HOSTNAME_MISMATCH },
    { S2SV_REASON_NO_USABLE_NAME, X509_V_ERR_HOSTNAME_MISMATCH },
    { S2SV_REASON_INVALID_REFERENCE, X509_V_ERR_HOSTNAME_MISMATCH },
    { S2SV_REASON_NO_CERTIFICATE, X509_V_ERR_APPLICATION_VERIFICATION },
    { S2SV_REASON_APPLICATION, X509_V_ERR_APPLICATION_VERIFICATION },
    { S2SV_REASON_DANE_MISMATCH, X509_V_ERR_DANE_NO_MATCH },
    { S2SV_REASON_DANE_BOGUS, X509_V_ERR_DANE_NO_MATCH },
    { S2SV_REASON_DANE_UNUSABLE, X509_V_ERR_DANE_NO_MATCH },
    { S2SV_REASON_PIN_MISMATCH, X509_V_ERR_APPLICATION_VERIFICATION },
    { S2SV_REASON_NO_PROOF, X509_V_ERR_APPLICATION_VERIFICATION },
    { S2SV_REASON_INTERNAL_ERROR, X509_V_ERR_APPLICATION_VERIFICATION },
};

long s2sv_openssl_verify_error(enum s2sv_reason reason)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].reason == reason)
            return codes[i].code;
    return X509_V_ERR_APPLICATION_VERIFICATION;
}

long svo_code_of(const struct s2sv_verdict *verdict)
{
    long code = s2sv_openssl_verify_error(s2sv_verdict_reason(verdict));
    return code != X509_V_OK || s2sv_verdict_trusted(verdict) ? code
                                                              : X509_V_ERR_APPLICATION_VERIFICATION;
}
