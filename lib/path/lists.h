/* SPDX-License-Identifier: MIT
 * What revocation lists say about a certificate of a validated path (CRL-1 to CRL-7). */
#ifndef SV_LISTS_H
#define SV_LISTS_H

#include "path/walk.h"

/* The higher one counts. */
enum sv_told {
    SV_TOLD_NOTHING = 0,
    SV_TOLD_GOOD = 1,
    SV_TOLD_UNCHECKED = 2, /* revoked, if the signature is what it seems to be */
    SV_TOLD_REVOKED = 3
};

struct sv_answer {
    enum sv_told told;
    struct sv_span algorithm; /* of the signature that nobody can check: its OID */
};

/* What a set, which may be NULL, says about a certificate that the path's certificate of depth
 * issuer made. Returns a status. */
int sv_ask_lists(const struct sv_walk *walk, const struct s2sv_lists *set,
                 const struct sv_certificate *certificate, size_t issuer,
                 struct sv_answer *ret_answer);

#endif
