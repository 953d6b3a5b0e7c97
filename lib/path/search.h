/* SPDX-License-Identifier: MIT
 * The search for a path that both the core and the TLS library accept. */
#ifndef SV_SEARCH_H
#define SV_SEARCH_H

#include "path/app_anchors.h"
#include "rules/rules.h"
#include "x509/bounds.h"

/* How much a refused path says about the peer: the highest is reported. */
enum sv_quality { SV_NO_PATH, SV_JUDGED_BAD, SV_VALIDATED_BAD, SV_ACCEPTED };

struct sv_search {
    /* What is given. */
    const struct s2sv_source *source;
    const struct s2sv_policy *policy;
    enum s2sv_direction direction;
    int64_t time;
    int time_is_given;
    struct sv_node presented[SV_MAX_MESH];
    size_t presented_count;
    const struct sv_identities *identities; /* of the leaf */
    const struct sv_anchor_set *anchors;    /* of the trust; NULL: none */
    struct sv_faults *faults; /* at first, what is held against the leaf whatever the path */

    /* Where the search is. */
    struct s2sv_anchors listed;
    struct sv_node *path[SV_MAX_PATH];
    size_t count;
    unsigned steps, paths, signatures;
    size_t comparisons;
    unsigned not_revoked; /* by a staple; a bit for each depth of the path asked about last */
    int was_cut;          /* some path would have been too long */
    int ask_for_all;
    int only_remembered; /* a first round, over paths that were validated before */

    /* What it found: an accepted path, or the one that says most. */
    int accepted;
    enum sv_quality quality;
    struct sv_node *best[SV_MAX_PATH];
    size_t best_count;
    struct sv_faults best_faults;
};

/* validate.c. Can anything be remembered? About the path as it is now: was it validated before? The
 * TLS library's answer: 1, 0 with faults, or a status. */
int sv_has_memory(const struct sv_search *search);
int sv_is_remembered(const struct sv_search *search);
int sv_validate(struct sv_search *search, struct sv_faults *faults);
int sv_validate_and_remember(struct sv_search *search, struct sv_faults *faults);
int sv_is_unrevoked(const struct sv_search *search, struct sv_faults *faults);
int sv_import(const struct sv_search *search, struct sv_node *node);
struct s2sv_link sv_link_of(const struct sv_node *node);

/* Searches. Returns a status; search->faults says what is held against the best path, ranked. */
int sv_search_run(struct sv_search *search);

/* Releases what the search made. */
void sv_search_clear(struct sv_search *search);

#endif
