/* SPDX-License-Identifier: MIT
 * Base64 as XMPP wants it: RFC 4648 section 4 to the letter. */
#include "x509/base64.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static int decode(const char *text, char *buf, size_t size, size_t *ret_len)
{
    return sv_base64_decode(text, strlen(text), (unsigned char *)buf, size, ret_len);
}

static void good(void **state)
{
    (void)state;
    static const char *rows[][2] = { { "", "" },
                                     { "Zg==", "f" },
                                     { "Zm8=", "fo" },
                                     { "Zm9v", "foo" },
                                     { "Zm9vYg==", "foob" },
                                     { "YS5leGFtcGxl", "a.example" },
                                     { "+/+/", "\xfb\xff\xbf" } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char buf[32];
        size_t len = 99;
        assert_int_equal(decode(rows[i][0], buf, sizeof buf, &len), 1);
        assert_int_equal(len, strlen(rows[i][1]));
        assert_memory_equal(buf, rows[i][1], len);
    }
}

static void bad(void **state)
{
    (void)state;
    static const char *rows[] = { "=",    "Z",     "Zg",       "Zg=",      "Zh==",     "Zm9=",
                                  "====", "Z===",  "=Zg=",     "Zg==Zg==", "Zg==\n",   " Zg==",
                                  "Zm-_", "Zm9v=", "Zm9v====", "Z\n==",    "Zm8=Zm8=", "Zm9\x80" };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char buf[32];
        size_t len = 99;
        if (decode(rows[i], buf, sizeof buf, &len))
            fail_msg("%s", rows[i]);
        assert_int_equal(len, 99);
    }
}

static void too_long(void **state)
{
    (void)state;
    char buf[5] = "xxxx";
    size_t len = 0;
    assert_int_equal(decode("Zm9vYmFy", buf, 4, &len), 1);
    assert_int_equal(len, 6);
    assert_memory_equal(buf, "foob", 5);
}

/* Every octet string of up to two octets has one encoding: all four-character texts are tried. */
static void exhaustive(void **state)
{
    (void)state;
    static const char set[] = "ABIQYgowx/+019=";
    unsigned char buf[3];
    char text[5] = "";
    size_t n = sizeof set - 1, len;
    for (size_t i = 0; i < n * n * n * n; i++) {
        text[0] = set[i % n];
        text[1] = set[i / n % n];
        text[2] = set[i / n / n % n];
        text[3] = set[i / n / n / n];
        if (!sv_base64_decode(text, 4, buf, sizeof buf, &len))
            continue;
        static const char all[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        unsigned bits =
            (unsigned)buf[0] << 16 | (len > 1 ? (unsigned)buf[1] << 8 : 0) | (len > 2 ? buf[2] : 0);
        char again[5] = { all[bits >> 18], all[bits >> 12 & 63], all[bits >> 6 & 63],
                          all[bits & 63], 0 };
        if (len < 3)
            again[3] = '=';
        if (len < 2)
            again[2] = '=';
        assert_string_equal(text, again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(good), cmocka_unit_test(bad),
                                        cmocka_unit_test(too_long), cmocka_unit_test(exhaustive) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
