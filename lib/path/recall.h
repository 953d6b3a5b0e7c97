/* SPDX-License-Identifier: MIT
 * What was validated before need not be validated again. Only accepted paths are remembered, by a
 * digest of every octet of them and of all that the TLS library's answer depended on (memory.h);
 * dates, purposes, names and revocation are judged on every use. */
#ifndef SV_RECALL_H
#define SV_RECALL_H

#include "path/walk.h"

/* Can anything be remembered? */
int sv_has_memory(const struct sv_walk *walk);

/* 1: the path as it is now was validated before. */
int sv_is_remembered(const struct sv_walk *walk);

/* The TLS library's answer about the path, and remembers it if it is yes: 1, 0 with faults, or a
 * status. Of a path whose upper part was validated before, the leaf alone is asked about. */
int sv_validate_and_remember(struct sv_walk *walk, struct sv_faults *faults);

#endif
