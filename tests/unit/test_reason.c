/* SPDX-License-Identifier: MIT
 * Reasons: numbers and names are what programs and scripts hold on to. */
#include "rules/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array) (sizeof array / sizeof((array)[0]))

/* Copied by hand on purpose: a line here never changes, a new one comes behind. */
static const struct {
    int number;
    const char *name;
} stable[] = {
    { 0, "none" },
    { 1, "no-certificate" },
    { 2, "malformed-certificate" },
    { 3, "malformed-extension" },
    { 4, "unsupported-critical-extension" },
    { 10, "untrusted" },
    { 11, "self-signed" },
    { 12, "bad-signature" },
    { 13, "weak-algorithm" },
    { 14, "expired" },
    { 15, "not-yet-valid" },
    { 16, "revoked" },
    { 17, "revocation-unknown" },
    { 18, "unsupported-algorithm" },
    { 20, "not-a-ca" },
    { 21, "constraint-violated" },
    { 22, "wrong-purpose" },
    { 23, "wrong-key-usage" },
    { 24, "limit-exceeded" },
    { 30, "name-mismatch" },
    { 31, "no-usable-name" },
    { 32, "invalid-reference" },
    { 40, "application" },
    { 50, "internal-error" },
    { 60, "pin-mismatch" },
    { 61, "dane-mismatch" },
    { 62, "dane-bogus" },
    { 63, "dane-unusable" },
    { 64, "no-proof" },
};

static int is_stable(int number)
{
    for (size_t i = 0; i < COUNT(stable); i++)
        if (stable[i].number == number)
            return 1;
    return 0;
}

static void names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stable); i++)
        assert_string_equal(s2sv_reason_name((enum s2sv_reason)stable[i].number), stable[i].name);
}

/* Every other number is internal-error, so no reason is missing above. */
static void other_numbers(void **state)
{
    (void)state;
    for (int number = -1000; number < 1000; number++)
        if (!is_stable(number))
            assert_string_equal(s2sv_reason_name((enum s2sv_reason)number), "internal-error");
}

static int is_sentence(const char *text)
{
    size_t len = text ? strlen(text) : 0;
    for (size_t i = 0; i < len; i++)
        if (text[i] < ' ' || text[i] > '~')
            return 0;
    return len > 10 && len < 100;
}

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stable); i++) {
        const struct sv_reason *row = sv_reason_row((enum s2sv_reason)stable[i].number);
        assert_true(is_sentence(row->text));
        assert_true(is_sentence(row->peer_text));
        assert_string_equal(s2sv_reason_text(row->reason), row->text);
        assert_string_equal(s2sv_reason_peer_text(row->reason), row->peer_text);
    }
}

/* RFC 8460 section 4.3: the types that are about a certificate. */
static void tlsrpt(void **state)
{
    static const char *const types[] = { "certificate-host-mismatch",
                                         "certificate-expired",
                                         "certificate-not-trusted",
                                         "validation-failure",
                                         "tlsa-invalid",
                                         "dnssec-invalid",
                                         "dane-required" };
    (void)state;
    assert_null(sv_reason_row(S2SV_REASON_NONE)->tlsrpt);
    for (size_t i = 1; i < COUNT(stable); i++) {
        const struct sv_reason *row = sv_reason_row((enum s2sv_reason)stable[i].number);
        size_t type = 0;
        assert_non_null(row->tlsrpt);
        assert_string_equal(s2sv_reason_tlsrpt(row->reason), row->tlsrpt);
        while (type < COUNT(types) && strcmp(types[type], row->tlsrpt) != 0)
            type++;
        if (type == COUNT(types))
            fail_msg("%s: %s", row->name, row->tlsrpt);
    }
}

/* Different reasons have different ranks; nothing comes before "none", nothing after the last. */
static void ranks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stable); i++)
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(sv_reason_rank((enum s2sv_reason)stable[i].number),
                                 sv_reason_rank((enum s2sv_reason)stable[k].number));
    assert_int_equal(sv_reason_rank(S2SV_REASON_NONE), 0);
    assert_true(sv_reason_rank(S2SV_REASON_UNTRUSTED) < sv_reason_rank(S2SV_REASON_WRONG_PURPOSE));
    assert_true(sv_reason_rank(S2SV_REASON_WRONG_PURPOSE) <
                sv_reason_rank(S2SV_REASON_NAME_MISMATCH));
    assert_int_equal(sv_reason_rank(S2SV_REASON_INTERNAL_ERROR), (int)COUNT(stable) - 1);
    assert_int_equal(sv_reason_rank((enum s2sv_reason)999), (int)COUNT(stable) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),  cmocka_unit_test(other_numbers), cmocka_unit_test(texts),
        cmocka_unit_test(tlsrpt), cmocka_unit_test(ranks),
    };
    return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
