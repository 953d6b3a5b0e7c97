/* SPDX-License-Identifier: MIT
 * What the fuzz targets share. A target is LLVMFuzzerTestOneInput() and fuzz_seed(); libFuzzer or
 * plain.c supplies main(). */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "chain.h"
#include "x509/der.h"
#include "out.h"

/* A finding. */
#define FUZZ_CHECK(what)                                                       \
    do {                                                                       \
        if (!(what)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
            abort();                                                           \
        }                                                                      \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Inputs to start from, no two equal. */
struct fuzz_corpus;
void fuzz_add(struct fuzz_corpus *corpus, const void *data, size_t len);

/* Adds what the target makes of one case. */
void fuzz_seed(struct fuzz_corpus *corpus, const struct case_record *record,
               const struct case_chain *chain);

/* An input is read from the front: an octet, 0 past the end; a block with its length in two octets
 * before it, copied to memory of exactly its size, to be given to free(). */
unsigned fuzz_octet(struct sv_span *input);
struct sv_span fuzz_block(struct sv_span *input);
/* All that is left, as a string. */
char *fuzz_string(struct sv_span *input);

void fuzz_put_block(struct out *out, const void *data, size_t len);

/* Checks that a text has no control characters. */
void fuzz_check_text(const char *text);

#endif
