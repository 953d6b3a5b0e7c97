/* SPDX-License-Identifier: MIT */
#include "constraints.h"

#include "domain.h"
#include "general_name.h"

#include <string.h>

/* Forms of name that are checked here, as bits. A name may come under several. */
enum { FORM_DNS = 1, FORM_IP = 2, FORM_URI = 4, FORM_SRV = 8 };

/* One GeneralSubtree. A form of 0 is checked by both TLS libraries, or constrains nothing. */
struct subtree {
    unsigned form;
    struct sv_span domain; /* empty: every domain */
    struct sv_span service;
    struct sv_span ip; /* address, then mask */
    int leading_dot;
};

struct check {
    const struct sv_identities *identities;
    struct sv_identity common_name; /* stands for a DNS-ID (N-45); kind 0: none */
    const char *common_name_fault;
    size_t comparisons;
    unsigned permitted, constrained;        /* forms that the CA permits, that it mentions */
    unsigned char inside[SV_MAX_NAMES + 1]; /* by name: forms with a permitted subtree around it */
    struct sv_violation *violation;
};

static int violate(struct check *c, enum s2sv_reason reason, const char *what, const char *name)
{
    c->violation->reason = reason;
    c->violation->what = what;
    c->violation->name = name;
    return 0;
}

static int malformed(struct check *c, const char *what)
{
    return violate(c, S2SV_REASON_MALFORMED_EXTENSION, what, NULL);
}

/* ---- reading ---- */

/* A leading dot isn't RFC 5280's for dNSName. OpenSSL and Go read it as "below", GnuTLS 3.7.9
 * permits nothing by it: so it permits nothing here, and excludes the domain and all below. */
static int read_domain(struct sv_span text, struct subtree *s)
{
    s->leading_dot = text.len > 0 && text.data[0] == '.';
    s->domain = s->leading_dot ? sv_span_skip(text, 1) : text;
    return text.len == 0 || sv_domain_ok(s->domain);
}

/* A mask is ones, then zeros. */
static int mask_ok(struct sv_span mask)
{
    unsigned zeros = 0;
    for (size_t i = 0; i < mask.len; i++) {
        unsigned inverse = mask.data[i] ^ 0xffu;
        if ((inverse & (inverse + 1)) || (zeros && mask.data[i] != 0))
            return 0;
        zeros |= inverse;
    }
    return 1;
}

static int read_ip(struct sv_span octets, struct subtree *s)
{
    s->ip = octets;
    return (octets.len == 8 || octets.len == 32) && mask_ok(sv_span_skip(octets, octets.len / 2));
}

/* RFC 4985 section 4: "_service.domain", "_service" or "domain". */
static int read_srv(const struct sv_general_name *base, struct subtree *s)
{
    struct sv_span rest = base->content;
    if (base->value_tag != SV_IA5_STRING || rest.len == 0)
        return 0;
    if (rest.data[0] != '_')
        return read_domain(rest, s);
    if (!sv_domain_next_label(&rest, &s->service) || s->service.len < 2)
        return 0;
    if (rest.len == 0)
        return sv_domain_ok(base->content);
    return sv_domain_ok(s->service) && read_domain(rest, s);
}

/* Both TLS libraries implement directoryName and rfc822Name; neither implements the others. */
static int read_base(struct check *c, const struct sv_general_name *base, struct subtree *s)
{
    switch (base->tag) {
    case SV_GN_DNS:
        s->form = FORM_DNS;
        return read_domain(base->content, s) || malformed(c, "a malformed dNSName constraint");
    case SV_GN_IP:
        s->form = FORM_IP;
        return read_ip(base->content, s) || malformed(c, "a malformed iPAddress constraint");
    case SV_GN_URI:
        s->form = FORM_URI;
        return read_domain(base->content, s) || malformed(c, "a malformed URI constraint");
    case SV_GN_RFC822:
    case SV_GN_DIRECTORY:
        return 1;
    default:
        break;
    }
    if (!sv_is_srv_name(base))
        return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED,
                       "name constraints of a form that is not implemented", NULL);
    s->form = FORM_SRV;
    return read_srv(base, s) || malformed(c, "a malformed SRVName constraint");
}

