/* SPDX-License-Identifier: MIT
 * Whom a line of a log is about: what it says itself, or an earlier line of the same session did.
 */
#ifndef LOG_CONTEXT_H
#define LOG_CONTEXT_H

#include "complaints.h"

enum { LOG_PEER = 256, LOG_SESSION = 64 };

struct log_about {
    int direction;       /* LOG_EITHER_WAY: not known */
    char peer[LOG_PEER]; /* a domain, a host's name or its address; "": not known */
};

struct log_context;

struct log_context *log_context_new(void); /* NULL: out of memory */
void log_context_free(struct log_context *context);
void log_context_read(struct log_context *context, const char *line, struct log_about *ret_about);

#endif
