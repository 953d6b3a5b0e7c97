/* SPDX-License-Identifier: MIT
 * Does a certificate name whom we expect? (RFC 9525 section 6) */
#ifndef SV_MATCH_H
#define SV_MATCH_H

#include "names/identity.h"
#include "names/reference.h"

/* What a profile changes; all zero but for SIP. */
struct sv_match_rules {
    int no_wildcards;  /* RFC 5922 section 7.2 (N-62), or as the application set */
    int no_addresses;  /* as the application set: no IP-ID counts */
    int uri_beats_dns; /* with a URI-ID no DNS-ID counts (N-1, N-62) */
};

/* 1 and the index of the first identifier that matches; 0 if none does. No allocation, linear. A
 * match never combines parts of two identifiers (N-12). */
int sv_match(const struct sv_identities *identities, const struct sv_reference *reference,
             const struct sv_match_rules *rules, size_t *ret_index);

/* The same for "any name below this domain, at any depth". Only DNS-IDs count, and the common name
 * where it stands for one. The domain itself isn't below itself. A wildcard counts if all it covers
 * is below: "*.example.com" is under "example.com", and so is "*.a.example.com". */
int sv_match_under(const struct sv_identities *identities, const struct sv_reference *domain,
                   const struct sv_match_rules *rules, size_t *ret_index);

#endif
