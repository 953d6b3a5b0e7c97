/* SPDX-License-Identifier: MIT
 * What the application set elsewhere than on its anchors stays: profiles in the session's priority
 * string, limits of the credentials, the system's configuration, what the peer must staple. GnuTLS
 * itself is asked beside, and nobody is trusted whom it refuses. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gnutls_pair.h"

#define ANY "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3"

static const char *const specs[][2] = {
    { "p256", "issuer=int san=dns:a.example" },
    { "rsa-root", "ca key=rsa2048" },
    { "rsa", "issuer=rsa-root key=rsa2048 san=dns:a.example" },
    { "p256-by-rsa", "issuer=rsa-root san=dns:a.example" },
    { "i1", "ca issuer=root" },
    { "i2", "ca issuer=i1" },
    { "i3", "ca issuer=i2" },
    { "deep", "issuer=i3 san=dns:a.example" },
    { "self", "san=dns:a.example subject=CN=self" },
};

static struct s2sv_policy *enforce, *record;

static int make(void **state)
{
    (void)state;
    make_cas();
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        der_of(specs[i][0], specs[i][1]);
    enforce = policy_of(S2SV_HANDSHAKE_ENFORCE);
    record = policy_of(S2SV_HANDSHAKE_RECORD);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    s2sv_policy_unref(enforce);
    s2sv_policy_unref(record);
    forget_certificates();
    return 0;
}

static struct s2sv_trust *trust_of_both(void)
{
    struct s2sv_trust *trust = trust_of("root");
    gnutls_datum_t der = der_of("rsa-root", NULL);
    assert_int_equal(s2sv_trust_add_der(trust, der.data, der.size), 0);
    return trust;
}

static gnutls_certificate_credentials_t cred_that_trusts(void)
{
    gnutls_certificate_credentials_t cred = cred_new("p256");
    cred_trust(cred, "root");
    cred_trust(cred, "rsa-root");
    return cred;
}

/* 1: GnuTLS, asked for server purpose on the application's own objects, accepts the peer. */
static int gnutls_accepts(gnutls_session_t session)
{
    unsigned char server[] = GNUTLS_KP_TLS_WWW_SERVER;
    gnutls_typed_vdata_st purpose = { GNUTLS_DT_KEY_PURPOSE_OID, server, 0 };
    unsigned status = 1;
    return gnutls_certificate_verify_peers(session, &purpose, 1, &status) == 0 && status == 0;
}

struct setting {
    const char *name, *priority; /* added to ours; the peer's is plain */
    unsigned depth;              /* 0: the default */
    const char *leaf, *reason;
};

/* One handshake on these credentials. */
static void check(const struct setting *s, enum s2sv_direction direction, const char *version,
                  gnutls_certificate_credentials_t cred, int ends)
{
    char priority[128];
    struct pair pair;
    snprintf(priority, sizeof priority, "%s:-VERS-ALL:+VERS-%s", s->priority, version);
    pair_open(&pair, direction, ANY, cred, s->leaf, 0);
    assert_int_equal(gnutls_priority_set_direct(pair.ours, priority, NULL), 0);
    assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
    pair_handshake(&pair);
    int is_good = strcmp(s->reason, "none") == 0;
    assert_int_equal(pair.result, ends && !is_good ? GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR : 0);
    assert_true(pair_shows(&pair, s->leaf));
    assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), s->reason);
    assert_int_equal(gnutls_accepts(pair.ours), is_good);
    pair_close(&pair);
}

static void check_way(const struct setting *s, enum s2sv_direction direction, const char *version)
{
    for (int i = 0; i < 4; i++) { /* the application's anchors or a trust; both modes */
        struct s2sv_trust *trust = i & 1 ? trust_of_both() : NULL;
        gnutls_certificate_credentials_t cred = cred_that_trusts();
        if (s->depth)
            gnutls_certificate_set_verify_limits(cred, 8200, s->depth);
        assert_int_equal(s2sv_gnutls_install(cred, i & 2 ? enforce : record, trust), 0);
        for (int again = 0; again < 3; again++) /* what is remembered changes nothing */
            check(s, direction, version, cred, i & 2);
        s2sv_gnutls_uninstall(cred);
        gnutls_certificate_free_credentials(cred);
        s2sv_trust_unref(trust);
    }
}

static void check_ways(const struct setting *s, size_t count)
{
    for (; count > 0; count--, s++) {
        print_message("%s\n", s->name);
        check_way(s, S2SV_OUTBOUND, "TLS1.2");
        check_way(s, S2SV_OUTBOUND, "TLS1.3");
        if (strncmp(s->priority, "SECURE192", 9) == 0) /* then its key fits no suite */
            continue;
        check_way(s, S2SV_INBOUND, "TLS1.2");
        check_way(s, S2SV_INBOUND, "TLS1.3");
    }
}

static void profiles(void **state)
{
    static const struct setting rows[] = {
        { "none", "NORMAL", 0, "rsa", "none" },
        { "low", "NORMAL:%PROFILE_LOW", 0, "rsa", "none" },
        { "medium", "NORMAL:%PROFILE_MEDIUM", 0, "rsa", "none" },
        { "high", "NORMAL:%PROFILE_HIGH", 0, "rsa", "weak-algorithm" },
        { "high, for P-256", "NORMAL:%PROFILE_HIGH", 0, "p256", "none" },
        { "high, the CA is weaker", "NORMAL:%PROFILE_HIGH", 0, "p256-by-rsa", "weak-algorithm" },
        { "medium, the CA is weaker", "NORMAL:%PROFILE_MEDIUM", 0, "p256-by-rsa", "none" },
        { "ultra", "NORMAL:%PROFILE_ULTRA", 0, "rsa", "weak-algorithm" },
        { "ultra, for P-256", "NORMAL:%PROFILE_ULTRA", 0, "p256", "weak-algorithm" },
        { "future", "NORMAL:%PROFILE_FUTURE", 0, "rsa", "weak-algorithm" },
        { "Suite B", "NORMAL:%PROFILE_SUITEB128", 0, "p256-by-rsa", "weak-algorithm" },
        { "of PFS", "PFS:%PROFILE_HIGH", 0, "rsa", "weak-algorithm" },
        { "SECURE192", "SECURE192", 0, "rsa", "weak-algorithm" },
    };
    (void)state;
    check_ways(rows, sizeof rows / sizeof rows[0]);
}

