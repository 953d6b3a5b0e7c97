/* SPDX-License-Identifier: MIT */
#include "extension.h"

#include "bounds.h"
#include "general_name.h"

#define OID_CE "\x55\x1d"                                       /* 2.5.29 */
#define OID_KP "\x2b\x06\x01\x05\x05\x07\x03"                   /* 1.3.6.1.5.5.7.3 */
#define OID_INFO_ACCESS "\x2b\x06\x01\x05\x05\x07\x01\x01"      /* 1.3.6.1.5.5.7.1.1 */
#define OID_IP_RESOURCES "\x2b\x06\x01\x05\x05\x07\x01\x07"     /* 1.3.6.1.5.5.7.1.7 */
#define OID_AS_RESOURCES "\x2b\x06\x01\x05\x05\x07\x01\x08"     /* 1.3.6.1.5.5.7.1.8 */
#define OID_PROXY_CERT_INFO "\x2b\x06\x01\x05\x05\x07\x01\x0e"  /* 1.3.6.1.5.5.7.1.14 */
#define OID_TLS_FEATURE "\x2b\x06\x01\x05\x05\x07\x01\x18"      /* 1.3.6.1.5.5.7.1.24 */
#define OID_NS_CERT_TYPE "\x60\x86\x48\x01\x86\xf8\x42\x01\x01" /* 2.16.840.1.113730.1.1 */

/* RFC 5280 4.2.1.9: SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }.
 * DER leaves a default out; pathLen needs cA. */
static int read_basic_constraints(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span body, ca, length;
    int is_ca = 0;
    unsigned path_length = 0;
    if (!sv_der_only(value, SV_SEQUENCE, &body) || !sv_der_take_optional(&body, SV_BOOLEAN, &ca) ||
        !sv_der_take_optional(&body, SV_INTEGER, &length) || body.len != 0)
        return 0;
    if (ca.data && (!sv_der_boolean(ca, &is_ca) || !is_ca))
        return 0;
    if (length.data && (!is_ca || !sv_der_small(length, &path_length)))
        return 0;
    c->has_basic_constraints = 1;
    c->is_ca = is_ca != 0;
    c->has_path_length = length.data != NULL;
    c->path_length = path_length;
    return 1;
}

/* RFC 5280 4.2.1.3: a BIT STRING with at least one bit set. */
static int read_key_usage(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span bits;
    c->has_key_usage = 1;
    return sv_der_only(value, SV_BIT_STRING, &bits) && sv_der_named_bits(bits, &c->key_usage) &&
           c->key_usage != 0;
}

static int read_ns_type(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span bits;
    c->has_ns_type = 1;
    return sv_der_only(value, SV_BIT_STRING, &bits) && sv_der_named_bits(bits, &c->ns_type);
}

static unsigned eku_bit(struct sv_span oid)
{
    if (sv_span_is(oid, OID_KP "\x01"))
        return SV_EKU_SERVER;
    if (sv_span_is(oid, OID_KP "\x02"))
        return SV_EKU_CLIENT;
    if (sv_span_is(oid, OID_KP "\x14"))
        return SV_EKU_SIP_DOMAIN;
    if (sv_span_is(oid, OID_CE "\x25\x00"))
        return SV_EKU_ANY;
    return SV_EKU_OTHER;
}

/* RFC 5280 4.2.1.12: SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER (P-2). */
int sv_eku_read(struct sv_span value, unsigned *ret_bits)
{
    struct sv_span list, oid;
    unsigned bits = 0;
    if (!sv_der_only(value, SV_SEQUENCE, &list) || list.len == 0)
        return 0;
    while (list.len > 0) {
        if (!sv_der_take(&list, SV_OID, &oid) || !sv_der_oid_ok(oid))
            return 0;
        bits |= eku_bit(oid);
    }
    *ret_bits = bits;
    return 1;
}

static int read_eku(struct sv_span value, struct sv_certificate *c)
{
    c->has_eku = 1;
    return sv_eku_read(value, &c->eku);
}

/* GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName */
static int read_general_names(struct sv_span value, struct sv_span *ret_names)
{
    struct sv_span names;
    struct sv_general_name name;
    if (!sv_der_only(value, SV_SEQUENCE, &names) || names.len == 0)
        return 0;
    *ret_names = names;
    while (names.len > 0)
        if (!sv_general_name_next(&names, &name) || sv_general_name_is_empty(&name))
            return 0;
    return 1;
}

