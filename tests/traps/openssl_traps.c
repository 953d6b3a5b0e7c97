/* SPDX-License-Identifier: MIT */
/* What OpenSSL does that surprises, one test each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "openssl_tls.h"

static const char *const specs[] = {
    "leaf: issuer=int san=dns:peer.example",
    "client: issuer=root san=dns:peer.example eku=clientAuth",
    /* Bad twins of the intermediate and the root: the same name and key. */
    "int-old: ca issuer=root same-key=int not-before=-9d not-after=-1d",
    "int-client: ca issuer=root same-key=int eku=clientAuth",
    "root-old: ca same-key=root not-before=-9d not-after=-1d",
    "root-client: ca same-key=root eku=clientAuth",
    "root-narrow: ca same-key=root nc=permitted:dns:other.example",
    "other: ca",
    "cross: ca issuer=other same-key=root",
    NULL,
};

static struct pki *pki;

/* Our context: anchors in the application's store, and a policy. */
static SSL_CTX *ours(const char *anchors, int version, struct s2sv_policy *policy)
{
    SSL_CTX *ctx = tls_ctx(pki, "ours", version);
    char copy[100], *rest = copy, *name;
    snprintf(copy, sizeof copy, "%s", anchors);
    while ((name = strtok_r(rest, " ", &rest))) {
        X509 *x = tls_x509(pki, name);
        assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x), 1);
        X509_free(x);
    }
    assert_int_equal(s2sv_openssl_install(ctx, policy, NULL), 0);
    return ctx;
}

static SSL_CTX *ours_by(const char *anchors, int version, enum s2sv_handshake handshake,
                        enum s2sv_resumption resumption)
{
    struct s2sv_policy *policy = tls_policy(handshake);
    assert_int_equal(s2sv_policy_set_resumption(policy, resumption), 0);
    SSL_CTX *ctx = ours(anchors, version, policy);
    s2sv_policy_unref(policy);
    return ctx;
}

static SSL_CTX *recording(const char *anchors, int version)
{
    return ours_by(anchors, version, S2SV_HANDSHAKE_RECORD, S2SV_RESUMPTION_OFF);
}

static SSL_CTX *enforcing(const char *anchors, int version)
{
    return ours_by(anchors, version, S2SV_HANDSHAKE_ENFORCE, S2SV_RESUMPTION_OFF);
}

/* One connection; frees the contexts. */
static struct tls connect_and_drop(SSL_CTX *server, SSL_CTX *client)
{
    struct tls tls = tls_new(server, client);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    tls_connect(&tls);
    return tls;
}

static int forgive(int ok, X509_STORE_CTX *ctx)
{
    (void)ok;
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
    return 1;
}

/* 1: X509_verify_cert() returns 1 when a callback forgives. */
static void test_callback_cannot_forgive(void **state)
{
    SSL_CTX *us = enforcing("root", 0);
    (void)state;
    SSL_CTX_set_verify(us, SSL_CTX_get_verify_mode(us), forgive);
    X509_STORE_set_verify_cb(SSL_CTX_get_cert_store(us), forgive);
    struct tls tls = connect_and_drop(us, tls_ctx(pki, "client", 0));
    assert_false(tls.server_ok || tls.client_ok);
    assert_int_equal(SSL_get_verify_result(tls.server), X509_V_ERR_INVALID_PURPOSE);
    tls_free(&tls);
}

