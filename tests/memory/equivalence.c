/* SPDX-License-Identifier: MIT
 * With and without a memory: the same verdicts about every peer of thousands of generated
 * hierarchies, in whatever order they come.
 * usage: equivalence [HIERARCHIES [SEED]] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "counting.h"

enum { LEAVES = 6, ROUNDS = 2, DAY = 86400 };

/* ---- chance ---------------------------------------------------------------------------------- */

static uint64_t chance_state;

static unsigned chance(unsigned below)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return (unsigned)(chance_state >> 33) % below;
}

#define PICK(list) (list)[chance(sizeof(list) / sizeof((list)[0]))]

/* One of the list, or mostly nothing. */
#define SOMETIMES(list, of) (chance(of) == 0 ? PICK(list) : "")

/* ---- a hierarchy ------------------------------------------------------------------------------
 * root, and root2, which may be an anchor; a below root; b below a or root; cross: the name and key
 * of a, signed by root2. Leaves below a, b or root. */

static const char *const of_root[] = {
    "nc=permitted:dns:good.example",
    "nc=excluded:dns:bad.example",
    "nc=permitted:email:good.example",
    "bc=ca:0",
    "bc=ca:1",
    "eku=serverAuth",
    "eku=clientAuth",
    "not-after=+20d",
    "not-after=-1d",
    "version=1",
    "ku=cRLSign",
    "ext=pc:critical:3003800100",
    "policies=1.2.3",
};

static const char *const of_ca[] = {
    "nc=permitted:dns:good.example",
    "nc=excluded:dns:bad.example",
    "nc=permitted:dn:O=Good",
    "nc=excluded:email:bad.example",
    "nc-critical nc=permitted:dns:good.example",
    "bc=ca:0",
    "bc=ca:1",
    "bc=end",
    "eku=serverAuth",
    "eku=clientAuth",
    "eku=any",
    "not-after=+20d",
    "not-after=-1d",
    "not-before=+5d",
    "version=1",
    "ku=cRLSign",
    "ku=absent",
    "signer=stranger",
    "aki=wrong",
    "aki=absent",
    "aki=issuer-serial",
    "aki=issuer-serial-wrong",
    "ski=absent",
    "mutate=flip-signature",
    "sig=sha1",
    "policies=1.2.3",
    "policies=2.5.29.32.0 ext=pc:critical:3003800100",
    "ext=pc:critical:3003810100",
    "ext=iap:critical:020100",
    "ext=pm:noncritical:300a300806022a0306022a04",
    "ext=1.2.3.4:critical:0500",
    "tlsfeature",
};

static const char *const of_leaf[] = {
    "ca eku=serverAuth san=dns:a.good.example",
    "bc=ca eku=serverAuth",
    "bc=absent",
    "eku=clientAuth",
    "eku=any",
    "eku=absent",
    "not-after=+20d",
    "not-after=-1d",
    "not-before=+5d",
    "signer=stranger",
    "signer=root2",
    "aki=wrong",
    "aki=absent",
    "aki=issuer-serial",
    "aki=issuer-serial-wrong",
    "mutate=flip-signature",
    "sig=sha1",
    "ku=none",
    "ku=keyCertSign",
    "policies=1.2.3",
    "policies=1.2.4",
    "ext=pc:critical:3003800100",
    "nc=permitted:dns:good.example",
    "subject=O=Good",
    "subject=O=Bad",
    "subject=O=Test,CN=a",
    "subject=O=Test,CN=root",
    "subject=emailAddress=x@bad.example",
    "subject=CN=a.bad.example",
    "san=dns:a.bad.example",
    "san=dns:a.good.example,email:x@bad.example",
    "san=dns:a.good.example,dn:O=Bad",
    "san=ip:192.0.2.1",
    "san=absent",
    "version=1",
    "same-key=a",
    "ext=1.2.3.4:critical:0500",
};

static const char *const presented[] = {
    "%s a",         "%s a",         "%s b a",   "%s b a",     "%s b",      "%s",
    "%s a b cross", "%s cross a b", "%s cross", "%s b cross", "%s a root", "%s root2 cross b",
};

static void make_one(struct pki *pki, const char *name, const char *format, const char *issuer,
                     const char *first, const char *second)
{
    char spec[512];
    snprintf(spec, sizeof spec, format, issuer, first, second);
    make(pki, name, spec);
}

static struct pki *new_hierarchy(struct pki_keys *keys)
{
    static const char *const above_leaf[] = { "a", "a", "b", "root", "cross" };
    struct pki *pki = pki_new(keys, (int64_t)time(NULL));
    make(pki, "stranger", "ca");
    make_one(pki, "root", "ca%s %s %s", "", SOMETIMES(of_root, 4), "");
    make_one(pki, "root2", "ca%s %s %s", "", SOMETIMES(of_root, 4), "");
    make_one(pki, "a", "ca issuer=%s %s %s", "root", SOMETIMES(of_ca, 3), SOMETIMES(of_ca, 6));
    make_one(pki, "b", "ca issuer=%s %s %s", chance(4) ? "a" : "root", SOMETIMES(of_ca, 3), "");
    make_one(pki, "cross", "ca issuer=%s same-key=a %s %s", "root2", SOMETIMES(of_ca, 3), "");
    for (int i = 0; i < LEAVES; i++) {
        char name[16];
        snprintf(name, sizeof name, "leaf%d", i);
        make_one(pki, name, "issuer=%s san=dns:a.good.example,dns:b.good.example %s %s",
                 PICK(above_leaf), SOMETIMES(of_leaf, 2), SOMETIMES(of_leaf, 4));
    }
    return pki;
}

