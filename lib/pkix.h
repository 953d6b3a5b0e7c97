/* SPDX-License-Identifier: MIT
 * The proof by a path: to a trust anchor, or to one that TLSA records name. */
#ifndef SV_PKIX_H
#define SV_PKIX_H

#include "work.h"

/* Reads all that was presented, once. Returns 1; 0: it is malformed or too much, with faults. */
int sv_pkix_read(struct sv_work *work);

/* Searches for a path and keeps what it finds in the verdict; work->given says which anchors count
 * and which records must match. Returns an outcome or a status. */
int sv_pkix_judge(struct sv_work *work);

#endif
