/* SPDX-License-Identifier: MIT */
/* SSL_dane_enable(): where TLSA records are, OpenSSL decides, and the verdict says so. */
#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "openssl_tls.h"

#define BASE "peer.example"

/* 1.1.1 doesn't tell the base domain. */
enum { KNOWS_BASE = OPENSSL_VERSION_NUMBER >= 0x30000000L };

enum { NONE = 255 };
enum { NO_NAME_CHECKS = 1 };

static const char *const specs[] = {
    "leaf: issuer=int san=dns:peer.example",
    "alone: san=dns:peer.example,dns:bank.example",
    "odd: san=dns:other.example not-before=-9d not-after=-1d eku=clientAuth",
    "ta: ca",
    "under: issuer=ta san=dns:peer.example,dns:bank.example",
    "client: issuer=ta san=dns:peer.example eku=clientAuth",
    "stale: issuer=ta san=dns:peer.example not-before=-9d not-after=-1d",
    "misnamed: issuer=ta san=dns:bank.example",
    "c1: ca issuer=ta",
    "c2: ca issuer=c1",
    "c3: ca issuer=c2",
    "c4: ca issuer=c3",
    "c5: ca issuer=c4",
    "c6: ca issuer=c5",
    "c7: ca issuer=c6",
    "c8: ca issuer=c7",
    "c9: ca issuer=c8",
    "far: issuer=c9 san=dns:peer.example",
    NULL,
};

static const struct row {
    const char *name, *chain;
    int usage; /* of the one record, with the certificate in full */
    const char *record;
    int flags;
    const char *reason;
    enum s2sv_proof proof;
} rows[] = {
    { "no record", "leaf int", NONE, NULL, 0, "none", S2SV_PROOF_PKIX },
    { "no record", "alone", NONE, NULL, 0, "self-signed", S2SV_PROOF_NONE },
    { "3", "leaf int", 3, "leaf", 0, "none", S2SV_PROOF_DANE },
    { "3, self-signed", "alone", 3, "alone", 0, "none", S2SV_PROOF_DANE },
    { "3, names and dates don't count", "odd", 3, "odd", NO_NAME_CHECKS, "none", S2SV_PROOF_DANE },
    { "3, unless the application wants them", "odd", 3, "odd", 0, "name-mismatch",
      S2SV_PROOF_NONE },
    { "3, another", "leaf int", 3, "alone", 0, "untrusted", S2SV_PROOF_NONE },
    { "3, another", "alone", 3, "leaf", 0, "untrusted", S2SV_PROOF_NONE },
    { "2", "under ta", 2, "ta", 0, "none", S2SV_PROOF_DANE },
    { "2, only in DNS", "under", 2, "ta", 0, "none", S2SV_PROOF_DANE },
    { "2, purpose", "client ta", 2, "ta", 0, "wrong-purpose", S2SV_PROOF_NONE },
    { "2, dates", "stale ta", 2, "ta", 0, "expired", S2SV_PROOF_NONE },
    { "2, names", "misnamed ta", 2, "ta", NO_NAME_CHECKS, "name-mismatch", S2SV_PROOF_NONE },
    { "2, another", "leaf int", 2, "ta", 0, "untrusted", S2SV_PROOF_NONE },
    { "2, another", "alone", 2, "ta", 0, "untrusted", S2SV_PROOF_NONE },
    { "2, longer than what is judged", "far c9 c8 c7 c6 c5 c4 c3 c2 c1 ta", 2, "ta", 0,
      "limit-exceeded", S2SV_PROOF_NONE },
    { "1", "leaf int", 1, "leaf", 0, "none", S2SV_PROOF_PKIX },
    { "1, another", "leaf int", 1, "alone", 0, "untrusted", S2SV_PROOF_NONE },
    { "1, no path", "alone", 1, "alone", 0, "untrusted", S2SV_PROOF_NONE },
    { "1, another", "alone", 1, "leaf", 0, "untrusted", S2SV_PROOF_NONE },
    { "0", "leaf int", 0, "root", 0, "none", S2SV_PROOF_PKIX },
    { "0, the intermediate", "leaf int", 0, "int", 0, "none", S2SV_PROOF_PKIX },
    { "0, another", "leaf int", 0, "ta", 0, "untrusted", S2SV_PROOF_NONE },
    { "0, no path", "under ta", 0, "ta", 0, "untrusted", S2SV_PROOF_NONE },
};

static struct pki *pki;

