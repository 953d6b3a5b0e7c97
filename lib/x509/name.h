/* SPDX-License-Identifier: MIT
 * Names of issuers and subjects. Who issued a certificate is told by a name's octets alone, as
 * stock GnuTLS does at the anchor; name constraints take two string types for one. Case and spaces
 * count. */
#ifndef SV_NAME_H
#define SV_NAME_H

#include "x509/der.h"

/* 1: a Name, header included, of attributes whose Unicode strings are what they say. One TLS
 * library doesn't read others. */
int sv_name_ok(struct sv_span name);

/* The same of one RelativeDistinguishedName's content. */
int sv_rdn_ok(struct sv_span rdn);

/* 1: no attribute in a Name's content is empty (NAME-6). */
int sv_rdns_say_something(struct sv_span rdns);

/* 1: a Name's content starts with another's (RFC 5280 section 4.2.1.10, directoryName). *compared
 * grows by the octets that are compared; those that are read for it count more. */
int sv_name_starts_with(struct sv_span rdns, struct sv_span base, size_t *compared);

/* An order for sorting and finding: 0 for equal names only. */
int sv_name_order(struct sv_span a, struct sv_span b);

#endif
