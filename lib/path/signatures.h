/* SPDX-License-Identifier: MIT
 * Who signed what. A key is used only when its own certificate is proven: a path is asked about
 * from the anchor down, and of each two certificates once. */
#ifndef SV_SIGNATURES_H
#define SV_SIGNATURES_H

#include "path/walk.h"

/* Of a revocation list, a staple, or another certificate than the path's. 1: the issuer's key made
 * that signature over the octets; 0: it didn't, or can't have; or a status. */
int sv_is_signed_by(const struct sv_walk *walk, struct sv_span octets,
                    const struct sv_signature *signature, struct sv_node *issuer);

/* Of the path as it is now. Returns 1: every signature is the issuer's; 0: one isn't, with a fault,
 * and is known from now on; or a status. What the rules hold something against, and what the TLS
 * library can't read, is passed over: validate() says it. It isn't asked twice, which would double
 * what forged ones cost: short of memory one may be taken for forged. */
int sv_signatures_check(struct sv_walk *walk, struct sv_faults *faults);

/* 1: its own key made its signature, or that can't be said; 0: it didn't, or short of memory. */
int sv_may_be_signed_by_itself(const struct sv_walk *walk, struct sv_node *node);

#endif
