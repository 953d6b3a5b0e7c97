/* SPDX-License-Identifier: MIT
 * PEM to the letter (RFC 7468, strict): a block that one reader would see and another one wouldn't
 * makes the file malformed. */
#ifndef SV_PEM_H
#define SV_PEM_H

#include "x509/der.h"

struct sv_pem {
    struct sv_span label, base64; /* "X509 CRL"; the lines between */
    struct sv_span line;          /* the first one; of a malformed block the one that makes it so */
};

/* Cuts the next block off. Returns 1; 0: none is left; -1: malformed, *ret_block says where; what
 * comes behind can be read on. */
int sv_pem_next(struct sv_span *text, struct sv_pem *ret_block);

/* Decodes; free() it. NULL out of memory, or if it isn't Base64: then *ret_is_malformed is 1. */
unsigned char *sv_pem_decode(const struct sv_pem *block, size_t *ret_len, int *ret_is_malformed);

#endif
