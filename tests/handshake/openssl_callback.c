/* SPDX-License-Identifier: MIT */
/* The application's own verify callback: told under CALLBACK, never asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <s2sverify/backend.h>

#include "openssl_tls.h"

static const char *const specs[] = {
    "leaf: subject=CN=leaf issuer=int san=dns:peer.example",
    "client: subject=CN=client issuer=int san=dns:peer.example eku=clientAuth",
    "worse: subject=CN=worse issuer=int eku=clientAuth not-before=-9d not-after=-1d",
    "stranger: ca",
    "stray: subject=CN=stray issuer=stranger san=dns:peer.example",
    "alone: subject=CN=alone san=dns:peer.example",
    NULL,
};

static struct pki *pki;

/* ---- an application's callback ---------------------------------------------------------------
 */

enum { AT_ALL = -1, NEVER = -2 };

/* What it does, and what it was told: "0:26@0=client " is ok, error, depth and certificate. */
static struct {
    int forgives;   /* answers a fault with 1 */
    int refuses_at; /* the depth at which it answers ok = 1 with 0 */
    int sets_at;    /* the depth at which it sets an error and answers 1 */
    char told[600];
    int is_trusted; /* by the verdict that it could read */
} app;

/* Not by X509_NAME_get_text_by_NID(), which OpenSSL 4.0 deprecates. */
static const char *common_name(X509 *x)
{
    int at = X509_NAME_get_index_by_NID(X509_get_subject_name(x), NID_commonName, -1);
    if (at < 0)
        return "";
    return (const char *)ASN1_STRING_get0_data(
        X509_NAME_ENTRY_get_data(X509_NAME_get_entry(X509_get_subject_name(x), at)));
}

static void note(int ok, X509_STORE_CTX *ctx)
{
    X509 *x = X509_STORE_CTX_get_current_cert(ctx);
    SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
    size_t used = strlen(app.told);
    assert_non_null(x);
    assert_non_null(X509_STORE_CTX_get0_chain(ctx));
    assert_int_equal(ERR_peek_error(), 0); /* or it would log ours as why the handshake failed */
    snprintf(app.told + used, sizeof app.told - used, "%d:%d@%d=%s ", ok,
             X509_STORE_CTX_get_error(ctx), X509_STORE_CTX_get_error_depth(ctx), common_name(x));
    app.is_trusted |= s2sv_verdict_trusted(s2sv_openssl_verdict(ssl));
}

static int callback(int ok, X509_STORE_CTX *ctx)
{
    int depth = X509_STORE_CTX_get_error_depth(ctx);
    note(ok, ctx);
    if (!ok && app.forgives)
        X509_STORE_CTX_set_error(ctx, X509_V_OK);
    if (!ok)
        return app.forgives;
    if (app.sets_at == depth || app.sets_at == AT_ALL)
        X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_CHAIN_TOO_LONG);
    return app.refuses_at != depth;
}

static void behave(int forgives, int refuses_at, int sets_at)
{
    memset(&app, 0, sizeof app);
    app.forgives = forgives;
    app.refuses_at = refuses_at;
    app.sets_at = sets_at;
}

/* ---- connections -----------------------------------------------------------------------------
 */

enum { OUT, IN };

static SSL_CTX *ours(int version, enum s2sv_handshake handshake)
{
    SSL_CTX *us = tls_ctx(pki, "ours", version);
    struct s2sv_policy *policy = tls_policy(handshake);
    X509 *root = tls_x509(pki, "root");
    SSL_CTX_set_mode(us, SSL_MODE_NO_AUTO_CHAIN);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(us), root), 1);
    SSL_CTX_set_verify(us, SSL_VERIFY_NONE, callback);
    assert_int_equal(s2sv_openssl_install(us, policy, NULL), 0);
    X509_free(root);
    s2sv_policy_unref(policy);
    return us;
}

/* One connection; the contexts live on. */
static struct tls meet(SSL_CTX *us, const char *chain, int direction)
{
    SSL_CTX *peer = tls_ctx(pki, chain, 0);
    struct tls tls = direction == IN ? tls_new(us, peer) : tls_new(peer, us);
    app.told[0] = '\0';
    tls_connect(&tls);
    SSL_CTX_free(peer);
    return tls;
}

static SSL *end_of(const struct tls *tls, int direction)
{
    return direction == IN ? tls->server : tls->client;
}

static void check(SSL_CTX *us, const char *chain, int direction, const char *told, int goes_on,
                  const char *reason, long code)
{
    struct tls tls = meet(us, chain, direction);
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(end_of(&tls, direction));
    int good = strcmp(reason, "none") == 0;
    assert_string_equal(app.told, told);
    assert_false(app.is_trusted); /* in the handshake nothing is proved */
    assert_int_equal(tls.server_ok && tls.client_ok, goes_on);
    assert_string_equal(tls_reason(verdict), reason);
    assert_int_equal(s2sv_verdict_trusted(verdict), good);
    assert_int_equal(s2sv_verdict_is_for(verdict, "peer.example"), good);
    assert_int_equal(SSL_get_verify_result(end_of(&tls, direction)), code);
    assert_int_equal(SSL_get0_verified_chain(end_of(&tls, direction)) != NULL, good);
    tls_free(&tls);
}

