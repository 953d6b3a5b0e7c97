/* SPDX-License-Identifier: MIT
 * Reference names: rules and I-1 to I-8. */
#include "names/reference.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static void good(const char *text, const char *want)
{
    struct sv_reference r;
    if (sv_reference_read(text, 0, &r) != S2SV_REASON_NONE)
        fail_msg("%s: %s", text, r.why);
    assert_int_equal(r.kind, SV_REFERENCE_NAME);
    assert_string_equal(r.name, want);
    assert_int_equal(r.len, strlen(want));
}

static void bad(const char *text)
{
    struct sv_reference r;
    if (sv_reference_read(text, 0, &r) != S2SV_REASON_INVALID_REFERENCE)
        fail_msg("%s was taken", text ? text : "NULL");
    assert_int_equal(r.kind, 0);
    assert_non_null(r.why);
    assert_true(strlen(r.why) > 5);
}

static void address(const char *text, enum sv_reference_kind kind, const char *octets)
{
    struct sv_reference r;
    if (sv_reference_read(text, 0, &r) != S2SV_REASON_NONE)
        fail_msg("%s: %s", text, r.why);
    assert_int_equal(r.kind, kind);
    assert_memory_equal(r.ip, octets, r.len);
    assert_int_equal(r.len, kind == SV_REFERENCE_IPV4 ? 4 : 16);
}

static void r1_length(void **state)
{
    (void)state;
    char text[1100], label[64];
    bad(NULL);
    bad("");
    memset(label, 'a', sizeof label);
    label[63] = '\0';
    snprintf(text, sizeof text, "%s.%s.%s.%.61s", label, label, label, label);
    assert_int_equal(strlen(text), 253);
    good(text, text);
    snprintf(text, sizeof text, "%s.%s.%s.%.62s", label, label, label, label);
    bad(text);
    memset(text, 'a', sizeof text);
    text[1024] = '\0';
    bad(text);
    text[1023] = '\0';
    bad(text);
}

static void r2_characters(void **state)
{
    (void)state;
    char text[] = "a?b.example";
    for (int c = 1; c < 0x80; c++) {
        text[1] = (char)c;
        if (c == '.' || c == '-' || c == '_' || sv_ascii_is_alnum((unsigned char)c))
            continue;
        bad(text);
    }
    bad("juliet@a.example");
    bad("a.example/home");
    bad("a.example:5269");
    bad(" a.example");
    bad("a.example ");
    bad("a.example\n");
}

static void r3_to_r7_labels(void **state)
{
    (void)state;
    bad(".example.com");
    bad(".com");
    bad("*.example.com");
    bad("*");
    good("example.com.", "example.com");
    bad("example.com..");
    bad(".");
    bad("..");
    bad("a..b");
    bad("-a.example");
    bad("a-.example");
    bad("a.example-");
    good("a-b.example", "a-b.example");
    good("a_b._tcp.example", "a_b._tcp.example");
    good("r3---sn.example", "r3---sn.example");
    good("LEAF.Example.COM", "leaf.example.com");
    bad("0123456789012345678901234567890123456789012345678901234567890123.example");
    good("012345678901234567890123456789012345678901234567890123456789012.example",
         "012345678901234567890123456789012345678901234567890123456789012.example");
}

