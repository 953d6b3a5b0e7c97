/* SPDX-License-Identifier: MIT
 * Name constraints on the names we use (RFC 5280 section 4.2.1.10; N-40 to N-46). The TLS library's
 * own check stays on beside this one. */
#ifndef SV_NAME_CONSTRAINTS_H
#define SV_NAME_CONSTRAINTS_H

#include "names/identity.h"

struct sv_violation {
    enum s2sv_reason reason; /* constraint-violated, malformed-extension or limit-exceeded */
    int depth;               /* of the CA whose constraints they are */
    const char *what;        /* a constant: "a name outside the permitted subtrees" */
    const char *name;        /* the identifier's value, or "the common name"; NULL: no name */
};

/* Holds the leaf's identifiers against the name constraints of every CA of the path, the anchor
 * included. *compared counts on, in octets, over all paths. Returns 1, or 0 and the first
 * violation, the CA nearest to the leaf first. */
int sv_constraints_check(const struct sv_certificate *const *path, size_t count,
                         const struct sv_identities *identities, size_t *compared,
                         struct sv_violation *ret_violation);

#endif
