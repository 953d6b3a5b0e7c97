/* SPDX-License-Identifier: MIT
 * One verification: what is given, and what each proof makes of it. */
#ifndef SV_WORK_H
#define SV_WORK_H

#include "path/search.h"
#include "peer.h"
#include "verdict.h"

/* One call of s2sv_backend_verify(). */
struct sv_work {
    const struct s2sv_peer *peer;
    const struct s2sv_link *presented;
    size_t count;
    struct s2sv_verdict *verdict;
    struct sv_faults faults;
    struct sv_node nodes[SV_MAX_MESH]; /* of what was presented */
    int are_read;
    struct s2sv_bytes *staples; /* the peer's and the connection's */
    struct sv_given given;
    struct sv_search search;
};

/* What a proof says of the peer; a negative status otherwise. */
enum sv_outcome {
    SV_DOES_NOT_APPLY = 0,
    SV_PROVEN = 1, /* the verdict is trusted */
    SV_FAILS = 2   /* with faults */
};

#endif