static SSL_CTX *ours(int version, enum s2sv_handshake handshake, struct s2sv_trust *trust)
{
    SSL_CTX *us = tls_ctx(pki, NULL, version);
    struct s2sv_policy *policy = tls_policy(handshake);
    X509 *root = tls_x509(pki, "root");
    if (!trust)
        assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(us), root), 1);
    assert_int_equal(SSL_CTX_dane_enable(us), 1);
    assert_int_equal(s2sv_openssl_install(us, policy, trust), 0);
    X509_free(root);
    s2sv_policy_unref(policy);
    return us;
}

static void add_record(SSL *ssl, int usage, const char *name)
{
    X509 *x = tls_x509(pki, name);
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    assert_int_equal(SSL_dane_tlsa_add(ssl, (uint8_t)usage, 0, 0, der, (size_t)len), 1);
    OPENSSL_free(der);
    X509_free(x);
}

static struct tls dane_new(SSL_CTX *us, const struct row *row)
{
    SSL_CTX *peer = tls_ctx(pki, row->chain, 0);
    struct tls tls = tls_new(peer, us);
    assert_int_equal(SSL_dane_enable(tls.client, BASE), 1);
    if (row->flags & NO_NAME_CHECKS)
        SSL_dane_set_flags(tls.client, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    if (row->usage != NONE)
        add_record(tls.client, row->usage, row->record);
    SSL_CTX_free(peer);
    return tls;
}

static void check(const struct row *row, int version, enum s2sv_handshake handshake)
{
    SSL_CTX *us = ours(version, handshake, NULL);
    struct tls tls = dane_new(us, row);
    int good = row->proof != S2SV_PROOF_NONE, dane = row->proof == S2SV_PROOF_DANE;
    tls_connect(&tls);
    assert_int_equal(tls.client_ok, good || handshake == S2SV_HANDSHAKE_RECORD);
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(tls.client);
    assert_string_equal(tls_reason(verdict), row->reason);
    assert_int_equal(s2sv_verdict_trusted(verdict), good);
    assert_int_equal(s2sv_verdict_proof(verdict), row->proof);
    assert_int_equal(s2sv_verdict_is_for(verdict, BASE), dane ? KNOWS_BASE : good);
    assert_int_equal(s2sv_verdict_is_for(verdict, "other.example"), 0);
    assert_int_equal(s2sv_verdict_is_for(verdict, "bank.example"), 0); /* not the record's */
    assert_int_equal(SSL_get_verify_result(tls.client) == X509_V_OK, good);
    assert_int_equal(SSL_get0_verified_chain(tls.client) != NULL, good);
    assert_int_equal(SSL_get0_dane_authority(tls.client, NULL, NULL) >= 0,
                     good && row->usage != NONE);
    if (dane)
        assert_int_equal(s2sv_verdict_identity_count(verdict), 0);
    tls_free(&tls);
    SSL_CTX_free(us);
}

static void test_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s: %s\n", rows[i].name, rows[i].chain);
        check(&rows[i], TLS1_2_VERSION, S2SV_HANDSHAKE_RECORD);
        check(&rows[i], TLS1_3_VERSION, S2SV_HANDSHAKE_RECORD);
        check(&rows[i], TLS1_3_VERSION, S2SV_HANDSHAKE_ENFORCE);
    }
}

static const struct row matches = { "3", "alone", 3, "alone", 0, "none", S2SV_PROOF_DANE };
static const struct row differs = { "3", "leaf int", 3, "alone", 0, "untrusted", S2SV_PROOF_NONE };
static const struct row no_record = { "", "leaf int", NONE, NULL, 0, "none", S2SV_PROOF_PKIX };
static const struct row private_ta = { "2", "under ta", 2, "ta", 0, "none", S2SV_PROOF_DANE };
static const struct row pkix = { "1", "leaf int", 1, "leaf", 0, "none", S2SV_PROOF_PKIX };

/* Whatever it forgives, it isn't asked. */
static int calls;

static int forgive(int ok, X509_STORE_CTX *ctx)
{
    (void)ok;
    calls++;
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
    return 1;
}

static void check_callback(const struct row *row, enum s2sv_handshake handshake, int told)
{
    SSL_CTX *us = ours(0, handshake, NULL);
    SSL_CTX_set_verify(us, SSL_VERIFY_PEER, forgive);
    struct tls tls = dane_new(us, row);
    calls = 0;
    tls_connect(&tls);
    assert_true(tls.client_ok);
    assert_int_equal(calls, told);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.client)), row->reason);
    tls_free(&tls);
    SSL_CTX_free(us);
}