/* RFC 5280 4.2.1.6. What the names say is read when they are needed. */
static int read_subject_alt_name(struct sv_span value, struct sv_certificate *c)
{
    return read_general_names(value, &c->subject_alt_name);
}

/* RFC 5280 4.2.1.7. It isn't used, but one TLS library doesn't read a certificate with a bad one.
 */
static int read_issuer_alt_name(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span unused;
    (void)c;
    return read_general_names(value, &unused);
}

static int read_name_constraints(struct sv_span value, struct sv_certificate *c)
{
    return sv_der_only(value, SV_SEQUENCE, &c->name_constraints) && c->name_constraints.len > 0;
}

/* GeneralNames, content, that nobody but a TLS library reads. */
static int general_names_ok(struct sv_span names)
{
    struct sv_general_name name;
    while (names.len > 0)
        if (!sv_general_name_next(&names, &name))
            return 0;
    return 1;
}

static int read_key_id(struct sv_span value, struct sv_certificate *c)
{
    return sv_der_only(value, SV_OCTET_STRING, &c->key_id);
}

/* RFC 5280 4.2.1.1: SEQUENCE { [0] keyIdentifier, [1] issuer, [2] serial }, all optional. */
static int read_authority_key_id(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span body;
    return sv_der_only(value, SV_SEQUENCE, &body) &&
           sv_der_take_optional(&body, SV_CONTEXT(0), &c->authority_key_id) &&
           sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(1), &c->authority_issuer) &&
           sv_der_take_optional(&body, SV_CONTEXT(2), &c->authority_serial) && body.len == 0 &&
           general_names_ok(c->authority_issuer);
}

/* DistributionPoint ::= SEQUENCE { [0] { [0] fullName | [1] }, [1] reasons, [2] cRLIssuer }, all
 * optional, but not of reasons alone. */
static int take_crl_point(struct sv_span *points)
{
    struct sv_span point, name, reasons, issuer, full, relative;
    if (!sv_der_take(points, SV_SEQUENCE, &point) ||
        !sv_der_take_optional(&point, SV_CONTEXT_CONSTRUCTED(0), &name) ||
        !sv_der_take_optional(&point, SV_CONTEXT(1), &reasons) ||
        !sv_der_take_optional(&point, SV_CONTEXT_CONSTRUCTED(2), &issuer) || point.len != 0 ||
        (!name.data && issuer.len == 0))
        return 0;
    if (!name.data)
        return general_names_ok(issuer);
    return sv_der_take_optional(&name, SV_CONTEXT_CONSTRUCTED(0), &full) &&
           sv_der_take_optional(&name, SV_CONTEXT_CONSTRUCTED(1), &relative) && name.len == 0 &&
           !full.data != !relative.data && general_names_ok(full) && general_names_ok(issuer);
}

/* RFC 5280 4.2.1.13. It is looked at when a list says that it covers only some points. */
static int read_crl_points(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span points;
    if (!sv_der_only(value, SV_SEQUENCE, &points))
        return 0;
    c->crl_distribution_points = points;
    while (points.len > 0)
        if (!take_crl_point(&points))
            return 0;
    return 1;
}

/* RFC 5280 4.2.2.1: SEQUENCE SIZE (1..MAX) OF SEQUENCE { accessMethod OID, GeneralName }. What it
 * says isn't used: nothing is fetched (V-10). */
static int read_info_access(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span list, description, method;
    struct sv_general_name location;
    (void)c;
    if (!sv_der_only(value, SV_SEQUENCE, &list) || list.len == 0)
        return 0;
    while (list.len > 0) {
        if (!sv_der_take(&list, SV_SEQUENCE, &description) ||
            !sv_der_take(&description, SV_OID, &method) || !sv_der_oid_ok(method) ||
            !sv_general_name_next(&description, &location) || description.len != 0)
            return 0;
    }
    return 1;
}

/* RFC 7633 4: SEQUENCE OF INTEGER. */
static int read_tls_features(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span list, number;
    if (!sv_der_only(value, SV_SEQUENCE, &list))
        return 0;
    c->tls_features = list;
    while (list.len > 0)
        if (!sv_der_take(&list, SV_INTEGER, &number) || !sv_der_integer_ok(number))
            return 0;
    return 1;
}

/* Policies are not asked for (C-20), so it is enough that they are well-formed. */
static int read_policies(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span body;
    (void)c;
    return sv_der_only(value, SV_SEQUENCE, &body);
}

static int read_policy_rules(struct sv_span value, struct sv_certificate *c)
{
    c->has_policy_rules = 1;
    return read_policies(value, c);
}

