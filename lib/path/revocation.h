/* SPDX-License-Identifier: MIT
 * Whether a certificate of a validated path is revoked, as far as lists and staples tell. */
#ifndef SV_REVOCATION_H
#define SV_REVOCATION_H

#include "path/walk.h"

/* Adds revoked and revocation-unknown, as the policy asks. Returns a status. */
int sv_judge_revocation(const struct sv_walk *walk, struct sv_faults *faults);

#endif
