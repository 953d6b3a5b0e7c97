/* SPDX-License-Identifier: MIT */
/* A test as a function, so that it can be linked to a program or loaded by one. */
#ifndef PROGRAM_H
#define PROGRAM_H

/* Runs the tests; their number that failed. */
int program(void);

/* How often a text stands in the file that S2SVERIFY_LOG names. */
int count_in_log(const char *text);

#endif
