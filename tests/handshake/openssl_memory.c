/* SPDX-License-Identifier: MIT */
/* What an SSL_CTX remembers: a peer met before costs no validation, and whatever the application
 * changes in between counts at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dlfcn.h>
#include <openssl/x509v3.h>
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#include <openssl/provider.h>
#endif

#include "openssl_tls.h"

/* 1.1.1 doesn't tell whether a host is set, so nothing is remembered. */
enum { REMEMBERS = OPENSSL_VERSION_NUMBER >= 0x30000000L };

static const char *const specs[] = {
    "leaf: issuer=int san=dns:peer.example",
    "forged: issuer=int san=dns:peer.example mutate=flip-signature",
    NULL,
};

static struct pki *pki;
static int validations;

/* Found before libcrypto's. */
int X509_verify_cert(X509_STORE_CTX *ctx)
{
    int (*real)(X509_STORE_CTX *) = NULL;

    *(void **)&real = dlsym(RTLD_NEXT, "X509_verify_cert");
    validations++;
    return real(ctx);
}

static SSL_CTX *ours(const char *anchor, struct s2sv_trust *trust)
{
    SSL_CTX *us = tls_ctx(pki, "ours", 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    X509 *x = tls_x509(pki, anchor);
    SSL_CTX_set_mode(us, SSL_MODE_NO_AUTO_CHAIN); /* it would validate our own chain */
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(us), x), 1);
    assert_int_equal(s2sv_openssl_install(us, policy, trust), 0);
    X509_free(x);
    s2sv_policy_unref(policy);
    return us;
}

static int accept_all(X509_STORE_CTX *ctx, void *unused)
{
    (void)ctx, (void)unused;
    return 1;
}

/* One connection, after so many validations if that is 0 or more. */
static void check(SSL_CTX *us, const char *chain, const char *reason, int wanted)
{
    SSL_CTX *peer = tls_ctx(pki, chain, 0);
    SSL_CTX_set_cert_verify_callback(peer, accept_all, NULL);
    struct tls tls = tls_new(us, peer);
    validations = 0;
    tls_connect(&tls);
    assert_true(tls.server_ok && tls.client_ok);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), reason);
    assert_int_equal(SSL_get_verify_result(tls.server) == X509_V_OK, strcmp(reason, "none") == 0);
    if (wanted >= 0)
        assert_int_equal(validations, wanted);
    tls_free(&tls);
    SSL_CTX_free(peer);
}

static void meet_twice(SSL_CTX *us)
{
    check(us, "leaf int", "none", 1);
    check(us, "leaf int", "none", REMEMBERS ? 0 : 1);
}

static X509_VERIFY_PARAM *param_of(SSL_CTX *us)
{
    return SSL_CTX_get0_param(us);
}

static void other_store(SSL_CTX *us)
{
    SSL_CTX_set_cert_store(us, X509_STORE_new());
}

static void same_anchor_elsewhere(SSL_CTX *us)
{
    X509 *x = tls_x509(pki, "root");
    other_store(us);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(us), x), 1);
    X509_free(x);
}

static void verify_store(SSL_CTX *us)
{
    assert_int_equal(SSL_CTX_set0_verify_cert_store(us, X509_STORE_new()), 1);
}

static void anchor_removed(SSL_CTX *us)
{
    STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(SSL_CTX_get_cert_store(us));
    X509_OBJECT_free(sk_X509_OBJECT_delete(all, 0));
}

static void anchor_rejected(SSL_CTX *us)
{
    STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(SSL_CTX_get_cert_store(us));
    X509 *x = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(all, 0));
    assert_int_equal(X509_add1_reject_object(x, OBJ_nid2obj(NID_server_auth)), 1);
}

static void crl_check(SSL_CTX *us)
{
    X509_VERIFY_PARAM_set_flags(param_of(us), X509_V_FLAG_CRL_CHECK);
}

static void crl_check_in_store(SSL_CTX *us)
{
    X509_STORE_set_flags(SSL_CTX_get_cert_store(us), X509_V_FLAG_CRL_CHECK);
}

static void lower_depth(SSL_CTX *us)
{
    X509_VERIFY_PARAM_set_depth(param_of(us), 0);
}

static void higher_level(SSL_CTX *us)
{
    X509_VERIFY_PARAM_set_auth_level(param_of(us), 5);
}

static void host(SSL_CTX *us)
{
    assert_int_equal(X509_VERIFY_PARAM_set1_host(param_of(us), "other.example", 0), 1);
}

static void email(SSL_CTX *us)
{
    assert_int_equal(X509_VERIFY_PARAM_set1_email(param_of(us), "a@other.example", 0), 1);
}

static void address(SSL_CTX *us)
{
    assert_int_equal(X509_VERIFY_PARAM_set1_ip_asc(param_of(us), "192.0.2.1"), 1);
}

static void suite_b(SSL_CTX *us)
{
    X509_VERIFY_PARAM_set_flags(param_of(us), X509_V_FLAG_SUITEB_192_LOS);
}

