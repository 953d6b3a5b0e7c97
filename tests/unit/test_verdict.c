/* SPDX-License-Identifier: MIT
 * Verdicts: no verdict refuses everywhere, and what isn't trusted is nobody. */
#include "verdict.h"

#include <string.h>

#include "given.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void no_verdict(void **state)
{
    static const char *const domains[] = { "a.example" };
    enum s2sv_reason reason = S2SV_REASON_NONE;
    int depth = 7;
    const char *text = NULL;
    (void)state;
    assert_null(s2sv_verdict_ref(NULL));
    s2sv_verdict_unref(NULL);
    assert_int_equal(s2sv_verdict_trusted(NULL), 0);
    assert_int_equal(s2sv_verdict_accepted(NULL), 0);
    assert_int_equal(s2sv_verdict_is_for(NULL, "a.example"), 0);
    assert_int_equal(s2sv_verdict_match_any(NULL, domains, 1, NULL), 0);
    assert_int_equal(s2sv_verdict_why_not(NULL, "a.example"), S2SV_REASON_INTERNAL_ERROR);
    assert_int_equal(s2sv_verdict_reason(NULL), S2SV_REASON_INTERNAL_ERROR);
    assert_int_equal(s2sv_verdict_depth(NULL), -1);
    assert_int_equal(s2sv_verdict_fault_count(NULL), 1);
    assert_int_equal(s2sv_verdict_fault(NULL, 0, &reason, &depth, &text), 0);
    assert_int_equal(reason, S2SV_REASON_INTERNAL_ERROR);
    assert_int_equal(depth, -1);
    assert_string_not_equal(text, "");
    assert_int_equal(s2sv_verdict_fault(NULL, 1, NULL, NULL, NULL), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_verdict_identity_count(NULL), 0);
    assert_int_equal(s2sv_verdict_note_count(NULL), 0);
    assert_int_equal(s2sv_verdict_note(NULL, 0, &text), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_verdict_match(NULL, NULL, NULL), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_verdict_certificate(NULL, 0, NULL, NULL), S2SV_ERR_INVALID);
    assert_true(s2sv_verdict_valid_until(NULL) == INT64_MIN);
    assert_int_equal(s2sv_verdict_is_about(NULL, "x", 1), 0);
    assert_string_equal(s2sv_verdict_tlsrpt(NULL), "validation-failure");
    assert_string_not_equal(s2sv_verdict_peer_text(NULL), "");
    assert_int_equal(s2sv_xmpp_features(NULL, "a.example"), S2SV_XMPP_NO_EXTERNAL);
}

static void accepted(void **state)
{
    struct s2sv_verdict *v = given_verdict("san=dns:a.example,dns:b.example", "b.example", NULL);
    const char *reference = NULL;
    size_t identity = 7, len = 0;
    const void *der = NULL;
    (void)state;
    assert_int_equal(s2sv_verdict_trusted(v), 1);
    assert_int_equal(s2sv_verdict_accepted(v), 1);
    assert_int_equal(s2sv_verdict_reason(v), S2SV_REASON_NONE);
    assert_int_equal(s2sv_verdict_depth(v), -1);
    assert_int_equal(s2sv_verdict_fault_count(v), 0);
    assert_null(s2sv_verdict_tlsrpt(v));
    assert_int_equal(s2sv_verdict_match(v, &reference, &identity), 0);
    assert_string_equal(reference, "b.example");
    assert_int_equal(identity, 1);
    assert_int_equal(s2sv_verdict_is_for(v, "a.example"), 1);
    assert_int_equal(s2sv_verdict_is_for(v, "c.example"), 0);
    assert_int_equal(s2sv_verdict_why_not(v, "c.example"), S2SV_REASON_NAME_MISMATCH);
    assert_int_equal(s2sv_verdict_why_not(v, "*"), S2SV_REASON_INVALID_REFERENCE);
    assert_int_equal(s2sv_verdict_certificate(v, 0, &der, &len), 0);
    assert_int_equal(s2sv_verdict_is_about(v, der, len), 1);
    assert_int_equal(s2sv_verdict_is_about(v, der, len - 1), 0);
    assert_int_equal(s2sv_verdict_certificate(v, 1, &der, &len), 0);
    assert_int_equal(s2sv_verdict_is_about(v, der, len), 0);
    assert_int_equal(s2sv_verdict_certificate(v, 2, &der, &len), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_verdict_certificate(v, -1, &der, &len), S2SV_ERR_INVALID);
    assert_true(s2sv_verdict_valid_until(v) > GIVEN_NOW);
    s2sv_verdict_unref(v);
}