#define GOOD "1:0@2=root 1:0@1=int 1:0@0=leaf "

/* As OpenSSL would: each fault, then each certificate. */
static void check_told(int direction, int version)
{
    SSL_CTX *us = ours(version, S2SV_HANDSHAKE_CALLBACK);
    behave(0, NEVER, NEVER);
    check(us, "leaf int", direction, GOOD, 1, "none", X509_V_OK);
    check(us, "leaf int", direction, GOOD, 1, "none", X509_V_OK); /* remembered or not */
    check(us, "client int", direction, "0:26@0=client ", 0, "wrong-purpose", 26);
    check(us, "worse int", direction, "0:10@0=worse ", 0, "expired", 10);
    check(us, "alone", direction, "0:18@0=alone ", 0, "self-signed", 18);
    check(us, "stray", direction, "0:20@0=stray ", 0, "untrusted", 20);
    behave(1, NEVER, NEVER);
    check(us, "leaf int", direction, GOOD, 1, "none", X509_V_OK);
    check(us, "client int", direction, "0:26@0=client 1:0@2=root 1:0@1=int 1:0@0=client ", 1,
          "wrong-purpose", 26); /* once, though OpenSSL says so too */
    check(us, "alone", direction, "0:18@0=alone 1:0@0=alone ", 1, "self-signed", 18);
    check(us, "stray", direction, "0:20@0=stray 1:0@0=stray ", 1, "untrusted", 20);
    SSL_CTX_free(us);
}

/* What it refuses itself is a fault, which our own judgement never takes back. */
static void check_application(int direction, int version)
{
    SSL_CTX *us = ours(version, S2SV_HANDSHAKE_CALLBACK);
    const long code = X509_V_ERR_APPLICATION_VERIFICATION;
    behave(0, 0, NEVER);
    check(us, "leaf int", direction, GOOD, 0, "application", code);
    behave(0, 2, NEVER);
    check(us, "leaf int", direction, "1:0@2=root ", 0, "application", code);
    behave(0, NEVER, 1);
    check(us, "leaf int", direction, "1:0@2=root 1:0@1=int 1:22@0=leaf ", 1, "application", code);
    behave(1, NEVER, AT_ALL); /* the graver one comes first */
    check(us, "stray", direction, "0:20@0=stray 1:0@0=stray ", 1, "untrusted", 20);
    behave(0, NEVER, NEVER);
    check(us, "leaf int", direction, GOOD, 1, "none", X509_V_OK);
    SSL_CTX_free(us);
}

static void test_told(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        check_told(i & 1, i & 2 ? TLS1_2_VERSION : TLS1_3_VERSION);
        check_application(i & 1, i & 2 ? TLS1_2_VERSION : TLS1_3_VERSION);
    }
}

static void test_fault_of_the_application(void **state)
{
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_CALLBACK);
    enum s2sv_reason reason;
    const char *text;
    int depth;
    (void)state;
    behave(0, NEVER, 1);
    struct tls tls = meet(us, "leaf int", IN);
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(tls.server);
    assert_int_equal(s2sv_verdict_fault_count(verdict), 1);
    assert_int_equal(s2sv_verdict_fault(verdict, 0, &reason, &depth, &text), 0);
    assert_int_equal(reason, S2SV_REASON_APPLICATION);
    assert_int_equal(depth, 1);
    assert_string_equal(text, X509_verify_cert_error_string(X509_V_ERR_CERT_CHAIN_TOO_LONG));
    assert_true(s2sv_verdict_valid_until(verdict) == INT64_MIN);
    tls_free(&tls);
    SSL_CTX_free(us);
}

/* The verdict that add_fault() may change is nobody else's. */
static void test_add_fault(void **state)
{
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_RECORD);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    const enum s2sv_reason application = S2SV_REASON_APPLICATION;
    struct s2sv_verdict *verdict = NULL, *shared;
    enum s2sv_reason reason;
    (void)state;
    struct tls tls = meet(us, "leaf int", IN);
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(tls.server), "other.example"), 0);
    ERR_clear_error();
    assert_int_equal(s2sv_openssl_verify(tls.server, policy, &verdict), 0);
    assert_int_equal(ERR_peek_error(), 0);
    assert_int_equal(s2sv_verdict_trusted(verdict), 1);
    assert_string_equal(tls_reason(verdict), "name-mismatch");
    shared = s2sv_verdict_ref(verdict);
    assert_int_equal(s2sv_verdict_add_fault(verdict, application, 0, "x"), S2SV_ERR_INVALID);
    s2sv_verdict_unref(shared);
    assert_int_equal(s2sv_verdict_add_fault(NULL, application, 0, "x"), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_verdict_add_fault(verdict, S2SV_REASON_NONE, 0, "x"), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_verdict_trusted(verdict), 1);
    assert_int_equal(s2sv_verdict_add_fault(verdict, application, 0, NULL), 0);
    assert_int_equal(s2sv_verdict_trusted(verdict), 0);
    assert_string_equal(tls_reason(verdict), "application"); /* graver than a name */
    assert_int_equal(s2sv_verdict_fault(verdict, 1, &reason, NULL, NULL), 0);
    assert_int_equal(reason, S2SV_REASON_NAME_MISMATCH);
    s2sv_verdict_unref(verdict);
    s2sv_policy_unref(policy);
    tls_free(&tls);
    SSL_CTX_free(us);
}

