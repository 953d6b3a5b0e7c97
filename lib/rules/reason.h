/* SPDX-License-Identifier: MIT */
#ifndef SV_REASON_H
#define SV_REASON_H

#include <s2sverify/s2sverify.h>

/* One row per reason: everything that is said about it. */
struct sv_reason {
    enum s2sv_reason reason;
    const char *name;      /* stable */
    const char *text;      /* for us */
    const char *peer_text; /* for the peer: says nothing about us */
    const char *tlsrpt;    /* RFC 8460 section 4.3 */
};

/* The row; the last one, internal-error, for an unknown reason. */
const struct sv_reason *sv_reason_row(enum s2sv_reason reason);

/* Which of two faults is reported first: the lower. The order of the rows. */
int sv_reason_rank(enum s2sv_reason reason);

#endif
