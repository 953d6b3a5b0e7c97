/* SPDX-License-Identifier: MIT
 * Name constraints on every name that the certificates of a path have, whoever asks for it. Those
 * on the identifiers that count, of any kind, are in name_constraints.c. */
#include "rules/name_constraints_all.h"

#include "names/domain.h"
#include "rules/subtree.h"
#include "x509/bounds.h"
#include "x509/general_name.h"
#include "x509/name.h"

#include <string.h>

#define EMAIL_ADDRESS "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01" /* 1.2.840.113549.1.9.1 */
#define SMTP_UTF8_MAILBOX "\x2b\x06\x01\x05\x05\x07\x08\x09" /* RFC 8398 */

struct issued {
    unsigned form; /* one SV_FORM_*; 0: none that a constraint is about */
    struct sv_span value;
    int is_malformed;
    int is_wildcard; /* value has no "*." then */
    int is_long;
    int is_constrained, is_inside, is_excluded; /* by the CA that it is held against */
};

/* What is left of a certificate's names. */
struct names {
    struct sv_span subject; /* Name's content, as a whole; empty once it was given */
    struct sv_span rdns, rdn, general;
    unsigned mails; /* in the subject, so far */
    int has_odd_mail;
};

enum { AT_ONCE = 16, TOO_LONG = 2 };

struct constraints {
    struct sv_span permitted, excluded;
};

struct check {
    size_t *compared; /* octets */
    struct sv_violation *violation;
};

static int violate(struct check *c, enum s2sv_reason reason, const char *what)
{
    c->violation->reason = reason;
    c->violation->what = what;
    c->violation->name = NULL;
    return 0;
}

/* ---- the names of one certificate ---- */

static int names_of(const struct sv_certificate *certificate, struct names *ret_names)
{
    *ret_names = (struct names){ .general = certificate->subject_alt_name };
    if (!sv_der_only(certificate->subject, SV_SEQUENCE, &ret_names->subject))
        return 0;
    ret_names->rdns = ret_names->subject;
    return 1;
}

static void read_dns(struct issued *name, struct sv_span text)
{
    name->form = SV_FORM_DNS;
    name->is_wildcard = text.len > 2 && text.data[0] == '*' && text.data[1] == '.';
    name->value = name->is_wildcard ? sv_span_skip(text, 2) : text;
    name->is_malformed = !sv_domain_ok(name->value);
}

static void read_mail(struct issued *name, struct sv_span text)
{
    name->form = SV_FORM_MAIL;
    name->value = text;
    name->is_malformed = !sv_mailbox_ok(text);
}

/* At most so many octets has a value as text (RFC 4514): what is special comes with a backslash,
 * what is no text as hexadecimal digits. */
static size_t value_text(const struct sv_element *value)
{
    size_t special = 0;
    if (value->tag != SV_UTF8_STRING && value->tag != SV_PRINTABLE_STRING &&
        value->tag != SV_IA5_STRING)
        return 2 * value->whole.len + 1;
    for (size_t i = 0; i < value->content.len; i++)
        special += memchr("\"+,;<=>\\# ", value->content.data[i], 10) != NULL;
    return value->content.len + special;
}

/* The same of a Name: no type that has a name has a longer one, nor an arc more digits. */
static size_t name_text(struct sv_span rdns)
{
    enum { LONGEST_TYPE = 24, DIGITS = 5 };
    struct sv_span rdn, attribute, type;
    struct sv_element value;
    size_t len = 0;
    while (sv_der_take(&rdns, SV_SET, &rdn))
        while (sv_der_take(&rdn, SV_SEQUENCE, &attribute))
            if (sv_der_take(&attribute, SV_OID, &type) && sv_der_next(&attribute, &value))
                len += 2 + value_text(&value) +
                       (type.len * DIGITS > LONGEST_TYPE ? type.len * DIGITS : LONGEST_TYPE);
    return len;
}

/* One TLS library has room for 255 octets of text (NC-3). */
static int is_long(const struct sv_general_name *general)
{
    enum { ROOM = 255 };
    return (general->tag == SV_GN_DIRECTORY ? name_text(general->content) : general->content.len) >
           ROOM;
}

static void read_general_name(struct issued *name, const struct sv_general_name *general)
{
    name->is_long = is_long(general);
    name->value = general->content;
    if (general->tag == SV_GN_DNS) {
        read_dns(name, general->content);
    } else if (general->tag == SV_GN_RFC822) {
        read_mail(name, general->content);
    } else if (general->tag == SV_GN_IP) {
        name->form = SV_FORM_IP;
        name->is_malformed = general->content.len != 4 && general->content.len != 16;
    } else if (general->tag == SV_GN_URI) { /* the TLS libraries read them differently */
        name->form = SV_FORM_URI;
        name->is_malformed = 1;
    } else if (general->tag == SV_GN_DIRECTORY) {
        name->form = SV_FORM_DIRECTORY;
    } else if (general->tag == SV_GN_OTHER && sv_span_is(general->type, SMTP_UTF8_MAILBOX)) {
        name->form = SV_FORM_MAIL; /* one TLS library knows it */
        name->is_malformed = 1;
    }
}

