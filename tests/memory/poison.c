/* SPDX-License-Identifier: MIT
 * Tries to get a path accepted that was never validated as it is: other octets, another anchor set,
 * another time, another policy. A hit is an accepted path without a call of the TLS library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "counting.h"

enum { NOW = 1780000000, DAY = 86400 };

static struct pki *pki;
static struct s2sv_policy *usual; /* the default one */

static int set_up(void **state)
{
    (void)state;
    pki = pki_new(NULL, NOW);
    usual = s2sv_policy_new(S2SV_PROFILE_XMPP);
    make(pki, "root", "ca key=p384 not-after=+900d");
    make(pki, "root2", "ca not-after=+900d");
    make(pki, "int", "ca issuer=root not-before=-30d not-after=+300d");
    make(pki, "leaf", "issuer=int san=dns:a.example,dns:b.example not-before=-10d not-after=+90d");
    make(pki, "other", "issuer=int san=dns:a.example");
    make(pki, "client", "issuer=int san=dns:a.example eku=clientAuth");
    make(pki, "no-eku", "issuer=int san=dns:a.example eku=absent");
    make(pki, "odd-root", "ca eku=clientAuth");
    make(pki, "odd-leaf", "issuer=odd-root san=dns:a.example");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    s2sv_policy_unref(usual);
    pki_free(pki);
    return 0;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static struct question question_of(struct s2sv_trust *trust, const struct s2sv_policy *policy,
                                   const char *names)
{
    struct question question = { .trust = trust, .policy = policy, .time = NOW };
    present(&question, pki, names);
    return question;
}

/* Accepted, after so many calls. */
static void assert_accepted(const struct question *question, unsigned validations)
{
    struct answer answer = ask(question);
    assert_string_equal(s2sv_reason_name(answer.reason), "none");
    assert_int_equal(answer.validations, validations);
}

static void assert_refused(const struct question *question, enum s2sv_reason reason, int depth)
{
    struct answer answer = ask(question);
    assert_string_equal(s2sv_reason_name(answer.reason), s2sv_reason_name(reason));
    assert_int_equal(answer.depth, depth);
}

/* Accepted, and from now on remembered. */
static struct question remembered(struct s2sv_trust *trust, const struct s2sv_policy *policy,
                                  const char *names)
{
    struct question question = question_of(trust, policy, names);
    assert_accepted(&question, 1);
    assert_accepted(&question, 0);
    return question;
}

/* ---- octets ---------------------------------------------------------------------------------- */

static void met_before(void **state)
{
    (void)state;
    struct s2sv_trust *trust = trust_of(pki, "root");
    struct question question = remembered(trust, usual, "leaf int");
    assert_int_equal(ask(&question).imports, 0);
    present(&question, pki, "leaf root int int"); /* the path counts, not what else is presented */
    assert_accepted(&question, 0);
    s2sv_trust_unref(trust);
}

static int is_hit(const struct question *question)
{
    struct answer answer = ask(question);
    return answer.reason == S2SV_REASON_NONE && answer.validations == 0;
}

/* No octet of one presented certificate can be changed. */
static void try_every_octet(struct question question, size_t which, int may_be_accepted)
{
    size_t len = question.chain[which].len;
    unsigned char *changed = malloc(len);
    memcpy(changed, question.chain[which].der, len);
    question.chain[which].der = changed;
    for (size_t i = 0; i < len; i++) {
        for (unsigned bit = 1; bit < 256; bit <<= 3) {
            changed[i] ^= (unsigned char)bit;
            assert_false(is_hit(&question));
            assert_true(may_be_accepted || ask(&question).reason != S2SV_REASON_NONE);
            changed[i] ^= (unsigned char)bit;
        }
    }
    assert_true(is_hit(&question));
    free(changed);
}

static void other_leaf(void **state)
{
    (void)state;
    struct s2sv_trust *trust = trust_of(pki, "root");
    try_every_octet(remembered(trust, usual, "leaf int"), 0, 0);
    s2sv_trust_unref(trust);
}

static void other_intermediate(void **state)
{
    (void)state;
    struct s2sv_trust *trust = trust_of(pki, "root");
    try_every_octet(remembered(trust, usual, "leaf int"), 1, 0);
    s2sv_trust_unref(trust);
}

/* An application's anchor, and one memory for all of them. Nobody checks an anchor's own signature,
 * so that a changed anchor may be good; but then the TLS library has to say so. */
static void other_anchor(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(4096);
    struct given_anchor given;
    struct s2sv_trust_source source = { .backend = counting_backend(),
                                        .application = &given,
                                        .memory = memory };
    struct question question = question_of(NULL, usual, "leaf int");
    size_t len;
    const unsigned char *root = pki_der(pki_find(pki, "root"), &len);
    unsigned char *changed = malloc(len);
    (void)state;
    question.source = &source;
    memcpy(changed, root, len);
    given = (struct given_anchor){ changed, len };
    assert_accepted(&question, 1);
    for (size_t i = 0; i < len; i++) {
        assert_true(is_hit(&question));
        changed[i] ^= 1;
        assert_false(is_hit(&question));
        changed[i] ^= 1;
    }
    free(changed);
    s2sv_memory_free(memory);
}

/* The octets are those of the path, but the certificates end elsewhere. */
static void other_borders(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    struct question question = remembered(trust, usual, "leaf int");
    size_t leaf = question.chain[0].len, intermediate = question.chain[1].len;
    unsigned char *all = malloc(leaf + intermediate);
    (void)state;
    memcpy(all, question.chain[0].der, leaf);
    memcpy(all + leaf, question.chain[1].der, intermediate);
    for (size_t border = 1; border < leaf + intermediate; border++) {
        question.chain[0] = (struct s2sv_link){ all, border, NULL };
        question.chain[1] = (struct s2sv_link){ all + border, leaf + intermediate - border, NULL };
        assert_true((border == leaf) == is_hit(&question));
    }
    free(all);
    s2sv_trust_unref(trust);
}

/* ---- anchors --------------------------------------------------------------------------------- */

static void other_anchor_sets(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    struct s2sv_trust *without = trust_of(pki, "root2"), *twin = trust_of(pki, "root");
    struct question question = remembered(trust, usual, "leaf int");
    (void)state;
    question.trust = without;
    assert_refused(&question, S2SV_REASON_UNTRUSTED, 1);
    question.trust = twin;
    assert_accepted(&question, 1);
    s2sv_trust_unref(trust);
    s2sv_trust_unref(without);
    s2sv_trust_unref(twin);
}

static void add(struct s2sv_trust *trust, const char *name)
{
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, name), &len);
    assert_int_equal(s2sv_trust_add_der(trust, der, len), S2SV_DECIDED);
}