/* Trusted, but nobody in particular was expected: not accepted. */
static void nobody_expected(void **state)
{
    struct s2sv_verdict *v = given_verdict("san=dns:a.example", NULL, NULL);
    (void)state;
    assert_int_equal(s2sv_verdict_trusted(v), 1);
    assert_int_equal(s2sv_verdict_accepted(v), 0);
    assert_int_equal(s2sv_verdict_reason(v), S2SV_REASON_NONE);
    assert_int_equal(s2sv_verdict_match(v, NULL, NULL), S2SV_ERR_INVALID);
    s2sv_verdict_unref(v);
}

/* Whatever the name says. The chain's reason comes first. */
static void untrusted_is_nobody(void **state)
{
    struct s2sv_verdict *v = given_verdict("san=dns:a.example eku=clientAuth", "b.example", NULL);
    const char *kept = "kept";
    (void)state;
    assert_int_equal(s2sv_verdict_trusted(v), 0);
    assert_int_equal(s2sv_verdict_is_for(v, "a.example"), 0);
    assert_int_equal(s2sv_verdict_why_not(v, "a.example"), S2SV_REASON_WRONG_PURPOSE);
    assert_int_equal(s2sv_verdict_why_not(v, "b.example"), S2SV_REASON_WRONG_PURPOSE);
    assert_int_equal(s2sv_verdict_reason(v), S2SV_REASON_WRONG_PURPOSE);
    assert_int_equal(s2sv_verdict_depth(v), 0);
    assert_int_equal(s2sv_verdict_fault_count(v), 2);
    assert_int_equal(s2sv_verdict_match(v, &kept, NULL), S2SV_ERR_INVALID);
    assert_string_equal(kept, "kept");
    assert_true(s2sv_verdict_valid_until(v) == INT64_MIN);
    assert_string_equal(s2sv_verdict_tlsrpt(v), "certificate-not-trusted");
    s2sv_verdict_unref(v);
}

static void references(void **state)
{
    struct s2sv_verdict *v = given_verdict("san=dns:a.example", "a.example", NULL);
    (void)state;
    assert_ptr_equal(s2sv_verdict_ref(v), v);
    s2sv_verdict_unref(v);
    assert_int_equal(s2sv_verdict_accepted(v), 1); /* still there */
    s2sv_verdict_unref(v);
}

/* What ends a handshake: the policy, the direction, the name. */
static void ends_handshake(void **state)
{
    static const struct {
        enum s2sv_direction direction;
        int trusted, is_expected, accepted;
        int enforce, record, callback;
    } rows[] = {
        { S2SV_INBOUND, 0, 0, 0, 1, 0, 1 },  { S2SV_INBOUND, 1, 0, 0, 0, 0, 0 },
        { S2SV_INBOUND, 1, 1, 0, 0, 0, 0 },  { S2SV_INBOUND, 1, 1, 1, 0, 0, 0 },
        { S2SV_OUTBOUND, 0, 0, 0, 1, 0, 1 }, { S2SV_OUTBOUND, 1, 0, 0, 0, 0, 0 },
        { S2SV_OUTBOUND, 1, 1, 0, 1, 0, 1 }, { S2SV_OUTBOUND, 1, 1, 1, 0, 0, 0 },
    };
    (void)state;
    for (int handshake = S2SV_HANDSHAKE_ENFORCE; handshake <= S2SV_HANDSHAKE_CALLBACK;
         handshake++) {
        struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
        assert_int_equal(s2sv_policy_set_handshake(policy, (enum s2sv_handshake)handshake), 0);
        assert_int_equal(s2sv_verdict_ends_handshake(NULL, policy),
                         handshake != S2SV_HANDSHAKE_RECORD);
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct s2sv_verdict verdict = { .direction = rows[i].direction,
                                            .trusted = rows[i].trusted,
                                            .is_expected = rows[i].is_expected,
                                            .accepted = rows[i].accepted };
            const int wanted[] = { 0, rows[i].enforce, rows[i].record, rows[i].callback };
            assert_int_equal(s2sv_verdict_ends_handshake(&verdict, policy), wanted[handshake]);
        }
        s2sv_policy_unref(policy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_verdict),      cmocka_unit_test(accepted),
        cmocka_unit_test(nobody_expected), cmocka_unit_test(untrusted_is_nobody),
        cmocka_unit_test(references),      cmocka_unit_test(ends_handshake),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, given_free);
}
