/* SPDX-License-Identifier: MIT
 * Host names as octets: ASCII letters compare without case, nothing else is folded (I-1). */
#ifndef SV_DOMAIN_H
#define SV_DOMAIN_H

#include "x509/der.h"

enum { SV_MAX_DOMAIN = 253, SV_MAX_LABEL = 63 };

/* 1: one to 253 octets in labels of 1 to 63 letters, digits, '-' and '_', which neither start nor
 * end with '-'; no dot at either end; so no wildcard either (RFC 9525 section 2, RFC 1034). */
int sv_domain_ok(struct sv_span name);

/* 1: the label is an A-label by its looks: it starts with "xn--". */
int sv_domain_is_a_label(struct sv_span label);

/* Cuts the left-most label off. Returns 0 when nothing is left. */
int sv_domain_next_label(struct sv_span *name, struct sv_span *ret_label);

/* 1: the same octets but for the case of ASCII letters (RFC 9525 section 6.3). */
int sv_domain_equal(struct sv_span a, struct sv_span b);

/* 1: the name has at least one label more than the base and ends with it. */
int sv_domain_is_below(struct sv_span name, struct sv_span base);

/* A wildcard's host part covers the name: exactly one label stands in for the star (N-21, N-22). */
int sv_domain_wildcard_covers(struct sv_span base, struct sv_span name);

unsigned char sv_ascii_lower(unsigned char c);
int sv_ascii_is_alnum(unsigned char c);

#endif
