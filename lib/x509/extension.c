/* SPDX-License-Identifier: MIT */
#include "x509/extension.h"

#include "x509/bounds.h"
#include "x509/extension_value.h"

#define OID_CE "\x55\x1d"                                       /* 2.5.29 */
#define OID_INFO_ACCESS "\x2b\x06\x01\x05\x05\x07\x01\x01"      /* 1.3.6.1.5.5.7.1.1 */
#define OID_IP_RESOURCES "\x2b\x06\x01\x05\x05\x07\x01\x07"     /* 1.3.6.1.5.5.7.1.7 */
#define OID_AS_RESOURCES "\x2b\x06\x01\x05\x05\x07\x01\x08"     /* 1.3.6.1.5.5.7.1.8 */
#define OID_PROXY_CERT_INFO "\x2b\x06\x01\x05\x05\x07\x01\x0e"  /* 1.3.6.1.5.5.7.1.14 */
#define OID_TLS_FEATURE "\x2b\x06\x01\x05\x05\x07\x01\x18"      /* 1.3.6.1.5.5.7.1.24 */
#define OID_NS_CERT_TYPE "\x60\x86\x48\x01\x86\xf8\x42\x01\x01" /* 2.16.840.1.113730.1.1 */

/* The extensions that are understood. A critical one that isn't in the table refuses (C-13). Those
 * with critical_ok = 0 are read, but one TLS library or the other refuses them as critical. One
 * without a reader refuses always: it changes what the certificate is (RFC 3820), or has rules of
 * its own for paths, which one TLS library heeds (RFC 3779). */
static const struct known {
    struct sv_span oid;
    int critical_ok;
    int (*read)(struct sv_span value, struct sv_certificate *certificate);
    const char *malformed;
} known[] = {
#define OID(literal)                                          \
    {                                                         \
        (const unsigned char *)(literal), sizeof(literal) - 1 \
    }
    { OID(OID_CE "\x13"), 1, sv_read_basic_constraints, "malformed basicConstraints" },
    { OID(OID_CE "\x0f"), 1, sv_read_key_usage, "malformed keyUsage" },
    { OID(OID_CE "\x25"), 1, sv_read_eku, "malformed extKeyUsage" },
    { OID(OID_CE "\x11"), 1, sv_read_subject_alt_name, "malformed subjectAltName" },
    { OID(OID_CE "\x12"), 0, sv_read_issuer_alt_name, "malformed issuerAltName" },
    { OID(OID_CE "\x1e"), 1, sv_read_name_constraints, "malformed nameConstraints" },
    { OID(OID_CE "\x0e"), 0, sv_read_key_id, "malformed subjectKeyIdentifier" },
    { OID(OID_CE "\x23"), 0, sv_read_authority_key_id, "malformed authorityKeyIdentifier" },
    { OID(OID_CE "\x1f"), 1, sv_read_crl_points, "malformed cRLDistributionPoints" },
    { OID(OID_CE "\x20"), 1, sv_read_policies, "malformed certificatePolicies" },
    { OID(OID_CE "\x21"), 0, sv_read_policy_rules, "malformed policyMappings" },
    { OID(OID_CE "\x24"), 0, sv_read_policy_rules, "malformed policyConstraints" },
    { OID(OID_CE "\x36"), 0, sv_read_inhibit_any_policy, "malformed inhibitAnyPolicy" },
    { OID(OID_INFO_ACCESS), 0, sv_read_info_access, "malformed authorityInfoAccess" },
    { OID(OID_TLS_FEATURE), 0, sv_read_tls_features, "malformed TLS features" },
    { OID(OID_NS_CERT_TYPE), 0, sv_read_ns_type, "malformed nsCertType" },
    { OID(OID_IP_RESOURCES), 0, NULL, "IP address delegation" },
    { OID(OID_AS_RESOURCES), 0, NULL, "autonomous system delegation" },
    { OID(OID_PROXY_CERT_INFO), 0, NULL, "proxy certificate" },
#undef OID
};

static const struct known *find_known(struct sv_span oid)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (sv_span_equal(known[i].oid, oid))
            return &known[i];
    return NULL;
}

static int misread(struct sv_misread *ret_misread, enum s2sv_reason reason, const char *what)
{
    *ret_misread = (struct sv_misread){ reason, what };
    return 0;
}

/* Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }. A
 * default that is written out is no DER, but old tools did it and everybody reads it (ENC-1). */
int sv_extension_take(struct sv_span *list, struct sv_extension *ret_extension)
{
    struct sv_extension x = { .critical = 0 };
    struct sv_span body, critical;
    if (!sv_der_take(list, SV_SEQUENCE, &body) || !sv_der_take(&body, SV_OID, &x.oid) ||
        !sv_der_oid_ok(x.oid) || !sv_der_take_optional(&body, SV_BOOLEAN, &critical) ||
        (critical.data && !sv_der_boolean(critical, &x.critical)) ||
        !sv_der_take(&body, SV_OCTET_STRING, &x.value) || body.len != 0)
        return 0;
    *ret_extension = x;
    return 1;
}

static int seen_before(const struct sv_span *seen, size_t count, struct sv_span oid)
{
    for (size_t i = 0; i < count; i++)
        if (sv_span_equal(seen[i], oid))
            return 1;
    return 0;
}

static int is_unsupported(const struct known *k, int critical)
{
    return (critical && (!k || !k->critical_ok)) || (k && !k->read);
}

int sv_extensions_read(struct sv_span extensions, struct sv_certificate *certificate,
                       struct sv_misread *ret_misread)
{
    struct sv_span list, seen[SV_MAX_EXTENSIONS];
    struct sv_extension x;
    size_t count = 0;
    if (!sv_der_only(extensions, SV_SEQUENCE, &list) || list.len == 0)
        return misread(ret_misread, S2SV_REASON_MALFORMED_CERTIFICATE, "malformed extensions");
    while (list.len > 0) {
        if (!sv_extension_take(&list, &x))
            return misread(ret_misread, S2SV_REASON_MALFORMED_CERTIFICATE, "malformed extension");
        if (count == SV_MAX_EXTENSIONS)
            return misread(ret_misread, S2SV_REASON_LIMIT_EXCEEDED, "too many extensions");
        if (seen_before(seen, count, x.oid)) /* RFC 5280 4.2, P-16 */
            return misread(ret_misread, S2SV_REASON_MALFORMED_CERTIFICATE,
                           "two extensions with the same OID");
        seen[count++] = x.oid;
        const struct known *k = find_known(x.oid);
        if (k && k->read && !k->read(x.value, certificate))
            return misread(ret_misread, S2SV_REASON_MALFORMED_EXTENSION, k->malformed);
        if (is_unsupported(k, x.critical) && !certificate->unsupported_critical.data)
            certificate->unsupported_critical = x.oid;
    }
    return 1;
}
