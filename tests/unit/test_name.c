/* SPDX-License-Identifier: MIT
 * Names compared: octet by octet, and under name constraints but for the string type. */
#include "x509/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "hex.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define CN_UTF8(value) "300c310a300806035504030c01" value
#define CN_PRINTABLE(value)    \
    "300c310a3008060355040313" \
    "01" value
#define TWO "3018310a300806035504030c0161310a3008060355040a0c0162"
#define TWO_SWAPPED "3018310a3008060355040a0c0162310a300806035504030c0161"
#define CN_IA5(value) "300c310a300806035504031601" value

/* A Name's content, without its header. */
static int starts_with(const char *name, const char *base)
{
    struct sv_span a = hex_span(name), b = hex_span(base), rdns, start;
    int is_name = sv_der_only(a, SV_SEQUENCE, &rdns) && sv_der_only(b, SV_SEQUENCE, &start);
    size_t compared = 0;
    int result = is_name && sv_name_starts_with(rdns, start, &compared);
    assert_true(!result || compared >= start.len);
    hex_free(a);
    hex_free(b);
    return result;
}

static void pairs(void **state)
{
    static const struct {
        const char *a, *b;
        int starts;
    } rows[] = {
        { "3000", "3000", 1 },
        { CN_UTF8("61"), CN_UTF8("61"), 1 },
        { CN_UTF8("61"), CN_PRINTABLE("61"), 1 },
        { CN_PRINTABLE("61"), CN_UTF8("61"), 1 },
        { CN_IA5("61"), CN_IA5("61"), 1 },
        { CN_UTF8("61"), CN_IA5("61"), 0 },
        { CN_UTF8("61"), CN_UTF8("41"), 0 },
        { CN_UTF8("13"), CN_UTF8("0c"), 0 }, /* a value that looks like a tag */
        { CN_UTF8("61"), "3000", 1 },
        { "3000", CN_UTF8("61"), 0 },
        { CN_UTF8("61"), "300c310a3008060355040a0c0161", 0 },
        { TWO, CN_UTF8("61"), 1 },
        { TWO, TWO_SWAPPED, 0 }, /* the order counts */
        { "30163114300806035504030c01613008060355040a0c0162",
          "30163114300806035504031301613008060355040a0c0162", 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (starts_with(rows[i].a, rows[i].b) != rows[i].starts)
            fail_msg("row %zu", i);
}

/* Sorting by it and looking one up finds the equal ones: it is an order. String types count. */
static void order(void **state)
{
    static const char *const sorted[] = {
        "", "3000", CN_UTF8("61"), CN_UTF8("62"), CN_PRINTABLE("61"), CN_IA5("00"), TWO
    };
    (void)state;
    for (size_t i = 0; i < COUNT(sorted); i++)
        for (size_t k = i + 1; k < COUNT(sorted); k++) {
            struct sv_span a = hex_span(sorted[i]), b = hex_span(sorted[k]);
            assert_true(sv_name_order(a, b) < 0);
            assert_true(sv_name_order(b, a) > 0);
            assert_int_equal(sv_name_order(a, a), 0);
            hex_free(a);
            hex_free(b);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(pairs), cmocka_unit_test(order) };
    return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
