/* SPDX-License-Identifier: MIT
 * One case through every validator. */
#ifndef RUN_H
#define RUN_H

#include "native.h"
#include "ours.h"

enum validator { OURS_ON_OPENSSL, OURS_ON_GNUTLS, BARE_OPENSSL, BARE_GNUTLS, VALIDATORS };

extern const char *const validator_names[VALIDATORS];

struct answer {
    int accepted, trusted;
    enum s2sv_reason reason; /* ours */
    int depth;
    char words[NATIVE_WORDS]; /* the libraries' */
};

struct result {
    struct answer answers[VALIDATORS];
    const char *wider; /* accepted, but this library refuses that path for serverAuth; or NULL */
    char wider_words[NATIVE_WORDS];
};

void run_case(const struct corpus_case *c, int64_t now, struct result *ret_result);

/* Says all that is known about a case. */
void run_explain(const struct corpus_case *c, int64_t now);

#endif
