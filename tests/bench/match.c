/* SPDX-License-Identifier: MIT
 * Is it for that name? A verdict, and the TLS library, asked about the last of 1 to 1,000 names. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 101 };

struct setting {
    struct s2sv_verdict *verdict;
    void *certificate;
    char name[32];
};

static void run_bare(void *arg, unsigned repeat)
{
    const struct setting *s = arg;
    for (unsigned i = 0; i < repeat; i++)
        must(bare_match(s->certificate, s->name));
}

static void run_ours(void *arg, unsigned repeat)
{
    const struct setting *s = arg;
    for (unsigned i = 0; i < repeat; i++)
        must(s2sv_verdict_is_for(s->verdict, s->name));
}

static void match(struct chain *chain, unsigned names)
{
    struct setting s;
    char what[32];
    struct s2sv_trust *trust = trust_of(&chain->root);
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    unsigned repeat = 20000 / names + 20;
    snprintf(what, sizeof what, "match-%u", names);
    snprintf(s.name, sizeof s.name, "name%u.example", names - 1);
    struct s2sv_link leaf = chain_leaf(chain, what, names);
    s.verdict = verify(trust, policy, &leaf, &chain->intermediate, s.name);
    s.certificate = bare_read(&leaf);
    struct way bare = { NULL, run_bare, &s, repeat }, ours = { NULL, run_ours, &s, repeat };
    struct comparison result = compare(&bare, &ours, ROUNDS);
    /* The target names GnuTLS. */
    int has_target = names == 4 && BACKEND_NAME[0] == 'g';
    print_comparison("ecdsa", what, &result, 0, has_target ? AT_MOST : NO_TARGET, 1);
    bare_forget(s.certificate);
    s2sv_verdict_unref(s.verdict);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
}

int main(void)
{
    static const unsigned counts[] = { 1, 4, 10, 100, 1000 };
    struct chain chain = chain_new(0);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        match(&chain, counts[i]);
    chain_free(&chain);
    return 0;
}
