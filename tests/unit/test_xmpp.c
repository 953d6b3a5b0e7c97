/* SPDX-License-Identifier: MIT
 * The decision of XEP-0178 section 3: rules F-1 to F-16, F-40. The verdict is a fake: names that it
 * is for. */
#include <s2sverify/s2sverify.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

struct s2sv_verdict {
    const char *names[4];
    enum s2sv_reason reason;
};

int s2sv_verdict_is_for(const struct s2sv_verdict *verdict, const char *domain)
{
    for (size_t i = 0; verdict && domain && i < 4 && verdict->names[i]; i++) {
        if (strcmp(verdict->names[i], domain) == 0)
            return 1;
    }
    return 0;
}

enum s2sv_reason s2sv_verdict_reason(const struct s2sv_verdict *verdict)
{
    return verdict ? verdict->reason : S2SV_REASON_INTERNAL_ERROR;
}

static const struct s2sv_verdict good = {
    { "a.example", "A.example.", "b\303\274cher.example", "b.example" }, S2SV_REASON_NONE
};
static const struct s2sv_verdict none = { { NULL }, S2SV_REASON_NO_CERTIFICATE };
static const struct s2sv_verdict expired = { { NULL }, S2SV_REASON_EXPIRED };

static void features(void **state)
{
    (void)state;
    assert_int_equal(s2sv_xmpp_features(&good, "a.example"), S2SV_XMPP_OFFER_EXTERNAL);
    assert_int_equal(s2sv_xmpp_features(&good, "c.example"), S2SV_XMPP_NO_EXTERNAL);
    assert_int_equal(s2sv_xmpp_features(&good, NULL), S2SV_XMPP_NO_EXTERNAL);
    assert_int_equal(s2sv_xmpp_features(&good, ""), S2SV_XMPP_NO_EXTERNAL);
    assert_int_equal(s2sv_xmpp_features(&none, "a.example"), S2SV_XMPP_NO_EXTERNAL);
    assert_int_equal(s2sv_xmpp_features(NULL, "a.example"), S2SV_XMPP_NO_EXTERNAL);
    assert_int_equal(S2SV_XMPP_NO_EXTERNAL, 0);
}

static void auth(void **state)
{
    (void)state;
    static const struct {
        const char *from, *text;
        enum s2sv_xmpp_step step;
    } rows[] = {
        { "a.example", "=", S2SV_XMPP_SUCCESS },                /* F-7 */
        { "a.example", "YS5leGFtcGxl", S2SV_XMPP_SUCCESS },     /* F-8: a.example */
        { "a.example", "QS5FeGFtcGxlLg==", S2SV_XMPP_SUCCESS }, /* A.Example. */
        { "A.example.", "YS5leGFtcGxl", S2SV_XMPP_SUCCESS },
        { "a.example", "Yi5leGFtcGxl", S2SV_XMPP_INVALID_AUTHZID },     /* F-9: b.example */
        { "a.example", "eC5hLmV4YW1wbGU=", S2SV_XMPP_INVALID_AUTHZID }, /* x.a.example */
        { "a.example", NULL, S2SV_XMPP_SEND_CHALLENGE },                /* F-10 */
        { "a.example", "", S2SV_XMPP_SEND_CHALLENGE },
        { "a.example", "a.example", S2SV_XMPP_INCORRECT_ENCODING }, /* F-11 */
        { "a.example", "==", S2SV_XMPP_INCORRECT_ENCODING },
        { "a.example", "YS5leGFtcGxl\n", S2SV_XMPP_INCORRECT_ENCODING },
        { "a.example", "ckBhLmV4YW1wbGU=", S2SV_XMPP_INVALID_AUTHZID }, /* r@a.example */
        { "a.example", "YS5leGFtcGxlL3I=", S2SV_XMPP_INVALID_AUTHZID }, /* a.example/r */
        { "a.example", "YS5leGFtcGxlAA==", S2SV_XMPP_INVALID_AUTHZID }, /* with a NUL */
        { "a.example", "AA==", S2SV_XMPP_INVALID_AUTHZID },
        { "a.example", "/y5leGFtcGxl", S2SV_XMPP_INVALID_AUTHZID }, /* not UTF-8 */
        { "c.example", "=", S2SV_XMPP_NOT_AUTHORIZED },             /* F-13 */
        { "c.example", "!", S2SV_XMPP_NOT_AUTHORIZED },
        { "c.example", NULL, S2SV_XMPP_NOT_AUTHORIZED },
        { NULL, "YS5leGFtcGxl", S2SV_XMPP_NO_EXTERNAL }, /* F-6 */
        { "", "=", S2SV_XMPP_NO_EXTERNAL },
#ifdef SV_HAVE_IDN2
        { "b\303\274cher.example", "eG4tLWJjaGVyLWt2YS5leGFtcGxl", S2SV_XMPP_SUCCESS },
        { "b\303\274cher.example", "QsOcQ0hFUi5leGFtcGxl", S2SV_XMPP_SUCCESS },
#endif
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum s2sv_xmpp_step step = s2sv_xmpp_auth(&good, rows[i].from, rows[i].text);
        if (step != rows[i].step)
            fail_msg("%s, %s: %d", rows[i].from, rows[i].text, step);
    }
    assert_int_equal(s2sv_xmpp_auth(NULL, "a.example", "="), S2SV_XMPP_NOT_AUTHORIZED);
    assert_int_equal(s2sv_xmpp_auth(&expired, "a.example", "="), S2SV_XMPP_NOT_AUTHORIZED);
}

