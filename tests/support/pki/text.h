/* SPDX-License-Identifier: MIT */
/* The text side of specifications: items, lists, escapes, hex, times. */
#ifndef PKI_TEXT_H
#define PKI_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "out.h"

struct item {
    char *key;
    char *value; /* "" for a bare word */
};

struct items {
    struct item *list;
    size_t count;
};

/* Splits "a=b c d=e"; release with items_free. */
struct items items_split(const char *spec);
void items_free(struct items *);
/* The last one of that key, or NULL. */
const char *items_get(const struct items *, const char *key);

/* Cuts the next piece off *rest at the separator; NULL when nothing is left. free() it. */
char *text_next(const char **rest, char separator);
char *text_copy(const char *text, size_t len);
/* Undoes %XX and {x*N}; NULL if the text is malformed. ret_len counts NULs that %00 made. */
char *text_expand(const char *text, size_t *ret_len);
/* 0, or -1 if it isn't an even number of hex digits. */
int text_hex(struct out *, const char *hex);
/* RFC 3339 in UTC, or an offset from base such as -1d, +90d, +2h, +30m, +5s. */
int text_time(const char *text, int64_t base, int64_t *ret_seconds);
/* The text behind the prefix, or NULL. */
const char *text_after(const char *text, const char *prefix);
void text_say(char *err, size_t errlen, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
