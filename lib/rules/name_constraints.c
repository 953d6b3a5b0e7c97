/* SPDX-License-Identifier: MIT
 * Name constraints on the leaf's identifiers, those too that RFC 5280 knows no form for. Those on
 * all other names of a path are in name_constraints_all.c. */
#include "rules/name_constraints.h"

#include "names/domain.h"
#include "rules/subtree.h"
#include "x509/bounds.h"
#include "x509/general_name.h"

#include <string.h>

struct check {
    const struct sv_identities *identities;
    struct sv_identity common_name; /* stands for a DNS-ID (N-45); kind 0: none */
    const char *common_name_fault;
    size_t *compared;
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

static int misread(struct check *c, const struct sv_misread *why)
{
    return violate(c, why->reason, why->what, NULL);
}

/* ---- comparing ---- */

static unsigned forms_of(const struct sv_identity *name)
{
    switch (name->kind) {
    case S2SV_IDENTIFIER_IP:
        return SV_FORM_IP;
    case S2SV_IDENTIFIER_SRV: /* N-40, N-41 */
        return SV_FORM_DNS | SV_FORM_SRV;
    case S2SV_IDENTIFIER_DNS:
    case S2SV_IDENTIFIER_URI:
    case S2SV_IDENTIFIER_XMPP_ADDR:
    case S2SV_IDENTIFIER_COMMON_NAME:
        return SV_FORM_DNS;
    default:
        return 0;
    }
}

static int service_within(const struct sv_identity *name, const struct sv_subtree *s)
{
    struct sv_span rest = sv_span_of(name->value);
    struct sv_span service = { NULL, 0 };
    return s->service.len == 0 ||
           (sv_domain_next_label(&rest, &service) && sv_domain_equal(service, s->service));
}

/* Every name that the identifier stands for is in the subtree. */
static int is_inside(const struct sv_identity *name, const struct sv_subtree *s, size_t *compared)
{
    if (s->form == SV_FORM_IP)
        return sv_subtree_holds_ip(s, name->compared, compared);
    return sv_subtree_holds_domain(s, name->compared, name->is_wildcard, compared) &&
           (s->form == SV_FORM_DNS || service_within(name, s));
}

/* Some name that the identifier stands for is in the subtree. */
static int reaches(const struct sv_identity *name, const struct sv_subtree *s, size_t *compared)
{
    if (s->form == SV_FORM_IP)
        return sv_subtree_holds_ip(s, name->compared, compared);
    return sv_subtree_reaches_domain(s, name->compared, name->is_wildcard, compared) &&
           (s->form == SV_FORM_DNS || service_within(name, s));
}

/* ---- the walk ---- */

static const struct sv_identity *name_at(const struct check *c, size_t i)
{
    return i < c->identities->count ? &c->identities->items[i] : &c->common_name;
}

static int compare_all(struct check *c, const struct sv_subtree *s, int excluded)
{
    *c->compared += SV_COMPARISON * (c->identities->count + 1);
    if (*c->compared > SV_MAX_COMPARED)
        return violate(c, S2SV_REASON_LIMIT_EXCEEDED, "too many name constraints to check", NULL);
    for (size_t i = 0; i <= c->identities->count; i++) {
        const struct sv_identity *name = name_at(c, i);
        if (!(forms_of(name) & s->form))
            continue;
        if (excluded && reaches(name, s, c->compared))
            return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED, "a name in an excluded subtree",
                           name->value);
        if (!excluded && is_inside(name, s, c->compared))
            c->inside[i] |= (unsigned char)s->form;
    }
    return 1;
}

static int walk(struct check *c, struct sv_span list, int excluded)
{
    struct sv_subtree s;
    struct sv_misread why;
    *c->compared += SV_READING * list.len;
    while (list.len > 0) {
        if (!sv_subtree_next(&list, &s, &why))
            return misread(c, &why);
        c->constrained |= s.form;
        if (!excluded && sv_subtree_is_universal(&s))
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

/* N-45: GnuTLS wants one common name that it can compare; OpenSSL doesn't ask. URI constraints:
 * OpenSSL refuses every sip: URI under one, GnuTLS every URI under an excluded one.
 * N-41: GnuTLS refuses a path with any SRVName constraint, OpenSSL a leaf with an SRVName. One
 * verdict on both: such a path is refused. */
static int same_on_both(struct check *c)
{
    if ((c->constrained & SV_FORM_DNS) && c->common_name_fault)
        return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED, c->common_name_fault, NULL);
    if ((c->constrained & SV_FORM_URI) && c->identities->has_uri_name)
        return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED,
                       "a URI constraint, which TLS libraries read differently", NULL);
    if (c->constrained & SV_FORM_SRV)
        return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED,
                       "an SRVName constraint, which TLS libraries don't implement", NULL);
    return 1;
}

static int check_ca(struct check *c, struct sv_span constraints)
{
    struct sv_span permitted, excluded;
    struct sv_misread why;
    if (!sv_subtrees_split(constraints, &permitted, &excluded, &why))
        return misread(c, &why);
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

/* Names are held against constraints in two passes. This one is about what we know a peer by: every
 * identifier that counts, those too that RFC 5280 has no form for (SRV-ID, xmppAddr), so that a CA
 * for one domain can't name a peer in another by them. The other, sv_issued_names_check(), is RFC
 * 5280's own (6.1.3 (b), (c)): all names of the certificates below a CA, whether we ask for them or
 * not. What both know is compared twice. */
int sv_constraints_check(const struct sv_certificate *const *path, size_t count,
                         const struct sv_identities *identities, size_t *compared,
                         struct sv_violation *ret_violation)
{
    struct check c = { .identities = identities, .compared = compared, .violation = ret_violation };
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
