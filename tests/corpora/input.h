/* SPDX-License-Identifier: MIT */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>

/* Reads a whole file; one whose name ends in .xz is decompressed. Returns the text, to be freed, or
 * NULL and says why in err. */
char *input_read(const char *path, size_t *ret_len, char *err, size_t errlen);

/* 1: the name ends so. */
int input_ends_with(const char *name, const char *end);

#endif
