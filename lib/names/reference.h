/* SPDX-License-Identifier: MIT
 * Reference names: whom we expect. On the receiving side they are the peer's own text, so they are
 * checked before anything is compared. */
#ifndef SV_REFERENCE_H
#define SV_REFERENCE_H

#include <s2sverify/s2sverify.h>

#include "names/idna.h"

enum sv_reference_kind { SV_REFERENCE_NAME = 1, SV_REFERENCE_IPV4 = 2, SV_REFERENCE_IPV6 = 3 };

enum { SV_REFERENCE_SINGLE_LABEL = 1 }; /* flag: one label is enough */

enum { SV_MAX_REFERENCE = 1023 }; /* octets of text (RFC 7622 section 3.2) */

struct sv_reference {
    enum sv_reference_kind kind; /* 0: not readable; it matches nothing */
    char name[SV_DOMAIN_SIZE];   /* NAME: A-labels, lower case, NUL-terminated */
    size_t len;                  /* of name, or of ip: 4 or 16 */
    unsigned char ip[16];
    const char *why; /* not readable: what is wrong with it, a constant */
};

/* Reads a reference name; NULL is an empty one. Returns S2SV_REASON_NONE; otherwise, and then
 * ret_reference->why is set, S2SV_REASON_INVALID_REFERENCE, or S2SV_REASON_INTERNAL_ERROR out of
 * memory. Allocates nothing for ASCII text without an "xn--" label. */
enum s2sv_reason sv_reference_read(const char *text, unsigned flags,
                                   struct sv_reference *ret_reference);

/* 1: both are readable and the same: U-label and A-label, case and a trailing dot don't matter. */
int sv_reference_equal(const struct sv_reference *a, const struct sv_reference *b);

#endif
