/* SPDX-License-Identifier: MIT
 * What daemons and TLS libraries write into logs when TLS goes wrong, and what is to be made of it.
 */
#ifndef COMPLAINTS_H
#define COMPLAINTS_H

#include <stddef.h>

#include <s2sverify/s2sverify.h>

enum log_program {
    LOG_PROSODY = 1,
    LOG_EJABBERD,
    LOG_POSTFIX,
    LOG_EXIM,
    LOG_OPENSSL, /* its words, in whatever log */
    LOG_GNUTLS,  /* likewise */
    LOG_S2SVERIFY
};

/* Who has to do something. */
enum log_side { SIDE_PEER = 1, SIDE_US, SIDE_EITHER, SIDE_NOBODY };

enum { LOG_EITHER_WAY = 0 }; /* beside enum s2sv_direction */

/* What can be wrong, and what is to be done. */
struct fault {
    const char *name; /* stable, "expired" */
    enum log_side side;
    const char *meaning, *advice; /* sentences */
};

/* Who says so in which words. */
struct complaint {
    enum log_program program;
    int direction;       /* only where this side connected, or the other one; else LOG_EITHER_WAY */
    const char *pattern; /* as log_match() takes it */
    const struct fault *fault;
};

extern const struct complaint complaints[];
extern const size_t complaint_count;

/* The first row that fits, NULL if there is none. */
const struct complaint *complaint_find(const char *line, int direction);

const char *log_program_name(enum log_program program);  /* "prosody" */
const char *log_program_title(enum log_program program); /* "Prosody" */
const char *log_side_name(enum log_side side);           /* "peer", "us", "either", "nobody" */

#endif
