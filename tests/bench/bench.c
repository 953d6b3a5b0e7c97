/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- clocks and memory ------------------------------------------------------------------------
 */

static double read_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double cpu_of_thread(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

double wall(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

/* glibc's own names; every library of the process comes through here. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static _Atomic int counts;
static atomic_ulong allocations, bytes;

static void count(size_t size)
{
    if (!counts)
        return;
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
}

void *malloc(size_t size)
{
    count(size);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    count(number * size);
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
    count(size);
    return __libc_realloc(memory, size);
}

struct heap heap_now(void)
{
    return (struct heap){ allocations, bytes };
}

unsigned long heap_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* ---- two ways in turns ------------------------------------------------------------------------
 */

double median(double *values, size_t number)
{
    for (size_t i = 1; i < number; i++) {
        double moved = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > moved; at--)
            values[at] = values[at - 1];
        values[at] = moved;
    }
    return number % 2 ? values[number / 2] : (values[number / 2 - 1] + values[number / 2]) / 2;
}

static double work_started, worked;
static int counts_work; /* this turn is for counting allocations */

void work_begins(void)
{
    counts = counts_work;
    work_started = cpu_of_thread();
}

void work_ends(void)
{
    worked += cpu_of_thread() - work_started;
    counts = 0;
}

double work_so_far(void)
{
    return worked;
}

/* Seconds of one. */
static double take_turn(const struct way *way)
{
    if (way->prepare)
        way->prepare(way->arg);
    double before = worked, start = cpu_of_thread();
    way->run(way->arg, way->repeat);
    double seconds = cpu_of_thread() - start;
    return (worked > before ? worked - before : seconds) / way->repeat;
}

/* Octets and calls of one; in a turn of its own, because counting costs time. */
static void count_allocations(const struct way *way, int is_marked, struct cost *cost)
{
    if (way->prepare)
        way->prepare(way->arg);
    struct heap before = heap_now();
    counts_work = 1;
    counts = !is_marked;
    way->run(way->arg, way->repeat);
    counts = counts_work = 0;
    struct heap after = heap_now();
    cost->allocations = (double)(after.count - before.count) / way->repeat;
    cost->bytes = (double)(after.bytes - before.bytes) / way->repeat;
}

static void warm_up(const struct way *way, struct cost *cost)
{
    double before = worked;
    take_turn(way);
    count_allocations(way, worked > before, cost);
}

struct comparison compare(const struct way *bare, const struct way *ours, unsigned rounds)
{
    struct comparison result;
    double *a = calloc(rounds, sizeof *a), *b = calloc(rounds, sizeof *b);
    double *ratios = calloc(rounds, sizeof *ratios);
    must(a && b && ratios);
    warm_up(bare, &result.bare);
    warm_up(ours, &result.ours);
    for (unsigned i = 0; i < rounds; i++) {
        a[i] = take_turn(bare);
        b[i] = take_turn(ours);
        ratios[i] = b[i] / a[i];
    }
    result.bare.seconds = median(a, rounds);
    result.ours.seconds = median(b, rounds);
    result.ratio = median(ratios, rounds);
    free(a);
    free(b);
    free(ratios);
    return result;
}

/* ---- what is printed --------------------------------------------------------------------------
 */

static void print_target(enum bound bound, double target)
{
    if (bound == NO_TARGET)
        printf("\n");
    else
        printf(" target %s %g\n", bound == AT_MOST ? "<=" : ">=", target);
    fflush(stdout);
}

static void print_cost(const char *who, const struct cost *cost)
{
    printf(" %s %.3f us", who, cost->seconds * 1e6);
    if (cost->bytes > 0)
        printf(" %.0f allocations %.0f bytes", cost->allocations, cost->bytes);
    printf(",");
}

void print_comparison(const char *chain, const char *what, const struct comparison *result,
                      int faster, enum bound bound, double target)
{
    printf("%s %s %s:", BACKEND_NAME, chain, what);
    print_cost("bare", &result->bare);
    print_cost("s2sverify", &result->ours);
    printf(" ratio %.4g", faster ? 1 / result->ratio : result->ratio);
    print_target(bound, target);
}

void print_number(const char *chain, const char *what, double number, const char *unit,
                  enum bound bound, double target)
{
    printf("%s %s %s: %.4g %s", BACKEND_NAME, chain, what, number, unit);
    print_target(bound, target);
}

/* ---- chains -----------------------------------------------------------------------------------
 */

static struct s2sv_link make(struct pki *pki, const char *name, const char *spec)
{
    char err[256] = "";
    struct s2sv_link link = { 0 };
    const struct pki_cert *cert = pki_make(pki, name, spec, err, sizeof err);
    if (!cert) {
        fprintf(stderr, "%s: %s\n", name, err);
        abort();
    }
    link.der = pki_der(cert, &link.len);
    return link;
}

static const struct {
    const char *name, *root, *intermediate, *leaf;
} kinds[CHAINS] = {
    { "ecdsa", "ca key=p384", "ca issuer=root key=p384", "p256" },
    { "rsa", "ca key=rsa4096", "ca issuer=root key=rsa2048", "rsa2048" },
};

struct chain chain_new(int which)
{
    struct chain chain = { .name = kinds[which].name };
    chain.pki = pki_new(NULL, (int64_t)time(NULL));
    chain.root = make(chain.pki, "root", kinds[which].root);
    chain.intermediate = make(chain.pki, "int", kinds[which].intermediate);
    return chain;
}

void chain_free(struct chain *chain)
{
    pki_free(chain->pki);
}

/* All leaves have one key: making RSA keys is slow. */
struct s2sv_link chain_leaf(struct chain *chain, const char *name, unsigned names)
{
    char *spec = malloc(128 + names * 24);
    int is_rsa = strcmp(chain->name, "rsa") == 0;
    const char *first = pki_find(chain->pki, "key") ? " same-key=key subject=CN=x" : "";
    must(spec);
    if (!*first && strcmp(name, "key") != 0) {
        make(chain->pki, "key", is_rsa ? "issuer=int key=rsa2048" : "issuer=int key=p256");
        first = " same-key=key subject=CN=x";
    }
    size_t at = (size_t)sprintf(spec, "issuer=int%s san=", first);
    for (unsigned i = 0; i < names; i++)
        at += (size_t)sprintf(spec + at, "%sdns:name%u.example", i ? "," : "", i);
    struct s2sv_link link = make(chain->pki, name, spec);
    free(spec);
    return link;
}

struct s2sv_trust *trust_of(const struct s2sv_link *anchor)
{
    struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
    must(trust && s2sv_trust_add_der(trust, anchor->der, anchor->len) == S2SV_DECIDED);
    return trust;
}

struct s2sv_verdict *verify(struct s2sv_trust *trust, const struct s2sv_policy *policy,
                            const struct s2sv_link *leaf, const struct s2sv_link *intermediate,
                            const char *name)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    struct s2sv_verdict *verdict = NULL;
    must(s2sv_peer_add_certificate(peer, leaf->der, leaf->len) == S2SV_DECIDED &&
         s2sv_peer_add_certificate(peer, intermediate->der, intermediate->len) == S2SV_DECIDED &&
         s2sv_peer_expect(peer, name) == S2SV_DECIDED &&
         s2sv_verify(trust, policy, peer, &verdict) == S2SV_DECIDED);
    s2sv_peer_free(peer);
    return verdict;
}
