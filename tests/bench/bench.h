/* SPDX-License-Identifier: MIT
 * Measuring: CPU time of two ways of doing the same, taken in turns in one run so that a noisy
 * machine disturbs both alike, and what they allocate. Of everything the median counts. */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <s2sverify/backend.h>

#include "pki.h"

#if defined(BACKEND_OPENSSL)
#include <s2sverify/openssl.h>
#define BACKEND s2sv_openssl_backend()
#define BACKEND_NAME "openssl"
#else
#include <s2sverify/gnutls.h>
#define BACKEND s2sv_gnutls_backend()
#define BACKEND_NAME "gnutls"
#endif

#define must(condition)                                                     \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

/* ---- clocks and memory ---- */

double cpu_of_thread(void); /* seconds */
double wall(void);

/* Since the program started, of all threads; the thread's own would cost as much as malloc(). */
struct heap {
    unsigned long count, bytes;
};
struct heap heap_now(void);
/* Octets in use, malloc's own included. */
unsigned long heap_in_use(void);

/* Where not all that a way does is to be measured, it marks what is. */
void work_begins(void);
void work_ends(void);
double work_so_far(void); /* seconds, of all that was marked */

/* ---- two ways in turns ---- */

/* Something to measure. prepare(), which may be NULL, is not counted; run() repeats the work so
 * many times, and all of that counts unless some of it is marked. */
struct way {
    void (*prepare)(void *arg);
    void (*run)(void *arg, unsigned repeat);
    void *arg;
    unsigned repeat; /* per turn */
};

struct cost {
    double seconds;            /* of one */
    double allocations, bytes; /* of one; 0: not counted */
};

struct comparison {
    struct cost bare, ours;
    double ratio; /* ours over bare */
};

struct comparison compare(const struct way *bare, const struct way *ours, unsigned rounds);

double median(double *values, size_t count);

/* ---- what is printed: one line for people and for report.py ---- */

enum bound { AT_MOST, AT_LEAST, NO_TARGET };

/* "openssl ecdsa first-contact: bare 1800.0 us 300 allocations 30000 bytes, s2sverify ..., ratio".
 * faster: the ratio is told as bare over ours. */
void print_comparison(const char *chain, const char *what, const struct comparison *result,
                      int faster, enum bound bound, double target);
/* "openssl ecdsa threads: 1.95 times target >= 1.8" */
void print_number(const char *chain, const char *what, double number, const char *unit,
                  enum bound bound, double target);

/* ---- chains ---- */

/* root, int below it, and leaves on demand. */
struct chain {
    const char *name; /* "ecdsa" or "rsa" */
    struct pki *pki;
    struct s2sv_link root, intermediate;
};

enum { CHAINS = 2 };

/* P-256 leaf, P-384 intermediate and root; or RSA-2048, RSA-2048, RSA-4096. */
struct chain chain_new(int which);
void chain_free(struct chain *chain);
/* A leaf with so many dNSNames: name0.example, name1.example ... */
struct s2sv_link chain_leaf(struct chain *chain, const char *name, unsigned names);

struct s2sv_trust *trust_of(const struct s2sv_link *anchor);
/* A verdict about an inbound peer of that name. */
struct s2sv_verdict *verify(struct s2sv_trust *trust, const struct s2sv_policy *policy,
                            const struct s2sv_link *leaf, const struct s2sv_link *intermediate,
                            const char *name);

/* ---- the TLS library alone (bare_openssl.c, bare_gnutls.c) ---- */

struct bare;

struct bare *bare_new(const struct s2sv_link *anchor);
void bare_free(struct bare *bare);
/* Reads the certificates, verifies them for serverAuth, and compares the name. Stops the program
 * unless all is well. */
void bare_verify(const struct bare *bare, const struct s2sv_link *leaf,
                 const struct s2sv_link *intermediate, const char *name);

/* A certificate that was read, to ask it for names. */
void *bare_read(const struct s2sv_link *certificate);
void bare_forget(void *certificate);
int bare_match(void *certificate, const char *name);
/* Anchors of the system, in the way that an application does it; their number where it is told. */
void *bare_system_trust(void);
void bare_system_trust_free(void *trust);

#endif
