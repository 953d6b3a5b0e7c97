/* SPDX-License-Identifier: MIT */
/* s2sv_openssl_judge() in the handshakes of a program that links it as a SIP server does, and on a
 * context of the program's own. */
#include <string.h>

#include "openssl_tls.h"

static struct pki *pki;
static struct s2sv_policy *policy, *wide;
static char reason[64]; /* of the last verdict */
static int is_for, calls;

static int make_world(void **state)
{
    const char *specs[] = { "server: issuer=int san=dns:server.example",
                            "client: issuer=root san=dns:client.example eku=clientAuth",
                            "code: issuer=int eku=codeSigning san=dns:code.example",
                            "old: issuer=int san=dns:old.example not-before=-9d not-after=-1d",
                            "stranger: san=dns:server.example",
                            NULL };
    (void)state;
    pki = tls_pki(specs);
    policy = s2sv_policy_new(S2SV_PROFILE_SIP);
    wide = s2sv_policy_new(S2SV_PROFILE_SIP);
    return s2sv_policy_set_purpose(wide, S2SV_PURPOSE_SERVER_OR_CLIENT);
}

static int free_world(void **state)
{
    (void)state;
    s2sv_policy_unref(policy);
    s2sv_policy_unref(wide);
    pki_free(pki);
    return 0;
}

static int judge(X509_STORE_CTX *store_ctx, void *by)
{
    struct s2sv_verdict *verdict = s2sv_openssl_judge(store_ctx, by);
    int trusted = s2sv_verdict_trusted(verdict);
    calls++;
    is_for = s2sv_verdict_is_for(verdict, "server.example");
    strcpy(reason, tls_reason(verdict));
    assert_int_equal(X509_STORE_CTX_get_error(store_ctx) == X509_V_OK, trusted);
    assert_int_equal(X509_STORE_CTX_get0_chain(store_ctx) != NULL, trusted);
    s2sv_verdict_unref(verdict);
    return trusted;
}

static SSL_CTX *our_ctx(struct s2sv_policy *by)
{
    SSL_CTX *ctx = tls_ctx(pki, "ours", 0);
    X509 *root = tls_x509(pki, "root");
    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root);
    X509_free(root);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, judge, by);
    return ctx;
}

static void check(struct s2sv_policy *by, int is_inbound, const char *chain, const char *expected)
{
    SSL_CTX *us = our_ctx(by), *peer = tls_ctx(pki, chain, 0);
    struct tls tls = is_inbound ? tls_new(us, peer) : tls_new(peer, us);
    SSL *ours = is_inbound ? tls.server : tls.client;
    calls = 0;
    tls_connect(&tls);
    assert_int_equal(calls, 1);
    assert_string_equal(reason, expected);
    assert_int_equal(is_inbound ? tls.server_ok : tls.client_ok, strcmp(expected, "none") == 0);
    assert_int_equal(SSL_get_verify_result(ours) == X509_V_OK, strcmp(expected, "none") == 0);
    assert_null(s2sv_openssl_verdict(ours)); /* nothing was kept */
    tls_free(&tls);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

static void handshakes(void **state)
{
    (void)state;
    check(policy, 1, "server int", "none");
    assert_true(is_for);
    check(policy, 0, "server int", "none");
    check(policy, 1, "client", "wrong-purpose");
    check(wide, 1, "client", "none");
    assert_false(is_for);
    check(wide, 0, "client", "wrong-purpose");
    check(wide, 1, "code int", "wrong-purpose");
    check(policy, 1, "old int", "expired");
    check(policy, 1, "stranger", "self-signed");
    check(policy, 1, "server", "untrusted");
}

/* As a program verifies outside of a handshake. */
static int judged_alone(const char *leaf, struct s2sv_policy *by, int has_root)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *store_ctx = X509_STORE_CTX_new();
    X509 *x = tls_x509(pki, leaf), *root = tls_x509(pki, "root"), *between = tls_x509(pki, "int");
    STACK_OF(X509) *rest = sk_X509_new_null();
    sk_X509_push(rest, between);
    if (has_root)
        X509_STORE_add_cert(store, root);
    assert_int_equal(X509_STORE_CTX_init(store_ctx, store, x, rest), 1);
    int trusted = judge(store_ctx, by);
    X509_STORE_CTX_free(store_ctx);
    X509_STORE_free(store);
    sk_X509_pop_free(rest, X509_free);
    X509_free(root);
    X509_free(x);
    return trusted;
}

static void without_ssl(void **state)
{
    (void)state;
    assert_true(judged_alone("server", policy, 1));
    assert_false(judged_alone("server", policy, 0));
    assert_false(judged_alone("code", policy, 1));
    assert_false(judged_alone("client", wide, 1)); /* it didn't connect */
    assert_string_equal(reason, "wrong-purpose");
}

static void nothing_refuses(void **state)
{
    (void)state;
    assert_null(s2sv_openssl_judge(NULL, policy));
    assert_null(s2sv_openssl_judge(NULL, NULL));
    assert_false(judged_alone("server", NULL, 1));
}

/* Its TLSA records count on libssl's own context only. */
static void not_with_dane(void **state)
{
    SSL_CTX *us = our_ctx(policy), *peer = tls_ctx(pki, "server int", 0);
    (void)state;
    assert_int_equal(SSL_CTX_dane_enable(us), 1);
    struct tls tls = tls_new(peer, us);
    assert_int_equal(SSL_dane_enable(tls.client, "server.example"), 1);
    tls_connect(&tls);
    assert_false(tls.client_ok);
    assert_string_equal(reason, "");
    tls_free(&tls);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshakes),
        cmocka_unit_test(without_ssl),
        cmocka_unit_test(nothing_refuses),
        cmocka_unit_test(not_with_dane),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