static void test_callback(void **state)
{
    (void)state;
    check_callback(&differs, S2SV_HANDSHAKE_RECORD, 0);
    check_callback(&matches, S2SV_HANDSHAKE_RECORD, 0);
    check_callback(&differs, S2SV_HANDSHAKE_CALLBACK, 2); /* a fault, then the leaf */
    check_callback(&matches, S2SV_HANDSHAKE_CALLBACK, 1);
    check_callback(&private_ta, S2SV_HANDSHAKE_CALLBACK, 2);
}

/* The base domain is what to expect. */
static void check_name(const struct row *row, const char *name, int accepted)
{
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_ENFORCE, NULL);
    struct tls tls = dane_new(us, row);
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(tls.client), name), 0);
    tls_connect(&tls);
    assert_int_equal(tls.client_ok, accepted);
    assert_int_equal(s2sv_verdict_accepted(s2sv_openssl_verdict(tls.client)), accepted);
    if (!accepted)
        assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.client)), "name-mismatch");
    tls_free(&tls);
    SSL_CTX_free(us);
}

static void test_expected_name(void **state)
{
    (void)state;
    check_name(&matches, BASE, KNOWS_BASE);
    check_name(&matches, "PEER.example.", KNOWS_BASE);
    check_name(&matches, "bank.example", 0);
    check_name(&private_ta, BASE, KNOWS_BASE);
    check_name(&private_ta, "bank.example", 0);
    check_name(&no_record, BASE, 1);
    check_name(&pkix, BASE, 1);
}

/* Without records a trust of ours counts; usages 0 and 1 are OpenSSL's to judge, by the
 * application's anchors, of which there are none here. */
static void test_own_trust(void **state)
{
    static const struct {
        const struct row *row;
        const char *reason;
    } cases[] = { { &no_record, "none" },
                  { &matches, "none" },
                  { &private_ta, "none" },
                  { &differs, "untrusted" },
                  { &pkix, "untrusted" } };
    struct s2sv_trust *trust = tls_trust(pki, "root");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SSL_CTX *us = ours(0, S2SV_HANDSHAKE_RECORD, trust);
        struct tls tls = dane_new(us, cases[i].row);
        tls_connect(&tls);
        assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.client)), cases[i].reason);
        tls_free(&tls);
        SSL_CTX_free(us);
    }
    s2sv_trust_unref(trust);
}

/* The application asks for clients; peers are servers. */
static void test_purpose(void **state)
{
    static const struct row client = { "2", "client ta", 2, "ta", 0, "", S2SV_PROOF_NONE };
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_RECORD, NULL);
    struct tls tls = dane_new(us, &client);
    (void)state;
    assert_int_equal(SSL_set_purpose(tls.client, X509_PURPOSE_SSL_CLIENT), 1);
    tls_connect(&tls);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.client)), "wrong-purpose");
    tls_free(&tls);
    SSL_CTX_free(us);
}

static int blind(X509_STORE_CTX *ctx)
{
    (void)ctx;
    return 1;
}

/* A store that checks no signature can't prove what a record says. */
static void test_blind_store(void **state)
{
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_RECORD, NULL);
    struct tls tls = dane_new(us, &private_ta);
    (void)state;
    X509_STORE_set_verify(SSL_CTX_get_cert_store(us), blind);
    tls_connect(&tls);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.client)), "internal-error");
    tls_free(&tls);
    SSL_CTX_free(us);
}

/* After the handshake OpenSSL can't be asked again. An attached policy counts; explain() says what
 * decided. */
static void test_around(void **state)
{
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_ENFORCE, NULL);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    struct s2sv_verdict *verdict = NULL;
    struct tls tls = dane_new(us, &differs);
    (void)state;
    assert_int_equal(s2sv_openssl_attach(tls.client, policy), 0);
    tls_connect(&tls);
    assert_true(tls.client_ok);
    assert_int_equal(s2sv_openssl_verify(tls.client, policy, &verdict), S2SV_ERR_INVALID);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.client)), "untrusted");
    tls_free(&tls);
    tls = dane_new(us, &matches);
    tls_connect(&tls);
    assert_true(s2sv_verdict_valid_until(s2sv_openssl_verdict(tls.client)) == INT64_MAX);
    assert_int_equal(s2sv_verdict_proof(NULL), S2SV_PROOF_NONE);
    tls_free(&tls);
    s2sv_policy_unref(policy);
    SSL_CTX_free(us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),       cmocka_unit_test(test_callback),
        cmocka_unit_test(test_expected_name), cmocka_unit_test(test_own_trust),
        cmocka_unit_test(test_blind_store),   cmocka_unit_test(test_purpose),
        cmocka_unit_test(test_around),
    };
    return TLS_RUN(&pki, specs, tests);
}
