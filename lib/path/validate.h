/* SPDX-License-Identifier: MIT
 * Asks the TLS library about one complete path. */
#ifndef SV_VALIDATE_H
#define SV_VALIDATE_H

#include "path/walk.h"

struct s2sv_link sv_link_of(const struct sv_node *node);
/* Makes the native form, unless it is there. Returns a status. */
int sv_import(const struct sv_walk *walk, struct sv_node *node);

/* The TLS library's answer about the path as it is now: 1, 0 with faults, or a status. */
int sv_validate(struct sv_walk *walk, struct sv_faults *faults);
/* The same about the path's first certificates, the last of them as the trust anchor. */
int sv_validate_first(struct sv_walk *walk, size_t count, struct sv_faults *faults);

#endif
