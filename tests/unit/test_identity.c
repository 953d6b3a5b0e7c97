/* SPDX-License-Identifier: MIT
 * Presented identifiers: rules N-1 to N-10, N-23 to N-38 as far as they say what is listed. */
#include "names.h"

#include <stdlib.h>
#include <string.h>

static struct octets san;

static int setup(void **state)
{
    (void)state;
    san.len = 0;
    return 0;
}

static void lists_kinds_in_order(void **state)
{
    (void)state;
    put_dns(&san, "LEAF.Example.COM");
    put_text(&san, 0x81, "mail@example.com");
    put_srv(&san, "_XMPP-Server.Example.com");
    put_srv(&san, "_xmpp-client.example.com");
    put_xmpp(&san, "example.com");
    put(&san, 0x87, "\xc0\x00\x02\x01", 4);
    put(&san, 0x87, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
    put_uri(&san, "sip:example.com;transport=tls");
    put_uri(&san, "https://example.com/");
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    static const char *values[] = { "LEAF.Example.COM",
                                    "_XMPP-Server.Example.com",
                                    "_xmpp-client.example.com",
                                    "example.com",
                                    "192.0.2.1",
                                    "2001:db8::1",
                                    "sip:example.com;transport=tls" };
    assert_int_equal(list->count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(list->items[i].value, values[i]);
    assert_int_equal(list->items[1].other_service, 0);
    assert_int_equal(list->items[2].other_service, 1);
    assert_int_equal(list->items[4].compared.len, 4);
    assert_int_equal(list->items[5].compared.len, 16);
    assert_true(sv_span_is(list->items[6].compared, "example.com"));
    assert_int_equal(list->notes, 0);
    assert_int_equal(list->no_match, S2SV_REASON_NAME_MISMATCH);
    free(list);
}

static void only_kinds_that_count(void **state)
{
    (void)state;
    put_dns(&san, "a.example");
    put_srv(&san, "_xmpp-server.a.example");
    put_xmpp(&san, "a.example");
    put_uri(&san, "sip:a.example");
    for (unsigned kind = 1; kind <= S2SV_IDENTIFIER_COMMON_NAME; kind *= 2) {
        struct sv_identities *list = must_read(&san, "a.example", kind);
        unsigned present = kind != S2SV_IDENTIFIER_IP && kind != S2SV_IDENTIFIER_COMMON_NAME;
        assert_int_equal(list->count, present);
        assert_int_equal(list->no_match,
                         present ? S2SV_REASON_NAME_MISMATCH : S2SV_REASON_NO_USABLE_NAME);
        assert_int_equal(list->has_dns_name, 1);
        free(list);
    }
}

static void without_service(void **state)
{
    (void)state;
    struct sv_identities *list = NULL;
    struct sv_misread misread;
    struct sv_certificate leaf = { .subject = { (const unsigned char *)"\x30\x00", 2 } };
    put_srv(&san, "_xmpp-server.a.example");
    leaf.subject_alt_name = span_of(&san);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sv_identities_read(&leaf, ALL_KINDS, i == 0 ? NULL : "", &list, &misread),
                         1);
        assert_int_equal(list->count, 0);
        free(list);
    }
}

static void skipped(unsigned note)
{
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    assert_int_equal(list->count, 0);
    assert_int_equal(list->notes, note);
    assert_int_equal(list->skipped, 1);
    assert_int_equal(list->no_match, S2SV_REASON_NO_USABLE_NAME);
    assert_true(strlen(sv_identity_note(note)) > 0);
    free(list);
    san.len = 0;
}

