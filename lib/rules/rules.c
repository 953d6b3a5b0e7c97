/* SPDX-License-Identifier: MIT */
#include "rules/rules.h"

#include "rules/name_constraints_all.h"
#include "x509/bounds.h"
#include "x509/text.h"

static int is_anchor(const struct sv_case *c, size_t depth)
{
    return c->has_anchor && depth == c->count - 1;
}

/* RFC 5280 4.2: a critical extension that isn't understood refuses (C-13). */
static void critical_extensions(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 0; depth < c->count; depth++) {
        struct sv_span oid = c->path[depth]->unsupported_critical;
        char text[SV_OID_TEXT];
        if (oid.data)
            sv_faults_add(faults, S2SV_REASON_UNSUPPORTED_CRITICAL_EXTENSION, (int)depth,
                          "critical extension %s is not supported", sv_oid_text(oid, text));
    }
}

/* RFC 5280 4.1.2.2: at most 20 octets, and one for the sign. Lists name certificates by it, but not
 * trust anchors. */
static void serial_numbers(const struct sv_case *c, struct sv_faults *faults)
{
    enum { LONGEST = 20 };
    for (size_t depth = 0; depth < c->count; depth++) {
        struct sv_span serial = c->path[depth]->serial;
        size_t sign = serial.len > 0 && serial.data[0] == 0;
        if (!is_anchor(c, depth) && serial.len - sign > LONGEST)
            sv_faults_add(faults, S2SV_REASON_MALFORMED_CERTIFICATE, (int)depth,
                          "its serial number has more than %d octets", LONGEST);
    }
}

void sv_judge_dates(const struct sv_certificate *x, size_t depth, int64_t time,
                    struct sv_faults *faults)
{
    char limit[SV_TIME_TEXT], now[SV_TIME_TEXT];
    if (time >= x->not_after) /* one TLS library takes the last second off */
        sv_faults_add(faults, S2SV_REASON_EXPIRED, (int)depth, "expired %s; it is %s",
                      sv_time_text(x->not_after, limit), sv_time_text(time, now));
    if (time < x->not_before)
        sv_faults_add(faults, S2SV_REASON_NOT_YET_VALID, (int)depth, "valid from %s; it is %s",
                      sv_time_text(x->not_before, limit), sv_time_text(time, now));
}

/* RFC 5280 6.1.3 (a)(2), the anchor included (C-1, C-2). */
static void dates(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 0; depth < c->count; depth++)
        sv_judge_dates(c->path[depth], depth, c->time, faults);
}

/* RFC 5280 6.1.4 (k): an issuer says cA TRUE. A version 1 trust anchor can't say so; that it is its
 * own issuer must do, as one TLS library wants it (C-10, C-11). */
static void issuers_are_cas(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 1; depth < c->count; depth++) {
        const struct sv_certificate *x = c->path[depth];
        if (x->is_ca || (x->version < 3 && is_anchor(c, depth) && sv_certificate_is_self_issued(x)))
            continue;
        sv_faults_add(faults, S2SV_REASON_NOT_A_CA, (int)depth, "%s",
                      x->version < 3 ? "a version 1 certificate can't be a CA's"
                      : x->has_basic_constraints
                          ? "basicConstraints says cA FALSE"
                          : "there are no basicConstraints, which a CA of version 3 must have");
    }
}

/* RFC 5280 4.1.2.4: an issuer's name isn't empty. */
static void issuers_have_names(const struct sv_case *c, struct sv_faults *faults)
{
    struct sv_span name;
    for (size_t depth = 1; depth < c->count; depth++)
        if (!sv_der_only(c->path[depth]->subject, SV_SEQUENCE, &name) || name.len == 0)
            sv_faults_add(faults, S2SV_REASON_NOT_A_CA, (int)depth, "its subject is empty");
}

/* RFC 5280 6.1.4 (l), (m). Self-issued certificates count: one TLS library counts them. */
static void path_lengths(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 1; depth < c->count; depth++) {
        const struct sv_certificate *x = c->path[depth];
        if (x->has_path_length && depth - 1 > x->path_length)
            sv_faults_add(faults, S2SV_REASON_CONSTRAINT_VIOLATED, (int)depth,
                          "pathLenConstraint is %u, but %zu CA certificates follow", x->path_length,
                          depth - 1);
    }
}

static int key_ids_differ(const struct sv_certificate *child, const struct sv_certificate *issuer)
{
    return child->authority_key_id.data && issuer->key_id.data &&
           !sv_span_equal(child->authority_key_id, issuer->key_id);
}

/* Two CAs of one name on a path need key identifiers. Without them one TLS library takes a CA that
 * another one of its name issued for self-signed, and one takes the trust anchor for the issuer of
 * what its namesake issued. */
static void namesakes(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 0; c->has_anchor && depth + 1 < c->count; depth++) {
        const struct sv_certificate *x = c->path[depth], *anchor = c->path[c->count - 1];
        if (sv_certificate_is_self_issued(x) && !key_ids_differ(x, x))
            sv_faults_add(faults, S2SV_REASON_UNTRUSTED, (int)depth,
                          "it seems self-signed: no key identifiers say that it isn't");
        else if (depth > 0 && sv_span_equal(x->subject, anchor->subject) &&
                 !key_ids_differ(c->path[depth - 1], anchor))
            sv_faults_add(faults, S2SV_REASON_UNTRUSTED, (int)depth - 1,
                          "no key identifiers say which CA of its issuer's name issued it");
    }
}

