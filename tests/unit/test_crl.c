/* SPDX-License-Identifier: MIT
 * Certificate revocation lists (RFC 5280 section 5). */
#include "x509/crl.h"

#include <stdlib.h>
#include <string.h>

#include "given.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sv_crl *read_crl(const char *spec)
{
    struct sv_span der = given_crl("list", spec);
    struct sv_crl *crl = NULL;
    assert_int_equal(sv_crl_new(der.data, der.len, &crl), S2SV_DECIDED);
    return crl;
}

static int set_up(void **state)
{
    (void)state;
    given_certificate("root", "ca");
    given_certificate("leaf", "issuer=root serial=0a");
    return 0;
}

static struct sv_span serial(const char *octets)
{
    return (struct sv_span){ (const unsigned char *)octets, strlen(octets) };
}

static void listed(void **state)
{
    struct sv_crl *crl = read_crl("issuer=root revoked=leaf,hex:0102,hex:01,hex:7f,hex:010203");
    (void)state;
    assert_int_equal(crl->serial_count, 5);
    assert_int_equal(sv_crl_has(crl, serial("\x0a")), 1);
    assert_int_equal(sv_crl_has(crl, serial("\x01")), 1);
    assert_int_equal(sv_crl_has(crl, serial("\x01\x02")), 1);
    assert_int_equal(sv_crl_has(crl, serial("\x01\x02\x03")), 1);
    assert_int_equal(sv_crl_has(crl, serial("\x7f")), 1);
    assert_int_equal(sv_crl_has(crl, serial("\x02")), 0);
    assert_int_equal(sv_crl_has(crl, serial("\x01\x02\x03\x04")), 0);
    assert_int_equal(sv_crl_has(crl, serial("")), 0);
    sv_crl_unref(crl);
}

static void nobody_listed(void **state)
{
    struct sv_crl *crl = read_crl("issuer=root");
    (void)state;
    assert_int_equal(crl->serial_count, 0);
    assert_int_equal(sv_crl_has(crl, serial("\x01")), 0);
    sv_crl_unref(crl);
    sv_crl_unref(NULL);
}

/* thisUpdate is in, nextUpdate is out. */
static void current(void **state)
{
    static const struct {
        const char *spec;
        int64_t after; /* GIVEN_NOW */
        int is_current;
    } rows[] = {
        { "this-update=+0s next-update=+10s", -1, 0 },
        { "this-update=+0s next-update=+10s", 0, 1 },
        { "this-update=+0s next-update=+10s", 9, 1 },
        { "this-update=+0s next-update=+10s", 10, 0 },
        { "this-update=+0s next-update=absent", 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char spec[100];
        snprintf(spec, sizeof(spec), "issuer=root %s", rows[i].spec);
        struct sv_crl *crl = read_crl(spec);
        assert_int_equal(sv_crl_is_current(crl, GIVEN_NOW + rows[i].after), rows[i].is_current);
        sv_crl_unref(crl);
    }
}

/* What an issuingDistributionPoint and other extensions make of a list. The value is 2.5.29.28's
 * unless an OID is given. */
static void kinds(void **state)
{
    static const struct {
        const char *extension;
        int usable, covers_leaf, covers_ca;
    } rows[] = {
        { "2.5.29.28:critical:3000", 1, 1, 1 },
        { "2.5.29.28:critical:30038101ff", 1, 1, 0 },           /* users only */
        { "2.5.29.28:critical:30038201ff", 1, 0, 1 },           /* CAs only */
        { "2.5.29.28:critical:30038401ff", 0, 1, 1 },           /* indirect */
        { "2.5.29.28:critical:30038501ff", 1, 0, 0 },           /* attribute certificates */
        { "2.5.29.28:critical:300483020640", 1, 0, 0 },         /* some reasons */
        { "2.5.29.28:critical:3008a006a0048602753a", 1, 0, 0 }, /* of another point */
        { "2.5.29.28:critical:3004a002a100", 1, 0, 0 },         /* a relative name */
        { "2.5.29.27:critical:020101", 0, 1, 1 },               /* a delta */
        { "2.5.29.27:noncritical:020101", 0, 1, 1 },
        { "1.2.3:critical:0500", 0, 1, 1 },
        { "1.2.3:noncritical:0500", 1, 1, 1 },
        { "2.5.29.46:noncritical:0500", 1, 1, 1 },
    };
    struct sv_certificate leaf = { .is_ca = 0 }, ca = { .is_ca = 1 };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char spec[200];
        snprintf(spec, sizeof(spec), "issuer=root ext=%s", rows[i].extension);
        struct sv_crl *crl = read_crl(spec);
        if (sv_crl_is_current(crl, GIVEN_NOW) != rows[i].usable ||
            sv_crl_covers(crl, &leaf) != rows[i].covers_leaf ||
            sv_crl_covers(crl, &ca) != rows[i].covers_ca)
            fail_msg("%s", rows[i].extension);
        sv_crl_unref(crl);
    }
}

/* The list's point is one of the certificate's. */
static void same_point(void **state)
{
    struct sv_crl *crl = read_crl("issuer=root ext=2.5.29.28:critical:3008a006a0048602753a");
    static const struct {
        const char *points;
        int covers;
    } rows[] = { { "\x30\x08\xa0\x06\xa0\x04\x86\x02u:", 1 },
                 { "\x30\x08\xa0\x06\xa0\x04\x86\x02v:", 0 },
                 { "\x30\x08\xa0\x06\xa0\x04\x86\x02v:\x30\x08\xa0\x06\xa0\x04\x86\x02u:", 1 },
                 { "\x30\x08\xa0\x06\xa1\x04\x86\x02u:", 0 },
                 { "\x30\x04\x86\x02u:", 0 },
                 { "garbage", 0 } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_certificate leaf = { .crl_distribution_points = serial(rows[i].points) };
        assert_int_equal(sv_crl_covers(crl, &leaf), rows[i].covers);
    }
    sv_crl_unref(crl);
}

static void malformed(void **state)
{
    static const char *const rows[] = {
        "mutate=trailing:00",
        "mutate=truncate:1",
        "mutate=keep:0",
        "mutate=keep:10",
        "revoked=hex:0001",
        "ext=2.5.29.28:critical:0500",
        "ext=2.5.29.28:critical:300381010f",
        "ext=2.5.29.28:critical:30020500",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char spec[200];
        struct sv_crl *crl = NULL;
        snprintf(spec, sizeof(spec), "issuer=root %s", rows[i]);
        struct sv_span der = given_crl("list", spec);
        if (sv_crl_new(der.data, der.len, &crl) != S2SV_ERR_INVALID)
            fail_msg("%s", rows[i]);
        assert_null(crl);
    }
}

static void every_prefix(void **state)
{
    struct sv_span der = given_crl("list", "issuer=root revoked=leaf,hex:01");
    struct sv_crl *crl = NULL;
    (void)state;
    for (size_t len = 0; len < der.len; len++)
        assert_int_equal(sv_crl_new(der.data, len, &crl), S2SV_ERR_INVALID);
    assert_int_equal(sv_crl_new(NULL, 1, &crl), S2SV_ERR_INVALID);
    assert_null(crl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed),       cmocka_unit_test(nobody_listed),
        cmocka_unit_test(current),      cmocka_unit_test(kinds),
        cmocka_unit_test(same_point),   cmocka_unit_test(malformed),
        cmocka_unit_test(every_prefix),
    };
    return cmocka_run_group_tests_name("crl", tests, set_up, given_free);
}