/* 2: the alert follows from the code that is written back. */
static void test_error_codes(void **state)
{
    static const struct {
        enum s2sv_reason reason;
        long code;
    } codes[] = {
        { S2SV_REASON_NONE, 0 },
        { S2SV_REASON_WRONG_PURPOSE, 26 },
        { S2SV_REASON_EXPIRED, 10 },
        { S2SV_REASON_NOT_YET_VALID, 9 },
        { S2SV_REASON_REVOKED, 23 },
        { S2SV_REASON_UNTRUSTED, 20 },
        { S2SV_REASON_SELF_SIGNED, 18 },
        { S2SV_REASON_BAD_SIGNATURE, 7 },
        { S2SV_REASON_WEAK_ALGORITHM, 66 },
        { S2SV_REASON_NAME_MISMATCH, 62 },
        { S2SV_REASON_NO_USABLE_NAME, 62 },
        { S2SV_REASON_INVALID_REFERENCE, 62 },
        { S2SV_REASON_MALFORMED_CERTIFICATE, 41 },
        { S2SV_REASON_MALFORMED_EXTENSION, 41 },
        { S2SV_REASON_UNSUPPORTED_CRITICAL_EXTENSION, 34 },
        { S2SV_REASON_REVOCATION_UNKNOWN, 3 },
        { S2SV_REASON_UNSUPPORTED_ALGORITHM, 6 },
        { S2SV_REASON_NOT_A_CA, 79 },
        { S2SV_REASON_CONSTRAINT_VIOLATED, 50 },
        { S2SV_REASON_WRONG_KEY_USAGE, 26 },
        { S2SV_REASON_LIMIT_EXCEEDED, 22 },
        { S2SV_REASON_NO_CERTIFICATE, 50 },
        { S2SV_REASON_APPLICATION, 50 },
        { S2SV_REASON_PIN_MISMATCH, 50 },
        { S2SV_REASON_DANE_MISMATCH, 65 },
        { S2SV_REASON_DANE_BOGUS, 65 },
        { S2SV_REASON_DANE_UNUSABLE, 65 },
        { S2SV_REASON_NO_PROOF, 50 },
        { S2SV_REASON_INTERNAL_ERROR, 50 },
        { (enum s2sv_reason)999, 50 },
    };
    size_t reasons = 0;

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_int_equal(s2sv_openssl_verify_error(codes[i].reason), codes[i].code);
    for (size_t i = 1; i < 100; i++) /* a number that is no reason is internal-error */
        reasons += i == S2SV_REASON_INTERNAL_ERROR ||
                   strcmp(s2sv_reason_name((enum s2sv_reason)i), "internal-error") != 0;
    assert_int_equal(reasons + 2, sizeof codes / sizeof *codes); /* and NONE, and an unknown one */
}

/* 3: OpenSSL doesn't backtrack, so a bad anchor of the same name hides a good path. */
static void test_bad_twin_anchors(void **state)
{
    static const struct {
        const char *anchors, *chain;
    } cases[] = {
        { "root int-old", "leaf int" },
        { "int-old root", "leaf int" },
        { "root int-client", "leaf int" },
        { "root-old other", "leaf int cross" },
        { "other root-old", "leaf int cross" },
        { "root-client other", "leaf int cross" },
        { "root-narrow other", "leaf int cross" },
        { "root-narrow root-client root-old root", "leaf int" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct s2sv_trust *trust = tls_trust(pki, cases[i].anchors);
        struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
        SSL_CTX *us = recording(cases[i].anchors, 0);
        struct s2sv_verdict *verdict = NULL;
        struct tls tls;
        print_message("%s | %s\n", cases[i].anchors, cases[i].chain);
        tls = tls_new(us, tls_ctx(pki, cases[i].chain, 0));
        tls_connect(&tls);
        assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "none");
        assert_int_equal(s2sv_openssl_install(us, policy, trust), 0);
        assert_int_equal(s2sv_openssl_verify(tls.server, policy, &verdict), 0);
        assert_string_equal(tls_reason(verdict), "none");
        s2sv_verdict_unref(verdict);
        SSL_CTX_free(SSL_get_SSL_CTX(tls.client));
        tls_free(&tls);
        SSL_CTX_free(us);
        s2sv_policy_unref(policy);
        s2sv_trust_unref(trust);
    }
}

/* 4: a renegotiation or post-handshake authentication without a certificate calls nobody back. */
static void check_dropped(int version, const char *reason)
{
    SSL_CTX *peer = tls_ctx(pki, "leaf int", version);
    SSL_CTX_set_post_handshake_auth(peer, 1);
    struct tls tls = connect_and_drop(recording("root", version), peer);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "none");
    if (reason[0] == 'n' && reason[1] == 'o' && reason[2] == '-')
        SSL_certs_clear(tls.client);
    tls_step(&tls, tls_ask_again, tls_answer_again);
    assert_true(tls.server_ok && tls.client_ok);
    assert_int_equal(SSL_get_verify_result(tls.server), X509_V_OK); /* never use it alone */
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), reason);
    tls_free(&tls);
}

static void test_dropped_certificate(void **state)
{
    (void)state;
    check_dropped(TLS1_2_VERSION, "no-certificate");
    check_dropped(TLS1_3_VERSION, "no-certificate");
    check_dropped(TLS1_2_VERSION, "none");
    check_dropped(TLS1_3_VERSION, "none");
}

