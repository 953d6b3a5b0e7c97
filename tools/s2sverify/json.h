/* SPDX-License-Identifier: MIT
 * JSON for scripts. Every object that is printed says in "schema" which version of s2sverify(1)'s
 * description it follows: members are only ever added to one version. */
#ifndef JSON_H
#define JSON_H

#include <stdint.h>

#include <jansson.h>

enum { JSON_SCHEMA = 1 };

/* {"schema": 1, "command": "verify"}. NULL out of memory. */
json_t *json_report(const char *command);
/* A string; what isn't UTF-8 is escaped as print() does. NULL text is null. */
json_t *json_text(const char *text);
json_t *json_time(int64_t seconds); /* "2026-03-15T12:00:00Z" */
/* Prints on one line, or indented, and lets go. NULL: a complaint. Returns 1, or 0. */
int json_print(json_t *report, int is_indented);

#endif