/* ---- asking both ----------------------------------------------------------------------------- */

enum { POLICIES = 4 };
static struct s2sv_policy *policies[POLICIES];

static void make_policies(void)
{
    int status = 0;
    for (int i = 0; i < POLICIES; i++)
        policies[i] = s2sv_policy_new(S2SV_PROFILE_XMPP);
    status |= s2sv_policy_ignore_anchor_eku(policies[1], 1);
    status |= s2sv_policy_set_purpose(policies[2], S2SV_PURPOSE_TLS_ROLE);
    status |= s2sv_policy_require_eku(policies[3], 1);
    if (status != S2SV_DECIDED)
        abort();
}

/* What was asked of the two, and how the answers came about. */
static struct tally {
    unsigned long questions, accepted, hits, short_ways, whole_ways, wrong;
    uint64_t answers; /* a sum over all of them, in order */
} tally;

static void count(const struct answer *with)
{
    tally.questions++;
    tally.answers =
        tally.answers * 1000003 + (uint64_t)with->reason * 64 + (uint64_t)(with->depth + 1);
    if (with->reason != S2SV_REASON_NONE)
        return;
    tally.accepted++;
    tally.hits += with->validations == 0;
    tally.short_ways += with->validations > 0 && with->links < with->certificates;
    tally.whole_ways += with->links >= with->certificates;
}

static void compare(struct question *question, struct s2sv_trust *with, struct s2sv_trust *without,
                    unsigned long hierarchy, const char *names)
{
    question->trust = with;
    struct answer a = ask(question);
    question->trust = without;
    struct answer b = ask(question);
    count(&a);
    if (a.reason == b.reason && a.depth == b.depth)
        return;
    tally.wrong++;
    printf("hierarchy %lu, %s: %s at %d with a memory, %s at %d without\n", hierarchy, names,
           s2sv_reason_name(a.reason), a.depth, s2sv_reason_name(b.reason), b.depth);
}

static void ask_about_one(struct pki *pki, struct s2sv_trust *with, struct s2sv_trust *without,
                          unsigned long hierarchy)
{
    static const int64_t later[] = { 0, 0, 0, 10 * DAY, 30 * DAY, 40 * DAY };
    struct question question = { .policy = policies[chance(3) ? 0 : chance(POLICIES)] };
    char leaf[16], names[64];
    int64_t days = PICK(later);
    question.direction = chance(2) ? S2SV_INBOUND : S2SV_OUTBOUND;
    question.expect = chance(4) ? NULL : "b.good.example";
    question.time = days ? (int64_t)time(NULL) + days : 0;
    snprintf(leaf, sizeof leaf, "leaf%u", chance(LEAVES));
    snprintf(names, sizeof names, PICK(presented), leaf);
    present(&question, pki, names);
    compare(&question, with, without, hierarchy, names);
}

static void try_hierarchy(struct pki_keys *keys, unsigned long hierarchy)
{
    static const char *const anchors[] = { "root",  "root",   "root root2",
                                           "root2", "root a", "root2 b" };
    struct pki *pki = new_hierarchy(keys);
    const char *names = PICK(anchors);
    struct s2sv_trust *with = trust_of(pki, names), *without = trust_of(pki, names);
    if (s2sv_trust_set_memory(with, chance(3) ? 4096 : 1 + chance(4)) != S2SV_DECIDED ||
        s2sv_trust_set_memory(without, 0) != S2SV_DECIDED)
        abort();
    for (int i = 0; i < LEAVES * ROUNDS; i++)
        ask_about_one(pki, with, without, hierarchy);
    s2sv_trust_unref(with);
    s2sv_trust_unref(without);
    pki_free(pki);
}

int main(int argc, char **argv)
{
    unsigned long hierarchies = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    struct pki_keys *keys = pki_keys_new();
    make_policies();
    for (unsigned long i = 0; i < hierarchies; i++) {
        chance_state = ((uint64_t)seed << 32 | (i + 1)) * 0x9e3779b97f4a7c15u;
        try_hierarchy(keys, i);
    }
    for (int i = 0; i < POLICIES; i++)
        s2sv_policy_unref(policies[i]);
    pki_keys_free(keys);
    printf("%lu hierarchies, %lu questions: %lu accepted, of these %lu met before, %lu under a "
           "known intermediate, %lu validated whole; %lu wrong; answers %016" PRIx64 "\n",
           hierarchies, tally.questions, tally.accepted, tally.hits, tally.short_ways,
           tally.whole_ways, tally.wrong, tally.answers);
    /* A test of nothing is none. */
    return tally.wrong != 0 || tally.hits < hierarchies / 2 || tally.short_ways < hierarchies / 20;
}
