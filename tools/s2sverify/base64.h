/* SPDX-License-Identifier: MIT
 * RFC 4648 section 4. */
#ifndef COMMAND_BASE64_H
#define COMMAND_BASE64_H

#include <stddef.h>

/* Decodes text with all its padding; white space is passed over if asked for. Writes at most size
 * octets. Returns 1; 0: it isn't base64, or doesn't fit. */
int base64_decode(const char *text, size_t len, int skip_space, unsigned char *buf, size_t size,
                  size_t *ret_len);
/* Returns 1 and NUL-terminated text; 0 if it doesn't fit. */
int base64_encode(const void *data, size_t len, char *buf, size_t size);

#endif
