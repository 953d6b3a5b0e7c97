/* SPDX-License-Identifier: MIT
 * The TLS library that a program has loaded, in whatever scope. */
#ifndef SVP_REAL_H
#define SVP_REAL_H

#include <stddef.h>
#include <stdint.h>

/* The function behind one of ours, as the object that holds the caller's address would have found
 * it without us. NULL if there is none. */
void *svp_real(const char *name, const void *caller);

/* Names the function that is being defined here, and its caller. */
#define SVP_REAL(name) svp_real(name, __builtin_return_address(0))

/* The loaded file that holds an address, kept loaded from now on; "" is the program itself. */
const char *svp_path_of(const void *address);
void *svp_keep(const char *path);

/* Looks names up in a library and in those that it needs, and gives their addresses. Returns NULL,
 * or the first name that isn't there. */
const char *svp_fill(void *library, const char *const *names, size_t count, uintptr_t *ret_table);

#endif
