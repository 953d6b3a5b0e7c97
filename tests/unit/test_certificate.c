/* SPDX-License-Identifier: MIT
 * Reading a certificate (RFC 5280 section 4.1). */
#include "given.h"
#include "x509/certificate_reader.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void usual_leaf(void **state)
{
    struct sv_certificate c = given_read("leaf", "issuer= san=dns:leaf.example serial=0123");
    (void)state;
    assert_int_equal(c.version, 3);
    assert_true(sv_span_is(c.serial, "\x01\x23"));
    assert_true(c.not_before < GIVEN_NOW && GIVEN_NOW < c.not_after);
    assert_true(sv_span_is(c.subject, "\x30\x00"));
    assert_true(c.has_basic_constraints && !c.is_ca && !c.has_path_length);
    assert_true(c.has_key_usage && c.key_usage == SV_KU_DIGITAL_SIGNATURE);
    assert_true(c.has_eku && c.eku == SV_EKU_SERVER);
    assert_false(c.has_ns_type);
    assert_false(c.has_policy_rules);
    assert_true(sv_span_is(c.subject_alt_name, "\x82\x0cleaf.example"));
    assert_null(c.name_constraints.data);
    assert_null(c.crl_distribution_points.data);
    assert_null(c.unsupported_critical.data);
    assert_int_equal(c.spki.data[0], SV_SEQUENCE);
}

static void usual_ca(void **state)
{
    struct sv_certificate root = given_read("root", "ca");
    struct sv_certificate c =
        given_read("int", "ca issuer=root bc=ca:3 nc=permitted:dns:a.example");
    (void)state;
    assert_true(c.is_ca && c.has_path_length && c.path_length == 3);
    assert_int_equal(c.key_usage, SV_KU_KEY_CERT_SIGN | SV_KU_CRL_SIGN);
    assert_false(c.has_eku);
    assert_non_null(c.name_constraints.data);
    assert_true(sv_span_equal(c.authority_key_id, root.key_id));
    assert_true(sv_span_equal(c.issuer, root.subject));
    assert_int_equal(sv_certificate_is_self_issued(&root), 1);
    assert_int_equal(sv_certificate_is_self_issued(&c), 0);
}

/* A certificate whose one field is under test, and what that field is. */
static void dates(void **state)
{
    struct sv_certificate c =
        given_read("leaf", "not-before=1960-01-01T00:00:00Z not-after=9999-12-31T23:59:59Z");
    (void)state;
    assert_true(c.not_before == -315619200);
    assert_true(c.not_after == 253402300799);
}

static void versions(void **state)
{
    (void)state;
    assert_int_equal(given_read("v1", "version=1").version, 1);
    assert_int_equal(given_read("v1", "version=1").has_basic_constraints, 0);
    assert_int_equal(given_read("v3", "").version, 3);
    assert_int_equal(given_read("written-out", "mutate=default-critical").version, 3); /* ENC-1 */
}

static void key_identifiers(void **state)
{
    struct sv_certificate c = given_read("leaf", "aki=issuer-serial serial=05");
    (void)state;
    assert_non_null(c.authority_issuer.data);
    assert_non_null(c.authority_serial.data);
    c = given_read("leaf", "ski=0102 aki=absent");
    assert_true(sv_span_is(c.key_id, "\x01\x02"));
    assert_null(c.authority_key_id.data);
}

static void misread(void **state)
{
    static const struct {
        const char *spec;
        enum s2sv_reason reason;
    } rows[] = {
        { "version=2", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "version=4", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "serial=0001", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "not-before=raw:0500", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "not-after=raw:170b323630363031303030305a", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=ber-bool", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=tbs-trailing:0500", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=long-length:tbs", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=long-length:validity", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=long-length:extensions", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=long-length:extension", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=long-length:cert", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=indefinite:tbs", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=indefinite:cert", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=sig-alg-mismatch", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=trailing:00", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=replace:3000", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "mutate=replace:30023000", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "twice=eku", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "twice=bc", S2SV_REASON_MALFORMED_CERTIFICATE },
        { "eku=empty", S2SV_REASON_MALFORMED_EXTENSION },
        { "ku=garbage", S2SV_REASON_MALFORMED_EXTENSION },
        { "bc=garbage", S2SV_REASON_MALFORMED_EXTENSION },
        { "san=empty", S2SV_REASON_MALFORMED_EXTENSION },
        { "nc=empty", S2SV_REASON_MALFORMED_EXTENSION },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span der = given_certificate("leaf", rows[i].spec);
        struct sv_certificate c = { .version = 77 };
        struct sv_misread why = { 0 };
        if (sv_certificate_read(der.data, der.len, &c, &why))
            fail_msg("read: %s", rows[i].spec);
        if (why.reason != rows[i].reason)
            fail_msg("%s: %s", rows[i].spec, why.what);
        assert_true(strlen(why.what) > 0);
        assert_int_equal(c.version, 77);
    }
}

/* Every prefix, in memory of exactly its size. */
static void every_prefix(void **state)
{
    struct sv_span der = given_certificate("leaf", "san=dns:a.example ku=digitalSignature");
    (void)state;
    for (size_t len = 0; len < der.len; len++) {
        unsigned char *cut = malloc(len > 0 ? len : 1);
        struct sv_certificate c;
        struct sv_misread why;
        memcpy(cut, der.data, len);
        assert_int_equal(sv_certificate_read(cut, len, &c, &why), 0);
        free(cut);
    }
}

/* One octet changed: what is read still lies inside the octets. */
static int is_inside(struct sv_span part, const unsigned char *data, size_t len)
{
    return !part.data || (part.data >= data && part.data + part.len <= data + len);
}

static void every_octet(void **state)
{
    static const unsigned char masks[] = { 0x01, 0x80, 0xff, 0x20 };
    struct sv_span der = given_certificate("leaf", "san=dns:a.example,ip:192.0.2.1 ski=auto");
    unsigned char *changed = malloc(der.len);
    (void)state;
    for (size_t i = 0; i < der.len * COUNT(masks); i++) {
        struct sv_certificate c;
        struct sv_misread why;
        memcpy(changed, der.data, der.len);
        changed[i / COUNT(masks)] ^= masks[i % COUNT(masks)];
        if (!sv_certificate_read(changed, der.len, &c, &why))
            continue;
        assert_true(is_inside(c.serial, changed, der.len));
        assert_true(is_inside(c.subject, changed, der.len));
        assert_true(is_inside(c.spki, changed, der.len));
        assert_true(is_inside(c.subject_alt_name, changed, der.len));
        assert_true(is_inside(c.unsupported_critical, changed, der.len));
    }
    free(changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_leaf),      cmocka_unit_test(usual_ca),
        cmocka_unit_test(dates),           cmocka_unit_test(versions),
        cmocka_unit_test(key_identifiers), cmocka_unit_test(misread),
        cmocka_unit_test(every_prefix),    cmocka_unit_test(every_octet),
    };
    return cmocka_run_group_tests_name("certificate", tests, NULL, given_free);
}
