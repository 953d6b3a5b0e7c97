/* SPDX-License-Identifier: MIT
 * Names of issuers and subjects, compared as both TLS libraries do at the least: octet by octet,
 * but for the string type of a value. Case and spaces count. */
#ifndef SV_NAME_H
#define SV_NAME_H

#include "der.h"

int sv_name_equal(struct sv_span a, struct sv_span b);

/* An order for sorting and finding: 0 for equal names, and for few others, so equality is asked for
 * as well. */
int sv_name_order(struct sv_span a, struct sv_span b);

#endif
