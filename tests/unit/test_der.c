/* SPDX-License-Identifier: MIT
 * The DER cursor (X.690): every row is one element or one value. */
#include "x509/der.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "hex.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void elements(void **state)
{
    static const struct {
        const char *hex;
        unsigned tag;
        size_t header, content, rest;
    } rows[] = {
        { "3000", SV_SEQUENCE, 2, 0, 0 },
        { "0500", SV_NULL, 2, 0, 0 },
        { "040101", SV_OCTET_STRING, 2, 1, 0 },
        { "04010130", SV_OCTET_STRING, 2, 1, 1 },
        { "8000", SV_CONTEXT(0), 2, 0, 0 },
        { "a300", SV_CONTEXT_CONSTRUCTED(3), 2, 0, 0 },
        { "1e00ff", 0x1e, 2, 0, 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span input = hex_span(rows[i].hex), cursor = input;
        struct sv_element element;
        assert_int_equal(sv_der_next(&cursor, &element), 1);
        assert_int_equal(element.tag, rows[i].tag);
        assert_ptr_equal(element.whole.data, input.data);
        assert_int_equal(element.whole.len, rows[i].header + rows[i].content);
        assert_ptr_equal(element.content.data, input.data + rows[i].header);
        assert_int_equal(element.content.len, rows[i].content);
        assert_int_equal(cursor.len, rows[i].rest);
        hex_free(input);
    }
}

/* The content is as long as its length says, in one to four octets of length. */
static void lengths(void **state)
{
    static const size_t rows[] = { 0,     1,      0x7f,    0x80,     0xff,     0x100,
                                   0xfff, 0xffff, 0x10000, 0xffffff, 0x1000000 };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned octets = 0;
        for (size_t left = rows[i] < 0x80 ? 0 : rows[i]; left > 0; left >>= 8)
            octets++;
        size_t header = 2 + octets;
        unsigned char *data = calloc(1, header + rows[i]);
        data[0] = SV_OCTET_STRING;
        data[1] = (unsigned char)(octets ? 0x80 | octets : rows[i]);
        for (unsigned n = 0; n < octets; n++)
            data[2 + n] = (unsigned char)(rows[i] >> 8 * (octets - 1 - n));
        struct sv_span cursor = { data, header + rows[i] };
        struct sv_element element;
        assert_int_equal(sv_der_next(&cursor, &element), 1);
        assert_int_equal(element.content.len, rows[i]);
        cursor = (struct sv_span){ data, header + rows[i] - (rows[i] > 0) };
        assert_int_equal(sv_der_next(&cursor, &element), rows[i] == 0);
        free(data);
    }
}

static void no_elements(void **state)
{
    static const char *const rows[] = {
        "",
        "30",
        "3080",
        "30800000",
        "308100",
        "30817f",
        "3001",
        "30820080",
        "30820001",
        "3081",
        "308200",
        "1f00",
        "1f8100",
        "3f0100",
        "bf0100",
        "ff0100",
        "3085",
        "308500000000",
        "3084ffffff",
        "3084ffffffff",
        "3080ffff",
        "30ff",
        "3088ffffffffffffffff",
        "0402ff",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span input = hex_span(rows[i]), cursor = input;
        struct sv_element element;
        if (sv_der_next(&cursor, &element))
            fail_msg("taken: %s", rows[i]);
        assert_ptr_equal(cursor.data, input.data);
        assert_int_equal(cursor.len, input.len);
        hex_free(input);
    }
}

