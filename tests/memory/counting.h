/* SPDX-License-Identifier: MIT
 * The real backend, counting what it is asked; and one way of asking it. */
#ifndef TESTS_MEMORY_COUNTING_H
#define TESTS_MEMORY_COUNTING_H

#include <s2sverify/backend.h>
#include <stdatomic.h>

#include "pki.h"

/* What the TLS library was asked for. */
struct calls {
    atomic_uint imports, validations, links, signatures;
};
extern struct calls calls;

/* An application's anchors: one. The source's application pointer points to it. */
struct given_anchor {
    const void *der;
    size_t len;
};

/* OpenSSL's or GnuTLS's, as this program was built. With an application it lists that anchor. */
const struct s2sv_backend *counting_backend(void);

/* ---- certificates ---- */

enum { MAX_CHAIN = 40 };

/* Makes a certificate, or stops the program. */
void make(struct pki *pki, const char *name, const char *spec);
/* A trust with these anchors, separated by spaces; malformed ones are left out. */
struct s2sv_trust *trust_of(struct pki *pki, const char *anchors);

/* ---- questions ---- */

struct question {
    struct s2sv_trust *trust; /* NULL: the source's */
    const struct s2sv_trust_source *source;
    const struct s2sv_policy *policy;
    enum s2sv_direction direction; /* 0: inbound */
    int64_t time;                  /* 0: now */
    const char *expect;            /* NULL: nobody */
    struct s2sv_link chain[MAX_CHAIN];
    size_t count;
};

/* Presents certificates by name, separated by spaces, leaf first. */
void present(struct question *question, struct pki *pki, const char *names);

struct answer {
    enum s2sv_reason reason;
    int depth;
    unsigned imports, validations, links; /* what it took */
    unsigned signatures;                  /* beside those that validations check */
    unsigned certificates;                /* of the judged path */
};

/* Not for several threads at once: it counts. */
struct answer ask(const struct question *question);
/* The verdict alone. */
struct s2sv_verdict *judge(const struct question *question);

#endif
