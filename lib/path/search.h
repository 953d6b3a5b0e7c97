/* SPDX-License-Identifier: MIT
 * The search for a path that both the core and the TLS library accept. */
#ifndef SV_SEARCH_H
#define SV_SEARCH_H

#include "path/walk.h"

/* How much a refused path says about the peer: the highest is reported. */
enum sv_quality { SV_NO_PATH, SV_JUDGED_BAD, SV_VALIDATED_BAD, SV_ACCEPTED };

/* What it found: an accepted path, or the one that says most. */
struct sv_found {
    int accepted;
    enum sv_quality quality;
    struct sv_node *best[SV_MAX_PATH];
    size_t best_count;
    struct sv_faults best_faults;
    struct sv_faults *faults; /* at first, what is held against the leaf whatever the path */
};

struct sv_search {
    struct sv_walk walk;
    struct sv_found found;
    sv_set on_path;
    sv_set asked;    /* nodes whose issuers were looked for among the anchors */
    int was_refused; /* the TLS library refused some path */
};

/* Searches. Returns a status; search->faults says what is held against the best path, ranked. */
int sv_search_run(struct sv_search *search);

/* Releases what the search made. */
void sv_search_clear(struct sv_search *search);

#endif