/* 4: after SSL_clear() the record is there, and the old certificate too. */
static void check_cleared(int version, const char *chain, const char *reason)
{
    SSL_CTX *us = recording("root", version), *peer = tls_ctx(pki, "leaf int", version);
    SSL_CTX *next = tls_ctx(pki, chain, version);
    struct tls tls = tls_new(us, peer);
    tls_connect(&tls);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "none");
    tls_close(&tls);
    assert_int_equal(SSL_clear(tls.server), 1);
    assert_null(s2sv_openssl_verdict(tls.server));
    SSL_free(tls.client);
    tls.client = SSL_new(next);
    SSL_set_connect_state(tls.client);
    tls_connect(&tls);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), reason);
    tls_free(&tls);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
    SSL_CTX_free(next);
}

/* 4, 10: a client that resumes after SSL_clear() has the record of the same certificate. */
static void test_cleared_and_resumed(void **state)
{
    SSL_CTX *us = recording("root", TLS1_2_VERSION);
    SSL_CTX *peer = tls_ctx(pki, "leaf int", TLS1_2_VERSION);
    struct tls tls = tls_new(peer, us);
    (void)state;
    tls_connect(&tls);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.client)), "none");
    tls_close(&tls);
    assert_int_equal(SSL_clear(tls.client), 1);
    SSL_free(tls.server);
    tls.server = SSL_new(peer);
    SSL_set_accept_state(tls.server);
    tls_connect(&tls);
    assert_true(tls.client_ok && SSL_session_reused(tls.client));
    assert_true(tls_presented(tls.client, pki, "leaf"));
    assert_null(s2sv_openssl_verdict(tls.client));
    tls_free(&tls);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

static void test_cleared(void **state)
{
    /* The TLS 1.3 server of 1.1.1 can't be used again so: its next handshake fails. */
    int version = OPENSSL_VERSION_NUMBER < 0x30000000L ? TLS1_2_VERSION : TLS1_3_VERSION;

    (void)state;
    for (; version >= TLS1_2_VERSION; version--) {
        check_cleared(version, NULL, "no-certificate");
        check_cleared(version, "client", "wrong-purpose");
        check_cleared(version, "leaf int", "none");
    }
}

/* 5: SSL_dup() copies ex_data as a bare pointer: freed twice if nobody takes care. */
static void test_dup(void **state)
{
    SSL_CTX *us = recording("root", TLS1_2_VERSION), *peer = tls_ctx(pki, "client", 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    struct tls tls = tls_new(us, peer);
    (void)state;
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(tls.server), "peer.example"), 0);
    assert_int_equal(s2sv_openssl_attach(tls.server, policy), 0);
    SSL *copy = SSL_dup(tls.server);
    assert_non_null(copy);
    assert_ptr_not_equal(s2sv_openssl_peer(copy), s2sv_openssl_peer(tls.server));
    SSL_free(tls.server);
    tls.server = copy;
    tls_connect(&tls);
    assert_false(tls.server_ok); /* the attached policy holds */
    tls_free(&tls);
    s2sv_policy_unref(policy);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

/* 7: a client with SSL_VERIFY_NONE ignores the callback's answer. */
static void test_client_enforces(void **state)
{
    SSL_CTX *us = enforcing("root", 0);
    (void)state;
    assert_true(SSL_CTX_get_verify_mode(us) & SSL_VERIFY_PEER);
    struct tls tls = connect_and_drop(tls_ctx(pki, "client", 0), us);
    assert_false(tls.server_ok || tls.client_ok);
    tls_free(&tls);
}

/* 8: nobody is called back without a certificate. */
static void test_no_certificate(void **state)
{
    struct tls tls = connect_and_drop(recording("root", 0), tls_ctx(pki, NULL, 0));
    (void)state;
    assert_true(tls.server_ok);
    assert_int_equal(SSL_get_verify_result(tls.server), X509_V_OK);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "no-certificate");
    tls_free(&tls);
}

