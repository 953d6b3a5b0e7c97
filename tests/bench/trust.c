/* SPDX-License-Identifier: MIT
 * What a trust costs: to load the system's anchors, and to remember a path. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15, FIRST = 300, PATHS = 1000 };

static void load_bare(void *arg, unsigned repeat)
{
    (void)arg;
    for (unsigned i = 0; i < repeat; i++)
        bare_system_trust_free(bare_system_trust());
}

static void load_ours(void *arg, unsigned repeat)
{
    (void)arg;
    for (unsigned i = 0; i < repeat; i++) {
        struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
        must(s2sv_trust_add_system(trust) == S2SV_DECIDED);
        s2sv_trust_unref(trust);
    }
}

/* What they occupy; the library's are the yardstick. An empty trust is a few locks. */
static void occupying(void)
{
    unsigned long before = heap_in_use();
    void *bare = bare_system_trust();
    double theirs = (double)(heap_in_use() - before);
    bare_system_trust_free(bare);
    before = heap_in_use();
    struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
    print_number("system", "empty-trust-memory", (double)(heap_in_use() - before), "bytes", AT_MOST,
                 4096);
    must(s2sv_trust_add_system(trust) == S2SV_DECIDED);
    double ours = (double)(heap_in_use() - before);
    print_number("system", "trust-memory", ours / 1024, "KiB", NO_TARGET, 0);
    print_number("system", "trust-memory-of-theirs", ours / theirs, "times", AT_MOST, 1.3);
    s2sv_trust_unref(trust);
}

static void loading(void)
{
    struct way bare = { NULL, load_bare, NULL, 1 }, ours = { NULL, load_ours, NULL, 1 };
    struct comparison result = compare(&bare, &ours, ROUNDS);
    print_comparison("system", "load-trust", &result, 0, AT_MOST, 1.1);
}

static struct s2sv_link leaf_of(struct pki *pki, int i)
{
    char name[16], err[128];
    struct s2sv_link link = { 0 };
    snprintf(name, sizeof name, "leaf%d", i);
    const struct pki_cert *cert = pki_make(
        pki, name, "issuer=int same-key=int subject=CN=x san=dns:a.example", err, sizeof err);
    must(cert);
    link.der = pki_der(cert, &link.len);
    return link;
}

/* A table's empty buckets are there after the first paths. */
static void remembering(void)
{
    struct pki *pki = pki_new(NULL, (int64_t)time(NULL));
    char err[128];
    struct s2sv_link root = { 0 }, intermediate = { 0 }, leaves[FIRST + PATHS];
    const struct pki_cert *cert = pki_make(pki, "root", "ca", err, sizeof err);
    root.der = pki_der(cert, &root.len);
    cert = pki_make(pki, "int", "ca issuer=root", err, sizeof err);
    intermediate.der = pki_der(cert, &intermediate.len);
    for (int i = 0; i < FIRST + PATHS; i++)
        leaves[i] = leaf_of(pki, i);
    struct s2sv_trust *trust = trust_of(&root);
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    unsigned long before = 0;
    for (int i = 0; i < FIRST + PATHS; i++) {
        if (i == FIRST)
            before = heap_in_use();
        struct s2sv_verdict *verdict =
            verify(trust, policy, &leaves[i], &intermediate, "a.example");
        must(s2sv_verdict_accepted(verdict));
        s2sv_verdict_unref(verdict);
    }
    print_number("any", "bytes-per-path", (double)(heap_in_use() - before) / PATHS, "bytes",
                 AT_MOST, 512);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
    pki_free(pki);
}

int main(void)
{
    loading();
    occupying();
    remembering();
    return 0;
}
