/* SPDX-License-Identifier: MIT
 * What stapled OCSP responses say about a certificate of a validated path (OCSP-1 to OCSP-7). */
#ifndef SV_STAPLES_H
#define SV_STAPLES_H

#include "path/lists.h"

struct sv_staples {
    const struct sv_walk *walk;
    const struct s2sv_lists *lists; /* that may revoke a responder; NULL: none */
    unsigned forged;                /* signatures so far that weren't what they should be */
};

/* Of a peer whose staples have more wrong signatures, no more are looked at. */
enum { SV_MAX_FORGED = 4 };

/* What they say about the certificate of that depth: nothing, good or revoked. Returns a status. */
int sv_ask_staples(struct sv_staples *staples, size_t depth, enum sv_told *ret_told);

#endif
