/* SPDX-License-Identifier: MIT */
#include "rules/reason.h"

#include <stddef.h>

/* In the order in which a fault makes the ones below it irrelevant: what isn't readable can't be
 * trusted, what isn't trusted says nothing about itself, a bad chain's name doesn't matter. */
static const struct sv_reason rows[] = {
    { S2SV_REASON_NONE, "none", "nothing is held against the peer", "Your certificate is accepted",
      NULL },
    { S2SV_REASON_LIMIT_EXCEEDED, "limit-exceeded", "the chain or a certificate in it is too large",
      "Your server's certificate chain is too large", "validation-failure" },
    { S2SV_REASON_NO_CERTIFICATE, "no-certificate", "the peer presented no certificate",
      "Your server presented no certificate", "validation-failure" },
    { S2SV_REASON_MALFORMED_CERTIFICATE, "malformed-certificate", "a certificate is malformed",
      "Your server's certificate chain is malformed", "validation-failure" },
    { S2SV_REASON_MALFORMED_EXTENSION, "malformed-extension",
      "an extension of a certificate is malformed", "Your server's certificate chain is malformed",
      "validation-failure" },
    { S2SV_REASON_PIN_MISMATCH, "pin-mismatch", "none of the peer's pins is its certificate's",
      "Your server's certificate is not the one that was agreed on", "validation-failure" },
    { S2SV_REASON_DANE_BOGUS, "dane-bogus", "the answer with TLSA records isn't to be believed",
      "The TLSA records of your domain could not be validated", "dnssec-invalid" },
    { S2SV_REASON_DANE_MISMATCH, "dane-mismatch", "none of the usable TLSA records matches",
      "Your server's certificate does not match the TLSA records of your domain", "tlsa-invalid" },
    { S2SV_REASON_DANE_UNUSABLE, "dane-unusable", "none of the TLSA records is usable",
      "None of the TLSA records of your domain is usable", "tlsa-invalid" },
    { S2SV_REASON_NO_PROOF, "no-proof", "nothing that counts as a proof applies to the peer",
      "Your server has none of the proofs of its name that are needed here", "dane-required" },
    { S2SV_REASON_SELF_SIGNED, "self-signed", "the peer's certificate is self-signed",
      "Your server's certificate is self-signed", "certificate-not-trusted" },
    { S2SV_REASON_UNTRUSTED, "untrusted", "no path leads to a trust anchor",
      "Your server's certificate is not signed by a trusted authority", "certificate-not-trusted" },
    { S2SV_REASON_BAD_SIGNATURE, "bad-signature", "a signature is wrong",
      "Your server's certificate chain has a wrong signature", "certificate-not-trusted" },
    { S2SV_REASON_REVOKED, "revoked", "a certificate is revoked",
      "Your server's certificate is revoked", "certificate-not-trusted" },
    { S2SV_REASON_UNSUPPORTED_CRITICAL_EXTENSION, "unsupported-critical-extension",
      "a certificate has a critical extension that isn't understood",
      "Your server's certificate chain has an unsupported critical extension",
      "validation-failure" },
    { S2SV_REASON_WEAK_ALGORITHM, "weak-algorithm", "a key or signature algorithm is too weak",
      "Your server's certificate chain uses a weak algorithm or key", "certificate-not-trusted" },
    { S2SV_REASON_UNSUPPORTED_ALGORITHM, "unsupported-algorithm",
      "a key or signature algorithm isn't supported",
      "Your server's certificate chain uses an unsupported algorithm", "validation-failure" },
    { S2SV_REASON_EXPIRED, "expired", "a certificate has expired",
      "Your server's certificate has expired", "certificate-expired" },
    { S2SV_REASON_NOT_YET_VALID, "not-yet-valid", "a certificate is not yet valid",
      "Your server's certificate is not yet valid", "validation-failure" },
    { S2SV_REASON_NOT_A_CA, "not-a-ca", "a certificate that issued another one is no CA's",
      "Your server's certificate was issued by a certificate that is no CA's",
      "certificate-not-trusted" },
    { S2SV_REASON_CONSTRAINT_VIOLATED, "constraint-violated",
      "a constraint on the path or its names is violated",
      "Your server's certificate chain violates a constraint", "certificate-not-trusted" },
    { S2SV_REASON_WRONG_PURPOSE, "wrong-purpose",
      "a certificate is not for TLS servers (extended key usage)",
      "Your server's certificate chain does not allow the serverAuth purpose",
      "certificate-not-trusted" },
    { S2SV_REASON_WRONG_KEY_USAGE, "wrong-key-usage", "a certificate's key usage does not allow it",
      "Your server's certificate chain has the wrong key usage", "certificate-not-trusted" },
    { S2SV_REASON_REVOCATION_UNKNOWN, "revocation-unknown",
      "it isn't known whether a certificate is revoked",
      "The revocation status of your server's certificate is unknown", "certificate-not-trusted" },
    { S2SV_REASON_APPLICATION, "application", "the application's own check refused",
      "Your server's certificate is refused by local policy", "validation-failure" },
    { S2SV_REASON_INVALID_REFERENCE, "invalid-reference", "the expected name is no valid name",
      "The domain name is not valid", "validation-failure" },
    { S2SV_REASON_NO_USABLE_NAME, "no-usable-name",
      "the certificate has no identifier of a kind that counts",
      "Your server's certificate contains no usable name", "certificate-host-mismatch" },
    { S2SV_REASON_NAME_MISMATCH, "name-mismatch", "the certificate is for another name",
      "Your server's certificate is not valid for this domain", "certificate-host-mismatch" },
    { S2SV_REASON_INTERNAL_ERROR, "internal-error", "the verification failed",
      "Your server's certificate could not be verified", "validation-failure" },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

int sv_reason_rank(enum s2sv_reason reason)
{
    int i = 0;
    while (i < ROWS - 1 && rows[i].reason != reason)
        i++;
    return i;
}

const struct sv_reason *sv_reason_row(enum s2sv_reason reason)
{
    return &rows[sv_reason_rank(reason)];
}

const char *s2sv_reason_name(enum s2sv_reason reason)
{
    return sv_reason_row(reason)->name;
}

const char *s2sv_reason_peer_text(enum s2sv_reason reason)
{
    return sv_reason_row(reason)->peer_text;
}

const char *s2sv_reason_tlsrpt(enum s2sv_reason reason)
{
    return sv_reason_row(reason)->tlsrpt;
}

const char *s2sv_reason_text(enum s2sv_reason reason)
{
    return sv_reason_row(reason)->text;
}
