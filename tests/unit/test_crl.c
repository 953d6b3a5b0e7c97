/* SPDX-License-Identifier: MIT
 * Certificate revocation lists (RFC 5280 section 5). */
#include "x509/crl.h"

#include <stdlib.h>
#include <string.h>

#include "given.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sv_crl read_crl(const char *spec)
{
    struct sv_span der = given_crl("list", spec);
    struct sv_crl crl = { .entry_count = 0 };
    assert_int_equal(sv_crl_read(der.data, der.len, &crl), S2SV_DECIDED);
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
    struct sv_crl crl = read_crl("issuer=root revoked=leaf,hex:0102,hex:01,hex:7f,hex:010203");
    (void)state;
    assert_int_equal(crl.entry_count, 5);
    assert_int_equal(sv_crl_find(&crl, serial("\x0a")), SV_LISTED);
    assert_int_equal(sv_crl_find(&crl, serial("\x01")), SV_LISTED);
    assert_int_equal(sv_crl_find(&crl, serial("\x01\x02")), SV_LISTED);
    assert_int_equal(sv_crl_find(&crl, serial("\x01\x02\x03")), SV_LISTED);
    assert_int_equal(sv_crl_find(&crl, serial("\x7f")), SV_LISTED);
    assert_int_equal(sv_crl_find(&crl, serial("\x02")), SV_NOT_LISTED);
    assert_int_equal(sv_crl_find(&crl, serial("\x01\x02\x03\x04")), SV_NOT_LISTED);
    assert_int_equal(sv_crl_find(&crl, serial("")), SV_NOT_LISTED);
    sv_crl_clear(&crl);
}

static void nobody_listed(void **state)
{
    struct sv_crl crl = read_crl("issuer=root");
    (void)state;
    assert_int_equal(crl.entry_count, 0);
    assert_int_equal(sv_crl_find(&crl, serial("\x01")), SV_NOT_LISTED);
    sv_crl_clear(&crl);
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
        snprintf(spec, sizeof spec, "issuer=root %s", rows[i].spec);
        struct sv_crl crl = read_crl(spec);
        assert_int_equal(sv_crl_is_current(&crl, GIVEN_NOW + rows[i].after), rows[i].is_current);
        sv_crl_clear(&crl);
    }
}

/* What an issuingDistributionPoint and other extensions make of a list: whether it may take the
 * place of an older one, and of whom it can tell that they aren't revoked. */
static void kinds(void **state)
{
    static const struct {
        const char *extension;
        int complete, covers_leaf, covers_ca;
    } rows[] = {
        { "2.5.29.28:critical:3000", 1, 1, 1 },
        { "2.5.29.28:critical:30038101ff", 1, 1, 0 },           /* users only */
        { "2.5.29.28:critical:30038201ff", 1, 0, 1 },           /* CAs only */
        { "2.5.29.28:critical:30038401ff", 1, 0, 0 },           /* indirect */
        { "2.5.29.28:critical:30038501ff", 1, 0, 0 },           /* attribute certificates */
        { "2.5.29.28:critical:300483020640", 1, 0, 0 },         /* some reasons */
        { "2.5.29.28:critical:3008a006a0048602753a", 1, 0, 0 }, /* of another point */
        { "2.5.29.28:critical:3004a002a100", 1, 0, 0 },         /* a relative name */
        { "2.5.29.27:critical:020101", 0, 0, 0 },               /* a delta */
        { "2.5.29.27:noncritical:020101", 0, 0, 0 },
        { "1.2.3:critical:0500", 0, 0, 0 },
        { "1.2.3:noncritical:0500", 1, 1, 1 },
        { "2.5.29.46:noncritical:0500", 1, 1, 1 },
    };
    struct sv_certificate leaf = { .is_ca = 0 }, ca = { .is_ca = 1 };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char spec[200];
        snprintf(spec, sizeof spec, "issuer=root ext=%s", rows[i].extension);
        struct sv_crl crl = read_crl(spec);
        if (sv_crl_is_complete(&crl) != rows[i].complete ||
            sv_crl_covers(&crl, &leaf) != rows[i].covers_leaf ||
            sv_crl_covers(&crl, &ca) != rows[i].covers_ca)
            fail_msg("%s", rows[i].extension);
        sv_crl_clear(&crl);
    }
}

