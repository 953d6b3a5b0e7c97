/* SPDX-License-Identifier: MIT
 * Long options from tables, and --help printed from the same tables. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>

#include "command.h"

struct option_row {
    const char *name;     /* "cafile" for --cafile */
    const char *argument; /* "FILE"; NULL: takes none */
    const char *help;     /* one sentence in lower case, without a full stop */
    /* Takes the value, NULL for an option without argument. Returns NULL, or what the value isn't:
     * "a time such as 2026-03-15". */
    const char *(*set)(void *target, const char *value);
};

struct option_group {
    const char *title; /* "Options", "Policy" */
    const struct option_row *rows;
    size_t count;
    void *target; /* for set() */
};

#define OPTION_ROWS(rows) rows, sizeof rows / sizeof rows[0]

enum parsed {
    PARSED,      /* go on */
    PARSED_HELP, /* help was printed: OUTCOME_ACCEPTED */
    PARSED_WRONG /* a complaint was: OUTCOME_USAGE */
};

/* Parses argv[1...]; operands end up in argv[*ret_first...argc - 1]. Every group's options may come
 * in any order; each name is in one group only. */
enum parsed options_parse(const struct command *command, const struct option_group *groups,
                          size_t group_count, int argc, char **argv, int *ret_first);

/* "s2sverify verify: ...; see s2sverify verify --help". Returns OUTCOME_USAGE. */
enum outcome usage_error(const struct command *command, const char *what);

#endif
