/* SPDX-License-Identifier: MIT */
/* What programs on GnuTLS ask of a peer, and whom that lets in.
 * usage: gnutls_ways DOCUMENT */
#include "gnutls_pair.h"
#include "ways.h"

static const char *document;

static int peers2(gnutls_session_t session)
{
    unsigned status = 1;
    return gnutls_certificate_verify_peers2(session, &status) == 0 && status == 0 ? 0 : -1;
}

static int peers3(gnutls_session_t session)
{
    unsigned status = 1;
    return gnutls_certificate_verify_peers3(session, NULL, &status) == 0 && status == 0 ? 0 : -1;
}

static int peers_for_servers(gnutls_session_t session)
{
    unsigned char server[] = GNUTLS_KP_TLS_WWW_SERVER;
    gnutls_typed_vdata_st purpose = { GNUTLS_DT_KEY_PURPOSE_OID, server, 0 };
    unsigned status = 1;
    return gnutls_certificate_verify_peers(session, &purpose, 1, &status) == 0 && status == 0 ? 0
                                                                                              : -1;
}

static const struct {
    const char *name;
    session_function *verify; /* NULL: s2sverify */
} ways[] = {
    { "`gnutls_certificate_verify_peers2()`", peers2 },
    { "`gnutls_certificate_verify_peers3()`", peers3 },
    { "`gnutls_certificate_verify_peers()`, serverAuth", peers_for_servers },
    { "s2sverify on GnuTLS", NULL },
};

static int accepts(session_function *verify, const char *leaf, enum s2sv_direction direction)
{
    gnutls_certificate_credentials_t cred = cred_new("ours");
    struct s2sv_policy *policy = policy_of(S2SV_HANDSHAKE_ENFORCE);
    struct pair pair;
    cred_trust(cred, "root");
    if (verify)
        gnutls_certificate_set_verify_function(cred, verify);
    else
        assert_int_equal(s2sv_gnutls_install(cred, policy, NULL), 0);
    pair_open(&pair, direction, TLS13, cred, leaf, 0);
    if (verify && direction == S2SV_INBOUND)
        gnutls_certificate_server_set_request(pair.ours, GNUTLS_CERT_REQUIRE);
    else if (!verify)
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
    int accepted = pair_handshake(&pair) == 0;
    pair_close(&pair);
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
    s2sv_policy_unref(policy);
    return accepted;
}

static void test_ways(void **state)
{
    static const char *const specs[] = { WAYS_SPECS };
    int missing = 0;
    (void)state;
    make_cas();
    der_of("ours", "issuer=int san=dns:ours.example eku=serverAuth,clientAuth");
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        char name[20];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(specs[i], ":"), specs[i]);
        der_of(name, strchr(specs[i], ' ') + 1);
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        for (int inbound = 1; inbound >= 0; inbound--) {
            int accepted[WAYS_LEAVES];
            for (int leaf = 0; leaf < WAYS_LEAVES; leaf++)
                accepted[leaf] = accepts(ways[i].verify, ways_leaves[leaf],
                                         inbound ? S2SV_INBOUND : S2SV_OUTBOUND);
            missing += !ways_row(document, ways[i].name, inbound ? "peer connects" : "we connect",
                                 accepted);
        }
    }
    forget_certificates();
    assert_int_equal(missing, 0); /* rows that the document doesn't have */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_ways) };
    document = argc > 1 ? argv[1] : "doc/migration.md";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
