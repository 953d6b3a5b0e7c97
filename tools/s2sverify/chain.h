/* SPDX-License-Identifier: MIT
 * Certificates as they were presented, in DER, the leaf first. */
#ifndef CHAIN_H
#define CHAIN_H

#include <stddef.h>

enum { CHAIN_MOST = 32, CERTIFICATE_LONGEST = 256 * 1024 };

struct chain {
    struct {
        unsigned char *der;
        size_t len;
    } certificates[CHAIN_MOST];
    size_t count;
};

/* Copies. Returns 1; 0: out of memory, too many or too long. */
int chain_add(struct chain *chain, const void *der, size_t len);
/* The certificates of a PEM file; other blocks, private keys for example, are passed over. Returns
 * 1, or 0 after a complaint that names file and line. */
int chain_load(struct chain *chain, const char *path);
void chain_clear(struct chain *chain);

#endif
