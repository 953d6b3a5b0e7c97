/* SPDX-License-Identifier: MIT
 * What revocation lists cost a verification of a peer that was met before: none, one, the same one
 * added 1,000 times, one of 60,000 entries, 128 of one issuer with distribution points of their
 * own. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 21, MET = 500, OFTEN = 1000, MANY = 60000, SHARDS = 128 };

static const char name[] = "name0.example";

struct setting {
    struct chain chain;
    struct s2sv_link leaf;
    struct s2sv_policy *policy;
    struct s2sv_trust *trust;
};

static void add(struct setting *s, const char *list, const char *spec, unsigned times)
{
    char err[200];
    size_t len;
    const struct pki_crl *crl = pki_crl(s->chain.pki, list, spec, err, sizeof err);
    must(crl);
    const unsigned char *der = pki_crl_der(crl, &len);
    for (unsigned i = 0; i < times; i++)
        must(s2sv_trust_add_crl_der(s->trust, der, len) == S2SV_DECIDED);
}

static void one(struct setting *s)
{
    add(s, "one", "issuer=int many=10 next-update=+9d", 1);
}

static void often(struct setting *s)
{
    add(s, "one", "issuer=int many=10 next-update=+9d", OFTEN);
}

static void large(struct setting *s)
{
    char spec[80];
    snprintf(spec, sizeof spec, "issuer=int many=%d next-update=+9d", MANY);
    add(s, "large", spec, 1);
}

/* uniformResourceIdentifier "u:000" to "u:127", users only. */
static void shards(struct setting *s)
{
    for (unsigned i = 0; i < SHARDS; i++) {
        char spec[200];
        snprintf(spec, sizeof spec,
                 "issuer=int many=500 next-update=+9d "
                 "ext=2.5.29.28:critical:300ea009a0078605753a%02x%02x%02x8101ff",
                 '0' + i / 100, '0' + i / 10 % 10, '0' + i % 10);
        add(s, "shard", spec, 1);
    }
}

static void run(void *arg, unsigned repeat)
{
    const struct setting *s = arg;
    for (unsigned i = 0; i < repeat; i++) {
        struct s2sv_verdict *verdict =
            verify(s->trust, s->policy, &s->leaf, &s->chain.intermediate, name);
        must(s2sv_verdict_accepted(verdict));
        s2sv_verdict_unref(verdict);
    }
}

/* The first contact pays for the list's signature. */
static void meet(void *arg)
{
    run(arg, 2);
}

/* looks: the leaf has the serial number of an entry of another issuer's list, so that its own
 * are looked at. */
static void measure(const char *what, void (*fill)(struct setting *), int looks)
{
    struct setting s = { .chain = chain_new(0), .policy = s2sv_policy_new(S2SV_PROFILE_XMPP) };
    s.leaf = chain_leaf(&s.chain, "leaf", 2);
    struct setting without = s;
    s.trust = trust_of(&s.chain.root);
    without.trust = trust_of(&s.chain.root);
    fill(&s);
    if (looks)
        add(&s, "elsewhere", "issuer=root revoked=leaf next-update=+9d", 1);
    struct way bare = { meet, run, &without, MET }, ours = { meet, run, &s, MET };
    struct comparison result = compare(&bare, &ours, ROUNDS);
    print_number("ecdsa", what, (result.ours.seconds - result.bare.seconds) * 1e6, "us more",
                 looks ? NO_TARGET : AT_MOST, 20);
    s2sv_trust_unref(s.trust);
    s2sv_trust_unref(without.trust);
    s2sv_policy_unref(s.policy);
    chain_free(&s.chain);
}

int main(void)
{
    measure("one-list", one, 0);
    measure("list-1000-times", often, 0);
    measure("list-of-60000", large, 0);
    measure("128-lists", shards, 0);
    measure("128-lists-looked-at", shards, 1);
    return 0;
}
