/* SPDX-License-Identifier: MIT
 * Internationalised names by libidn2: IDNA2008 with TR46, non-transitional (I-2). Built without
 * libidn2, every name that needs it is refused (I-8). */
#ifndef SV_IDNA_H
#define SV_IDNA_H

#include "names/domain.h"

enum { SV_DOMAIN_SIZE = 256 }; /* a name, and room to see that it is too long */

extern const char sv_idna_no_memory[]; /* a "why" that is no fault of the text */

/* Maps UTF-8 text to A-labels in lower case, NUL-terminated. Returns NULL, or why it can't be done
 * (a constant). The caller checks the text before and the name after it (I-4): a mapping may delete
 * and create ASCII. */
const char *sv_idna_map(const char *text, char ret_name[SV_DOMAIN_SIZE]);

/* 1: UTF-8 text has a character that is not seen, which the mapping drops or may drop. */
int sv_idna_has_invisible(struct sv_span text);

/* Returns NULL if every "xn--" label of an ASCII name is an A-label that libidn2 takes (I-5), or
 * why not. Allocates only if there is such a label. Without libidn2: always NULL. */
const char *sv_idna_check_a_labels(struct sv_span name);

#endif
