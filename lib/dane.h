/* SPDX-License-Identifier: MIT
 * The proof by TLSA records that the peer was given (RFC 6698, 7671, 7672, 7673). */
#ifndef SV_DANE_H
#define SV_DANE_H

#include "work.h"

/* Returns an outcome or a status. */
int sv_dane_judge(struct sv_work *work);

#endif
