/* SPDX-License-Identifier: MIT
 * Leaf x TLS version x direction x what install was told, over real handshakes. */
#include "gnutls_pair.h"

static const struct row {
    const char *name, *spec;
    const char *reason;
} rows[] = {
    { "server", "issuer=int san=dns:a.example", "none" },
    { "client", "issuer=int san=dns:a.example eku=clientAuth", "wrong-purpose" },
    { "both", "issuer=int san=dns:a.example eku=serverAuth,clientAuth", "none" },
    { "code", "issuer=int san=dns:a.example eku=codeSigning", "wrong-purpose" },
    { "none", "issuer=int san=dns:a.example eku=absent", "none" },
    { "any", "issuer=int san=dns:a.example eku=any", "wrong-purpose" },
    { "expired", "issuer=int san=dns:a.example not-before=-9d not-after=-1d", "expired" },
    { "self", "san=dns:a.example", "self-signed" },
    { "stranger", "issuer=elsewhere san=dns:a.example", "untrusted" },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static struct s2sv_trust *trust;

static int make_rows(void **state)
{
    (void)state;
    make_cas();
    der_of("elsewhere", "ca subject=CN=elsewhere");
    for (size_t i = 0; i < ROWS; i++)
        der_of(rows[i].name, rows[i].spec);
    trust = trust_of("root");
    return 0;
}

static int drop_rows(void **state)
{
    (void)state;
    s2sv_trust_unref(trust);
    forget_certificates();
    return 0;
}

static struct setting {
    const char *name;
    enum s2sv_direction direction;
    const char *priority;
    enum s2sv_handshake handshake;
    int own_trust; /* a trust of ours, or the credentials' anchors */
} settings[] = {
    { "1.2 we connect, enforce", S2SV_OUTBOUND, TLS12, S2SV_HANDSHAKE_ENFORCE, 1 },
    { "1.3 we connect, enforce", S2SV_OUTBOUND, TLS13, S2SV_HANDSHAKE_ENFORCE, 1 },
    { "1.2 we accept, enforce", S2SV_INBOUND, TLS12, S2SV_HANDSHAKE_ENFORCE, 1 },
    { "1.3 we accept, enforce", S2SV_INBOUND, TLS13, S2SV_HANDSHAKE_ENFORCE, 1 },
    { "1.2 we connect, record", S2SV_OUTBOUND, TLS12, S2SV_HANDSHAKE_RECORD, 0 },
    { "1.3 we connect, record", S2SV_OUTBOUND, TLS13, S2SV_HANDSHAKE_RECORD, 0 },
    { "1.2 we accept, record", S2SV_INBOUND, TLS12, S2SV_HANDSHAKE_RECORD, 0 },
    { "1.3 we accept, record", S2SV_INBOUND, TLS13, S2SV_HANDSHAKE_RECORD, 0 },
};
enum { SETTINGS = sizeof settings / sizeof settings[0] };

static void one(const struct row *row, const struct setting *setting)
{
    struct s2sv_policy *policy = policy_of(setting->handshake);
    gnutls_certificate_credentials_t cred = cred_new("server");
    struct pair pair;
    int good = strcmp(row->reason, "none") == 0;
    if (!setting->own_trust)
        cred_trust(cred, "root");
    assert_int_equal(s2sv_gnutls_install(cred, policy, setting->own_trust ? trust : NULL), 0);
    pair_open(&pair, setting->direction, setting->priority, cred, row->name, 0);
    assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);

    int ends = setting->handshake == S2SV_HANDSHAKE_ENFORCE && !good;
    assert_int_equal(pair_handshake(&pair), ends ? GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR : 0);
    const struct s2sv_verdict *verdict = s2sv_gnutls_verdict(pair.ours);
    assert_non_null(verdict);
    assert_true(pair_shows(&pair, row->name));
    assert_string_equal(why(verdict), row->reason);
    assert_int_equal(s2sv_verdict_is_for(verdict, "a.example"), good);
    assert_false(s2sv_verdict_is_for(verdict, "b.example"));

    pair_close(&pair);
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
    s2sv_policy_unref(policy);
}

static void every_row(void **state)
{
    for (size_t i = 0; i < ROWS; i++) {
        print_message("%s\n", rows[i].name);
        one(&rows[i], *state);
    }
}

int main(void)
{
    struct CMUnitTest tests[SETTINGS];
    for (size_t i = 0; i < SETTINGS; i++)
        tests[i] = (struct CMUnitTest){ settings[i].name, every_row, NULL, NULL, &settings[i] };
    return cmocka_run_group_tests(tests, make_rows, drop_rows);
}