/* An expected name is a fault like any other, whichever side connected. */
static void test_expected_name(void **state)
{
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_CALLBACK), *peer = tls_ctx(pki, "leaf int", 0);
    struct tls tls = tls_new(us, peer);
    (void)state;
    behave(1, NEVER, NEVER);
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(tls.server), "other.example"), 0);
    tls_connect(&tls);
    assert_true(tls.server_ok);
    assert_string_equal(app.told, "0:62@0=leaf " GOOD);
    assert_int_equal(SSL_get_verify_result(tls.server), X509_V_ERR_HOSTNAME_MISMATCH);
    assert_int_equal(s2sv_verdict_trusted(s2sv_openssl_verdict(tls.server)), 1);
    assert_int_equal(s2sv_verdict_accepted(s2sv_openssl_verdict(tls.server)), 0);
    tls_free(&tls);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

/* Nobody is told in the other modes, or without a certificate. */
static void test_not_told(void **state)
{
    SSL_CTX *record = ours(0, S2SV_HANDSHAKE_RECORD), *enforce = ours(0, S2SV_HANDSHAKE_ENFORCE);
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_CALLBACK);
    (void)state;
    behave(1, 0, AT_ALL);
    check(record, "leaf int", IN, "", 1, "none", X509_V_OK);
    check(record, "client int", IN, "", 1, "wrong-purpose", 26);
    check(enforce, "leaf int", IN, "", 1, "none", X509_V_OK);
    check(enforce, "client int", IN, "", 0, "wrong-purpose", 26);
    struct tls tls = meet(us, NULL, IN);
    assert_true(tls.server_ok);
    assert_string_equal(app.told, "");
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "no-certificate");
    tls_free(&tls);
    SSL_CTX_free(record);
    SSL_CTX_free(enforce);
    SSL_CTX_free(us);
}

/* No callback agrees with what it is told; a store's counts where the SSL has none. */
static void test_other_callbacks(void **state)
{
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_CALLBACK);
    (void)state;
    behave(1, NEVER, NEVER);
    SSL_CTX_set_verify(us, SSL_VERIFY_PEER, NULL);
    check(us, "leaf int", IN, "", 1, "none", X509_V_OK);
    check(us, "client int", IN, "", 0, "wrong-purpose", 26);
    X509_STORE_set_verify_cb(SSL_CTX_get_cert_store(us), callback);
    check(us, "leaf int", IN, GOOD, 1, "none", X509_V_OK);
    check(us, "alone", IN, "0:18@0=alone 1:0@0=alone ", 1, "self-signed", 18);
    SSL_CTX_free(us);
}

/* An SSL's callback, and an attached policy. */
static void test_attached(void **state)
{
    SSL_CTX *us = ours(0, S2SV_HANDSHAKE_ENFORCE), *peer = tls_ctx(pki, "alone", 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_CALLBACK);
    (void)state;
    behave(1, NEVER, NEVER);
    SSL_CTX_set_verify(us, SSL_CTX_get_verify_mode(us), NULL);
    struct tls tls = tls_new(us, peer);
    assert_int_equal(s2sv_openssl_attach(tls.server, policy), 0);
    SSL_set_verify(tls.server, SSL_get_verify_mode(tls.server), callback);
    tls_connect(&tls);
    assert_true(tls.server_ok);
    assert_string_equal(app.told, "0:18@0=alone 1:0@0=alone ");
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "self-signed");
    tls_free(&tls);
    s2sv_policy_unref(policy);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

/* For those who set s2sv_openssl_verify_callback() themselves. */
static void test_without_install(void **state)
{
    SSL_CTX *us = tls_ctx(pki, "ours", 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_CALLBACK);
    (void)state;
    behave(1, NEVER, NEVER);
    SSL_CTX_set_verify(us, SSL_VERIFY_PEER, callback);
    SSL_CTX_set_cert_verify_callback(us, s2sv_openssl_verify_callback, policy);
    check(us, "alone", IN, "0:18@0=alone 1:0@0=alone ", 1, "self-signed", 18);
    s2sv_policy_unref(policy);
    SSL_CTX_free(us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told),      cmocka_unit_test(test_fault_of_the_application),
        cmocka_unit_test(test_add_fault), cmocka_unit_test(test_expected_name),
        cmocka_unit_test(test_not_told),  cmocka_unit_test(test_other_callbacks),
        cmocka_unit_test(test_attached),  cmocka_unit_test(test_without_install),
    };
    return TLS_RUN(&pki, specs, tests);
}
