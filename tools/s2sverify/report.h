/* SPDX-License-Identifier: MIT
 * What was found about a chain, for people and for scripts. */
#ifndef REPORT_H
#define REPORT_H

#include "json.h"
#include "judge.h"

/* A table of who accepts it, then what is held against it, the path and its names. */
void report_print(const struct opinions *opinions, int64_t at);
/* An array with an object for each opinion: "verdicts" in s2sverify(1). NULL out of memory. */
json_t *report_json(const struct opinions *opinions, int64_t at);
/* "DNS-ID" */
const char *identifier_name(enum s2sv_identifier kind);
const char *direction_name(enum s2sv_direction direction); /* "outbound", "inbound" */
/* The earliest end on the path, or, of a chain that isn't trusted, of what was presented. Returns
 * 1, or 0 if no certificate could be read. */
int report_valid_until(const struct s2sv_verdict *verdict, int64_t *ret_seconds);

#endif
