/* SPDX-License-Identifier: MIT
 * The proofs that look at the leaf alone: a pin, a TLSA record of usage DANE-EE. */
#ifndef SV_PIN_H
#define SV_PIN_H

#include "work.h"

/* The leaf, read; 0 with a fault if it is malformed. What is behind it doesn't matter. */
int sv_leaf_read(struct sv_work *work, struct sv_certificate *ret_leaf);

/* A record of the leaf matched: its key must be strong enough, whoever vouches for it (C-14 to
 * C-17). Keeps it as the path. Returns an outcome or a status. */
int sv_leaf_keep(struct sv_work *work, const struct sv_certificate *leaf);

/* Returns an outcome or a status. */
int sv_pin_judge(struct sv_work *work);

#endif
