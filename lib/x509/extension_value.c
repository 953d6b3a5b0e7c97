/* SPDX-License-Identifier: MIT */
#include "x509/extension_value.h"

#include "x509/general_name.h"
#include "x509/name.h"

#define OID_CE "\x55\x1d"                     /* 2.5.29 */
#define OID_KP "\x2b\x06\x01\x05\x05\x07\x03" /* 1.3.6.1.5.5.7.3 */

/* RFC 5280 4.2.1.9: SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }.
 * The default may be written out (ENC-1); pathLen needs cA. */
int sv_read_basic_constraints(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span body, ca, length;
    int is_ca = 0;
    unsigned path_length = 0;
    if (!sv_der_only(value, SV_SEQUENCE, &body) || !sv_der_take_optional(&body, SV_BOOLEAN, &ca) ||
        !sv_der_take_optional(&body, SV_INTEGER, &length) || body.len != 0)
        return 0;
    if (ca.data && !sv_der_boolean(ca, &is_ca))
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
int sv_read_key_usage(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span bits;
    c->has_key_usage = 1;
    return sv_der_only(value, SV_BIT_STRING, &bits) && sv_der_named_bits(bits, &c->key_usage) &&
           c->key_usage != 0;
}

int sv_read_ns_type(struct sv_span value, struct sv_certificate *c)
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
    if (sv_span_is(oid, OID_KP "\x09"))
        return SV_EKU_OCSP;
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

int sv_read_eku(struct sv_span value, struct sv_certificate *c)
{
    c->has_eku = 1;
    return sv_eku_read(value, &c->eku);
}

/* NC-4, NAME-6: one TLS library reads no certificate with these. */
static int is_unread(const struct sv_general_name *name)
{
    return name->tag == SV_GN_X400 || name->tag == SV_GN_EDI_PARTY ||
           (name->tag == SV_GN_DIRECTORY && !sv_rdns_say_something(name->content)) ||
           sv_general_name_is_empty(name);
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
        if (!sv_general_name_next(&names, &name) || is_unread(&name))
            return 0;
    return 1;
}

/* RFC 5280 4.2.1.6. What the names say is read when they are needed. */
int sv_read_subject_alt_name(struct sv_span value, struct sv_certificate *c)
{
    return read_general_names(value, &c->subject_alt_name);
}

/* RFC 5280 4.2.1.7. It isn't used, but one TLS library doesn't read a certificate with a bad one.
 */
int sv_read_issuer_alt_name(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span unused;
    (void)c;
    return read_general_names(value, &unused);
}

int sv_read_name_constraints(struct sv_span value, struct sv_certificate *c)
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

int sv_read_key_id(struct sv_span value, struct sv_certificate *c)
{
    return sv_der_only(value, SV_OCTET_STRING, &c->key_id);
}

/* RFC 5280 4.2.1.1: SEQUENCE { [0] keyIdentifier, [1] issuer, [2] serial }, all optional. */
int sv_read_authority_key_id(struct sv_span value, struct sv_certificate *c)
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
           !full.data != !relative.data && general_names_ok(full) && general_names_ok(issuer) &&
           (!relative.data || sv_rdn_ok(relative));
}

/* RFC 5280 4.2.1.13. It is looked at when a list says that it covers only some points. */
int sv_read_crl_points(struct sv_span value, struct sv_certificate *c)
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
int sv_read_info_access(struct sv_span value, struct sv_certificate *c)
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
int sv_read_tls_features(struct sv_span value, struct sv_certificate *c)
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
int sv_read_policies(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span body;
    (void)c;
    return sv_der_only(value, SV_SEQUENCE, &body);
}

int sv_read_policy_rules(struct sv_span value, struct sv_certificate *c)
{
    c->has_policy_rules = 1;
    return sv_read_policies(value, c);
}

int sv_read_inhibit_any_policy(struct sv_span value, struct sv_certificate *c)
{
    struct sv_span number;
    c->has_policy_rules = 1;
    return sv_der_only(value, SV_INTEGER, &number) && sv_der_integer_ok(number);
}
