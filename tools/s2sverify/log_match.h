/* SPDX-License-Identifier: MIT
 * Patterns for lines of logs. */
#ifndef LOG_MATCH_H
#define LOG_MATCH_H

#include <stddef.h>

/* 1: the pattern stands somewhere in the text. In it "*" is any text, and "{}" a run of letters,
 * digits, '.', '-' and '_' as long as can be, which is written to name, cut if it has to be;
 * untouched if there is no "{}". name may be NULL. */
int log_match(const char *pattern, const char *text, char *name, size_t size);

#endif
