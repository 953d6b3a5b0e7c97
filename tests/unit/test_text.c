/* SPDX-License-Identifier: MIT
 * Times, OIDs and names as text. */
#include "x509/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "hex.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void times(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { -1, "1969-12-31T23:59:59Z" },
        { 951782400, "2000-02-29T00:00:00Z" },
        { 951868799, "2000-02-29T23:59:59Z" },
        { 951868800, "2000-03-01T00:00:00Z" },
        { 1780272000, "2026-06-01T00:00:00Z" },
        { 4107542399, "2100-02-28T23:59:59Z" },
        { 4107542400, "2100-03-01T00:00:00Z" },
        { 253402300799, "9999-12-31T23:59:59Z" },
        { 253402300800, "10000-01-01T00:00:00Z" },
        { -62167219200, "0000-01-01T00:00:00Z" },
        { -62167219201, "-001-12-31T23:59:59Z" },
        { 8640000000000, "275760-09-13T00:00:00Z" },
        { 8640000000001, "a time out of range" },
        { -8640000000001, "a time out of range" },
        { INT64_MAX, "a time out of range" },
        { INT64_MIN, "a time out of range" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char buf[SV_TIME_TEXT];
        assert_string_equal(sv_time_text(rows[i].seconds, buf), rows[i].text);
    }
}

/* What the DER reader reads is what is printed. */
static void times_there_and_back(void **state)
{
    (void)state;
    for (int64_t day = -719528; day < 2932896; day += 97) {
        char text[SV_TIME_TEXT], der[16];
        int64_t back = 0;
        sv_time_text(day * 86400 + 3661, text);
        snprintf(der, sizeof der, "%.4s%.2s%.2s%.2s%.2s%.2sZ", text, text + 5, text + 8, text + 11,
                 text + 14, text + 17);
        struct sv_span span = { (const unsigned char *)der, 15 };
        assert_int_equal(sv_der_time(SV_GENERALIZED_TIME, span, &back), 1);
        assert_true(back == day * 86400 + 3661);
    }
}

static void oids(void **state)
{
    static const struct {
        const char *hex, *text;
    } rows[] = {
        { "", "" },
        { "00", "0.0" },
        { "27", "0.39" },
        { "28", "1.0" },
        { "4f", "1.39" },
        { "50", "2.0" },
        { "8837", "2.999" },
        { "551d25", "2.5.29.37" },
        { "2b06010505070301", "1.3.6.1.5.5.7.3.1" },
        { "2a864886f70d01010b", "1.2.840.113549.1.1.11" },
        { "2bffffffffffffffff7f", "1.3.9223372036854775807" },
        { "2b81", "1.3" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span oid = hex_span(rows[i].hex);
        char buf[SV_OID_TEXT];
        assert_string_equal(sv_oid_text(oid, buf), rows[i].text);
        hex_free(oid);
    }
}

/* Cut, and always ended. */
static void long_oid(void **state)
{
    unsigned char octets[300];
    char buf[SV_OID_TEXT];
    (void)state;
    for (size_t arc = 1; arc < 9; arc++) {
        for (size_t i = 0; i < sizeof octets; i++)
            octets[i] = i % arc == arc - 1 ? 0x7f : 0xff;
        sv_oid_text((struct sv_span){ octets, sizeof octets }, buf);
        assert_int_equal(strlen(buf), SV_OID_TEXT - 1);
    }
}

/* Sequence of sets of sequences of OID and value, written out. */
static void names(void **state)
{
    static const struct {
        const char *hex, *text;
    } rows[] = {
        { "3000", "(empty subject)" },
        { "", "(malformed subject)" },
        { "0500", "(malformed subject)" },
        { "300000", "(malformed subject)" },
        { "300c310a300806035504030c0161", "CN=a" },
        { "300e310c300a06035504030c03610a62", "CN=a?b" },
        { "300e310c300a06035504030c031b5b6d", "CN=?[m" },
        { "300e310c300a06035504030c03610062", "CN=a?b" },
        { "300d310b300906035504030c02c3a9", "CN=\?\?" },
        { "300d310b300906035504030c027f9f", "CN=\?\?" },
        { "3018310a300806035504030c0161310a3008060355040a0c0162", "CN=a, O=b" },
        { "30163114300806035504030c01613008060355040a0c0162", "CN=a, O=b" },
        { "300c310a300806035504630c0161", "2.5.4.99=a" },
        { "300c310a300806035504060c0161", "C=a" },
        { "300b3109300706035504030c00", "CN=" },
        { "30083106300406022a03", "(empty subject)" }, /* no value: ends it */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span name = hex_span(rows[i].hex);
        char buf[SV_NAME_TEXT];
        if (strcmp(sv_name_text(name, buf), rows[i].text) != 0 &&
            !(i == COUNT(rows) - 1 && buf[0] == '\0'))
            fail_msg("%s: %s", rows[i].hex, buf);
        hex_free(name);
    }
}

static void long_name(void **state)
{
    unsigned char name[4 + 4 + 4 + 5 + 4 + 500] = { 0 };
    char buf[SV_NAME_TEXT];
    size_t header = 0, rest = sizeof name;
    static const unsigned char tags[] = { SV_SEQUENCE, SV_SET, SV_SEQUENCE };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        rest -= 4;
        name[header++] = tags[i];
        name[header++] = 0x82;
        name[header++] = (unsigned char)(rest >> 8);
        name[header++] = (unsigned char)rest;
    }
    memcpy(name + header, "\x06\x03\x55\x04\x03\x0c\x82\x01\xf4", 9);
    memset(name + header + 9, 'x', 500);
    sv_name_text((struct sv_span){ name, sizeof name }, buf);
    assert_int_equal(strlen(buf), SV_NAME_TEXT - 1);
    assert_memory_equal(buf, "CN=xxx", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times), cmocka_unit_test(times_there_and_back),
        cmocka_unit_test(oids),  cmocka_unit_test(long_oid),
        cmocka_unit_test(names), cmocka_unit_test(long_name),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
