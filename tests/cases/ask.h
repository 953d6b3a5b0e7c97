/* SPDX-License-Identifier: MIT
 * A case, put to the library. */
#ifndef CASES_ASK_H
#define CASES_ASK_H

#include <s2sverify/s2sverify.h>

#include "chain.h"

/* Judges the case's peer for one direction. NULL and a sentence in err if that can't be done. */
struct s2sv_verdict *case_ask(const struct case_record *record, const struct case_chain *chain,
                              const struct s2sv_backend *backend, enum s2sv_direction direction,
                              char *err, size_t errlen);

/* Holds a verdict against what the case expects. 0, or -1 and what differs in err. */
int case_compare(const struct case_record *record, const struct s2sv_verdict *verdict, char *err,
                 size_t errlen);

/* The next direction that the case wants after this one, or 0; start with 0. */
enum s2sv_direction case_next_direction(const struct case_record *record, int after);

#endif
