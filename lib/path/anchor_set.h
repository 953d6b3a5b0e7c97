/* SPDX-License-Identifier: MIT
 * Immutable sets of trust anchors with their revocation lists and their memory; reference-counted
 * and shared by threads. */
#ifndef SV_ANCHOR_SET_H
#define SV_ANCHOR_SET_H

#include "path/anchor.h"
#include "path/crl_set.h"
#include "path/memory.h"

/* Anchors and what is distrusted, sorted by subject, no two the same; and revocation lists. */
struct sv_anchor_set {
    atomic_uint references;
    size_t count;
    int has_distrusted;
    struct s2sv_lists *crls;    /* NULL: none */
    struct s2sv_memory *memory; /* of paths to these anchors; NULL: none */
    struct sv_anchor *items[];
};

/* What is to be added to a set. */
struct sv_additions {
    struct sv_anchor **anchors;
    size_t count;
    struct sv_list **lists;
    size_t list_count;
};

/* A new set of what the old one has, NULL for none, and what is added, which it takes references
 * to, with a new memory of that many entries; the old one again where lists were added that it has.
 * NULL out of memory. */
struct sv_anchor_set *sv_anchor_set_with(struct sv_anchor_set *old,
                                         const struct sv_additions *added, size_t memory);
struct sv_anchor_set *sv_anchor_set_ref(struct sv_anchor_set *set);
void sv_anchor_set_unref(struct sv_anchor_set *set);

/* The first anchor that may have that subject, by sv_name_order(): its index, or set->count. Those
 * after it may have it too. */
size_t sv_anchor_set_find(const struct sv_anchor_set *set, struct sv_span subject);

/* 1: no path may pass that certificate. A set of NULL has none. */
int sv_anchor_set_distrusts(const struct sv_anchor_set *set,
                            const struct sv_certificate *certificate);

#endif
