/* SPDX-License-Identifier: MIT
 * Holds a validated path against the lists of a trust (V-3, V-8). */
#ifndef SV_REVOCATION_H
#define SV_REVOCATION_H

#include "path/anchor_set.h"
#include "rules/faults.h"

/* The path's nodes have been validated and imported. not_revoked: a bit for each depth that a
 * staple spoke for. Adds revoked and, where the policy requires it, revocation-unknown. Returns a
 * status. */
int sv_judge_revocation(const struct sv_anchor_set *set, const struct s2sv_backend *backend,
                        struct sv_node *const *path, size_t count, enum s2sv_revocation revocation,
                        unsigned not_revoked, int64_t time, struct sv_faults *faults);

#endif