/* How many elements a list has, as far as so many. */
static size_t count_up_to(struct sv_span list, size_t most)
{
    struct sv_element element;
    size_t count = 0;
    while (count < most && list.len > 0 && sv_der_next(&list, &element))
        count++;
    return count;
}

/* DistributionPoint ::= SEQUENCE { distributionPoint [0] { fullName [0] | relative [1] } ... } */
static size_t count_relative(struct sv_span points)
{
    struct sv_span point, name;
    size_t count = 0;
    while (sv_der_take(&points, SV_SEQUENCE, &point))
        if (sv_der_take_optional(&point, SV_CONTEXT_CONSTRUCTED(0), &name) && name.len > 0)
            count += name.data[0] == SV_CONTEXT_CONSTRUCTED(1);
    return count;
}

/* Long lists are work, for the rules below or for a TLS library. */
static void lists(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 0; depth < c->count; depth++) {
        const struct sv_certificate *x = c->path[depth];
        if (count_up_to(x->tls_features, SV_MAX_FEATURES + 1) > SV_MAX_FEATURES)
            sv_faults_add(faults, S2SV_REASON_LIMIT_EXCEEDED, (int)depth,
                          "it has more than %d TLS features", SV_MAX_FEATURES);
        if (count_up_to(x->crl_distribution_points, SV_MAX_POINTS + 1) > SV_MAX_POINTS)
            sv_faults_add(faults, S2SV_REASON_LIMIT_EXCEEDED, (int)depth,
                          "it has more than %d distribution points", SV_MAX_POINTS);
        else if (count_relative(x->crl_distribution_points) * x->issuer.len > SV_MAX_RELATIVE)
            sv_faults_add(faults, S2SV_REASON_LIMIT_EXCEEDED, (int)depth,
                          "its distribution points are relative to a long name");
    }
}

static int has_feature(struct sv_span features, struct sv_span wanted)
{
    struct sv_span number;
    while (sv_der_take(&features, SV_INTEGER, &number))
        if (sv_span_equal(number, wanted))
            return 1;
    return 0;
}

/* RFC 7633 4.2.2: what a CA's certificate has, those that it issued have as well. One TLS library
 * heeds it. */
static void tls_features(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 0; depth + 1 < c->count; depth++) {
        struct sv_span number, above = c->path[depth + 1]->tls_features;
        if (count_up_to(above, SV_MAX_FEATURES + 1) > SV_MAX_FEATURES)
            continue;
        while (sv_der_take(&above, SV_INTEGER, &number))
            if (!has_feature(c->path[depth]->tls_features, number)) {
                sv_faults_add(faults, S2SV_REASON_CONSTRAINT_VIOLATED, (int)depth,
                              "its issuer has a TLS feature that it hasn't");
                break;
            }
    }
}

/* A peer server is no CA (RFC 6120 13.7.1.1, F-53) and constrains nobody (C-13). */
static void leaf_is_no_ca(const struct sv_case *c, struct sv_faults *faults)
{
    if (c->path[0]->is_ca)
        sv_faults_add(faults, S2SV_REASON_CONSTRAINT_VIOLATED, 0,
                      "basicConstraints says cA TRUE: a CA certificate isn't a server's");
    if (c->path[0]->name_constraints.data)
        sv_faults_add(faults, S2SV_REASON_CONSTRAINT_VIOLATED, 0,
                      "nameConstraints in an end-entity certificate");
}

/* RFC 5280 4.2.1.10 on the identifiers that count, whatever their kind (N-40 to N-46), and on all
 * other names. */
static void name_constraints(const struct sv_case *c, struct sv_faults *faults)
{
    struct sv_violation violation;
    if ((c->identities &&
         !sv_constraints_check(c->path, c->count, c->identities, c->compared, &violation)) ||
        !sv_issued_names_check(c->path, c->count, c->compared, &violation))
        sv_faults_add(faults, violation.reason, violation.depth, "%s%s%s", violation.what,
                      violation.name ? ": " : "", violation.name ? violation.name : "");
}

/* The rules, in the order of the work. Which name is asked for comes later. */
static void (*const rules[])(const struct sv_case *, struct sv_faults *) = {
    critical_extensions, /* C-13 */
    serial_numbers,      /* RFC 5280 4.1.2.2 */
    lists,               /* C-19 */
    dates,               /* C-1, C-2 */
    sv_judge_strength,   /* C-14 to C-17; strength.c */
    issuers_are_cas,     /* C-10, C-11 */
    issuers_have_names,  /* RFC 5280 4.1.2.4 */
    namesakes,           /* C-7 */
    path_lengths,        /* C-10 */
    tls_features,        /* RFC 7633 4.2.2 */
    leaf_is_no_ca,       /* C-12, C-13, F-53 */
    name_constraints,    /* N-40 to N-46; constraints.c, issued.c */
    sv_judge_purpose,    /* P-1 to P-33; purpose.c */
    sv_judge_key_usage,  /* K-1 to K-21; purpose.c */
};

void sv_judge(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        rules[i](c, faults);
}

int sv_is_likely_issuer(const struct sv_certificate *certificate, int64_t time)
{
    return (certificate->is_ca || certificate->version < 3) && time >= certificate->not_before &&
           time <= certificate->not_after;
}