/* What the extensions of an entry make of it (RFC 5280 5.3). */
static void entries(void **state)
{
    static const struct {
        const char *list, *extensions; /* of the list; of the entry of 7f */
        enum sv_listed listed;
        int complete;
    } rows[] = {
        { "", "/2.5.29.21:noncritical:0a0101", SV_LISTED, 1 },  /* keyCompromise */
        { "", "/2.5.29.21:noncritical:0a0106", SV_ON_HOLD, 1 }, /* certificateHold */
        { "", "/2.5.29.21:noncritical:0a0108", SV_LISTED, 1 },  /* removeFromCRL in no delta */
        { "", "/2.5.29.24:noncritical:180f32303235303130313030303030305a", SV_LISTED, 1 },
        { "", "/1.2.3:critical:0500", SV_LISTED, 0 },
        { "", "/1.2.3:noncritical:0500", SV_LISTED, 1 },
        { "", "/2.5.29.21:noncritical:0a0106,hex:7f", SV_LISTED, 1 }, /* twice, once for good */
        { "ext=2.5.29.27:critical:020101", "/2.5.29.21:noncritical:0a0108", SV_NOT_LISTED, 0 },
        /* of an issuer CN=x, and so are those behind it */
        { "ext=2.5.29.28:critical:30038401ff",
          "/2.5.29.29:critical:3010a40e300c310a300806035504030c0178", SV_NOT_LISTED, 1 },
        { "ext=2.5.29.28:critical:30038401ff revoked="
          "hex:01/2.5.29.29:critical:3010a40e300c310a300806035504030c0178,hex:7f",
          NULL, SV_NOT_LISTED, 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char spec[300];
        snprintf(spec, sizeof spec, "issuer=root %s%s%s", rows[i].list,
                 rows[i].extensions ? " revoked=hex:7f" : "",
                 rows[i].extensions ? rows[i].extensions : "");
        struct sv_crl crl = read_crl(spec);
        if (sv_crl_find(&crl, serial("\x7f")) != rows[i].listed ||
            sv_crl_is_complete(&crl) != rows[i].complete)
            fail_msg("%zu %s", i, spec);
        sv_crl_clear(&crl);
    }
}

/* The newest first: by number, then by thisUpdate; other scopes and other keys apart. */
static void order(void **state)
{
    static const struct {
        const char *a, *b;
        int same_line, a_first;
    } rows[] = {
        { "number=2", "number=1", 1, 1 },
        { "number=200", "number=99", 1, 1 },
        { "number=256", "number=255", 1, 1 },
        { "number=1 this-update=-1d", "number=1 this-update=-2d", 1, 1 },
        { "number=2 this-update=-3d", "number=1 this-update=-2d", 1, 1 },
        { "number=1 ext=2.5.29.28:critical:30038101ff", "number=1", 0, 0 },
        { "number=1 aki=absent", "number=1", 0, 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char a[200], b[200];
        snprintf(a, sizeof a, "issuer=root %s", rows[i].a);
        snprintf(b, sizeof b, "issuer=root %s", rows[i].b);
        struct sv_crl x = read_crl(a), y = read_crl(b);
        if (sv_crl_same_line(&x, &y) != rows[i].same_line ||
            (sv_crl_order(&x, &y) < 0) != rows[i].a_first ||
            (sv_crl_order(&y, &x) > 0) != rows[i].a_first || sv_crl_order(&x, &x) != 0)
            fail_msg("%s, %s", a, b);
        sv_crl_clear(&x);
        sv_crl_clear(&y);
    }
}

/* The list's point is one of the certificate's. */
static void same_point(void **state)
{
    struct sv_crl crl = read_crl("issuer=root ext=2.5.29.28:critical:3008a006a0048602753a");
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
        assert_int_equal(sv_crl_covers(&crl, &leaf), rows[i].covers);
    }
    sv_crl_clear(&crl);
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
        "revoked=hex:01/2.5.29.21:noncritical:0500",
        "revoked=hex:01/2.5.29.29:noncritical:0500",
        "number=absent ext=2.5.29.20:noncritical:0201ff",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char spec[200];
        struct sv_crl crl;
        snprintf(spec, sizeof spec, "issuer=root %s", rows[i]);
        struct sv_span der = given_crl("list", spec);
        if (sv_crl_read(der.data, der.len, &crl) != S2SV_ERR_INVALID)
            fail_msg("%s", rows[i]);
    }
}

static void every_prefix(void **state)
{
    struct sv_span der = given_crl("list", "issuer=root revoked=leaf,hex:01");
    struct sv_crl crl;
    (void)state;
    for (size_t len = 0; len < der.len; len++)
        assert_int_equal(sv_crl_read(der.data, len, &crl), S2SV_ERR_INVALID);
    assert_int_equal(sv_crl_read(NULL, 1, &crl), S2SV_ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed),       cmocka_unit_test(nobody_listed),
        cmocka_unit_test(current),      cmocka_unit_test(kinds),
        cmocka_unit_test(same_point),   cmocka_unit_test(malformed),
        cmocka_unit_test(every_prefix), cmocka_unit_test(entries),
        cmocka_unit_test(order),
    };
    return cmocka_run_group_tests_name("crl", tests, set_up, given_free);
}