/* N-23, N-24, N-25, N-28, N-29 */
static void skips_dns_names(void **state)
{
    (void)state;
    static const char *bad[] = {
        " ",
        ".",
        "*",
        "*.",
        "*.com",
        "*.*.example.com",
        "a.*.example.com",
        "*foo.example.com",
        "foo*.example.com",
        "f*o.example.com",
        "**.example.com",
        "example.com.",
        ".example.com",
        "*.example.com.",
        "a..b",
        "b\303\274cher.example",
        "-a.example",
        "a-.example",
        "a b.example",
        "a\nb.example",
        "a@b.example",
        "a:1",
        "*..example.com",
        "*a",
        "https://a.example",
        "0123456789012345678901234567890123456789012345678901234567890123.example"
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_dns(&san, bad[i]);
        skipped(SV_NOTE_DNS);
    }
    char longest[255];
    memset(longest, 'a', sizeof longest);
    for (size_t i = 1; i < sizeof longest; i += 2)
        longest[i] = '.';
    put(&san, 0x82, longest, 255);
    skipped(SV_NOTE_DNS);
    put(&san, 0x82, longest, 253);
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    assert_int_equal(list->count, 1);
    free(list);
}

static void lists_dns_names(void **state)
{
    (void)state;
    static const char *good[] = { "localhost",     "*.example.com", "*.xn--bcher-kva.example",
                                  "xn--a.example", "192.0.2.1",     "_a.example",
                                  "a_b.example" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        put_dns(&san, good[i]);
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    assert_int_equal(list->count, sizeof good / sizeof *good);
    assert_int_equal(list->items[1].is_wildcard, 1);
    assert_true(sv_span_is(list->items[1].compared, "example.com"));
    assert_int_equal(list->notes, 0);
    free(list);
}

/* N-33 to N-35 */
static void skips_srv_names(void **state)
{
    (void)state;
    static const char *bad[] = { "",
                                 "_",
                                 "_.",
                                 "_xmpp-server",
                                 "_xmpp-server.",
                                 "xmpp-server.a.b",
                                 "_xmpp-server..a.b",
                                 "_xmpp-server.a.b.",
                                 "_xmpp-server.b\303\274.c",
                                 "_-x.a.b",
                                 "__x.a.b",
                                 "*.a.b",
                                 "_xmpp-server.*.com",
                                 "_xmpp-server.a.*.b.c",
                                 "_x y.a.b",
                                 "a.example",
                                 "_*.a.example",
                                 "._xmpp-server.a.b" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_srv(&san, bad[i]);
        skipped(SV_NOTE_SRV);
    }
    static const unsigned tags[] = { SV_UTF8_STRING, SV_PRINTABLE_STRING, 0x1e, 0x1a,
                                     SV_OCTET_STRING };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        put_other(&san, OID_SRV_NAME, tags[i], "_xmpp-server.a.b", 16);
        skipped(SV_NOTE_SRV);
    }
    put_other(&san, OID_SRV_NAME, SV_IA5_STRING, "_xmpp-server.a\0b.c", 18);
    skipped(SV_NOTE_SRV);
}

/* N-6, N-35, N-36 */
static void skips_xmpp_addrs(void **state)
{
    (void)state;
    static const char *bad[] = {
        "",
        ".",
        "a.example.",
        "*.a.example",
        "a..b",
        " a.example",
        "a\nb.example",
        "192.0.2.1",
        "::1",
        "[::1]",
        "\xff.example",
        "\xc3.example",
        "a\xc2\x85.example",
        "a.\xc2\xadxample",
        "a\xe2\x80\x8b.example",
        "a.example\xef\xbb\xbf",
#ifdef SV_HAVE_IDN2
        "xn--a.example",
#endif
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_xmpp(&san, bad[i]);
        skipped(SV_NOTE_XMPP_ADDR);
    }
    put_other(&san, OID_XMPP_ADDR, SV_UTF8_STRING, "a.example\0.b", 12);
    skipped(SV_NOTE_XMPP_ADDR);
    put_other(&san, OID_XMPP_ADDR, SV_IA5_STRING, "a.example", 9);
    skipped(SV_NOTE_XMPP_ADDR);
    put_other(&san, OID_XMPP_ADDR, 0x1e, "\0a\0.\0b", 6);
    skipped(SV_NOTE_XMPP_ADDR);
    put_xmpp(&san, "juliet@a.example");
    skipped(SV_NOTE_XMPP_USER);
    put_xmpp(&san, "a.example/home");
    skipped(SV_NOTE_XMPP_USER);
    char large[2000];
    memset(large, 'a', sizeof large);
    put_other(&san, OID_XMPP_ADDR, SV_UTF8_STRING, large, sizeof large);
    skipped(SV_NOTE_XMPP_ADDR);
}

