/* SPDX-License-Identifier: MIT
 * The TLS library that we serve: of its kind the first that is seen. */
#ifndef SVP_SERVED_H
#define SVP_SERVED_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct svp_served {
    const char *what;         /* "OpenSSL" */
    const char *const *names; /* of the functions that are called */
    size_t count;
    uintptr_t *table;               /* of their addresses */
    int (*begin)(const char *path); /* the table is filled: logs what is armed, or why it isn't */
    _Atomic(const char *) path;     /* NULL: none was seen yet, or the first is being looked at */
    atomic_int is_ready, has_told;
};

#define SVP_SERVED(what_, names_, table_, begin_)                                  \
    {                                                                              \
        .what = what_, .names = names_, .count = sizeof names_ / sizeof names_[0], \
        .table = table_, .begin = begin_                                           \
    }

/* 1: the library that holds this function is the one, and can be called through the table. */
int svp_serves(struct svp_served *served, const void *real);

/* 1: one is. */
int svp_is_serving(struct svp_served *served);

#endif
