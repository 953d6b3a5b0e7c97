/* SPDX-License-Identifier: MIT
 * The TLS libraries by themselves: purpose serverAuth, and the name checked. */
#ifndef NATIVE_H
#define NATIVE_H

#include "corpus.h"

enum { NATIVE_WORDS = 200 };

struct native_question {
    const struct octets *anchors;
    size_t anchor_count;
    const struct octets *presented; /* leaf first */
    size_t presented_count;
    const struct octets_list *crls; /* NULL: revocation isn't checked */
    int64_t time;
    const struct corpus_name *names; /* all are to match */
    size_t name_count;
    int depth;            /* intermediates allowed; -1: any number */
    int any_is_an_anchor; /* also one that isn't self-signed (GnuTLS: always) */
};

/* 1: accepted. 0: refused, and words say why. */
int native_openssl_accepts(const struct native_question *question, char words[NATIVE_WORDS]);
int native_gnutls_accepts(const struct native_question *question, char words[NATIVE_WORDS]);

/* Ours, for a case as it stands. now: where the case gives no time. */
struct native_question native_question_of(const struct corpus_case *c, int64_t now);

#endif
