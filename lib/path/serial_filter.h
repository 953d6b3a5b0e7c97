/* SPDX-License-Identifier: MIT
 * Which serial numbers are on none of many revocation lists: a Bloom filter. It never says no to
 * one that is there, and seldom yes to one that isn't. */
#ifndef SV_SERIAL_FILTER_H
#define SV_SERIAL_FILTER_H

#include "x509/der.h"

struct sv_serial_filter;

/* Room for so many numbers. What is in old, which may be NULL, is in the new one if that needs no
 * more room than old has; else it is empty, and *ret_is_empty is 1. NULL out of memory. */
struct sv_serial_filter *sv_serial_filter_new(const struct sv_serial_filter *old, size_t numbers,
                                              int *ret_is_empty);
void sv_serial_filter_free(struct sv_serial_filter *filter);

void sv_serial_filter_add(struct sv_serial_filter *filter, struct sv_span serial);
/* 0: it wasn't added. */
int sv_serial_filter_has(const struct sv_serial_filter *filter, struct sv_span serial);

#endif