static void takes(void **state)
{
    struct sv_span input = hex_span("0101ff0500"), cursor = input, content;
    (void)state;
    assert_int_equal(sv_der_take(&cursor, SV_NULL, &content), 0);
    assert_int_equal(cursor.len, 5);
    assert_int_equal(sv_der_take_optional(&cursor, SV_NULL, &content), 1);
    assert_null(content.data);
    assert_int_equal(cursor.len, 5);
    assert_int_equal(sv_der_take_optional(&cursor, SV_BOOLEAN, &content), 1);
    assert_true(sv_span_is(content, "\xff"));
    assert_int_equal(sv_der_only(cursor, SV_NULL, &content), 1);
    assert_int_equal(content.len, 0);
    assert_non_null(content.data);
    assert_int_equal(sv_der_only(input, SV_BOOLEAN, &content), 0);
    assert_int_equal(sv_der_take(&cursor, SV_NULL, &content), 1);
    assert_int_equal(cursor.len, 0);
    assert_int_equal(sv_der_take(&cursor, SV_NULL, &content), 0);
    assert_int_equal(sv_der_take_optional(&cursor, SV_NULL, &content), 1);
    assert_null(content.data);
    hex_free(input);
}

/* The tag is there, what follows is no element: an error, not "absent". */
static void takes_no_broken_option(void **state)
{
    struct sv_span input = hex_span("0102ff"), cursor = input, content;
    (void)state;
    assert_int_equal(sv_der_take_optional(&cursor, SV_BOOLEAN, &content), 0);
    assert_int_equal(cursor.len, 3);
    hex_free(input);
}

enum { BAD = -1 };

static void booleans(void **state)
{
    static const struct {
        const char *hex;
        int value;
    } rows[] = { { "00", 0 }, { "ff", 1 }, { "01", BAD }, { "", BAD }, { "ffff", BAD } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span content = hex_span(rows[i].hex);
        int value = 7;
        assert_int_equal(sv_der_boolean(content, &value), rows[i].value != BAD);
        if (rows[i].value != BAD)
            assert_int_equal(value, rows[i].value);
        hex_free(content);
    }
}

static void integers(void **state)
{
    static const struct {
        const char *hex;
        int well_formed;
        int small; /* BAD: not a small one */
    } rows[] = {
        { "", 0, BAD },           { "00", 1, 0 },         { "7f", 1, 127 },
        { "0080", 1, 128 },       { "00ff", 1, 255 },     { "0100", 1, 256 },
        { "7fffff", 1, 8388607 }, { "00ffff", 1, 65535 }, { "ff", 1, BAD },
        { "80", 1, BAD },         { "ff7f", 1, BAD },     { "0000", 0, BAD },
        { "007f", 0, BAD },       { "ffff", 0, BAD },     { "ff80", 0, BAD },
        { "01000000", 1, BAD },   { "00ffffff", 1, BAD },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span content = hex_span(rows[i].hex);
        unsigned value = 7;
        assert_int_equal(sv_der_integer_ok(content), rows[i].well_formed);
        assert_int_equal(sv_der_small(content, &value), rows[i].small != BAD);
        if (rows[i].small != BAD)
            assert_int_equal(value, rows[i].small);
        hex_free(content);
    }
}

static void oids(void **state)
{
    static const struct {
        const char *hex;
        int well_formed;
    } rows[] = { { "551d25", 1 }, { "00", 1 },     { "2b", 1 },       { "2a8648", 1 },
                 { "", 0 },       { "80", 0 },     { "55801d", 0 },   { "551d80", 0 },
                 { "8001", 0 },   { "551dff", 0 }, { "55818000", 1 }, { "55ffffff7f", 1 } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span content = hex_span(rows[i].hex);
        if (sv_der_oid_ok(content) != rows[i].well_formed)
            fail_msg("%s", rows[i].hex);
        hex_free(content);
    }
}

