/* SPDX-License-Identifier: MIT
 * A second matcher, slow and obvious: names are taken apart into labels, and the labels compared as
 * strings. It shares no code with the library. */
#ifndef SLOW_H
#define SLOW_H

#include <stddef.h>

struct slow_name {
    int ok;
    int star; /* the left-most label is "*"; it isn't among the labels */
    size_t count;
    char label[160][64]; /* lower case */
};

/* What we expect; single labels allowed. */
void slow_reference(const char *text, struct slow_name *ret);

/* What certificates say. Not ok: such an entry never matches. */
void slow_dns(const char *text, size_t len, struct slow_name *ret);
void slow_srv(const char *text, size_t len, struct slow_name *ret);
void slow_xmpp_addr(const char *text, size_t len, struct slow_name *ret);

/* 1: nobody sees that character. */
int slow_is_invisible(unsigned long c);

int slow_match(const struct slow_name *presented, const struct slow_name *reference);
int slow_under(const struct slow_name *presented, const struct slow_name *domain);

#endif