/* GeneralSubtree ::= SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }: in RFC 5280
 * the minimum is 0, which DER leaves out, and the maximum absent. */
static int next_subtree(struct check *c, struct sv_span *list, struct subtree *ret_subtree)
{
    struct sv_span body;
    struct sv_general_name base;
    *ret_subtree = (struct subtree){ 0 };
    if (!sv_der_take(list, SV_SEQUENCE, &body) || !sv_general_name_next(&body, &base))
        return malformed(c, "name constraints that are not DER");
    if (body.len != 0)
        return malformed(c, "a name constraint with a minimum or maximum");
    return read_base(c, &base, ret_subtree);
}

/* ---- comparing ---- */

static unsigned forms_of(const struct sv_identity *name)
{
    switch (name->kind) {
    case S2SV_IDENTIFIER_IP:
        return FORM_IP;
    case S2SV_IDENTIFIER_SRV: /* N-40, N-41 */
        return FORM_DNS | FORM_SRV;
    case S2SV_IDENTIFIER_URI:
        return FORM_DNS | FORM_URI;
    case S2SV_IDENTIFIER_DNS:
    case S2SV_IDENTIFIER_XMPP_ADDR:
    case S2SV_IDENTIFIER_COMMON_NAME:
        return FORM_DNS;
    default:
        return 0;
    }
}

static int within(struct sv_span name, struct sv_span base)
{
    return base.len == 0 || sv_domain_equal(name, base) || sv_domain_is_below(name, base);
}

static int ip_within(struct sv_span address, struct sv_span range)
{
    if (address.len * 2 != range.len)
        return 0;
    for (size_t i = 0; i < address.len; i++) {
        if ((address.data[i] ^ range.data[i]) & range.data[address.len + i])
            return 0;
    }
    return 1;
}

static int service_within(const struct sv_identity *name, const struct subtree *s)
{
    struct sv_span rest = sv_span_of(name->value);
    struct sv_span service = { NULL, 0 };
    return s->service.len == 0 ||
           (sv_domain_next_label(&rest, &service) && sv_domain_equal(service, s->service));
}

/* A URI's host: exactly, or with a leading dot below (RFC 5280 section 4.2.1.10). */
static int uri_within(struct sv_span host, const struct subtree *s)
{
    if (s->leading_dot)
        return sv_domain_is_below(host, s->domain);
    return s->domain.len == 0 || sv_domain_equal(host, s->domain);
}

/* Every name that the identifier stands for is in the subtree. */
static int is_inside(const struct sv_identity *name, const struct subtree *s)
{
    if (s->form == FORM_IP)
        return ip_within(name->compared, s->ip);
    if (s->form == FORM_URI)
        return uri_within(name->compared, s);
    return !s->leading_dot && within(name->compared, s->domain) &&
           (s->form == FORM_DNS || service_within(name, s));
}

/* Some name that the identifier stands for is in the subtree: a wildcard also reaches a base that
 * is one label longer (N-42). */
static int reaches(const struct sv_identity *name, const struct subtree *s)
{
    if (s->form == FORM_IP)
        return ip_within(name->compared, s->ip);
    if (s->form == FORM_URI)
        return uri_within(name->compared, s);
    return (within(name->compared, s->domain) ||
            (name->is_wildcard && sv_domain_wildcard_covers(name->compared, s->domain))) &&
           (s->form == FORM_DNS || service_within(name, s));
}

/* ---- the walk ---- */

static const struct sv_identity *name_at(const struct check *c, size_t i)
{
    return i < c->identities->count ? &c->identities->items[i] : &c->common_name;
}

static int compare_all(struct check *c, const struct subtree *s, int excluded)
{
    for (size_t i = 0; i <= c->identities->count; i++) {
        const struct sv_identity *name = name_at(c, i);
        if (!(forms_of(name) & s->form))
            continue;
        if (++c->comparisons > SV_MAX_COMPARISONS)
            return violate(c, S2SV_REASON_LIMIT_EXCEEDED, "too many name constraints to check",
                           NULL);
        if (excluded && reaches(name, s))
            return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED, "a name in an excluded subtree",
                           name->value);
        if (!excluded && is_inside(name, s))
            c->inside[i] |= (unsigned char)s->form;
    }
    return 1;
}

