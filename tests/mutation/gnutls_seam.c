/* SPDX-License-Identifier: MIT
 * What no other test notices when the GnuTLS backend drops it: mutants.py needs a red one. */
#include "gnutls_pair.h"

/* With a trust of ours the strength that the application asks for still counts. */
static void test_strict_application(void **state)
{
    gnutls_certificate_credentials_t cred;
    struct s2sv_policy *policy = policy_of(S2SV_HANDSHAKE_RECORD);
    struct pair pair;
    (void)state;
    make_cas();
    der_of("rsa", "issuer=int key=rsa2048 san=dns:leaf.example");
    struct s2sv_trust *trust = trust_of("root");
    for (int strict = 0; strict < 2; strict++) {
        cred = cred_new(NULL);
        gnutls_certificate_set_verify_flags(
            cred, strict ? GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_HIGH) : 0);
        assert_int_equal(s2sv_gnutls_install(cred, policy, trust), 0);
        pair_open(&pair, S2SV_OUTBOUND, TLS13, cred, "rsa", 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_true(pair_shows(&pair, "rsa"));
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)),
                            strict ? "weak-algorithm" : "none");
        pair_close(&pair);
        s2sv_gnutls_uninstall(cred);
        gnutls_certificate_free_credentials(cred);
    }
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
    forget_certificates();
}

/* What a trust remembers for one setting isn't good for another: a certificate that is an anchor
 * itself, and isn't enough. */
static void test_remembered(void **state)
{
    struct s2sv_policy *policy = policy_of(S2SV_HANDSHAKE_RECORD);
    struct pair pair;
    (void)state;
    make_cas();
    der_of("direct", "issuer=root san=dns:leaf.example");
    gnutls_datum_t self = der_of("self", "san=dns:leaf.example subject=CN=self");
    struct s2sv_trust *trust = trust_of("root");
    assert_int_equal(s2sv_trust_add_der(trust, self.data, self.size), 0);
    for (int strict = 0; strict < 2; strict++) {
        gnutls_certificate_credentials_t cred = cred_new(NULL);
        gnutls_certificate_set_verify_flags(cred, strict ? GNUTLS_VERIFY_DO_NOT_ALLOW_SAME : 0);
        assert_int_equal(s2sv_gnutls_install(cred, policy, trust), 0);
        for (int i = 0; i < 3; i++) { /* the first good one isn't remembered */
            pair_open(&pair, S2SV_OUTBOUND, TLS13, cred, i ? "self" : "direct", 0);
            assert_int_equal(pair_handshake(&pair), 0);
            assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)),
                                strict && i ? "constraint-violated" : "none");
            pair_close(&pair);
        }
        s2sv_gnutls_uninstall(cred);
        gnutls_certificate_free_credentials(cred);
    }
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
    forget_certificates();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strict_application),
        cmocka_unit_test(test_remembered),
    };
    return cmocka_run_group_tests_name("gnutls seam", tests, NULL, NULL);
}
