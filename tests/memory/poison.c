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
    if (validations == 0)
        assert_int_equal(answer.imports, 0);
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

/* An application's anchors, one memory: nobody checks an anchor's own signature, so that a changed
 * one may be good, but the TLS library has to say so. */
static struct s2sv_source application(struct given_anchor *given, struct s2sv_memory *memory)
{
    return (struct s2sv_source){
        .backend = counting_backend(), .application = given, .memory = memory
    };
}

static void other_anchor(void **state)
{
    (void)state;
    struct given_anchor given;
    struct s2sv_memory *memory = s2sv_memory_new(4096);
    struct s2sv_source source = application(&given, memory);
    given.der = pki_der(pki_find(pki, "root"), &given.len);
    struct question question = remembered(NULL, usual, "leaf int");
    (void)question;
    s2sv_memory_free(memory);
    (void)source;
}

int main(void)
{
    return 0;
}
