/* SPDX-License-Identifier: MIT
 * Immutable sets of trust anchors with their revocation lists and their memory; reference-counted
 * and shared by threads. */
#ifndef SV_ANCHOR_SET_H
#define SV_ANCHOR_SET_H

#include "path/anchor.h"
#include "path/memory.h"
#include "x509/crl.h"

/* Anchors sorted by subject, no two with the same DER; and revocation lists. */
struct sv_anchor_set {
    atomic_uint references;
    size_t count, crl_count;
    struct sv_crl **crls;       /* behind the anchors */
    struct s2sv_memory *memory; /* of paths to these anchors; NULL: none */
    struct sv_anchor *items[];
};

/* What is to be added to a set. */
struct sv_additions {
    struct sv_anchor **anchors;
    size_t count;
    struct sv_crl **crls;
    size_t crl_count;
};

/* A new set of what the old one has, NULL for none, and what is added, whose references it takes
 * over, with a new memory of that many entries. NULL out of memory; then they stay the caller's. */
struct sv_anchor_set *sv_anchor_set_with(const struct sv_anchor_set *old,
                                         const struct sv_additions *added, size_t memory);
void sv_anchor_set_unref(struct sv_anchor_set *set);

/* The first anchor that may have that subject, by sv_name_order(): its index, or set->count. Those
 * after it may have it too. */
size_t sv_anchor_set_find(const struct sv_anchor_set *set, struct sv_span subject);

#endif
