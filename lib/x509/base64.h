/* SPDX-License-Identifier: MIT */
#ifndef SV_BASE64_H
#define SV_BASE64_H

#include <stddef.h>

/* Decodes RFC 4648 section 4 text as RFC 6120 section 13.9.1 wants it: the standard alphabet, all
 * padding, no white space, no stray bits. Writes at most size octets, always sets *ret_len to the
 * length of the whole. Returns 1, or 0 if the text isn't base64. */
int sv_base64_decode(const char *text, size_t len, unsigned char *buf, size_t size,
                     size_t *ret_len);

#endif