static void limits(void **state)
{
    static const struct setting rows[] = {
        { "4 of 4", "NORMAL", 4, "deep", "none" },
        { "4 of 3", "NORMAL", 3, "deep", "limit-exceeded" },
        { "4 of 2", "NORMAL", 2, "deep", "limit-exceeded" },
        { "4 of 1", "NORMAL", 1, "deep", "limit-exceeded" },
        { "2 of 1", "NORMAL", 1, "p256", "limit-exceeded" },
        { "1 of 1", "NORMAL", 1, "rsa", "none" },
    };
    (void)state;
    check_ways(rows, sizeof rows / sizeof rows[0]);
}

/* One trust of ours for credentials whose sessions demand different things: what was remembered
 * for one isn't good for the other. */
static void one_trust(void **state)
{
    static const struct setting lax = { "lax", "NORMAL", 0, "rsa", "none" };
    static const struct setting strict = { "strict", "NORMAL:%PROFILE_HIGH", 0, "rsa",
                                           "weak-algorithm" };
    static const struct setting deep = { "deep", "NORMAL", 0, "deep", "none" };
    static const struct setting limited = { "limited", "NORMAL", 0, "deep", "limit-exceeded" };
    gnutls_certificate_credentials_t one = cred_that_trusts(), other = cred_that_trusts();
    struct s2sv_trust *trust = trust_of_both();
    (void)state;
    gnutls_certificate_set_verify_limits(other, 8200, 3);
    assert_int_equal(s2sv_gnutls_install(one, enforce, trust), 0);
    assert_int_equal(s2sv_gnutls_install(other, enforce, trust), 0);
    for (int i = 0; i < 3; i++) {
        check(&lax, S2SV_INBOUND, "TLS1.3", one, 1);
        check(&strict, S2SV_INBOUND, "TLS1.3", other, 1);
        check(&deep, S2SV_INBOUND, "TLS1.3", one, 1);
        check(&limited, S2SV_INBOUND, "TLS1.3", other, 1);
    }
    s2sv_gnutls_uninstall(one);
    s2sv_gnutls_uninstall(other);
    gnutls_certificate_free_credentials(one);
    gnutls_certificate_free_credentials(other);
    s2sv_trust_unref(trust);
}

/* A certificate that is an anchor itself, where that isn't enough. */
static void same(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct s2sv_trust *trust = i & 1 ? trust_of("self") : NULL;
        gnutls_certificate_credentials_t cred = cred_new("p256");
        const struct setting row = { "same", "NORMAL", 0, "self",
                                     i & 2 ? "constraint-violated" : "none" };
        cred_trust(cred, "self");
        if (i & 2)
            gnutls_certificate_set_verify_flags(cred, GNUTLS_VERIFY_DO_NOT_ALLOW_SAME);
        assert_int_equal(s2sv_gnutls_install(cred, record, trust), 0);
        for (int again = 0; again < 3; again++)
            check(&row, i & 1 ? S2SV_INBOUND : S2SV_OUTBOUND, "TLS1.3", cred, 0);
        s2sv_gnutls_uninstall(cred);
        gnutls_certificate_free_credentials(cred);
        s2sv_trust_unref(trust);
    }
}

/* ---- the system's configuration -------------------------------------------------------------- */

static const char *const configurations[][2] = {
    { "[overrides]\nmin-verification-profile = high\n", "weak-algorithm" },
    { "[overrides]\ninsecure-sig-for-cert = rsa-sha256\n", "weak-algorithm" },
    { "[overrides]\ntls-disabled-cipher = 3des-cbc\n", "none" },
};
enum { CONFIGURATIONS = sizeof configurations / sizeof configurations[0] };

static const char *program, *expected;

static void under_configuration(void **state)
{
    const struct setting row = { "system's", "NORMAL", 0, "rsa", expected };
    (void)state;
    check_ways(&row, 1);
}

/* GnuTLS reads it once, when it is loaded. */
static void system_configuration(void **state)
{
    (void)state;
    for (int i = 0; i < CONFIGURATIONS; i++) {
        char path[] = "/tmp/gnutls-settings-XXXXXX", command[4096];
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        assert_true(write(fd, configurations[i][0], strlen(configurations[i][0])) > 0);
        close(fd);
        snprintf(command, sizeof command,
                 "GNUTLS_SYSTEM_PRIORITY_FILE=%s GNUTLS_SYSTEM_PRIORITY_FAIL_ON_INVALID=1 '%s' %s",
                 path, program, configurations[i][1]);
        int rc = system(command);
        unlink(path);
        assert_int_equal(rc, 0);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles),
        cmocka_unit_test(limits),
        cmocka_unit_test(one_trust),
        cmocka_unit_test(same),
        cmocka_unit_test(system_configuration),
    };
    const struct CMUnitTest inner[] = { cmocka_unit_test(under_configuration) };
    program = argv[0];
    expected = argc > 1 ? argv[1] : NULL;
    return expected ? cmocka_run_group_tests(inner, make, drop)
                    : cmocka_run_group_tests(tests, make, drop);
}