static int read_inhibit_any_policy(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span number;
    c->has_policy_rules = 1;
    return sv_der_only(value, SV_INTEGER, &number) && sv_der_integer_ok(number);
}

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
    { OID(OID_CE "\x13"), 1, read_basic_constraints, "malformed basicConstraints" },
    { OID(OID_CE "\x0f"), 1, read_key_usage, "malformed keyUsage" },
    { OID(OID_CE "\x25"), 1, read_eku, "malformed extKeyUsage" },
    { OID(OID_CE "\x11"), 1, read_subject_alt_name, "malformed subjectAltName" },
    { OID(OID_CE "\x12"), 0, read_issuer_alt_name, "malformed issuerAltName" },
    { OID(OID_CE "\x1e"), 1, read_name_constraints, "malformed nameConstraints" },
    { OID(OID_CE "\x0e"), 0, read_key_id, "malformed subjectKeyIdentifier" },
    { OID(OID_CE "\x23"), 0, read_authority_key_id, "malformed authorityKeyIdentifier" },
    { OID(OID_CE "\x1f"), 0, read_crl_points, "malformed cRLDistributionPoints" },
    { OID(OID_CE "\x20"), 1, read_policies, "malformed certificatePolicies" },
    { OID(OID_CE "\x21"), 0, read_policy_rules, "malformed policyMappings" },
    { OID(OID_CE "\x24"), 0, read_policy_rules, "malformed policyConstraints" },
    { OID(OID_CE "\x36"), 0, read_inhibit_any_policy, "malformed inhibitAnyPolicy" },
    { OID(OID_INFO_ACCESS), 0, read_info_access, "malformed authorityInfoAccess" },
    { OID(OID_TLS_FEATURE), 0, read_tls_features, "malformed TLS features" },
    { OID(OID_NS_CERT_TYPE), 0, read_ns_type, "malformed nsCertType" },
    { OID(OID_IP_RESOURCES), 0, NULL, "IP address delegation" },
    { OID(OID_AS_RESOURCES), 0, NULL, "autonomous system delegation" },
    { OID(OID_PROXY_CERT_INFO), 0, NULL, "proxy certificate" },
#undef OID
};

static const struct known *find_known(struct sv_span oid)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (sv_span_equal(known[i].oid, oid))
            return &known[i];
    return NULL;
}

static int misread(struct sv_misread *ret_misread, enum s2sv_reason reason, const char *what)
{
    *ret_misread = (struct sv_misread){ reason, what };
    return 0;
}

/* Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
static int take_extension(struct sv_span *list, struct sv_span *ret_oid, int *ret_critical,
                          struct sv_span *ret_value)
{
    struct sv_span body, critical;
    *ret_critical = 0;
    return sv_der_take(list, SV_SEQUENCE, &body) && sv_der_take(&body, SV_OID, ret_oid) &&
           sv_der_oid_ok(*ret_oid) && sv_der_take_optional(&body, SV_BOOLEAN, &critical) &&
           (!critical.data || (sv_der_boolean(critical, ret_critical) && *ret_critical)) &&
           sv_der_take(&body, SV_OCTET_STRING, ret_value) && body.len == 0;
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
    struct sv_span list, oid, value, seen[SV_MAX_EXTENSIONS];
    size_t count = 0;
    int critical;
    if (!sv_der_only(extensions, SV_SEQUENCE, &list) || list.len == 0)
        return misread(ret_misread, S2SV_REASON_MALFORMED_CERTIFICATE, "malformed extensions");
    while (list.len > 0) {
        if (!take_extension(&list, &oid, &critical, &value))
            return misread(ret_misread, S2SV_REASON_MALFORMED_CERTIFICATE, "malformed extension");
        if (count == SV_MAX_EXTENSIONS)
            return misread(ret_misread, S2SV_REASON_LIMIT_EXCEEDED, "too many extensions");
        if (seen_before(seen, count, oid)) /* RFC 5280 4.2, P-16 */
            return misread(ret_misread, S2SV_REASON_MALFORMED_CERTIFICATE,
                           "two extensions with the same OID");
        seen[count++] = oid;
        const struct known *k = find_known(oid);
        if (k && k->read && !k->read(value, certificate))
            return misread(ret_misread, S2SV_REASON_MALFORMED_EXTENSION, k->malformed);
        if (is_unsupported(k, critical) && !certificate->unsupported_critical.data)
            certificate->unsupported_critical = oid;
    }
    return 1;
}
