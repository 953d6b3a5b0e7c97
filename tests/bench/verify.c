/* SPDX-License-Identifier: MIT
 * A verification by s2sverify and by the TLS library alone: a first contact, a peer met before, a
 * new leaf under an intermediate met before.
 * usage: verify [PART CHAIN]    for a profiler: first, met, leaf or bare; ecdsa or rsa */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVES = 8, ROUNDS = 41, MET = 2000 };

static const char name[] = "name0.example";

struct setting {
    struct chain chain;
    struct s2sv_link leaves[LEAVES];
    struct bare *bare;
    struct s2sv_policy *policy;
    struct s2sv_trust *trust;
};

static struct setting setting_new(int which)
{
    struct setting s = { .chain = chain_new(which) };
    for (int i = 0; i < LEAVES; i++) {
        char leaf[16];
        snprintf(leaf, sizeof leaf, "leaf%d", i);
        s.leaves[i] = chain_leaf(&s.chain, leaf, 2);
    }
    s.bare = bare_new(&s.chain.root);
    s.policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    s.trust = trust_of(&s.chain.root);
    return s;
}

static void setting_free(struct setting *s)
{
    bare_free(s->bare);
    s2sv_trust_unref(s->trust);
    s2sv_policy_unref(s->policy);
    chain_free(&s->chain);
}

/* ---- the ways ---------------------------------------------------------------------------------
 */

static void run_bare(void *arg, unsigned repeat)
{
    const struct setting *s = arg;
    for (unsigned i = 0; i < repeat; i++)
        bare_verify(s->bare, &s->leaves[i % LEAVES], &s->chain.intermediate, name);
}

static void run_ours(void *arg, unsigned repeat)
{
    const struct setting *s = arg;
    for (unsigned i = 0; i < repeat; i++) {
        struct s2sv_verdict *verdict =
            verify(s->trust, s->policy, &s->leaves[i % LEAVES], &s->chain.intermediate, name);
        must(s2sv_verdict_accepted(verdict));
        s2sv_verdict_unref(verdict);
    }
}

static void forget(void *arg)
{
    const struct setting *s = arg;
    must(s2sv_trust_set_memory(s->trust, 4096) == S2SV_DECIDED);
}

/* Only another leaf was met. */
static void meet_intermediate(void *arg)
{
    const struct setting *s = arg;
    forget(arg);
    s2sv_verdict_unref(
        verify(s->trust, s->policy, &s->leaves[LEAVES - 1], &s->chain.intermediate, name));
}

static void meet_all(void *arg)
{
    run_ours(arg, LEAVES);
}

/* ---- the comparisons --------------------------------------------------------------------------
 */

static void first_contact(struct setting *s)
{
    struct way bare = { NULL, run_bare, s, 1 }, ours = { forget, run_ours, s, 1 };
    struct comparison result = compare(&bare, &ours, ROUNDS * 5);
    print_comparison(s->chain.name, "first-contact", &result, 0, AT_MOST, 1.05);
}

static void met_before(struct setting *s, double target)
{
    struct way bare = { NULL, run_bare, s, LEAVES };
    struct way ours = { meet_all, run_ours, s, MET };
    struct comparison result = compare(&bare, &ours, ROUNDS);
    print_comparison(s->chain.name, "met-before", &result, 1, AT_LEAST, target);
}

static void new_leaf(struct setting *s, enum bound bound)
{
    struct way bare = { NULL, run_bare, s, 1 };
    struct way ours = { meet_intermediate, run_ours, s, 1 };
    struct comparison result = compare(&bare, &ours, ROUNDS * 5);
    print_comparison(s->chain.name, "new-leaf", &result, 0, bound, 0.6);
}

/* ---- for a profiler ---------------------------------------------------------------------------
 */

static void repeat_one(const char *part, const char *chain)
{
    struct setting s = setting_new(strcmp(chain, "rsa") == 0);
    int is_bare = strcmp(part, "bare") == 0, is_leaf = strcmp(part, "leaf") == 0;
    if (strcmp(part, "met") == 0)
        run_ours(&s, 5000);
    else if (is_bare)
        run_bare(&s, 50);
    else
        for (int i = 0; i < 50; i++) {
            (is_leaf ? meet_intermediate : forget)(&s);
            run_ours(&s, 1);
        }
    setting_free(&s);
}

int main(int argc, char **argv)
{
    if (argc == 3) {
        repeat_one(argv[1], argv[2]);
        return 0;
    }
    for (int which = 0; which < CHAINS; which++) {
        struct setting s = setting_new(which);
        first_contact(&s);
        met_before(&s, which == 0 ? 200 : 50);
        new_leaf(&s, which == 0 ? AT_MOST : NO_TARGET);
        setting_free(&s);
    }
    return 0;
}
