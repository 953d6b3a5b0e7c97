/* SPDX-License-Identifier: MIT */
#include "rules/subtree.h"

#include <string.h>

#include "names/domain.h"
#include "x509/general_name.h"
#include "x509/name.h"

/* ---- reading ---- */

static int malformed(struct sv_misread *ret_misread, const char *what)
{
    *ret_misread = (struct sv_misread){ S2SV_REASON_MALFORMED_EXTENSION, what };
    return 0;
}

/* A dNSName may have a leading dot, as OpenSSL's manual writes them: then it is about what is below
 * (NC-1). */
static int read_dns(struct sv_span text, struct sv_subtree *s)
{
    s->is_below = text.len > 0 && text.data[0] == '.';
    s->domain = s->is_below ? sv_span_skip(text, 1) : text;
    return text.len == 0 || sv_domain_ok(s->domain);
}

/* A domain without a leading dot. */
static int read_domain(struct sv_span text, struct sv_subtree *s)
{
    s->domain = text;
    return text.len == 0 || sv_domain_ok(text);
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

static int ip_ok(struct sv_span octets)
{
    return (octets.len == 8 || octets.len == 32) && mask_ok(sv_span_skip(octets, octets.len / 2));
}

/* RFC 4985 section 4: "_service.domain", "_service" or "domain". */
static int read_srv(const struct sv_general_name *base, struct sv_subtree *s)
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

int sv_mailbox_ok(struct sv_span mailbox)
{
    const unsigned char *at = mailbox.len ? memchr(mailbox.data, '@', mailbox.len) : NULL;
    if (!at || at == mailbox.data)
        return 0;
    size_t before = (size_t)(at - mailbox.data) + 1;
    return mailbox.len > before && !memchr(at + 1, '@', mailbox.len - before) &&
           !memchr(mailbox.data, '\0', mailbox.len);
}

/* A mailbox, a host, or a dot and a domain. */
static int mail_base_ok(struct sv_span text)
{
    if (text.len > 0 && memchr(text.data, '@', text.len))
        return sv_mailbox_ok(text);
    if (text.len > 0 && text.data[0] == '.') /* "." alone is two things to the libraries (NC-4) */
        return sv_domain_ok(sv_span_skip(text, 1));
    return text.len == 0 || sv_domain_ok(text);
}

static int read_base(const struct sv_general_name *base, struct sv_subtree *s,
                     struct sv_misread *ret_misread)
{
    s->base = base->content;
    switch (base->tag) {
    case SV_GN_DNS:
        s->form = SV_FORM_DNS;
        return read_dns(base->content, s) ||
               malformed(ret_misread, "a malformed dNSName constraint");
    case SV_GN_IP:
        s->form = SV_FORM_IP;
        return ip_ok(base->content) || malformed(ret_misread, "a malformed iPAddress constraint");
    case SV_GN_RFC822:
        s->form = SV_FORM_MAIL;
        return mail_base_ok(base->content) ||
               malformed(ret_misread, "a malformed rfc822Name constraint");
    case SV_GN_URI:
        s->form = SV_FORM_URI;
        return 1;
    case SV_GN_DIRECTORY:
        s->form = SV_FORM_DIRECTORY;
        return sv_rdns_say_something(base->content) ||
               malformed(ret_misread, "a directoryName constraint with an empty value");
    default:
        break;
    }
    if (!sv_is_srv_name(base)) {
        *ret_misread = (struct sv_misread){ S2SV_REASON_CONSTRAINT_VIOLATED,
                                            "name constraints of a form that is not implemented" };
        return 0;
    }
    s->form = SV_FORM_SRV;
    return read_srv(base, s) || malformed(ret_misread, "a malformed SRVName constraint");
}

/* GeneralSubtree ::= SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }: in RFC 5280
 * the minimum is 0, which DER leaves out, and the maximum absent. */
int sv_subtree_next(struct sv_span *list, struct sv_subtree *ret_subtree,
                    struct sv_misread *ret_misread)
{
    struct sv_span body;
    struct sv_general_name base;
    *ret_subtree = (struct sv_subtree){ 0 };
    if (!sv_der_take(list, SV_SEQUENCE, &body) || !sv_general_name_next(&body, &base))
        return malformed(ret_misread, "name constraints that are not DER");
    if (body.len != 0)
        return malformed(ret_misread, "a name constraint with a minimum or maximum");
    return read_base(&base, ret_subtree, ret_misread);
}

/* NameConstraints ::= SEQUENCE { permittedSubtrees [0] OPTIONAL, excludedSubtrees [1] OPTIONAL } */
int sv_subtrees_split(struct sv_span constraints, struct sv_span *ret_permitted,
                      struct sv_span *ret_excluded, struct sv_misread *ret_misread)
{
    struct sv_span permitted, excluded;
    if (!sv_der_take_optional(&constraints, SV_CONTEXT_CONSTRUCTED(0), &permitted) ||
        !sv_der_take_optional(&constraints, SV_CONTEXT_CONSTRUCTED(1), &excluded) ||
        constraints.len != 0 || (permitted.data && permitted.len == 0) ||
        (excluded.data && excluded.len == 0) || (!permitted.data && !excluded.data))
        return malformed(ret_misread, "name constraints that are not DER");
    *ret_permitted = permitted;
    *ret_excluded = excluded;
    return 1;
}

/* ---- comparing ---- */

/* How two texts are compared, and how many octets of them were. */
struct comparison {
    int (*equal)(struct sv_span a, struct sv_span b);
    size_t *compared;
};

static int are_equal(const struct comparison *how, struct sv_span a, struct sv_span b)
{
    if (a.len != b.len)
        return 0;
    *how->compared += a.len;
    return how->equal(a, b);
}

static int is_at_or_below(struct sv_span domain, struct sv_span base, const struct comparison *how)
{
    if (base.len == 0)
        return 1;
    if (domain.len <= base.len)
        return are_equal(how, domain, base);
    size_t more = domain.len - base.len;
    return more > 1 && domain.data[more - 1] == '.' &&
           are_equal(how, sv_span_skip(domain, more), base);
}

int sv_subtree_holds_domain(const struct sv_subtree *s, struct sv_span domain, int is_wildcard,
                            size_t *compared)
{
    const struct comparison how = { sv_span_equal, compared };
    if (s->is_below && !is_wildcard && domain.len <= s->domain.len)
        return 0;
    return is_at_or_below(domain, s->domain, &how);
}

int sv_subtree_reaches_domain(const struct sv_subtree *s, struct sv_span domain, int is_wildcard,
                              size_t *compared)
{
    const struct comparison how = { sv_domain_equal, compared };
    if (is_at_or_below(domain, s->domain, &how))
        return 1;
    *compared += is_wildcard ? s->domain.len : 0;
    return is_wildcard && sv_domain_wildcard_covers(domain, s->domain);
}

int sv_subtree_holds_ip(const struct sv_subtree *s, struct sv_span address, size_t *compared)
{
    if (address.len * 2 != s->base.len)
        return 0;
    *compared += address.len;
    for (size_t i = 0; i < address.len; i++) {
        if ((address.data[i] ^ s->base.data[i]) & s->base.data[address.len + i])
            return 0;
    }
    return 1;
}

/* A base is a mailbox, a host, or a dot and a domain that the host is below. */
static int is_mailbox_in(struct sv_span mailbox, struct sv_span base, const struct comparison *how)
{
    const unsigned char *at = memchr(mailbox.data, '@', mailbox.len);
    struct sv_span host = sv_span_skip(mailbox, (size_t)(at - mailbox.data) + 1);
    if (memchr(base.data, '@', base.len))
        return are_equal(how, mailbox, base);
    if (base.data[0] != '.')
        return are_equal(how, host, base);
    base = sv_span_skip(base, 1);
    return host.len > base.len && is_at_or_below(host, base, how);
}

int sv_subtree_holds_mailbox(const struct sv_subtree *s, struct sv_span mailbox, size_t *compared)
{
    const struct comparison how = { sv_span_equal, compared };
    return s->base.len > 0 && is_mailbox_in(mailbox, s->base, &how);
}

int sv_subtree_reaches_mailbox(const struct sv_subtree *s, struct sv_span mailbox, size_t *compared)
{
    const struct comparison how = { sv_domain_equal, compared };
    return s->base.len == 0 || is_mailbox_in(mailbox, s->base, &how);
}

int sv_subtree_is_universal(const struct sv_subtree *s)
{
    return s->form == SV_FORM_DNS && s->domain.len == 0;
}
