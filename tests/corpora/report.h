/* SPDX-License-Identifier: MIT
 * What is printed when all cases have run. */
#ifndef REPORT_H
#define REPORT_H

#include "exceptions.h"
#include "run.h"

/* Writes a line for each case: its name and, on each library, accepted, trusted, reason and depth.
 * Returns 0, or -1 and errno. */
int report_verdicts(const struct corpus *corpus, const struct result *results, const char *path);

/* The table: how often each validator says what is expected. */
void report_table(const struct corpus *corpus, const struct result *results);

/* Each of these lists what is wrong and returns how many. */
size_t report_disagreements(const struct corpus *corpus, const struct result *results);
size_t report_wider(const struct corpus *corpus, const struct result *results);
/* Cases whose outcome nobody expects. With lists_all those with an exception are listed as well. */
size_t report_mismatches(const struct corpus *corpus, const struct result *results,
                         struct exceptions *exceptions, int lists_all);
/* Exceptions that excuse nothing any more. */
size_t report_stale(const struct exceptions *exceptions);

#endif