/* AttributeTypeAndValue ::= SEQUENCE { type OID, value ANY }. One TLS library refuses a second
 * mailbox. */
static int read_attribute(struct sv_span attribute, struct names *names, struct issued *name)
{
    struct sv_span type;
    struct sv_element value;
    if (!sv_der_take(&attribute, SV_OID, &type) || !sv_der_next(&attribute, &value))
        return 0;
    if (sv_span_is(type, EMAIL_ADDRESS)) {
        read_mail(name, value.content);
        name->is_malformed |= value.tag != SV_IA5_STRING || names->mails++ > 0;
        names->has_odd_mail |= value.tag != SV_IA5_STRING;
    }
    return 1;
}

/* The subject, its attributes one by one, then the subjectAltName. Returns 1; 0 past the last one;
 * -1 if it isn't DER. */
static int next_name(struct names *names, struct issued *name)
{
    struct sv_span attribute;
    struct sv_general_name general;
    *name = (struct issued){ 0 };
    if (names->subject.len > 0) {
        name->form = SV_FORM_DIRECTORY;
        name->value = names->subject;
        names->subject.len = 0;
        return 1;
    }
    if (names->rdn.len == 0 && names->rdns.len > 0 &&
        !sv_der_take(&names->rdns, SV_SET, &names->rdn))
        return -1;
    if (names->rdn.len > 0)
        return sv_der_take(&names->rdn, SV_SEQUENCE, &attribute) &&
                       read_attribute(attribute, names, name)
                   ? 1
                   : -1;
    if (names->general.len == 0)
        return 0;
    if (!sv_general_name_next(&names->general, &general))
        return -1;
    read_general_name(name, &general);
    return 1;
}

/* ---- some names, one CA ---- */

static int holds(const struct sv_subtree *s, const struct issued *name, size_t *compared)
{
    switch (s->form) {
    case SV_FORM_DNS:
        return sv_subtree_holds_domain(s, name->value, name->is_wildcard, compared);
    case SV_FORM_IP:
        return sv_subtree_holds_ip(s, name->value, compared);
    case SV_FORM_MAIL:
        return sv_subtree_holds_mailbox(s, name->value, compared);
    case SV_FORM_DIRECTORY:
        return sv_name_starts_with(name->value, s->base, compared);
    default:
        return 0;
    }
}

static int reaches(const struct sv_subtree *s, const struct issued *name, size_t *compared)
{
    if (s->form == SV_FORM_DNS)
        return sv_subtree_reaches_domain(s, name->value, name->is_wildcard, compared);
    if (s->form == SV_FORM_MAIL)
        return sv_subtree_reaches_mailbox(s, name->value, compared);
    return holds(s, name, compared);
}

/* N-46 */
static int pay(struct check *c, size_t octets)
{
    *c->compared += octets;
    return *c->compared <= SV_MAX_COMPARED ||
           violate(c, S2SV_REASON_LIMIT_EXCEEDED, "too many name constraints to check");
}

static int compare_one(struct check *c, const struct sv_subtree *s, int excludes,
                       struct issued *name)
{
    if (s->form != name->form)
        return 1;
    if (name->is_malformed)
        return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED,
                       "a name under its form's constraints that can't be compared");
    if (excludes) {
        name->is_excluded |= reaches(s, name, c->compared);
    } else {
        name->is_constrained = 1;
        name->is_inside |= holds(s, name, c->compared);
    }
    return 1;
}

static int compare_with(struct check *c, const struct sv_subtree *s, int excludes,
                        struct issued *names, size_t count)
{
    if (!pay(c, SV_COMPARISON * count))
        return 0;
    if (!excludes && sv_subtree_is_universal(s))
        return 1;
    for (size_t i = 0; i < count; i++)
        if (!compare_one(c, s, excludes, &names[i]))
            return 0;
    return 1;
}

static int judge_names(struct check *c, const struct issued *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i].is_excluded)
            return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED, "a name in an excluded subtree");
        if (names[i].is_constrained && !names[i].is_inside)
            return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED,
                           "a name outside the permitted subtrees");
    }
    return 1;
}

