/* SPDX-License-Identifier: MIT
 * The search for a path that both the core and the TLS library accept. */
#ifndef SV_PATH_H
#define SV_PATH_H

#include "judge.h"
#include "limits.h"
#include "trust.h"

/* Certificates that the application's anchors were asked for, by issuer name. */
struct s2sv_anchors {
    const struct s2sv_backend *backend;
    struct sv_anchor **items;
    size_t count;
    struct sv_span asked[SV_MAX_PRESENTED * 2]; /* names that were asked for */
    size_t asked_count;
};

/* How much a refused path says about the peer: the highest is reported. */
enum sv_quality { SV_NO_PATH, SV_JUDGED_BAD, SV_VALIDATED_BAD, SV_ACCEPTED };

struct sv_search {
    /* What is given. */
    const struct s2sv_source *source;
    const struct s2sv_policy *policy;
    enum s2sv_direction direction;
    int64_t time;
    int time_is_given;
    struct sv_node presented[SV_MAX_PRESENTED];
    size_t presented_count;
    const struct sv_identities *identities; /* of the leaf */
    const struct sv_anchor_set *anchors;    /* of the trust; NULL: none */
    struct sv_faults *faults; /* at first, what is held against the leaf whatever the path */

    /* Where the search is. */
    struct s2sv_anchors listed;
    struct sv_node *path[SV_MAX_PATH];
    size_t count;
    unsigned steps, paths, signatures;
    int ask_for_all;

    /* What it found: an accepted path, or the one that says most. */
    int accepted;
    enum sv_quality quality;
    struct sv_node *best[SV_MAX_PATH];
    size_t best_count;
    struct sv_faults best_faults;
};

/* Searches. Returns a status; search->faults says what is held against the best path, ranked. */
int sv_search_run(struct sv_search *search);

/* Releases what the search made. */
void sv_search_clear(struct sv_search *search);

#endif
