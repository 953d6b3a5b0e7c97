/* SPDX-License-Identifier: MIT */
#include "path/serial_filter.h"

#include <stdlib.h>
#include <string.h>

/* With 16 to 32 bits for each number, of which 4 are set, one of 400 others or fewer is taken for
 * one of them. */
enum { BITS_EACH = 16, PROBES = 4, WORD = 64 };

struct sv_serial_filter {
    size_t words; /* a power of two */
    uint64_t bits[];
};

static size_t words_for(size_t numbers)
{
    size_t words = 1;
    while (words < numbers * BITS_EACH / WORD + 1)
        words *= 2;
    return words;
}

struct sv_serial_filter *sv_serial_filter_new(const struct sv_serial_filter *old, size_t numbers,
                                              int *ret_is_empty)
{
    size_t words = words_for(numbers);
    int fits = old && words <= old->words;
    if (fits)
        words = old->words;
    struct sv_serial_filter *filter = calloc(1, sizeof *filter + words * sizeof(uint64_t));
    if (!filter)
        return NULL;
    filter->words = words;
    if (fits)
        memcpy(filter->bits, old->bits, words * sizeof(uint64_t));
    *ret_is_empty = !fits;
    return filter;
}

void sv_serial_filter_free(struct sv_serial_filter *filter)
{
    free(filter);
}

/* FNV-1a over the octets, then mixed so that all of its bits depend on all of them. */
static uint64_t hash_of(struct sv_span serial)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < serial.len; i++)
        hash = (hash ^ serial.data[i]) * 0x100000001b3;
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
    return hash ^ hash >> 33;
}

/* The i-th bit of a number: one half of the hash, and so many steps of the other. */
static size_t bit_of(const struct sv_serial_filter *filter, uint64_t hash, unsigned i)
{
    return (size_t)((hash >> 32) + i * (hash | 1)) & (filter->words * WORD - 1);
}

void sv_serial_filter_add(struct sv_serial_filter *filter, struct sv_span serial)
{
    uint64_t hash = hash_of(serial);
    for (unsigned i = 0; i < PROBES; i++) {
        size_t bit = bit_of(filter, hash, i);
        filter->bits[bit / WORD] |= (uint64_t)1 << bit % WORD;
    }
}

int sv_serial_filter_has(const struct sv_serial_filter *filter, struct sv_span serial)
{
    uint64_t hash = hash_of(serial);
    for (unsigned i = 0; i < PROBES; i++) {
        size_t bit = bit_of(filter, hash, i);
        if (!(filter->bits[bit / WORD] >> bit % WORD & 1))
            return 0;
    }
    return 1;
}
