/* SPDX-License-Identifier: MIT
 * What no other test notices when the OpenSSL backend drops it: mutants.py needs a red one. */

#include "openssl_tls.h"

static void add_to_store(SSL_CTX *ctx, struct pki *pki, const char *name)
{
    X509 *x = tls_x509(pki, name);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x), 1);
    X509_free(x);
}

/* The peer shows its leaf only; the rest is in the application's store, where an intermediate is a
 * link to its root, no anchor. */
static void test_stored_link(void **state)
{
    static const char *const specs[] = { "leaf: issuer=int san=dns:leaf.example", NULL };
    struct pki *pki = tls_pki(specs);
    SSL_CTX *us = tls_ctx(pki, "ours", 0), *peer = tls_ctx(pki, "leaf", 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    const void *der;
    size_t len;
    (void)state;
    add_to_store(us, pki, "root");
    add_to_store(us, pki, "int");
    assert_int_equal(s2sv_openssl_install(us, policy, NULL), 0);
    struct tls tls = tls_new(us, peer);
    tls_connect(&tls);
    assert_true(tls_presented(tls.server, pki, "leaf"));
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "none");
    /* leaf, int, root */
    assert_int_equal(s2sv_verdict_certificate(s2sv_openssl_verdict(tls.server), 2, &der, &len), 0);
    tls_free(&tls);
    s2sv_policy_unref(policy);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
    pki_free(pki);
}

/* A peer that was met at one security level is judged anew at a higher one. */
static void test_level(void **state)
{
    static const char *const specs[] = { "rsa: issuer=int key=rsa2048 san=dns:leaf.example", NULL };
    struct pki *pki = tls_pki(specs);
    SSL_CTX *us = tls_ctx(pki, "ours", 0), *peer = tls_ctx(pki, "rsa int", 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    struct s2sv_trust *trust = tls_trust(pki, "root");
    (void)state;
    assert_int_equal(s2sv_openssl_install(us, policy, trust), 0);
    struct tls tls = tls_new(us, peer);
    tls_connect(&tls);
    assert_true(tls_presented(tls.server, pki, "rsa"));
    for (int level = 1; level <= 3; level++) {
        struct s2sv_verdict *verdict = NULL;
        SSL_set_security_level(tls.server, level);
        assert_int_equal(s2sv_openssl_verify(tls.server, policy, &verdict), 0);
        assert_string_equal(tls_reason(verdict), level < 3 ? "none" : "weak-algorithm");
        s2sv_verdict_unref(verdict);
    }
    tls_free(&tls);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
    pki_free(pki);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_stored_link),
                                        cmocka_unit_test(test_level) };
    return cmocka_run_group_tests_name("openssl seam", tests, NULL, NULL);
}
