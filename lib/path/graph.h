/* SPDX-License-Identifier: MIT
 * Who may have issued whom, among what a peer presented and what the anchors' side adds to it.
 * Names and key identifiers of two certificates are compared once, however often a search passes
 * them; and no signature is checked twice. */
#ifndef SV_GRAPH_H
#define SV_GRAPH_H

#include "path/anchor.h"
#include "x509/bounds.h"

/* A set of nodes, a bit for each. */
typedef uint64_t sv_set;
#define SV_BIT(node) ((sv_set)1 << (node))

struct sv_graph {
    struct sv_node *nodes[SV_MAX_NODES]; /* what was presented, leaf first; then the others */
    unsigned count, presented;
    int was_full;                 /* some node had no room */
    sv_set likely;                /* CAs in date */
    sv_set issuers[SV_MAX_NODES]; /* of each node: who may have issued it */
    sv_set same[SV_MAX_NODES];    /* of each node: who has its subject and its key, itself too */
    sv_set good[SV_MAX_NODES];    /* of each node: who is known to have signed it */
    sv_set bad[SV_MAX_NODES];     /* of each node: who is known not to have signed it */
};

/* What was presented; time decides who is a likely issuer. */
void sv_graph_init(struct sv_graph *graph, struct sv_node *presented, size_t count, int64_t time);

/* Adds an anchor, or a link of the application's, unless it is there. */
void sv_graph_add(struct sv_graph *graph, struct sv_node *node, int64_t time);

/* A node that is there. */
unsigned sv_graph_find(const struct sv_graph *graph, const struct sv_node *node);

/* The issuers of a node that no signature speaks against. */
sv_set sv_graph_issuers(const struct sv_graph *graph, unsigned node);

/* The first node of a set that isn't empty. */
unsigned sv_set_first(sv_set set);

#endif