static int switch_context(SSL *ssl, int *alert, void *other)
{
    (void)alert;
    return SSL_set_SSL_CTX(ssl, other) ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* A server that changes its context on SNI. */
static struct tls switched(SSL_CTX *first, SSL_CTX *second, const char *chain)
{
    SSL_CTX *peer = tls_ctx(pki, chain, TLS1_2_VERSION);
    struct tls tls = tls_new(first, peer);
    SSL_CTX_set_tlsext_servername_callback(first, switch_context);
    SSL_CTX_set_tlsext_servername_arg(first, second);
    SSL_set_tlsext_host_name(tls.client, "ours.example");
    tls_connect(&tls);
    SSL_CTX_free(first);
    SSL_CTX_free(second);
    SSL_CTX_free(peer);
    return tls;
}

/* 9: callback and store come from the new context, mode and purpose from the first. */
static void test_switched_context(void **state)
{
    SSL_CTX *plain = tls_ctx(pki, "ours", TLS1_2_VERSION);
    X509 *root = tls_x509(pki, "root");
    struct tls tls;
    (void)state;
    tls =
        switched(enforcing("root", TLS1_2_VERSION), recording("other", TLS1_2_VERSION), "leaf int");
    assert_true(tls.server_ok); /* the new policy records */
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "untrusted");
    tls_free(&tls);

    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(plain), root), 1);
    SSL_CTX_up_ref(plain);
    tls = switched(recording("root", TLS1_2_VERSION), plain, "leaf int");
    assert_true(tls.server_ok);
    assert_null(s2sv_openssl_verdict(tls.server)); /* our callback didn't run */
    tls_free(&tls);
    tls = switched(recording("root", TLS1_2_VERSION), plain, "client");
    assert_false(tls.server_ok); /* the second lock came along */
    tls_free(&tls);
    X509_free(root);
}

/* The second of two connections of a client that keeps its session. */
static struct tls connect_twice(SSL_CTX *server, SSL_CTX *client)
{
    struct tls first = tls_new(server, client), second;
    tls_connect(&first);
    assert_true(first.server_ok && first.client_ok);
    tls_close(&first);
    SSL_SESSION *session = SSL_get1_session(first.client);
    tls_free(&first);
    second = tls_new(server, client);
    assert_int_equal(SSL_set_session(second.client, session), 1);
    SSL_SESSION_free(session);
    /* The session has a certificate before the peer has proved anything. */
    assert_string_not_equal(tls_reason(s2sv_openssl_verdict(second.client)), "none");
    tls_connect(&second);
    assert_true(second.server_ok && second.client_ok);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    return second;
}

/* 10: OFF keeps a receiving server from resuming. */
static void check_off(int version)
{
    struct tls tls = connect_twice(recording("root", version), tls_ctx(pki, "leaf int", version));
    assert_false(SSL_session_reused(tls.server));
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "none");
    tls_free(&tls);
}

/* 10: under LEAVE a session resumes without its chain, and has no verdict. */
static void check_leave(int version)
{
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    struct s2sv_verdict *verdict = NULL;
    SSL_CTX *us = ours_by("root", version, S2SV_HANDSHAKE_RECORD, S2SV_RESUMPTION_LEAVE);
    struct tls tls = connect_twice(us, tls_ctx(pki, "leaf int", version));
    assert_true(SSL_session_reused(tls.server));
    assert_null(s2sv_openssl_verdict(tls.server));
    assert_int_equal(s2sv_openssl_verify(tls.server, policy, &verdict), 0);
    assert_string_equal(tls_reason(verdict), "untrusted");
    s2sv_verdict_unref(verdict);
    s2sv_policy_unref(policy);
    tls_free(&tls);
}

/* 10: a client's SSL_set_session() resumes whatever its context says. */
static void check_client(int version)
{
    struct tls tls = connect_twice(tls_ctx(pki, "leaf int", version), recording("root", version));
    assert_true(SSL_session_reused(tls.client));
    assert_null(s2sv_openssl_verdict(tls.client));
    tls_free(&tls);
}

static void test_resumption(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        check_off(versions[i]);
        check_leave(versions[i]);
        check_client(versions[i]);
    }
}

/* 11: an X509_STORE_CTX of our own knows nothing of TLSA records; by them alone this peer is good.
 */