static void maps_xmpp_addrs(void **state)
{
    (void)state;
    put_xmpp(&san, "localhost");
    put_xmpp(&san, "A.Example");
    put_xmpp(&san, "B\303\234CHER.example");
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    assert_true(sv_span_is(list->items[1].compared, "a.example"));
    assert_string_equal(list->items[1].value, "A.Example");
#ifdef SV_HAVE_IDN2
    assert_int_equal(list->count, 3);
    assert_string_equal(list->items[2].value, "B\303\234CHER.example");
    assert_true(sv_span_is(list->items[2].compared, "xn--bcher-kva.example"));
#else
    assert_int_equal(list->count, 2);
    assert_int_equal(list->notes, SV_NOTE_XMPP_ADDR);
#endif
    free(list);
}

/* N-8; RFC 5922 section 7.1 */
static void skips_uris(void **state)
{
    (void)state;
    static const char *bad[] = { "sip:",
                                 "sip:bob@a.example",
                                 "sip:192.0.2.1@a.example",
                                 "sip:[::1]",
                                 "sip:*.a.example",
                                 "sip:a.example.",
                                 "sip::5060",
                                 "SIP:a b",
                                 "sip:a.example;x=\n",
                                 "sip:a%2eexample",
                                 "sip://a.example" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_uri(&san, bad[i]);
        skipped(SV_NOTE_URI);
    }
    put_uri(&san, "sips:a.example");
    put_uri(&san, "xmpp:a.example");
    put_uri(&san, "si");
    put_uri(&san, "SIP:A.example:5060?x=y");
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    assert_int_equal(list->count, 1);
    assert_int_equal(list->notes, 0);
    assert_true(sv_span_is(list->items[0].compared, "A.example"));
    assert_int_equal(list->has_uri, 1);
    free(list);
}

static void skips_addresses(void **state)
{
    (void)state;
    static const size_t lengths[] = { 3, 5, 8, 15, 17, 32 };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        put(&san, 0x87, "\1\2\3\4\5\6\7\1\2\3\4\5\6\7\1\2\3\4\5\6\7\1\2\3\4\5\6\7\1\2\3\4",
            lengths[i]);
        skipped(SV_NOTE_IP);
    }
}

static void refused(const struct octets *names, enum s2sv_reason reason)
{
    struct sv_identities *list = NULL;
    struct sv_misread misread = { 0 };
    assert_int_equal(read_names(names, NULL, S2SV_IDENTIFIER_SRV, &list, &misread), 0);
    assert_int_equal(misread.reason, reason);
    assert_non_null(misread.what);
    assert_null(list);
    san.len = 0;
}

/* N-30; what isn't DER. */
static void refuses_malformed(void **state)
{
    (void)state;
    refused(&san, S2SV_REASON_MALFORMED_EXTENSION);
    put(&san, 0x82, "a.example\0.evil.example", 23);
    refused(&san, S2SV_REASON_MALFORMED_EXTENSION);
    static const struct {
        size_t len;
        const char *octets;
    } bad[] = {
        { 2, "\x81\x00" }, /* empty names: GnuTLS can't read such a certificate */
        { 2, "\x82\x00" },
        { 2, "\x86\x00" },
        { 2, "\x87\x00" },
        { 1, "\x82" },                             /* no length */
        { 3, "\x82\x02\x61" },                     /* too short */
        { 4, "\x82\x81\x01\x61" },                 /* long form of a short length */
        { 3, "\x89\x01\x61" },                     /* no such choice */
        { 3, "\xa2\x01\x61" },                     /* constructed dNSName */
        { 2, "\xa0\x00" },                         /* otherName: empty */
        { 6, "\xa0\x04\x06\x02\x2b\x06" },         /* otherName: no value */
        { 8, "\xa0\x06\x06\x02\x2b\x06\xa0\x00" }, /* otherName: empty value */
        { 12, "\xa0\x0a\x06\x02\x2b\x06\xa0\x04\x05\x00\x05\x00" }, /* otherName: two values */
        { 10, "\xa0\x08\x06\x02\x2b\x86\xa0\x02\x05\x00" },         /* otherName: bad OID */
        { 10, "\xa0\x08\x06\x02\x2b\x06\xa1\x02\x05\x00" },         /* otherName: [1] */
        { 3, "\x88\x01\x80" },                                      /* registeredID: bad OID */
        { 4, "\xa4\x02\x31\x00" },                                  /* directoryName: no Name */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        memcpy(san.data, bad[i].octets, bad[i].len);
        san.len = bad[i].len;
        refused(&san, S2SV_REASON_MALFORMED_EXTENSION);
    }
}

