/* SPDX-License-Identifier: MIT
 * Faults: bounded, printable, gravest first. */
#include "rules/faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <limits.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sv_faults faults;

static int set_up(void **state)
{
    (void)state;
    memset(&faults, 0, sizeof faults);
    return 0;
}

static void text_is_printable(void **state)
{
    (void)state;
    sv_faults_add(&faults, S2SV_REASON_EXPIRED, 3, "%s", "a\n\x1b[31m\x7f\x80\xff~ b");
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.items[0].depth, 3);
    assert_int_equal(faults.items[0].native, 0);
    assert_string_equal(faults.items[0].text, "a??[31m???~ b");
}

static void text_is_cut(void **state)
{
    char longer[2 * SV_FAULT_TEXT + 1];
    (void)state;
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    sv_faults_add(&faults, S2SV_REASON_EXPIRED, 0, "%s", longer);
    assert_int_equal(strlen(faults.items[0].text), SV_FAULT_TEXT - 1);
}

static void as_many_as_fit(void **state)
{
    struct s2sv_evidence evidence = { .faults = &faults };
    (void)state;
    for (int i = 0; i < SV_MAX_FAULTS + 5; i++)
        sv_faults_add(&faults, S2SV_REASON_EXPIRED, i, "%d", i);
    s2sv_evidence_add(&evidence, S2SV_FINDING_REVOKED, 0, 0, NULL);
    assert_int_equal(faults.count, SV_MAX_FAULTS);
    assert_int_equal(faults.left_out, 6);
    assert_int_equal(evidence.count, 1);
    assert_string_equal(faults.items[0].text, "0");
}

static void ranked(void **state)
{
    struct s2sv_evidence evidence = { .faults = &faults };
    static const struct {
        enum s2sv_reason reason;
        int depth, native;
    } wanted[] = {
        { S2SV_REASON_EXPIRED, 0, 0 },       { S2SV_REASON_EXPIRED, 1, 0 },
        { S2SV_REASON_WRONG_PURPOSE, 0, 0 }, { S2SV_REASON_UNTRUSTED, -1, 1 },
        { S2SV_REASON_REVOKED, 2, 1 },
    };
    (void)state;
    s2sv_evidence_add(&evidence, S2SV_FINDING_REVOKED, 2, 23, "revoked");
    s2sv_evidence_add(&evidence, S2SV_FINDING_UNTRUSTED, -1, 20, "untrusted");
    sv_faults_add(&faults, S2SV_REASON_WRONG_PURPOSE, 0, "purpose");
    sv_faults_add(&faults, S2SV_REASON_EXPIRED, 1, "old CA");
    sv_faults_add(&faults, S2SV_REASON_EXPIRED, 0, "old leaf");
    sv_faults_rank(&faults);
    for (size_t i = 0; i < COUNT(wanted); i++) {
        assert_int_equal(faults.items[i].reason, wanted[i].reason);
        assert_int_equal(faults.items[i].depth, wanted[i].depth);
        assert_int_equal(faults.items[i].native, wanted[i].native);
    }
}

/* Equal ones stay in the order in which they came. */
static void stable(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        sv_faults_add(&faults, S2SV_REASON_EXPIRED, 1, "%d", i);
    sv_faults_rank(&faults);
    for (int i = 0; i < 5; i++)
        assert_int_equal(faults.items[i].text[0], '0' + i);
}

static void evidence_has_reasons(void **state)
{
    static const struct {
        int fault;
        enum s2sv_reason reason;
    } rows[] = {
        { S2SV_FINDING_UNTRUSTED, S2SV_REASON_UNTRUSTED },
        { S2SV_FINDING_SIGNATURE, S2SV_REASON_BAD_SIGNATURE },
        { S2SV_FINDING_NOT_YET_VALID, S2SV_REASON_NOT_YET_VALID },
        { S2SV_FINDING_EXPIRED, S2SV_REASON_EXPIRED },
        { S2SV_FINDING_REVOKED, S2SV_REASON_REVOKED },
        { S2SV_FINDING_REVOCATION_UNKNOWN, S2SV_REASON_REVOCATION_UNKNOWN },
        { S2SV_FINDING_CONSTRAINT, S2SV_REASON_CONSTRAINT_VIOLATED },
        { S2SV_FINDING_ALGORITHM, S2SV_REASON_WEAK_ALGORITHM },
        { S2SV_FINDING_MALFORMED, S2SV_REASON_MALFORMED_CERTIFICATE },
        { S2SV_FINDING_LIMIT, S2SV_REASON_LIMIT_EXCEEDED },
        { S2SV_FINDING_PURPOSE, S2SV_REASON_WRONG_PURPOSE },
        { S2SV_FINDING_NAME, S2SV_REASON_NAME_MISMATCH },
        { S2SV_FINDING_INTERNAL, S2SV_REASON_INTERNAL_ERROR },
        { 0, S2SV_REASON_INTERNAL_ERROR },
        { -1, S2SV_REASON_INTERNAL_ERROR },
        { 99, S2SV_REASON_INTERNAL_ERROR },
    };
    struct s2sv_evidence evidence = { .faults = &faults };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        s2sv_evidence_add(&evidence, (enum s2sv_finding)rows[i].fault, 1, LONG_MIN, "a\rb");
        assert_int_equal(faults.items[i].reason, rows[i].reason);
        assert_int_equal(faults.items[i].native, 1);
        assert_non_null(strstr(faults.items[i].text, "a?b"));
    }
    assert_int_equal(evidence.count, COUNT(rows));
}

static void evidence_that_goes_nowhere(void **state)
{
    struct s2sv_evidence evidence = { .faults = NULL };
    (void)state;
    s2sv_evidence_add(&evidence, S2SV_FINDING_REVOKED, 0, 0, NULL);
    assert_int_equal(evidence.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(text_is_printable, set_up),
        cmocka_unit_test_setup(text_is_cut, set_up),
        cmocka_unit_test_setup(as_many_as_fit, set_up),
        cmocka_unit_test_setup(ranked, set_up),
        cmocka_unit_test_setup(stable, set_up),
        cmocka_unit_test_setup(evidence_has_reasons, set_up),
        cmocka_unit_test_setup(evidence_that_goes_nowhere, set_up),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
