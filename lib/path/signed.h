/* SPDX-License-Identifier: MIT
 * Who made a signature on a revocation list, a staple or another certificate than the path's. */
#ifndef SV_SIGNED_H
#define SV_SIGNED_H

#include "path/walk.h"

/* 1: the issuer's key made that signature over the octets; 0: it didn't, or can't have; or a
 * status. */
int sv_is_signed_by(const struct sv_walk *walk, struct sv_span octets,
                    const struct sv_signature *signature, struct sv_node *issuer);

#endif