static void policies(SSL_CTX *us)
{
    X509_VERIFY_PARAM_set_flags(param_of(us),
                                X509_V_FLAG_EXPLICIT_POLICY | X509_V_FLAG_POLICY_CHECK);
}

static int blind(X509_STORE_CTX *ctx)
{
    (void)ctx;
    return 1;
}

static void verify_function(SSL_CTX *us)
{
    X509_STORE_set_verify(SSL_CTX_get_cert_store(us), blind);
}

static int refuse_revocation(X509_STORE_CTX *ctx)
{
    X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_REVOKED);
    return 0;
}

static void revocation_function(SSL_CTX *us)
{
    X509_STORE_set_check_revocation(SSL_CTX_get_cert_store(us), refuse_revocation);
}

#if OPENSSL_VERSION_NUMBER < 0x40000000L
static int not_issued(X509_STORE_CTX *ctx, X509 *x, X509 *issuer)
#else
static int not_issued(X509_STORE_CTX *ctx, const X509 *x, const X509 *issuer)
#endif
{
    (void)ctx, (void)x, (void)issuer;
    return 0;
}

static void issuer_function(SSL_CTX *us)
{
    X509_STORE_set_check_issued(SSL_CTX_get_cert_store(us), not_issued);
}

static void add_crl(SSL_CTX *us, const char *name, const char *spec)
{
    char err[200] = "";
    struct pki_crl *made = pki_crl(pki, name, spec, err, sizeof err);
    size_t len;
    assert_non_null(made);
    const unsigned char *der = pki_crl_der(made, &len);
    X509_CRL *crl = d2i_X509_CRL(NULL, &der, (long)len);
    assert_int_equal(X509_STORE_add_crl(SSL_CTX_get_cert_store(us), crl), 1);
    X509_CRL_free(crl);
}

static void list(SSL_CTX *us)
{
    add_crl(us, "list", "issuer=int this-update=-2d next-update=+9d revoked=leaf");
}

static void check_row(const char *name, void (*change)(SSL_CTX *), const char *reason,
                      struct s2sv_trust *trust)
{
    SSL_CTX *us = ours("root", trust);
    print_message("%s%s\n", name, trust ? ", a trust of ours" : "");
    meet_twice(us);
    change(us);
    check(us, "leaf int", reason, strcmp(reason, "none") == 0 ? 1 : -1);
    SSL_CTX_free(us);
}