static void test_dane(void **state)
{
    SSL_CTX *us = enforcing("other", 0), *peer = tls_ctx(pki, "leaf int", 0);
    X509 *leaf = tls_x509(pki, "leaf");
    unsigned char *der = NULL;
    int len = i2d_X509(leaf, &der);
    (void)state;
    assert_int_equal(SSL_CTX_dane_enable(us), 1);
    struct tls tls = tls_new(peer, us);
    assert_int_equal(SSL_dane_enable(tls.client, "peer.example"), 1);
    assert_int_equal(SSL_dane_tlsa_add(tls.client, 3, 0, 0, der, (size_t)len), 1);
    tls_connect(&tls);
    assert_true(tls.client_ok);
    assert_int_equal(s2sv_verdict_proof(s2sv_openssl_verdict(tls.client)), S2SV_PROOF_DANE);
    tls_free(&tls);
    OPENSSL_free(der);
    X509_free(leaf);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

/* 12: a raw public key has no certificate. */
static void test_raw_public_key(void **state)
{
    (void)state;
#ifdef TLSEXT_cert_type_rpk
    static const unsigned char types[] = { TLSEXT_cert_type_rpk };
    SSL_CTX *us = recording("root", 0), *peer = tls_ctx(pki, "leaf int", 0);
    struct tls tls;

    assert_int_equal(SSL_CTX_set1_client_cert_type(us, types, sizeof types), 1);
    assert_int_equal(SSL_CTX_set1_client_cert_type(peer, types, sizeof types), 1);
    tls = connect_and_drop(us, peer);
    assert_non_null(SSL_get0_peer_rpk(tls.server));
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "no-certificate");
    tls_free(&tls);
#else
    skip(); /* before OpenSSL 3.2 there are none */
#endif
}

/* 13: one major version of OpenSSL takes the other's SSL_CTX without a word. This one is found
 * before libcrypto's. */
static unsigned long version_that_runs = OPENSSL_VERSION_NUMBER;

unsigned long OpenSSL_version_num(void)
{
    return version_that_runs;
}

static void test_other_version(void **state)
{
    SSL_CTX *ctx = tls_ctx(pki, NULL, 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    (void)state;
    version_that_runs = OPENSSL_VERSION_NUMBER + 0x10000000UL;
    assert_int_equal(s2sv_openssl_install(ctx, policy, NULL), S2SV_ERR_INVALID);
    version_that_runs = OPENSSL_VERSION_NUMBER;
    assert_int_equal(s2sv_openssl_install(ctx, policy, NULL), 0);
    s2sv_policy_unref(policy);
    SSL_CTX_free(ctx);
}

/* 15: a store on a hashed directory lists nothing until it is asked by subject. */
/* What the context has read of its anchors; get0 is deprecated since OpenSSL 4.0. */
static int objects_read(SSL_CTX *ctx)
{
    X509_STORE *store = SSL_CTX_get_cert_store(ctx);
#if OPENSSL_VERSION_NUMBER < 0x30300000L
    return sk_X509_OBJECT_num(X509_STORE_get0_objects(store));
#else
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get1_objects(store);
    int count = sk_X509_OBJECT_num(objects);

    sk_X509_OBJECT_pop_free(objects, X509_OBJECT_free);
    return count;
#endif
}

static void test_hashed_directory(void **state)
{
    char dir[] = "/tmp/s2sverify-traps-XXXXXX", path[100];
    X509 *root = tls_x509(pki, "root");
    SSL_CTX *us = enforcing("", 0);
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/%08lx.0", dir, X509_subject_name_hash(root));
    FILE *file = fopen(path, "w");
    assert_int_equal(PEM_write_X509(file, root), 1);
    fclose(file);
    assert_int_equal(SSL_CTX_load_verify_locations(us, NULL, dir), 1);
    assert_int_equal(objects_read(us), 0);
    struct tls tls = connect_and_drop(us, tls_ctx(pki, "leaf int", 0));
    assert_true(tls.server_ok);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "none");
    tls_free(&tls);
    X509_free(root);
    remove(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callback_cannot_forgive),
        cmocka_unit_test(test_error_codes),
        cmocka_unit_test(test_bad_twin_anchors),
        cmocka_unit_test(test_dropped_certificate),
        cmocka_unit_test(test_cleared),
        cmocka_unit_test(test_cleared_and_resumed),
        cmocka_unit_test(test_dup),
        cmocka_unit_test(test_client_enforces),
        cmocka_unit_test(test_no_certificate),
        cmocka_unit_test(test_switched_context),
        cmocka_unit_test(test_resumption),
        cmocka_unit_test(test_dane),
        cmocka_unit_test(test_raw_public_key),
        cmocka_unit_test(test_other_version),
        cmocka_unit_test(test_hashed_directory),
    };
    return TLS_RUN(&pki, specs, tests);
}