static void r10_addresses(void **state)
{
    (void)state;
    address("192.0.2.1", SV_REFERENCE_IPV4, "\xc0\x00\x02\x01");
    address("::1", SV_REFERENCE_IPV6, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
    address("[::1]", SV_REFERENCE_IPV6, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
    address("[2001:DB8::A]", SV_REFERENCE_IPV6, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x0a");
    address("::ffff:192.0.2.1", SV_REFERENCE_IPV6, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1");
    bad("[::1");
    bad("::1]");
    bad("[192.0.2.1]");
    bad("[]");
    bad("[");
    bad(":");
    bad("[::1]:443");
    bad("[[::1]]");
    bad("1:2:3:4:5:6:7:8:9");
    bad("::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::");
}

static void r11_numbers(void **state)
{
    (void)state;
    bad("127.1");
    bad("0x7f.1");
    bad("a.0x7f");
    bad("a.0X");
    bad("0177.0.0.1");
    bad("192.0.2.256");
    bad("192.0.2.01");
    bad("1.2.3.4.5");
    bad("a.example.1");
    good("1.example", "1.example");
    good("a.0x7g", "a.0x7g");
    good("a.1x", "a.1x");
}

static void r12_single_label(void **state)
{
    (void)state;
    struct sv_reference r;
    bad("localhost");
    bad("com.");
    assert_int_equal(sv_reference_read("LocalHost", SV_REFERENCE_SINGLE_LABEL, &r), 0);
    assert_string_equal(r.name, "localhost");
    assert_int_equal(sv_reference_read("0x7f000001", SV_REFERENCE_SINGLE_LABEL, &r),
                     S2SV_REASON_INVALID_REFERENCE);
    assert_int_equal(sv_reference_read("2130706433", SV_REFERENCE_SINGLE_LABEL, &r),
                     S2SV_REASON_INVALID_REFERENCE);
}

static void r13_zone(void **state)
{
    (void)state;
    bad("fe80::1%eth0");
    bad("[fe80::1%25eth0]");
}

#ifdef SV_HAVE_IDN2
static void idna_maps(void **state)
{
    (void)state;
    good("b\u00fccher.example", "xn--bcher-kva.example");
    good("B\u00dcCHER.Example.", "xn--bcher-kva.example");
    good("xn--bcher-kva.example", "xn--bcher-kva.example");
    good("XN--BCHER-KVA.example", "xn--bcher-kva.example");
    good("stra\u00dfe.example", "xn--strae-oqa.example");
    good("_x.b\u00fccher.example", "_x.xn--bcher-kva.example");
    good("a\u3002b\u00fc.example", "a.xn--b-eha.example"); /* ideographic full stop */
}

/* I-3, I-4, I-5, R-7, R-11 after the mapping. */
static void idna_refuses(void **state)
{
    (void)state;
    bad("xn--a.example");
    bad("xn--.example");
    bad("a.xn--n3h.example"); /* a snowman */
    bad("\u2603.example");
    bad("a_\u00fc.example");
    bad("xn--a_-yka.example");
    bad("victim.ex\u00e4mple@evil");
    bad("\u00ad.example");             /* soft hyphen: deleted, leaves an empty label */
    bad("a\u00ad");                    /* leaves a single label */
    bad("a\uff0fb.\u00fc.example");    /* full-width solidus */
    bad("a\uff20b.\u00fc.example");    /* full-width at */
    bad("\uff0a.b\u00fccher.example"); /* full-width asterisk */
    bad("b\u00fccher.example\u3002");  /* a mapped trailing dot is none of R-5's */
    bad("\uff1a\uff1a1");              /* full-width colons */
    bad("b\u00fccher\xff.example");
    bad("\xc0\xae.example");
    bad("\xed\xa0\x80.example");
    bad("-\u00fc.example");
}

static void idna_then_address(void **state)
{
    (void)state;
    address("\uff11\uff19\uff12.0.2.1", SV_REFERENCE_IPV4, "\xc0\x00\x02\x01");
    bad("\uff11\uff12\uff17.1");
}

static void idna_too_long(void **state)
{
    (void)state;
    char text[1024] = "";
    for (int i = 0; i < 60; i++)
        strcat(text, "\u00fcbung.");
    strcat(text, "example");
    bad(text);
    text[0] = '\0';
    for (int i = 0; i < 70; i++)
        strcat(text, "\u00fc");
    strcat(text, ".example");
    bad(text);
}
#else
static void without_idn(void **state)
{
    (void)state;
    bad("b\u00fccher.example");
    good("xn--bcher-kva.example", "xn--bcher-kva.example");
}
#endif

static int same(const char *a, const char *b)
{
    struct sv_reference x, y;
    (void)sv_reference_read(a, 0, &x);
    (void)sv_reference_read(b, 0, &y);
    return sv_reference_equal(&x, &y);
}

static void equal(void **state)
{
    (void)state;
    assert_true(same("A.example.", "a.EXAMPLE"));
    assert_true(same("[::1]", "0:0:0:0:0:0:0:1"));
    assert_false(same("a.example", "b.example"));
    assert_false(same("a.example", "a.example.b"));
    assert_false(same("192.0.2.1", "192.0.2.2"));
    assert_false(same("192.0.2.1", "::ffff:192.0.2.1"));
    assert_false(same("", ""));
    assert_false(same("*", "*"));
#ifdef SV_HAVE_IDN2
    assert_true(same("b\u00fccher.example", "xn--bcher-kva.example"));
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r1_length),
        cmocka_unit_test(r2_characters),
        cmocka_unit_test(r3_to_r7_labels),
        cmocka_unit_test(r10_addresses),
        cmocka_unit_test(r11_numbers),
        cmocka_unit_test(r12_single_label),
        cmocka_unit_test(r13_zone),
#ifdef SV_HAVE_IDN2
        cmocka_unit_test(idna_maps),
        cmocka_unit_test(idna_refuses),
        cmocka_unit_test(idna_then_address),
        cmocka_unit_test(idna_too_long),
#else
        cmocka_unit_test(without_idn),
#endif
        cmocka_unit_test(equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
