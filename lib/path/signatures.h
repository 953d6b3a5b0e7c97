/* SPDX-License-Identifier: MIT
 * Who signed whom on a path: asked from the anchor down, so that a key is used only when its own
 * certificate is proven, and of each two certificates once. */
#ifndef SV_SIGNATURES_H
#define SV_SIGNATURES_H

#include "path/walk.h"

/* Returns 1: every signature is the issuer's; 0: one isn't, with a fault, and is known from now on;
 * or a status. What the rules hold something against, and what the TLS library can't read, is
 * passed over: validate() says it. */
int sv_signatures_check(struct sv_walk *walk, struct sv_faults *faults);

/* 1: its own key made its signature, or that can't be said; 0: it didn't, or short of memory. */
int sv_may_be_signed_by_itself(const struct sv_walk *walk, struct sv_node *node);

#endif
