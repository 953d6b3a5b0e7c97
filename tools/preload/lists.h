/* SPDX-License-Identifier: MIT
 * The administrator's revocation lists, beside those that the program itself has. */
#ifndef SVP_LISTS_H
#define SVP_LISTS_H

#include <s2sverify/backend.h>

#include <stdatomic.h>
#include <stdint.h>

struct sv_anchor_set;

/* The lists as one TLS library reads them. */
struct svp_lists {
    const struct s2sv_backend *backend;
    const char *paths;         /* with colons between them; "": there are none */
    struct sv_anchor_set *set; /* under the lock */
    uint64_t state;            /* of the files, when they were read */
    atomic_llong next_look;    /* in seconds */
};

/* Reads the files; what is wrong with one is said in the log, and then it says nothing. */
void svp_lists_open(struct svp_lists *lists, const struct s2sv_backend *backend, const char *paths);

/* Holds against a trusted peer that a certificate of its path is revoked. Nobody else has a
 * reference to the verdict yet. Files that have changed are read again. */
void svp_lists_judge(struct svp_lists *lists, struct s2sv_verdict **verdict);

#endif
