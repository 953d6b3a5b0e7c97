/* SPDX-License-Identifier: MIT
 * The reader of OCSP responses (RFC 6960 section 4.2.1). */
#include "x509/ocsp.h"

#include <stdio.h>
#include <string.h>

#include "given.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sv_span der_of(const char *spec)
{
    char err[200];
    const struct pki_ocsp *made = pki_ocsp(given_pki(), spec, err, sizeof err);
    struct sv_span der;
    if (!made)
        fail_msg("%s: %s", spec, err);
    der.data = pki_ocsp_der(made, &der.len);
    return der;
}

static int set_up(void **state)
{
    (void)state;
    given_certificate("root", "ca");
    given_certificate("leaf", "issuer=root serial=0a");
    given_certificate("other", "issuer=root serial=0b");
    return 0;
}

static struct sv_ocsp read_one(const char *spec)
{
    struct sv_span der = der_of(spec);
    struct sv_ocsp response;
    if (!sv_ocsp_read(der.data, der.len, &response))
        fail_msg("%s", spec);
    return response;
}

static void singles(void **state)
{
    struct sv_ocsp r =
        read_one("issuer=root single=good/leaf/+0s/+9s single=revoked/other/-9s/absent "
                 "single=unknown/leaf");
    struct sv_ocsp_single s;
    (void)state;
    assert_int_equal(sv_ocsp_single_take(&r.singles, &s), 1);
    assert_int_equal(s.status, SV_OCSP_GOOD);
    assert_int_equal(s.hash, S2SV_HASH_SHA1);
    assert_int_equal(s.this_update, GIVEN_NOW);
    assert_int_equal(s.next_update, GIVEN_NOW + 9);
    assert_true(sv_span_is(s.serial, "\x0a"));
    assert_true(s.name_hash.len == 20 && s.key_hash.len == 20);
    assert_int_equal(sv_ocsp_single_take(&r.singles, &s), 1);
    assert_int_equal(s.status, SV_OCSP_REVOKED);
    assert_true(sv_span_is(s.serial, "\x0b"));
    assert_true(s.this_update == GIVEN_NOW - 9 && s.next_update == INT64_MIN);
    assert_int_equal(sv_ocsp_single_take(&r.singles, &s), 1);
    assert_int_equal(s.status, SV_OCSP_UNKNOWN);
    assert_int_equal(sv_ocsp_single_take(&r.singles, &s), 0);
}

static void hashes(void **state)
{
    static const struct {
        const char *name;
        enum s2sv_hash hash;
    } rows[] = { { "sha1", S2SV_HASH_SHA1 },
                 { "sha256", S2SV_HASH_SHA256 },
                 { "sha384", S2SV_HASH_SHA384 },
                 { "sha512", S2SV_HASH_SHA512 },
                 { "sha224", S2SV_HASH_NONE } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char spec[100];
        struct sv_ocsp_single s;
        snprintf(spec, sizeof spec, "issuer=root hash=%s single=good/leaf", rows[i].name);
        struct sv_ocsp r = read_one(spec);
        assert_int_equal(sv_ocsp_single_take(&r.singles, &s), 1);
        assert_int_equal(s.hash, rows[i].hash);
    }
}

static void responders(void **state)
{
    struct sv_ocsp by_name = read_one("issuer=root single=good/leaf certs=other");
    struct sv_ocsp by_key = read_one("issuer=root by-key single=good/leaf");
    (void)state;
    assert_true(by_name.responder_name.data && !by_name.responder_key.data);
    assert_true(!by_key.responder_name.data && by_key.responder_key.len == 20);
    assert_true(by_name.certificates.len > 100);
    assert_null(by_key.certificates.data);
}

static void critical(void **state)
{
    struct sv_ocsp none = read_one("issuer=root single=good/leaf");
    struct sv_ocsp nonce =
        read_one("issuer=root ext=1.3.6.1.5.5.7.48.1.2:noncritical:040100 single=good/leaf");
    struct sv_ocsp all = read_one("issuer=root ext=1.2.3:critical:0500 single=good/leaf");
    struct sv_ocsp one = read_one("issuer=root single-ext=1.2.3:critical:0500 single=good/leaf");
    struct sv_ocsp_single s;
    (void)state;
    assert_false(none.has_unknown_critical);
    assert_false(nonce.has_unknown_critical);
    assert_true(all.has_unknown_critical);
    assert_false(one.has_unknown_critical);
    assert_int_equal(sv_ocsp_single_take(&all.singles, &s), 1);
    assert_false(s.has_unknown_critical);
    assert_int_equal(sv_ocsp_single_take(&one.singles, &s), 1);
    assert_true(s.has_unknown_critical);
}

static void malformed(void **state)
{
    static const char *const rows[] = {
        "response=3",        "response=6",    "mutate=trailing:00",
        "mutate=truncate:1", "mutate=keep:9", "single-ext=1.2.3:critical:0500 mutate=truncate:2"
    };
    struct sv_ocsp response;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char spec[200];
        snprintf(spec, sizeof spec, "issuer=root single=good/leaf %s", rows[i]);
        struct sv_span der = der_of(spec);
        if (sv_ocsp_read(der.data, der.len, &response))
            fail_msg("%s", rows[i]);
    }
    assert_int_equal(sv_ocsp_read(NULL, 0, &response), 0);
    assert_int_equal(sv_ocsp_read("", 0, &response), 0);
}

static void every_prefix(void **state)
{
    struct sv_span der = der_of("issuer=root single=revoked/leaf certs=other");
    struct sv_ocsp response;
    (void)state;
    for (size_t len = 0; len < der.len; len++)
        assert_int_equal(sv_ocsp_read(der.data, len, &response), 0);
    assert_int_equal(sv_ocsp_read(der.data, der.len, &response), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(singles),  cmocka_unit_test(hashes),    cmocka_unit_test(responders),
        cmocka_unit_test(critical), cmocka_unit_test(malformed), cmocka_unit_test(every_prefix),
    };
    return cmocka_run_group_tests_name("ocsp", tests, set_up, given_free);
}