static void decoded(void **state)
{
    (void)state;
    assert_int_equal(s2sv_xmpp_auth_decoded(&good, "a.example", NULL, 0), S2SV_XMPP_SUCCESS);
    assert_int_equal(s2sv_xmpp_auth_decoded(&good, "a.example", "", 0), S2SV_XMPP_SUCCESS);
    assert_int_equal(s2sv_xmpp_auth_decoded(&good, "a.example", "A.examplexx", 9),
                     S2SV_XMPP_SUCCESS);
    assert_int_equal(s2sv_xmpp_auth_decoded(&good, "a.example", NULL, 9),
                     S2SV_XMPP_INVALID_AUTHZID);
    assert_int_equal(s2sv_xmpp_auth_decoded(&good, "a.example", "a.example\0", 10),
                     S2SV_XMPP_INVALID_AUTHZID);
    assert_int_equal(s2sv_xmpp_auth_decoded(&good, "a.example", "b.example", 9),
                     S2SV_XMPP_INVALID_AUTHZID);
    assert_int_equal(s2sv_xmpp_auth_decoded(NULL, "a.example", "a.example", 9),
                     S2SV_XMPP_NOT_AUTHORIZED);
    assert_int_equal(s2sv_xmpp_auth_decoded(&good, NULL, "a.example", 9), S2SV_XMPP_NO_EXTERNAL);
}

static void long_text(void **state)
{
    (void)state;
    size_t len = 100000;
    char *text = malloc(len + 1);
    memset(text, 'A', len);
    text[len] = '\0';
    assert_int_equal(s2sv_xmpp_auth(&good, "a.example", text), S2SV_XMPP_INVALID_AUTHZID);
    assert_int_equal(s2sv_xmpp_auth_decoded(&good, "a.example", text, len),
                     S2SV_XMPP_INVALID_AUTHZID);
    text[len - 1] = '!';
    assert_int_equal(s2sv_xmpp_auth(&good, "a.example", text), S2SV_XMPP_INCORRECT_ENCODING);
    for (size_t n = 1020; n < 1030; n++)
        assert_int_equal(s2sv_xmpp_auth_decoded(&good, "a.example", text, n),
                         S2SV_XMPP_INVALID_AUTHZID);
    free(text);
}

static void condition(void **state)
{
    (void)state;
    assert_string_equal(s2sv_xmpp_condition(S2SV_XMPP_NO_EXTERNAL), "invalid-mechanism");
    assert_string_equal(s2sv_xmpp_condition(S2SV_XMPP_NOT_AUTHORIZED), "not-authorized");
    assert_string_equal(s2sv_xmpp_condition(S2SV_XMPP_INVALID_AUTHZID), "invalid-authzid");
    assert_string_equal(s2sv_xmpp_condition(S2SV_XMPP_INCORRECT_ENCODING), "incorrect-encoding");
    assert_string_equal(s2sv_xmpp_condition((enum s2sv_xmpp_step)99), "not-authorized");
    assert_null(s2sv_xmpp_condition(S2SV_XMPP_SUCCESS));
    assert_null(s2sv_xmpp_condition(S2SV_XMPP_OFFER_EXTERNAL));
    assert_null(s2sv_xmpp_condition(S2SV_XMPP_SEND_CHALLENGE));
}

/* F-40 */
static void dialback(void **state)
{
    (void)state;
    static const struct {
        const struct s2sv_verdict *verdict;
        int without, unless;
    } rows[] = { { &good, 0, 0 }, { &none, 1, 1 }, { &expired, 0, 1 }, { NULL, 0, 1 } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct s2sv_verdict *v = rows[i].verdict;
        assert_int_equal(s2sv_xmpp_dialback(v, "a.example", S2SV_DIALBACK_NEVER), 0);
        assert_int_equal(s2sv_xmpp_dialback(v, "a.example", S2SV_DIALBACK_WITHOUT_CERTIFICATE),
                         rows[i].without);
        assert_int_equal(s2sv_xmpp_dialback(v, "a.example", S2SV_DIALBACK_UNLESS_AUTHENTICATED),
                         rows[i].unless);
        assert_int_equal(s2sv_xmpp_dialback(v, "a.example", S2SV_DIALBACK_ALWAYS), 1);
        assert_int_equal(s2sv_xmpp_dialback(v, "a.example", (enum s2sv_dialback)0), 0);
    }
    assert_int_equal(s2sv_xmpp_dialback(&good, "c.example", S2SV_DIALBACK_UNLESS_AUTHENTICATED), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features),  cmocka_unit_test(auth),      cmocka_unit_test(decoded),
        cmocka_unit_test(long_text), cmocka_unit_test(condition), cmocka_unit_test(dialback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
