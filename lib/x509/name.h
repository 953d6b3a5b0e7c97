/* SPDX-License-Identifier: MIT
 * Names of issuers and subjects, compared as both TLS libraries do at the least: octet by octet,
 * but for the string type of a value. Case and spaces count. */
#ifndef SV_NAME_H
#define SV_NAME_H

#include "x509/der.h"

/* 1: a Name, header included, of attributes whose Unicode strings are what they say. One TLS
 * library doesn't read others. */
int sv_name_ok(struct sv_span name);

int sv_name_equal(struct sv_span a, struct sv_span b);

/* 1: a Name's content starts with another's (RFC 5280 section 4.2.1.10, directoryName). */
int sv_name_starts_with(struct sv_span rdns, struct sv_span base);

/* An order for sorting and finding: 0 for equal names, and for few others, so equality is asked for
 * as well. */
int sv_name_order(struct sv_span a, struct sv_span b);

#endif