static void add_crl(struct s2sv_trust *trust, const char *spec)
{
    char err[256];
    size_t len;
    struct pki_crl *crl = pki_crl(pki, spec, spec, err, sizeof err);
    assert_non_null(crl);
    const unsigned char *der = pki_crl_der(crl, &len);
    assert_int_equal(s2sv_trust_add_crl_der(trust, der, len), S2SV_DECIDED);
}

/* Each addition forgets. */
static void generations(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    struct question question = remembered(trust, usual, "leaf int");
    (void)state;
    add(trust, "root2");
    assert_accepted(&question, 1);
    assert_accepted(&question, 0);
    add_crl(trust, "issuer=root2");
    assert_accepted(&question, 1);
    assert_accepted(&question, 0);
    assert_int_equal(s2sv_trust_set_memory(trust, 100), S2SV_DECIDED);
    assert_accepted(&question, 1);
    assert_accepted(&question, 0);
    s2sv_trust_unref(trust);
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Every certificate's window: the leaf's, the intermediate's, the anchor's. */
static void other_times(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    struct question question = remembered(trust, usual, "leaf int");
    static const struct {
        int days;
        enum s2sv_reason reason;
        int depth;
    } rows[] = {
        { -9, S2SV_REASON_NONE, -1 },          { -11, S2SV_REASON_NOT_YET_VALID, 0 },
        { 89, S2SV_REASON_NONE, -1 },          { 90, S2SV_REASON_EXPIRED, 0 },
        { 301, S2SV_REASON_EXPIRED, 0 },       { 901, S2SV_REASON_EXPIRED, 0 },
        { -31, S2SV_REASON_NOT_YET_VALID, 0 }, { 0, S2SV_REASON_NONE, -1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        question.time = NOW + (int64_t)rows[i].days * DAY;
        assert_refused(&question, rows[i].reason, rows[i].depth);
    }
    s2sv_trust_unref(trust);
}

/* A leaf that outlives those above it. */
static void later_ends_above(void **state)
{
    (void)state;
    make(pki, "short-root", "ca not-after=+20d");
    make(pki, "short-int", "ca issuer=short-root not-after=+10d");
    make(pki, "long", "issuer=short-int san=dns:a.example not-after=+90d");
    struct s2sv_trust *trust = trust_of(pki, "short-root");
    struct question question = remembered(trust, usual, "long short-int");
    question.time = NOW + 10 * DAY;
    assert_refused(&question, S2SV_REASON_EXPIRED, 1);
    present(&question, pki, "long short-int");
    question.time = NOW + 20 * DAY;
    assert_refused(&question, S2SV_REASON_EXPIRED, 1);
    s2sv_trust_unref(trust);
    make(pki, "long2", "issuer=short-root san=dns:a.example not-after=+90d");
    trust = trust_of(pki, "short-root");
    question = remembered(trust, usual, "long2");
    question.time = NOW + 20 * DAY;
    assert_refused(&question, S2SV_REASON_EXPIRED, 1);
    s2sv_trust_unref(trust);
}

/* ---- policy, direction, name ----------------------------------------------------------------- */

static void other_purposes(void **state)
{
    struct s2sv_policy *stock = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_trust *trust = trust_of(pki, "root");
    (void)state;
    assert_int_equal(s2sv_policy_set_purpose(stock, S2SV_PURPOSE_TLS_ROLE), S2SV_DECIDED);
    struct question question = remembered(trust, stock, "client int");
    question.policy = usual;
    assert_refused(&question, S2SV_REASON_WRONG_PURPOSE, 0);
    question.policy = stock;
    question.direction = S2SV_OUTBOUND;
    assert_refused(&question, S2SV_REASON_WRONG_PURPOSE, 0);
    question.direction = S2SV_INBOUND;
    assert_accepted(&question, 0);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(stock);
}

static void eku_required(void **state)
{
    struct s2sv_policy *strict = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_trust *trust = trust_of(pki, "root");
    (void)state;
    assert_int_equal(s2sv_policy_require_eku(strict, 1), S2SV_DECIDED);
    struct question question = remembered(trust, usual, "no-eku int");
    question.policy = strict;
    assert_refused(&question, S2SV_REASON_WRONG_PURPOSE, 0);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(strict);
}

/* What passed without the second lock has not passed it. */
static void second_lock(void **state)
{
    struct s2sv_policy *unlocked = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_trust *trust = trust_of(pki, "root odd-root");
    (void)state;
    assert_int_equal(s2sv_policy_ignore_anchor_eku(unlocked, 1), S2SV_DECIDED);
    struct question question = remembered(trust, unlocked, "leaf int");
    question.policy = usual;
    assert_accepted(&question, 1);
    assert_accepted(&question, 0);
    question.policy = unlocked;
    assert_accepted(&question, 0);
    question = remembered(trust, unlocked, "odd-leaf");
    question.policy = usual;
    assert_refused(&question, S2SV_REASON_WRONG_PURPOSE, 1);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(unlocked);
}

static void other_names(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    struct question question = question_of(trust, usual, "leaf int");
    (void)state;
    question.expect = "a.example";
    assert_accepted(&question, 1);
    question.expect = "b.example";
    question.direction = S2SV_OUTBOUND;
    assert_accepted(&question, 0);
    question.expect = "c.example";
    assert_refused(&question, S2SV_REASON_NAME_MISMATCH, 0);
    s2sv_trust_unref(trust);
}

/* ---- revocation ------------------------------------------------------------------------------ */

static struct s2sv_policy *revocation_policy(enum s2sv_revocation revocation)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    assert_int_equal(s2sv_policy_set_revocation(policy, revocation), S2SV_DECIDED);
    return policy;
}

/* One memory, policies that look at the lists and one that doesn't. */
static void revocation_is_judged_on_a_hit(void **state)
{
    struct s2sv_policy *off = revocation_policy(S2SV_REVOCATION_OFF);
    struct s2sv_policy *strict = revocation_policy(S2SV_REVOCATION_REQUIRE);
    struct s2sv_trust *trust = trust_of(pki, "root");
    (void)state;
    add_crl(trust, "issuer=root this-update=-1d next-update=+7d");
    add_crl(trust, "issuer=int this-update=-1d next-update=+7d revoked=leaf");
    struct question bad = remembered(trust, off, "leaf int");
    bad.policy = usual;
    assert_refused(&bad, S2SV_REASON_REVOKED, 0);
    bad.policy = strict;
    assert_refused(&bad, S2SV_REASON_REVOKED, 0);
    struct question good = question_of(trust, strict, "other int");
    assert_int_equal(ask(&good).reason, S2SV_REASON_NONE);
    assert_int_equal(ask(&good).validations, 0);
    good.time = NOW + 7 * DAY;
    assert_refused(&good, S2SV_REASON_REVOCATION_UNKNOWN, 0);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(off);
    s2sv_policy_unref(strict);
}

static void a_list_comes_later(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    struct question leaf = remembered(trust, usual, "leaf int");
    struct question other = question_of(trust, usual, "other int");
    (void)state;
    assert_int_equal(ask(&other).reason, S2SV_REASON_NONE);
    add_crl(trust, "issuer=int revoked=leaf number=2");
    assert_refused(&leaf, S2SV_REASON_REVOKED, 0);
    assert_int_equal(ask(&other).reason, S2SV_REASON_NONE);
    add_crl(trust, "issuer=root revoked=int number=3");
    assert_refused(&leaf, S2SV_REASON_REVOKED, 0);
    assert_refused(&other, S2SV_REASON_REVOKED, 1);
    s2sv_trust_unref(trust);
}

/* ---- the source ------------------------------------------------------------------------------ */

/* What the application set is part of the question. */
static void other_stamps(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    struct s2sv_trust_source source = { .backend = counting_backend(), .trust = trust };
    struct question question = remembered(trust, usual, "leaf int");
    (void)state;
    question.source = &source;
    assert_accepted(&question, 0);
    for (size_t i = 0; i < sizeof source.settings; i++) {
        source.settings[i] = 1;
        assert_false(is_hit(&question));
        assert_true(is_hit(&question));
        source.settings[i] = 0;
    }
    source.forgets = 1;
    assert_accepted(&question, 1);
    assert_accepted(&question, 1);
    s2sv_trust_unref(trust);
}

/* With an application's anchors too the core judges revocation on each use, whatever is remembered.
 */
static void other_revocation_policy(void **state)
{
    struct s2sv_policy *off = revocation_policy(S2SV_REVOCATION_OFF);
    struct s2sv_policy *strict = revocation_policy(S2SV_REVOCATION_REQUIRE);
    struct s2sv_memory *memory = s2sv_memory_new(4096);
    struct given_anchor given;
    struct s2sv_trust_source source = { .backend = counting_backend(),
                                        .application = &given,
                                        .memory = memory };
    struct question question = question_of(NULL, off, "leaf int");
    (void)state;
    given.der = pki_der(pki_find(pki, "root"), &given.len);
    question.source = &source;
    assert_accepted(&question, 1);
    assert_accepted(&question, 0);
    question.policy = strict;
    assert_refused(&question, S2SV_REASON_REVOCATION_UNKNOWN, 0);
    question.policy = usual;
    assert_accepted(&question, 0);
    s2sv_memory_free(memory);
    s2sv_policy_unref(off);
    s2sv_policy_unref(strict);
}

/* ---- size ------------------------------------------------------------------------------------ */

static void switched_off(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    struct question question = question_of(trust, usual, "leaf int");
    (void)state;
    assert_int_equal(s2sv_trust_set_memory(trust, 0), S2SV_DECIDED);
    assert_accepted(&question, 1);
    assert_accepted(&question, 1);
    add(trust, "root2");
    assert_accepted(&question, 1);
    assert_accepted(&question, 1);
    s2sv_trust_unref(trust);
}

/* Three fit; the one that nobody met for the longest time goes. */
static void oldest_goes(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    static const char *const names[] = { "p1", "p2", "p3", "p4" };
    struct question peers[4];
    (void)state;
    assert_int_equal(s2sv_trust_set_memory(trust, 3), S2SV_DECIDED);
    for (size_t i = 0; i < 4; i++) {
        make(pki, names[i], "issuer=root san=dns:a.example");
        peers[i] = question_of(trust, usual, names[i]);
    }
    for (size_t i = 0; i < 3; i++)
        assert_accepted(&peers[i], 1);
    assert_accepted(&peers[0], 0);
    assert_accepted(&peers[3], 1); /* in the place of the second */
    assert_accepted(&peers[2], 0);
    assert_accepted(&peers[0], 0);
    assert_accepted(&peers[3], 0);
    assert_accepted(&peers[1], 1); /* in the place of the third */
    assert_accepted(&peers[0], 0);
    assert_accepted(&peers[3], 0);
    assert_accepted(&peers[2], 1);
    s2sv_trust_unref(trust);
}

/* Only what was accepted. */
static void refusals_are_not_remembered(void **state)
{
    struct s2sv_trust *trust = trust_of(pki, "root");
    (void)state;
    make(pki, "forged", "issuer=int signer=root2 san=dns:a.example");
    struct question question = question_of(trust, usual, "forged int");
    for (int round = 0; round < 3; round++) {
        struct answer answer = ask(&question);
        assert_string_equal(s2sv_reason_name(answer.reason), "bad-signature");
        assert_true(answer.validations > 0);
    }
    s2sv_trust_unref(trust);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(met_before),
        cmocka_unit_test(other_leaf),
        cmocka_unit_test(other_intermediate),
        cmocka_unit_test(other_anchor),
        cmocka_unit_test(other_borders),
        cmocka_unit_test(other_anchor_sets),
        cmocka_unit_test(generations),
        cmocka_unit_test(other_times),
        cmocka_unit_test(later_ends_above),
        cmocka_unit_test(other_purposes),
        cmocka_unit_test(eku_required),
        cmocka_unit_test(second_lock),
        cmocka_unit_test(other_names),
        cmocka_unit_test(revocation_is_judged_on_a_hit),
        cmocka_unit_test(a_list_comes_later),
        cmocka_unit_test(other_stamps),
        cmocka_unit_test(other_revocation_policy),
        cmocka_unit_test(switched_off),
        cmocka_unit_test(oldest_goes),
        cmocka_unit_test(refusals_are_not_remembered),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
