/* SPDX-License-Identifier: MIT
 * A trust is a mutex around an immutable set of anchors; adding makes a new set. A verification
 * works on the set that it found, so that it needs no lock. */
#ifndef SV_TRUST_H
#define SV_TRUST_H

#include <s2sverify/backend.h>

#include <pthread.h>
#include <stdatomic.h>

#include "path/anchor_set.h"

struct sv_error;

struct s2sv_trust {
    atomic_uint references;
    const struct s2sv_backend *backend;
    pthread_mutex_t lock; /* guards the fields below */
    struct sv_anchor_set *set;
    size_t memory;           /* entries of the set's memory */
    const char *error;       /* one of the errors, or a constant */
    struct sv_error *errors; /* every sentence that was ever told, once: none is freed early */
};

/* The set as it is now, with a reference; NULL for no anchors. */
struct sv_anchor_set *sv_trust_anchors(struct s2sv_trust *trust);
#endif
