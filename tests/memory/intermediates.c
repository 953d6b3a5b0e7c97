/* SPDX-License-Identifier: MIT
 * A new leaf under an intermediate that was met before: two links instead of the whole path, and
 * only where that is the same question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "counting.h"

enum { NOW = 1780000000 };

static struct pki *pki;
static struct s2sv_policy *usual;
static struct s2sv_trust *trust;

static int set_up(void **state)
{
    (void)state;
    pki = pki_new(NULL, NOW);
    usual = s2sv_policy_new(S2SV_PROFILE_XMPP);
    make(pki, "root", "ca");
    make(pki, "int", "ca issuer=root");
    make(pki, "low", "ca issuer=int");
    make(pki, "one", "issuer=int san=dns:one.example");
    make(pki, "two", "issuer=int san=dns:two.example");
    make(pki, "low-one", "issuer=low san=dns:one.example");
    make(pki, "low-two", "issuer=low san=dns:two.example");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    s2sv_policy_unref(usual);
    pki_free(pki);
    return 0;
}

static int new_trust(void **state)
{
    (void)state;
    trust = trust_of(pki, "root");
    return 0;
}

static int free_trust(void **state)
{
    (void)state;
    s2sv_trust_unref(trust);
    return 0;
}

static struct answer ask_for(const struct s2sv_policy *policy, const char *names)
{
    struct question question = { .trust = trust, .policy = policy, .time = NOW };
    present(&question, pki, names);
    return ask(&question);
}

static void assert_costs(const char *names, unsigned links)
{
    struct answer answer = ask_for(usual, names);
    assert_string_equal(s2sv_reason_name(answer.reason), "none");
    assert_int_equal(answer.links, links);
}

static void assert_refuses(const char *names, const char *reason)
{
    struct answer answer = ask_for(usual, names);
    assert_string_equal(s2sv_reason_name(answer.reason), reason);
}

static void known(void **state)
{
    (void)state;
    assert_costs("one int", 3);
    assert_costs("two int", 2);
    assert_costs("two int", 0);
    assert_costs("low-one low int", 4);
    assert_costs("low-two low int", 2);
}

/* The intermediate is read once, unless there are revocation lists to hold against its key. */
static void read_once(void **state)
{
    (void)state;
    assert_int_equal(ask_for(usual, "one int").imports, 2);
    assert_int_equal(ask_for(usual, "two int").imports, 1);
    assert_int_equal(ask_for(usual, "two int").imports, 0);
    assert_int_equal(ask_for(usual, "low-one low int").imports, 3);
    assert_int_equal(ask_for(usual, "low-two low int").imports, 1);
}

/* The lower of two intermediates counts; the upper one alone says nothing about it. */
static void not_known(void **state)
{
    (void)state;
    make(pki, "twin", "ca issuer=root same-key=int serial=77");
    assert_costs("one int", 3);
    assert_costs("two twin", 3);
    assert_costs("low-one low int", 4);
    assert_int_equal(s2sv_trust_set_memory(trust, 4096), S2SV_DECIDED); /* forgets */
    assert_costs("low-one low int", 4);
    assert_costs("one int", 3);
}

static void forged(void **state)
{
    (void)state;
    make(pki, "forged", "issuer=int signer=root san=dns:two.example");
    make(pki, "flipped", "issuer=int san=dns:two.example mutate=flip-signature");
    assert_costs("one int", 3);
    assert_refuses("forged int", "bad-signature");
    assert_refuses("flipped int", "bad-signature");
}

/* What an intermediate or an anchor says about all below it is asked about every leaf. */
static void rules_for_below(void **state)
{
    static const char *const rules[] = { "nc=permitted:dns:example",
                                         "ext=pc:noncritical:3003800100",
                                         "ext=iap:noncritical:020100" };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char spec[128], name[32], peers[2][80];
        snprintf(name, sizeof name, "rule%zu", i);
        snprintf(spec, sizeof spec, "ca issuer=root policies=2.5.29.32.0 %s", rules[i]);
        make(pki, name, spec);
        for (int leaf = 0; leaf < 2; leaf++) {
            snprintf(spec, sizeof spec, "issuer=%s san=dns:%d.example policies=1.2.3", name, leaf);
            snprintf(peers[leaf], sizeof peers[leaf], "%s-leaf%d", name, leaf);
            make(pki, peers[leaf], spec);
            snprintf(peers[leaf], sizeof peers[leaf], "%s-leaf%d %s", name, leaf, name);
        }
        assert_costs(peers[0], 3);
        assert_costs(peers[1], 3);
    }
}

