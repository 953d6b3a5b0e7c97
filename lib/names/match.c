/* SPDX-License-Identifier: MIT */
#include "names/match.h"

static struct sv_span name_of(const struct sv_reference *reference)
{
    return (struct sv_span){ (const unsigned char *)reference->name, reference->len };
}

/* 1: the identifier is a domain, and the rules let it count. */
static int counts(const struct sv_identities *list, const struct sv_identity *identity,
                  const struct sv_match_rules *rules)
{
    switch (identity->kind) {
    case S2SV_IDENTIFIER_DNS:
    case S2SV_IDENTIFIER_COMMON_NAME:
        if (rules->uri_beats_dns && list->has_uri)
            return 0;
        break;
    case S2SV_IDENTIFIER_SRV:
        if (identity->other_service)
            return 0;
        break;
    case S2SV_IDENTIFIER_XMPP_ADDR:
    case S2SV_IDENTIFIER_URI:
        break;
    case S2SV_IDENTIFIER_IP:
    default:
        return 0;
    }
    return !(identity->is_wildcard && rules->no_wildcards);
}

/* N-20 to N-27, N-32, N-33, N-36. */
static int names(const struct sv_identity *identity, struct sv_span name)
{
    if (identity->is_wildcard)
        return sv_domain_wildcard_covers(identity->compared, name);
    return sv_domain_equal(identity->compared, name);
}

/* N-7, N-31: an address matches an IP-ID only, octet for octet (RFC 9525 section 6.4). */
static int is_address(const struct sv_identity *identity, const struct sv_reference *reference)
{
    return identity->kind == S2SV_IDENTIFIER_IP &&
           sv_span_equal(identity->compared, (struct sv_span){ reference->ip, reference->len });
}

static int matches(const struct sv_identities *list, const struct sv_identity *identity,
                   const struct sv_reference *reference, const struct sv_match_rules *rules)
{
    switch (reference->kind) {
    case SV_REFERENCE_NAME:
        return counts(list, identity, rules) && names(identity, name_of(reference));
    case SV_REFERENCE_IPV4:
    case SV_REFERENCE_IPV6:
        return !rules->no_addresses && is_address(identity, reference);
    default:
        return 0;
    }
}

int sv_match(const struct sv_identities *identities, const struct sv_reference *reference,
             const struct sv_match_rules *rules, size_t *ret_index)
{
    for (size_t i = 0; i < identities->count; i++) {
        if (matches(identities, &identities->items[i], reference, rules)) {
            *ret_index = i;
            return 1;
        }
    }
    return 0;
}

static int is_under(const struct sv_identity *identity, struct sv_span domain)
{
    if (identity->kind != S2SV_IDENTIFIER_DNS && identity->kind != S2SV_IDENTIFIER_COMMON_NAME)
        return 0;
    return sv_domain_is_below(identity->compared, domain) ||
           (identity->is_wildcard && sv_domain_equal(identity->compared, domain));
}

int sv_match_under(const struct sv_identities *identities, const struct sv_reference *domain,
                   const struct sv_match_rules *rules, size_t *ret_index)
{
    if (domain->kind != SV_REFERENCE_NAME)
        return 0;
    for (size_t i = 0; i < identities->count; i++) {
        const struct sv_identity *identity = &identities->items[i];
        if (counts(identities, identity, rules) && is_under(identity, name_of(domain))) {
            *ret_index = i;
            return 1;
        }
    }
    return 0;
}
