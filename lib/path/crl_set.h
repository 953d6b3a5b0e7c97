/* SPDX-License-Identifier: MIT
 * Immutable sets of revocation lists; reference-counted and shared by threads. */
#ifndef SV_CRL_SET_H
#define SV_CRL_SET_H

#include <s2sverify/backend.h>

#include "path/list.h"
#include "path/serial_filter.h"

/* Sorted by issuer, scope and key; of those the newest first. None is there twice. */
struct s2sv_lists {
    atomic_uint references;
    size_t count, entry_count;
    size_t *ends;        /* of each list: behind the last one whose place it may take */
    size_t *issuer_ends; /* of each list: behind the last one of its issuer */
    struct sv_serial_filter *filter;
    struct sv_list *items[];
};

/* What the old one has, NULL for none, and what is added, which it sorts and takes references to;
 * the old one again if that is all there already. NULL out of memory. */
struct s2sv_lists *sv_crl_set_with(struct s2sv_lists *old, struct sv_list **added, size_t count);
struct s2sv_lists *sv_crl_set_ref(struct s2sv_lists *set);
void sv_crl_set_unref(struct s2sv_lists *set);

/* 0: none of them has that serial number. */
int sv_crl_set_may_have(const struct s2sv_lists *set, struct sv_span serial);

/* The first list of that issuer: its index; where there is none, that of another one, or
 * set->count.
 */
size_t sv_crl_set_find(const struct s2sv_lists *set, struct sv_span issuer);

#endif