static void accepts_other_choices(void **state)
{
    (void)state;
    put_text(&san, 0x81, "m");
    put(&san, 0xa3, NULL, 0);
    put(&san, 0xa4, "\x30\x00", 2);
    put(&san, 0xa5, NULL, 0);
    put(&san, 0x88, "\x2b\x06", 2);
    put_other(&san, OID_UPN, SV_UTF8_STRING, "x", 1);
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    assert_int_equal(list->count, 0);
    assert_int_equal(list->notes, 0);
    free(list);
}

static void limits(void **state)
{
    (void)state;
    for (int i = 0; i < SV_MAX_NAMES; i++)
        put_dns(&san, "a.b");
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    assert_int_equal(list->count, SV_MAX_NAMES);
    free(list);
    put_text(&san, 0x81, "m");
    refused(&san, S2SV_REASON_LIMIT_EXCEEDED);
    for (int i = 0; i < 10000; i++)
        put_text(&san, 0x82, "a.b");
    refused(&san, S2SV_REASON_LIMIT_EXCEEDED);
}

/* Plain names cost nothing, and aren't counted. */
static void international(void **state)
{
    static const char name[] = "m\xc3\xbcnchen.example"; /* 16 octets */
    (void)state;
    for (int i = 0; i < SV_MAX_INTERNATIONAL / 16; i++)
        put_xmpp(&san, name);
    for (int i = 0; i < 500; i++)
        put_xmpp(&san, "a.plain.example");
    free(must_read(&san, NULL, ALL_KINDS));
    for (int i = 0; i <= SV_MAX_INTERNATIONAL / 16; i++)
        put_xmpp(&san, name);
    refused(&san, S2SV_REASON_LIMIT_EXCEEDED);
    for (int i = 0; i < 200; i++)
        put_xmpp(&san, "xn--mnchen-3ya.example");
    refused(&san, S2SV_REASON_LIMIT_EXCEEDED);
}

static void no_certificate_names(void **state)
{
    (void)state;
    struct sv_identities *list = must_read(NULL, NULL, ALL_KINDS | S2SV_IDENTIFIER_COMMON_NAME);
    assert_int_equal(list->count, 0);
    assert_int_equal(list->notes, 0);
    assert_int_equal(list->no_match, S2SV_REASON_NO_USABLE_NAME);
    free(list);
}

static void common_name_is(unsigned kinds, int listed, unsigned note)
{
    struct sv_identities *list = must_read(san.len ? &san : NULL, "cn.example", kinds);
    assert_int_equal(list->count, listed);
    assert_int_equal(list->notes, note);
    if (listed)
        assert_int_equal(list->items[0].kind, S2SV_IDENTIFIER_COMMON_NAME);
    free(list);
    san.len = 0;
}