static void bit_strings(void **state)
{
    static const struct {
        const char *hex;
        int octets; /* how many, or BAD */
        int bits;   /* the number, or BAD */
    } rows[] = {
        { "", BAD, BAD },         { "00", 0, 0 },         { "0080", 1, 1 },
        { "0780", BAD, 1 },       { "07ff", BAD, BAD },   { "0106", BAD, 0x60 },
        { "0107", BAD, BAD },     { "0880", BAD, BAD },   { "01", BAD, BAD },
        { "070080", BAD, 0x100 }, { "0000", 1, 0 },       { "00ffff", 2, 0xffff },
        { "0700", BAD, 0 },       { "00800000", 3, BAD }, { "ff80", BAD, BAD },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span content = hex_span(rows[i].hex), octets;
        unsigned bits = 7;
        if (sv_der_bit_octets(content, &octets) != (rows[i].octets != BAD))
            fail_msg("octets of %s", rows[i].hex);
        if (rows[i].octets != BAD)
            assert_int_equal(octets.len, rows[i].octets);
        if (sv_der_named_bits(content, &bits) != (rows[i].bits != BAD))
            fail_msg("bits of %s", rows[i].hex);
        if (rows[i].bits != BAD)
            assert_int_equal(bits, rows[i].bits);
        hex_free(content);
    }
}

static void good_times(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {
        { "700101000000Z", 0 },
        { "691231235959Z", -1 },
        { "500101000000Z", -631152000 },
        { "491231235959Z", 2524607999 },
        { "260601000000Z", 1780272000 },
        { "000229120000Z", 951825600 },
        { "19700101000000Z", 0 },
        { "20500101000000Z", 2524608000 },
        { "20000229000000Z", 951782400 },
        { "99991231235959Z", 253402300799 },
        { "00000101000000Z", -62167219200 },
        { "00010101000000Z", -62135596800 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span text = { (const unsigned char *)rows[i].text, strlen(rows[i].text) };
        int64_t seconds = 7;
        unsigned tag = text.len == 13 ? SV_UTC_TIME : SV_GENERALIZED_TIME;
        assert_int_equal(sv_der_time(tag, text, &seconds), 1);
        assert_true(seconds == rows[i].seconds);
        assert_int_equal(sv_der_time(tag ^ SV_UTC_TIME ^ SV_GENERALIZED_TIME, text, &seconds), 0);
        assert_int_equal(sv_der_time(SV_UTF8_STRING, text, &seconds), 0);
    }
}

static void bad_times(void **state)
{
    static const char *const rows[] = {
        "",
        "Z",
        "260601000000",
        "2606010000Z",
        "260601000000+0000",
        "260601000000z",
        "26060100000 Z",
        "2606010000-1Z",
        "260001000000Z",
        "261301000000Z",
        "260600000000Z",
        "260631000000Z",
        "260229000000Z",
        "260601240000Z",
        "260601006000Z",
        "260601000060Z",
        "26060100000aZ",
        "20260601000000",
        "20260601000000.5Z",
        "202606010000Z",
        "19000229000000Z",
        "21000229000000Z",
        "20260601000000+00",
        "2026-06-01000Z",
        "20261301000000Z",
        "20260601000061Z",
        "-0260601000000Z",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span text = { (const unsigned char *)rows[i], strlen(rows[i]) };
        int64_t seconds = 7;
        if (sv_der_time(SV_UTC_TIME, text, &seconds) ||
            sv_der_time(SV_GENERALIZED_TIME, text, &seconds))
            fail_msg("read: %s", rows[i]);
        assert_true(seconds == 7);
    }
}

static void spans(void **state)
{
    struct sv_span a = { (const unsigned char *)"ab", 2 }, none = { NULL, 0 };
    (void)state;
    assert_true(sv_span_is(a, "ab"));
    assert_false(sv_span_is(a, "aB"));
    assert_false(sv_span_is(a, "a"));
    assert_false(sv_span_equal(a, none));
    assert_true(sv_span_equal(none, (struct sv_span){ a.data, 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements),
        cmocka_unit_test(lengths),
        cmocka_unit_test(no_elements),
        cmocka_unit_test(takes),
        cmocka_unit_test(takes_no_broken_option),
        cmocka_unit_test(booleans),
        cmocka_unit_test(integers),
        cmocka_unit_test(oids),
        cmocka_unit_test(bit_strings),
        cmocka_unit_test(good_times),
        cmocka_unit_test(bad_times),
        cmocka_unit_test(spans),
    };
    return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
