/* SPDX-License-Identifier: MIT
 * Cases whose expected result isn't ours, each with a reason. exceptions.txt says how they look. */
#ifndef EXCEPTIONS_H
#define EXCEPTIONS_H

#include <stddef.h>

struct exception {
    char *pattern; /* a case's id; * stands for any text */
    char *outcome; /* the reason's name; "none": accepted */
    int is_forced; /* only where a TLS library refuses as well */
    char *rule;
    char *sentence;
    int line;
    size_t seen, used; /* cases that it names; those that it excuses */
};

struct exceptions {
    struct exception *items;
    size_t count;
};

/* Returns 0, or -1 and says why in err. */
int exceptions_read(struct exceptions *exceptions, const char *path, char *err, size_t errlen);
void exceptions_free(struct exceptions *exceptions);

struct outcome {
    const char *id, *reason;
    int is_mismatch; /* it isn't the expected one */
    int is_forced;   /* a TLS library refuses the case as well */
};

/* Counts a case. Returns the exception that excuses it, or NULL. */
struct exception *exceptions_use(struct exceptions *exceptions, const struct outcome *outcome);

#endif