/* An empty permitted dNSName permits all, but GnuTLS heeds the others beside it: so it is as if it
 * weren't there. */
static int permits_nothing(const struct subtree *s)
{
    return s->form == FORM_DNS && s->domain.len == 0;
}

static int walk(struct check *c, struct sv_span list, int excluded)
{
    struct subtree s;
    while (list.len > 0) {
        if (!next_subtree(c, &list, &s))
            return 0;
        c->constrained |= s.form;
        if (!excluded && permits_nothing(&s))
            continue;
        c->permitted |= excluded ? 0u : s.form;
        if (!compare_all(c, &s, excluded))
            return 0;
    }
    return 1;
}

static int all_permitted(struct check *c)
{
    for (size_t i = 0; i <= c->identities->count; i++) {
        const struct sv_identity *name = name_at(c, i);
        if (c->permitted & forms_of(name) & ~(unsigned)c->inside[i])
            return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED,
                           "a name outside the permitted subtrees", name->value);
    }
    return 1;
}

/* N-45: GnuTLS wants one common name that it can compare; OpenSSL doesn't ask.
 * N-41: GnuTLS refuses a path with any SRVName constraint, OpenSSL a leaf with an SRVName. One
 * verdict on both: such a path is refused. */
static int same_on_both(struct check *c)
{
    if ((c->constrained & FORM_DNS) && c->common_name_fault)
        return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED, c->common_name_fault, NULL);
    if (c->constrained & FORM_SRV)
        return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED,
                       "an SRVName constraint, which TLS libraries don't implement", NULL);
    return 1;
}

/* NameConstraints ::= SEQUENCE { permittedSubtrees [0] OPTIONAL, excludedSubtrees [1] OPTIONAL } */
static int check_ca(struct check *c, struct sv_span constraints)
{
    struct sv_span permitted, excluded;
    if (!sv_der_take_optional(&constraints, SV_CONTEXT_CONSTRUCTED(0), &permitted) ||
        !sv_der_take_optional(&constraints, SV_CONTEXT_CONSTRUCTED(1), &excluded) ||
        constraints.len != 0 || (permitted.data && permitted.len == 0) ||
        (excluded.data && excluded.len == 0) || (!permitted.data && !excluded.data))
        return malformed(c, "name constraints that are not DER");
    c->permitted = 0;
    c->constrained = 0;
    memset(c->inside, 0, sizeof c->inside);
    return walk(c, permitted, 0) && walk(c, excluded, 1) && all_permitted(c) && same_on_both(c);
}

/* N-45: without any dNSName the common name is held to be one. */
static void find_common_name(struct check *c, struct sv_span subject)
{
    struct sv_common_name found;
    if (c->identities->has_dns_name || !sv_common_name_read(subject, &found) || found.count == 0)
        return;
    if (found.count > 1)
        c->common_name_fault = "dNSName constraints, no dNSName, and several common names";
    else if (found.tag != SV_UTF8_STRING && found.tag != SV_PRINTABLE_STRING &&
             found.tag != SV_IA5_STRING)
        c->common_name_fault = "dNSName constraints, and a common name that can't be compared";
    c->common_name.kind = S2SV_IDENTIFIER_COMMON_NAME;
    c->common_name.value = "the common name";
    c->common_name.compared = found.value;
}

int sv_constraints_check(const struct sv_certificate *const *path, size_t count,
                         const struct sv_identities *identities, struct sv_violation *ret_violation)
{
    struct check c = { .identities = identities, .violation = ret_violation };
    *ret_violation = (struct sv_violation){ S2SV_REASON_INTERNAL_ERROR, -1, "no path", NULL };
    if (count == 0 || identities->count > SV_MAX_NAMES)
        return 0;
    find_common_name(&c, path[0]->subject);
    for (size_t depth = 1; depth < count; depth++) {
        ret_violation->depth = (int)depth;
        if (path[depth]->name_constraints.data && !check_ca(&c, path[depth]->name_constraints))
            return 0;
    }
    return 1;
}