/* Name constraints of the anchor, which the intermediate's own path was validated under. */
static void rules_of_the_anchor(void **state)
{
    (void)state;
    make(pki, "nc-root", "ca nc=permitted:dns:good.example");
    make(pki, "nc-int", "ca issuer=nc-root");
    make(pki, "nc-good", "issuer=nc-int san=dns:a.good.example");
    make(pki, "nc-good2", "issuer=nc-int san=dns:b.good.example");
    make(pki, "nc-bad", "issuer=nc-int san=dns:a.bad.example");
    make(pki, "nc-mail", "issuer=nc-int san=dns:a.good.example subject=emailAddress=x@bad.example");
    s2sv_trust_unref(trust);
    trust = trust_of(pki, "nc-root");
    assert_costs("nc-good nc-int", 3);
    assert_costs("nc-good2 nc-int", 3);
    assert_refuses("nc-bad nc-int", "constraint-violated");
}

/* The second lock of the path above is part of the question. */
static void second_lock(void **state)
{
    struct s2sv_policy *unlocked = s2sv_policy_new(S2SV_PROFILE_XMPP);
    (void)state;
    assert_int_equal(s2sv_policy_ignore_anchor_eku(unlocked, 1), S2SV_DECIDED);
    assert_int_equal(ask_for(unlocked, "one int").links, 3);
    assert_costs("two int", 3);
    assert_int_equal(ask_for(unlocked, "two int").links, 2);
    s2sv_policy_unref(unlocked);
}

/* So are the dates and lists of the path above. */
static void judged_above(void **state)
{
    char err[128];
    size_t len;
    struct pki_crl *crl = pki_crl(pki, "crl", "issuer=root revoked=int", err, sizeof err);
    const unsigned char *der = pki_crl_der(crl, &len);
    struct s2sv_policy *off = s2sv_policy_new(S2SV_PROFILE_XMPP);
    (void)state;
    assert_int_equal(s2sv_policy_set_revocation(off, S2SV_REVOCATION_OFF), S2SV_DECIDED);
    assert_int_equal(s2sv_trust_add_crl_der(trust, der, len), S2SV_DECIDED);
    assert_int_equal(ask_for(off, "one int").reason, S2SV_REASON_NONE);
    assert_int_equal(ask_for(off, "two int").links, 2);
    assert_refuses("one int", "revoked");
    assert_refuses("two int", "revoked");
    s2sv_policy_unref(off);
}

/* A CA is no leaf, and a leaf is no intermediate, whoever remembers what. */
static void no_promotion(void **state)
{
    (void)state;
    make(pki, "below-leaf", "issuer=one san=dns:two.example");
    assert_costs("one int", 3);
    assert_refuses("below-leaf one int", "not-a-ca");
    assert_refuses("low int", "constraint-violated");
    make(pki, "direct", "issuer=root san=dns:one.example");
    make(pki, "below-direct", "issuer=direct san=dns:one.example");
    assert_costs("direct", 2);
    assert_refuses("below-direct direct", "not-a-ca");
}

static void path_lengths(void **state)
{
    (void)state;
    make(pki, "zero", "ca issuer=root bc=ca:0");
    make(pki, "zero-leaf", "issuer=zero san=dns:one.example");
    make(pki, "zero-ca", "ca issuer=zero");
    make(pki, "zero-low", "issuer=zero-ca san=dns:one.example");
    assert_costs("zero-leaf zero", 3);
    assert_refuses("zero-low zero-ca zero", "constraint-violated");
    assert_refuses("zero-low zero-ca zero", "constraint-violated");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, new_trust, free_trust)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(known),           TEST(read_once),           TEST(not_known),   TEST(forged),
        TEST(rules_for_below), TEST(rules_of_the_anchor), TEST(second_lock), TEST(judged_above),
        TEST(no_promotion),    TEST(path_lengths),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
