/* SPDX-License-Identifier: MIT
 * A certificate read once (RFC 5280 section 4.1). Spans point into the DER that was read. */
#ifndef SV_CERTIFICATE_H
#define SV_CERTIFICATE_H

#include <s2sverify/s2sverify.h>

#include "x509/der.h"
#include "x509/signature.h"

/* Key usage bits, RFC 5280 section 4.2.1.3. */
enum { SV_KU_DIGITAL_SIGNATURE = 1 << 0, SV_KU_KEY_CERT_SIGN = 1 << 5, SV_KU_CRL_SIGN = 1 << 6 };

/* Netscape certificate type bits. */
enum { SV_NS_SSL_CLIENT = 1 << 0, SV_NS_SSL_SERVER = 1 << 1 };

/* Purposes that an extended key usage names, as bits. */
enum {
    SV_EKU_SERVER = 1,
    SV_EKU_CLIENT = 2,
    SV_EKU_ANY = 4,
    SV_EKU_SIP_DOMAIN = 8, /* RFC 5924 */
    SV_EKU_OTHER = 16,
    SV_EKU_OCSP = 32 /* OCSPSigning, RFC 6960 4.2.2.2 */
};

struct sv_certificate {
    struct sv_span der;
    struct sv_span tbs; /* what is signed, header included */
    struct sv_signature signature;
    unsigned version; /* 1, 2 or 3 */
    struct sv_span serial;
    struct sv_span issuer, subject; /* Name, header included */
    struct sv_span spki;            /* SubjectPublicKeyInfo, header included */
    struct sv_key key;              /* what is in it */
    int64_t not_before, not_after;

    struct sv_span subject_alt_name;        /* GeneralNames, content; absent: data is NULL */
    struct sv_span crl_distribution_points; /* CRLDistributionPoints, content */
    struct sv_span name_constraints;        /* NameConstraints, content */
    struct sv_span tls_features;            /* INTEGERs, RFC 7633 */
    struct sv_span key_id;                  /* subjectKeyIdentifier's octets */
    struct sv_span authority_key_id;        /* authorityKeyIdentifier's keyIdentifier */
    struct sv_span authority_issuer;        /* its authorityCertIssuer: GeneralNames, content */
    struct sv_span authority_serial;        /* its authorityCertSerialNumber */
    struct sv_span unsupported_critical;    /* OID of the first such extension */

    unsigned has_basic_constraints : 1, is_ca : 1, has_path_length : 1;
    unsigned has_key_usage : 1, has_eku : 1, has_ns_type : 1;
    unsigned has_policy_rules : 1; /* policyMappings, policyConstraints or inhibitAnyPolicy */
    unsigned path_length;
    unsigned key_usage; /* SV_KU_* */
    unsigned eku;       /* SV_EKU_* */
    unsigned ns_type;
};

/* What is wrong with octets that should be a certificate. */
struct sv_misread {
    enum s2sv_reason reason; /* malformed-certificate or malformed-extension */
    const char *what;        /* a constant: "two extensions with the same OID" */
};

/* 1: subject and issuer are the same name (RFC 5280 section 3.2). */
int sv_certificate_is_self_issued(const struct sv_certificate *certificate);

#endif
