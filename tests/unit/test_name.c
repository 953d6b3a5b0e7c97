/* SPDX-License-Identifier: MIT
 * Names compared: octet by octet but for the string type. */
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
#define CN_IA5(value) "300c310a300806035504031601" value

static void pairs(void **state)
{
    static const struct {
        const char *a, *b;
        int equal;
    } rows[] = {
        { "3000", "3000", 1 },
        { CN_UTF8("61"), CN_UTF8("61"), 1 },
        { CN_UTF8("61"), CN_PRINTABLE("61"), 1 },
        { CN_PRINTABLE("61"), CN_UTF8("61"), 1 },
        { CN_IA5("61"), CN_IA5("61"), 1 },
        { CN_UTF8("61"), CN_IA5("61"), 0 },
        { CN_UTF8("61"), CN_UTF8("41"), 0 },
        { CN_UTF8("13"), CN_UTF8("0c"), 0 }, /* a value that looks like a tag */
        { CN_UTF8("61"), "3000", 0 },
        { "3000", CN_UTF8("61"), 0 },
        { CN_UTF8("61"), "300c310a3008060355040a0c0161", 0 },
        { "", "", 1 }, /* the same octets, whatever they are */
        { "0500", "0501", 0 },
        { "3018310a300806035504030c0161310a3008060355040a0c0162",
          "3018310a3008060355040a0c0162310a300806035504030c0161", 0 }, /* the order counts */
        { "30163114300806035504030c01613008060355040a0c0162",
          "30163114300806035504031301613008060355040a0c0162", 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span a = hex_span(rows[i].a), b = hex_span(rows[i].b);
        if (sv_name_equal(a, b) != rows[i].equal || sv_name_equal(b, a) != rows[i].equal)
            fail_msg("row %zu", i);
        if (rows[i].equal)
            assert_int_equal(sv_name_order(a, b), 0);
        assert_int_equal(sv_name_order(a, b) < 0, sv_name_order(b, a) > 0);
        hex_free(a);
        hex_free(b);
    }
}

/* Octets that are no Name equal themselves only. */
static void malformed(void **state)
{
    static const char *const rows[] = {
        "3002",         "300c310a300806035504030c0261", "30023100",
        "300431023000", "300a31083006060355040305",     "310a300806035504030c0161"
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span a = hex_span(rows[i]);
        assert_int_equal(sv_name_equal(a, a), 1);
        for (size_t at = 0; at < a.len; at++) {
            struct sv_span b = hex_span(rows[i]);
            ((unsigned char *)b.data)[at] ^= 0x01;
            assert_int_equal(sv_name_equal(a, b), 0);
            hex_free(b);
        }
        hex_free(a);
    }
}

/* Sorting by it and looking one up finds the equal ones: it is an order. */
static void order(void **state)
{
    static const char *const sorted[] = { "",
                                          "3000",
                                          CN_UTF8("61"),
                                          CN_UTF8("62"),
                                          CN_IA5("00"),
                                          "3018310a300806035504030c0161310a3008060355040a0c0162" };
    (void)state;
    for (size_t i = 0; i < COUNT(sorted); i++)
        for (size_t k = i + 1; k < COUNT(sorted); k++) {
            struct sv_span a = hex_span(sorted[i]), b = hex_span(sorted[k]);
            assert_true(sv_name_order(a, b) < 0);
            assert_true(sv_name_order(b, a) > 0);
            hex_free(a);
            hex_free(b);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(pairs), cmocka_unit_test(malformed),
                                        cmocka_unit_test(order) };
    return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
