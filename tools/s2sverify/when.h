/* SPDX-License-Identifier: MIT
 * Times as text, past 2038 on 32 bits as well. */
#ifndef WHEN_H
#define WHEN_H

#include <stdint.h>

enum { WHEN_TEXT = 32 };

/* "2026-03-15", "2026-03-15T12:00:00Z" (UTC), or "@" and seconds since 1970. Returns 1, or 0. */
int when_parse(const char *text, int64_t *ret_seconds);
/* "2026-03-15T12:00:00Z". Returns buf. */
const char *when_text(int64_t seconds, char buf[WHEN_TEXT]);
/* "2026-03-15" */
const char *when_day(int64_t seconds, char buf[WHEN_TEXT]);
/* Whole days from one to the other, rounded down. */
int64_t when_days(int64_t from, int64_t until);

#endif