/* N-10, N-37, N-38 */
static void common_name(void **state)
{
    (void)state;
    const unsigned with = ALL_KINDS | S2SV_IDENTIFIER_COMMON_NAME;
    common_name_is(ALL_KINDS, 0, SV_NOTE_COMMON_NAME_IGNORED);
    common_name_is(with, 1, 0);
    put_text(&san, 0x81, "mail@example.com");
    common_name_is(with, 1, 0);
    put_text(&san, 0x81, "mail@example.com");
    common_name_is(ALL_KINDS, 0, SV_NOTE_COMMON_NAME_IGNORED);
    put_dns(&san, "*");
    common_name_is(with, 0, SV_NOTE_DNS | SV_NOTE_COMMON_NAME_IGNORED);
    put_uri(&san, "https://a.example");
    common_name_is(with, 0, SV_NOTE_COMMON_NAME_IGNORED);
    put_srv(&san, "_other.a.example");
    common_name_is(S2SV_IDENTIFIER_COMMON_NAME, 0, SV_NOTE_COMMON_NAME_IGNORED);
    put_xmpp(&san, "a.example");
    common_name_is(S2SV_IDENTIFIER_COMMON_NAME, 0, SV_NOTE_COMMON_NAME_IGNORED);
    put(&san, 0x87, "\1\2\3\4", 4);
    common_name_is(S2SV_IDENTIFIER_COMMON_NAME, 0, SV_NOTE_COMMON_NAME_IGNORED);
}

static void common_name_forms(void **state)
{
    (void)state;
    static const struct {
        unsigned tag, count;
        const char *text;
        int listed;
    } rows[] = { { SV_UTF8_STRING, 1, "a.example", 1 }, { SV_PRINTABLE_STRING, 1, "a.example", 1 },
                 { 0x14, 1, "a.example", 0 },           { SV_UTF8_STRING, 2, "a.example", 0 },
                 { SV_UTF8_STRING, 1, "A Server", 0 },  { SV_UTF8_STRING, 1, "", 0 } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sv_identities *list = NULL;
        struct sv_misread misread;
        struct sv_certificate leaf = { .version = 3 };
        san.len = 0;
        put_subject(&san, rows[i].tag, rows[i].text, rows[i].count);
        leaf.subject = span_of(&san);
        assert_int_equal(
            sv_identities_read(&leaf, S2SV_IDENTIFIER_COMMON_NAME, NULL, &list, &misread), 1);
        assert_int_equal(list->count, rows[i].listed);
        assert_int_equal(list->notes, rows[i].listed ? 0 : SV_NOTE_COMMON_NAME);
        free(list);
    }
}

static void bad_subject(void **state)
{
    (void)state;
    static const char *bad[] = { "\x31\x00", "\x30\x02\x31\x00", "\x30\x04\x31\x02\x30\x00",
                                 "\x30\x02\x05\x00" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sv_identities *list = NULL;
        struct sv_misread misread;
        struct sv_certificate leaf = { .version = 3 };
        leaf.subject = (struct sv_span){ (const unsigned char *)bad[i], 2 + (size_t)bad[i][1] };
        assert_int_equal(sv_identities_read(&leaf, ALL_KINDS, NULL, &list, &misread), 0);
        assert_int_equal(misread.reason, S2SV_REASON_MALFORMED_CERTIFICATE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lists_kinds_in_order, setup),
        cmocka_unit_test_setup(only_kinds_that_count, setup),
        cmocka_unit_test_setup(without_service, setup),
        cmocka_unit_test_setup(skips_dns_names, setup),
        cmocka_unit_test_setup(lists_dns_names, setup),
        cmocka_unit_test_setup(skips_srv_names, setup),
        cmocka_unit_test_setup(skips_xmpp_addrs, setup),
        cmocka_unit_test_setup(maps_xmpp_addrs, setup),
        cmocka_unit_test_setup(skips_uris, setup),
        cmocka_unit_test_setup(skips_addresses, setup),
        cmocka_unit_test_setup(refuses_malformed, setup),
        cmocka_unit_test_setup(accepts_other_choices, setup),
        cmocka_unit_test_setup(limits, setup),
        cmocka_unit_test_setup(international, setup),
        cmocka_unit_test_setup(no_certificate_names, setup),
        cmocka_unit_test_setup(common_name, setup),
        cmocka_unit_test_setup(common_name_forms, setup),
        cmocka_unit_test_setup(bad_subject, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