/* Whose are the anchors: those rows that are about the store make no difference to a trust. */
static void test_changes(void **state)
{
    static const struct {
        const char *name;
        void (*change)(SSL_CTX *);
        const char *reason;
        int also_with_trust;
    } rows[] = {
        { "another store", other_store, "untrusted", 0 },
        { "another store with the same anchor", same_anchor_elsewhere, "none", 0 },
        { "another store to verify with", verify_store, "untrusted", 0 },
        { "the anchor removed", anchor_removed, "untrusted", 0 },
        { "the anchor rejected", anchor_rejected, "untrusted", 0 },
        { "CRL_CHECK", crl_check, "revocation-unknown", 1 },
        { "CRL_CHECK in the store", crl_check_in_store, "revocation-unknown", 1 },
        { "a list", list, "revoked", 0 },
        { "depth", lower_depth, "limit-exceeded", 1 },
        { "level", higher_level, "weak-algorithm", 1 },
        { "host", host, "name-mismatch", 1 },
        { "email", email, "name-mismatch", 1 },
        { "address", address, "name-mismatch", 1 },
        { "Suite B", suite_b, "weak-algorithm", 1 },
        { "policies", policies, "constraint-violated", 1 },
        { "a verify function", verify_function, "internal-error", 1 },
        { "a revocation function", revocation_function, "revoked", 1 },
        { "an issuer function", issuer_function, "untrusted", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct s2sv_trust *trust = tls_trust(pki, "root");
        check_row(rows[i].name, rows[i].change, rows[i].reason, NULL);
        if (rows[i].also_with_trust)
            check_row(rows[i].name, rows[i].change, rows[i].reason, trust);
        s2sv_trust_unref(trust);
    }
}

/* A trust of ours serves contexts with different demands. */
static void test_shared_trust(void **state)
{
    struct s2sv_trust *trust = tls_trust(pki, "root");
    SSL_CTX *one = ours("root", trust), *other = ours("root", trust), *strict = ours("root", trust);
    (void)state;
    higher_level(strict);
    meet_twice(one);
    check(other, "leaf int", "none", REMEMBERS ? 0 : 1);
    check(strict, "leaf int", "weak-algorithm", -1);
    check(one, "leaf int", "none", REMEMBERS ? 0 : 1);
    SSL_CTX_free(one);
    SSL_CTX_free(other);
    SSL_CTX_free(strict);
    s2sv_trust_unref(trust);
}

/* An SSL may have a store of its own. */
static void test_own_store(void **state)
{
    SSL_CTX *us = ours("root", NULL), *peer = tls_ctx(pki, "leaf int", 0);
    (void)state;
    meet_twice(us);
    struct tls tls = tls_new(us, peer);
    assert_int_equal(SSL_set0_verify_cert_store(tls.server, X509_STORE_new()), 1);
    tls_connect(&tls);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "untrusted");
    tls_free(&tls);
    check(us, "leaf int", "none", REMEMBERS ? 0 : 1);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

/* A policy that asks for the application's lists as well. */
static void test_other_policy(void **state)
{
    SSL_CTX *us = ours("root", NULL), *peer = tls_ctx(pki, "leaf int", 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    (void)state;
    assert_int_equal(s2sv_policy_set_revocation(policy, S2SV_REVOCATION_REQUIRE), 0);
    meet_twice(us);
    struct tls tls = tls_new(us, peer);
    assert_int_equal(s2sv_openssl_attach(tls.server, policy), 0);
    tls_connect(&tls);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "revocation-unknown");
    tls_free(&tls);
    check(us, "leaf int", "none", REMEMBERS ? 0 : 1);
    s2sv_policy_unref(policy);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

/* A list that came after the peer was accepted, by the lists that there were. */
static void check_revoked_later(int by_policy, const char *prefix)
{
    SSL_CTX *us = ours("root", NULL);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    char name[20];
    if (by_policy) {
        assert_int_equal(s2sv_policy_set_revocation(policy, S2SV_REVOCATION_REQUIRE), 0);
        assert_int_equal(s2sv_openssl_install(us, policy, NULL), 0);
    } else {
        crl_check(us);
    }
    snprintf(name, sizeof name, "%s-int", prefix);
    add_crl(us, name, "issuer=int this-update=-2d next-update=+9d");
    snprintf(name, sizeof name, "%s-root", prefix);
    add_crl(us, name, "issuer=root this-update=-2d next-update=+9d");
    check(us, "leaf int", "none", 1);
    check(us, "leaf int", "none", by_policy && REMEMBERS ? 0 : 1); /* the core judges lists anew */
    snprintf(name, sizeof name, "%s-new", prefix);
    add_crl(us, name, "issuer=int this-update=-1d next-update=+9d revoked=leaf");
    check(us, "leaf int", "revoked", -1);
    s2sv_policy_unref(policy);
    SSL_CTX_free(us);
}

static void test_revoked_later(void **state)
{
    (void)state;
    check_revoked_later(0, "flag");
    check_revoked_later(1, "policy");
}

/* A certificate that differs in its signature only; and what was refused is asked again. */
static void test_other_octets(void **state)
{
    SSL_CTX *us = ours("root", NULL);
    (void)state;
    meet_twice(us);
    check(us, "forged int", "bad-signature", -1);
    check(us, "forged int", "bad-signature", -1);
    assert_true(validations > 0);
    SSL_CTX_free(us);
}

/* Only what install() has seen is remembered: then a store put there later is none of it. */
static void test_reinstalled(void **state)
{
    SSL_CTX *us = ours("root", NULL);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    (void)state;
    same_anchor_elsewhere(us);
    check(us, "leaf int", "none", 1);
    check(us, "leaf int", "none", 1);
    assert_int_equal(s2sv_openssl_install(us, policy, NULL), 0);
    meet_twice(us);
    s2sv_policy_unref(policy);
    SSL_CTX_free(us);
}

#if OPENSSL_VERSION_NUMBER >= 0x30000000L

/* Keys of another library context: its providers have a say, each time. */
static void test_other_library_context(void **state)
{
    OSSL_LIB_CTX *other = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *provider = OSSL_PROVIDER_load(other, "default");
    SSL_CTX *us = SSL_CTX_new_ex(other, NULL, TLS_method());
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    X509 *own = tls_x509(pki, "ours"), *root = tls_x509(pki, "root");
    (void)state;
    assert_true(provider && us);
    SSL_CTX_set_mode(us, SSL_MODE_NO_AUTO_CHAIN);
    assert_int_equal(SSL_CTX_use_certificate(us, own), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(us, pki_key(pki_find(pki, "ours"))), 1);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(us), root), 1);
    assert_int_equal(s2sv_openssl_install(us, policy, NULL), 0);
    check(us, "leaf int", "none", 2);
    check(us, "leaf int", "none", 2);
    SSL_CTX_free(us);
    X509_free(own);
    X509_free(root);
    s2sv_policy_unref(policy);
    OSSL_PROVIDER_unload(provider);
    OSSL_LIB_CTX_free(other);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_shared_trust),
        cmocka_unit_test(test_own_store),
        cmocka_unit_test(test_other_policy),
        cmocka_unit_test(test_revoked_later),
        cmocka_unit_test(test_other_octets),
        cmocka_unit_test(test_reinstalled),
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
        cmocka_unit_test(test_other_library_context),
#endif
    };
    return TLS_RUN(&pki, specs, tests);
}
