/* SPDX-License-Identifier: MIT
 * What the search, the question to the TLS library and the memory share: what is given, and the
 * path as it is now. */
#ifndef SV_WALK_H
#define SV_WALK_H

#include "path/anchor_set.h"
#include "path/app_anchors.h"
#include "path/graph.h"
#include "rules/rules.h"
#include "rules/tlsa.h"

/* What is given, and stays. */
struct sv_given {
    const struct s2sv_trust_source *source;
    const struct s2sv_policy *policy;
    enum s2sv_direction direction;
    int64_t time;
    int time_is_given;
    struct sv_node *presented; /* leaf first; their native forms are made on the way */
    size_t presented_count;
    const struct sv_identities *identities; /* of the leaf */
    const struct sv_anchor_set *anchors;    /* of the trust; NULL: none */
    const struct sv_anchor_set *named;      /* by TLSA records, in their place; NULL: not so */
    const struct sv_tlsa_set *pkix_ta;      /* some CA of the path must match; NULL: none need */
    const struct s2sv_bytes *staples;       /* OCSP responses */
    size_t staple_count;
    int asked_status; /* a staple was asked for in the handshake */
};

/* Where the search is, and what it has cost. */
struct sv_walk {
    const struct sv_given *given;
    struct s2sv_anchors listed;
    struct sv_graph graph;
    struct sv_node *path[SV_MAX_PATH];
    unsigned char at[SV_MAX_PATH]; /* the same nodes in the graph */
    size_t count;
    unsigned steps, paths;
    unsigned signatures;   /* that were checked before a path was accepted */
    unsigned price, wrong; /* of them, and of those that were wrong */
    size_t compared;       /* octets of names under constraints: SV_MAX_COMPARED */
    int was_cut;           /* some path would have been too long */
    int only_remembered;   /* a first round, over paths that were validated before */
};

#endif
