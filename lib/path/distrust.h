/* SPDX-License-Identifier: MIT
 * What no path may pass, whoever presents it (T-2). */
#ifndef SV_DISTRUST_H
#define SV_DISTRUST_H

#include "path/walk.h"

/* 1: the trust, or the application's store, says not to trust that certificate for servers. */
int sv_is_distrusted(const struct sv_walk *walk, const struct sv_certificate *certificate);

/* Holds it against the path as it is now. */
void sv_judge_distrust(const struct sv_walk *walk, struct sv_faults *faults);

#endif