/* The subtrees are read once for all of these names. */
static int compare(struct check *c, struct issued *names, size_t count,
                   const struct constraints *ca)
{
    struct sv_span permitted = ca->permitted, excluded = ca->excluded;
    struct sv_subtree s;
    struct sv_misread why;
    if (!pay(c, SV_READING * (permitted.len + excluded.len)))
        return 0;
    while (permitted.len > 0 || excluded.len > 0) {
        int excludes = permitted.len == 0;
        if (!sv_subtree_next(excludes ? &excluded : &permitted, &s, &why))
            return violate(c, why.reason, why.what);
        if (!compare_with(c, &s, excludes, names, count))
            return 0;
    }
    return judge_names(c, names, count);
}

/* ---- the walk ---- */

static int is_directory(const struct sv_subtree *s)
{
    return s->form == SV_FORM_DIRECTORY;
}

static int is_dns(const struct sv_subtree *s)
{
    return s->form == SV_FORM_DNS;
}

static int has(struct check *c, struct sv_span list, int (*is_it)(const struct sv_subtree *))
{
    struct sv_subtree s;
    struct sv_misread why;
    *c->compared += SV_READING * list.len;
    while (list.len > 0 && sv_subtree_next(&list, &s, &why))
        if (is_it(&s))
            return 1;
    return 0;
}

/* Names that some constraint may be about, as many as are compared at once. Returns as next_name()
 * does, with *ret_count names before the one that ends it. */
static int next_names(struct names *names, struct issued *found, size_t *ret_count)
{
    struct issued name;
    int more = 1;
    *ret_count = 0;
    while (*ret_count < AT_ONCE && (more = next_name(names, &name)) == 1 && !name.is_long)
        if (name.form)
            found[(*ret_count)++] = name;
    return more == 1 && *ret_count < AT_ONCE ? TOO_LONG : more;
}

static int check_pair(struct check *c, const struct sv_certificate *certificate,
                      const struct constraints *ca)
{
    struct issued found[AT_ONCE];
    struct names names;
    size_t count;
    int more = 1;
    if (!names_of(certificate, &names))
        return violate(c, S2SV_REASON_MALFORMED_CERTIFICATE, "a subject that is not a Name");
    if (!pay(c, SV_READING * (names.subject.len + names.general.len)))
        return 0;
    while (more == 1) {
        more = next_names(&names, found, &count);
        if (count > 0 && !compare(c, found, count, ca))
            return 0;
    }
    if (names.has_odd_mail) /* NAME-4: one TLS library refuses it, whatever is constrained */
        return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED,
                       "an emailAddress that is no IA5String, under name constraints");
    if (more == TOO_LONG)
        return violate(c, S2SV_REASON_LIMIT_EXCEEDED, "a long name under name constraints");
    return more == 0 || violate(c, S2SV_REASON_MALFORMED_EXTENSION, "names that are not DER");
}

/* RFC 5280 6.1.3 (b), (c) leaves self-issued certificates out unless they come last; one TLS
 * library doesn't (NC-2). */
static int check_ca(struct check *c, const struct sv_certificate *const *path, size_t depth)
{
    struct constraints ca;
    struct sv_misread why;
    if (!sv_subtrees_split(path[depth]->name_constraints, &ca.permitted, &ca.excluded, &why))
        return violate(c, why.reason, why.what);
    if (has(c, ca.excluded,
            is_directory)) /* one TLS library doesn't compare them: it refuses any */
        return violate(c, S2SV_REASON_CONSTRAINT_VIOLATED, "an excluded directoryName");
    for (size_t below = 0; below < depth; below++)
        if (!check_pair(c, path[below], &ca))
            return 0;
    return 1;
}

/* One TLS library finds nothing in common between "every domain" and what another CA permits. */
static int check_universal(struct check *c, const struct sv_certificate *const *path, size_t count)
{
    size_t permitting = 0;
    int has_universal = 0;
    for (size_t depth = 1; depth < count; depth++) {
        struct sv_span permitted, excluded;
        struct sv_misread why;
        if (!path[depth]->name_constraints.data ||
            !sv_subtrees_split(path[depth]->name_constraints, &permitted, &excluded, &why))
            continue;
        permitting += has(c, permitted, is_dns) != 0;
        if (!has(c, permitted, sv_subtree_is_universal))
            continue;
        has_universal = 1;
        c->violation->depth = (int)depth;
    }
    return !has_universal || permitting < 2 ||
           violate(c, S2SV_REASON_CONSTRAINT_VIOLATED,
                   "an empty dNSName constraint, and another CA has one as well");
}

int sv_issued_names_check(const struct sv_certificate *const *path, size_t count, size_t *compared,
                          struct sv_violation *ret_violation)
{
    struct check c = { compared, ret_violation };
    for (size_t depth = 1; depth < count; depth++) {
        ret_violation->depth = (int)depth;
        if (path[depth]->name_constraints.data && !check_ca(&c, path, depth))
            return 0;
    }
    return check_universal(&c, path, count);
}
