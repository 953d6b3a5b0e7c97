/* SPDX-License-Identifier: MIT
 * What install, attach, peer, verdict and verify promise, one promise per test. */
#include <s2sverify/backend.h>

#include "gnutls_pair.h"

enum { REFUSED = GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR };

static const char *const specs[][2] = {
    { "good", "issuer=int san=dns:a.example" },
    { "client", "issuer=int san=dns:a.example eku=clientAuth" },
    { "weak", "issuer=int san=dns:a.example key=rsa2048" },
    { "stranger", "issuer=elsewhere" },
    { "star", "issuer=int san=dns:*.example.org,ip:192.0.2.1" },
};

static struct s2sv_trust *root, *other_root;
static struct s2sv_policy *enforce, *record;

static int make(void **state)
{
    (void)state;
    make_cas();
    der_of("other-root", "ca key=p384 subject=CN=root");
    der_of("elsewhere", "ca subject=CN=elsewhere");
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        der_of(specs[i][0], specs[i][1]);
    root = trust_of("root");
    other_root = trust_of("other-root");
    enforce = policy_of(S2SV_HANDSHAKE_ENFORCE);
    record = policy_of(S2SV_HANDSHAKE_RECORD);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    s2sv_trust_unref(root);
    s2sv_trust_unref(other_root);
    s2sv_policy_unref(enforce);
    s2sv_policy_unref(record);
    forget_certificates();
    return 0;
}

static void cred_drop(gnutls_certificate_credentials_t cred)
{
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
}

/* Both directions and versions. */
static const struct way {
    enum s2sv_direction direction;
    const char *priority;
} ways[] = {
    { S2SV_OUTBOUND, TLS12 },
    { S2SV_OUTBOUND, TLS13 },
    { S2SV_INBOUND, TLS12 },
    { S2SV_INBOUND, TLS13 },
};
enum { WAYS = sizeof ways / sizeof ways[0] };

static void arguments(void **state)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct s2sv_backend another = *s2sv_gnutls_backend();
    struct s2sv_trust *foreign = s2sv_trust_new(&another);
    struct s2sv_verdict *verdict = NULL;
    struct pair pair;
    (void)state;
    pair_open(&pair, S2SV_INBOUND, TLS13, cred, NULL, 0);

    assert_int_equal(s2sv_gnutls_install(NULL, enforce, root), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_gnutls_install(cred, NULL, root), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_gnutls_install(cred, enforce, foreign), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_gnutls_attach(NULL, enforce), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), S2SV_ERR_INVALID); /* none installed */
    assert_int_equal(s2sv_gnutls_verify(NULL, enforce, &verdict), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_gnutls_verify(pair.ours, NULL, &verdict), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_gnutls_verify(pair.ours, enforce, NULL), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_gnutls_verify(pair.ours, enforce, &verdict), S2SV_ERR_INVALID);
    assert_null(s2sv_gnutls_peer(NULL));
    assert_null(s2sv_gnutls_verdict(NULL));
    assert_null(s2sv_gnutls_verdict(pair.ours));
    assert_true(s2sv_gnutls_verify_function(NULL) < 0);
    s2sv_gnutls_uninstall(NULL);
    s2sv_gnutls_uninstall(cred);

    pair_close(&pair);
    gnutls_certificate_free_credentials(cred);
    s2sv_trust_unref(foreign);
}

static void first_use_freezes(void **state)
{
    struct s2sv_policy *policy = policy_of(S2SV_HANDSHAKE_ENFORCE);
    gnutls_certificate_credentials_t cred = cred_new("good");
    (void)state;
    assert_int_equal(s2sv_gnutls_install(cred, policy, NULL), 0);
    assert_int_equal(s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_RECORD), S2SV_ERR_INVALID);
    cred_drop(cred);
    s2sv_policy_unref(policy);
}

/* Runs a handshake; what came of it. */
static void run(const struct way *way, gnutls_certificate_credentials_t cred, const char *leaf,
                struct s2sv_policy *attached, struct pair *pair)
{
    pair_open(pair, way->direction, way->priority, cred, leaf, 0);
    assert_int_equal(s2sv_gnutls_attach(pair->ours, attached), 0);
    pair_handshake(pair);
    assert_true(pair_shows(pair, leaf));
}

static void again_replaces(void **state)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct pair pair;
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        assert_int_equal(s2sv_gnutls_install(cred, enforce, root), 0);
        run(&ways[i], cred, "good", NULL, &pair);
        assert_int_equal(pair.result, 0);
        pair_close(&pair);
        assert_int_equal(s2sv_gnutls_install(cred, record, other_root), 0);
        run(&ways[i], cred, "good", NULL, &pair);
        assert_int_equal(pair.result, 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "untrusted");
        pair_close(&pair);
    }
    cred_drop(cred);
}

/* Then our function refuses: GnuTLS alone would let everybody pass. The application sets its own.
 */
static void uninstall(void **state)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct pair pair;
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        assert_int_equal(s2sv_gnutls_install(cred, enforce, root), 0);
        s2sv_gnutls_uninstall(cred);
        pair_open(&pair, ways[i].direction, ways[i].priority, cred, "good", 0);
        gnutls_certificate_server_set_request(pair.ours, GNUTLS_CERT_REQUEST);
        assert_int_equal(pair_handshake(&pair), REFUSED);
        assert_false(s2sv_verdict_trusted(s2sv_gnutls_verdict(pair.ours)));
        pair_close(&pair);
        gnutls_certificate_set_verify_function(cred, NULL);
        pair_open(&pair, ways[i].direction, ways[i].priority, cred, "good", 0);
        gnutls_certificate_server_set_request(pair.ours, GNUTLS_CERT_REQUEST);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_true(pair_shows(&pair, "good"));
        assert_null(s2sv_gnutls_verdict(pair.ours));
        pair_close(&pair);
    }
    gnutls_certificate_free_credentials(cred);
}

static void attach_beats_install(void **state)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct pair pair;
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        assert_int_equal(s2sv_gnutls_install(cred, enforce, root), 0);
        run(&ways[i], cred, "client", record, &pair);
        assert_int_equal(pair.result, 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "wrong-purpose");
        pair_close(&pair);
        assert_int_equal(s2sv_gnutls_install(cred, record, root), 0);
        run(&ways[i], cred, "client", enforce, &pair);
        assert_int_equal(pair.result, GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR);
        pair_close(&pair);
    }
    cred_drop(cred);
}

/* Without install: the application sets the function, and attaches. Without attach it refuses. */
static void own_function(void **state)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct pair pair;
    (void)state;
    cred_trust(cred, "root");
    gnutls_certificate_set_verify_function(cred, s2sv_gnutls_verify_function);
    for (size_t i = 0; i < WAYS; i++) {
        run(&ways[i], cred, "good", enforce, &pair);
        assert_int_equal(pair.result, 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "none");
        pair_close(&pair);
        pair_open(&pair, ways[i].direction, ways[i].priority, cred, "good", 0);
        gnutls_certificate_server_set_request(pair.ours, GNUTLS_CERT_REQUEST);
        assert_int_equal(pair_handshake(&pair), GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR);
        pair_close(&pair);
    }
    gnutls_certificate_free_credentials(cred);
}

/* Asked after a handshake that nobody verified. */
static void verify_later(void **state)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct s2sv_verdict *verdict;
    struct pair pair;
    (void)state;
    cred_trust(cred, "root");
    for (size_t i = 0; i < WAYS; i++) {
        pair_open(&pair, ways[i].direction, ways[i].priority, cred, "client", 0);
        gnutls_certificate_server_set_request(pair.ours, GNUTLS_CERT_REQUEST);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_int_equal(s2sv_gnutls_verify(pair.ours, enforce, &verdict), S2SV_DECIDED);
        assert_string_equal(why(verdict), "wrong-purpose");
        s2sv_verdict_unref(verdict);
        pair_close(&pair);
    }
    gnutls_certificate_free_credentials(cred);
}

/* The peer that we connected to has a name that we know; the one that connects will tell. */
static void expected_name(void **state)
{
    static const struct {
        const char *expected;
        int accepted;
    } names[] = { { "a.example", 1 }, { "b.example", 0 } };
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct pair pair;
    (void)state;
    assert_int_equal(s2sv_gnutls_install(cred, enforce, root), 0);
    for (size_t i = 0; i < 2 * WAYS; i++) {
        const struct way *way = &ways[i / 2];
        pair_open(&pair, way->direction, way->priority, cred, "good", 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(s2sv_peer_expect(s2sv_gnutls_peer(pair.ours), names[i % 2].expected), 0);
        int goes_on = names[i % 2].accepted || way->direction == S2SV_INBOUND;
        assert_int_equal(pair_handshake(&pair),
                         goes_on ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR);
        assert_true(pair_shows(&pair, "good"));
        assert_int_equal(s2sv_verdict_accepted(s2sv_gnutls_verdict(pair.ours)),
                         names[i % 2].accepted);
        pair_close(&pair);
    }
    cred_drop(cred);
}

#define MISSING GNUTLS_E_NO_CERTIFICATE_FOUND, GNUTLS_E_CERTIFICATE_REQUIRED

/* A peer with no certificate, by what is asked of it. */
static void no_certificate(void **state)
{
    static const struct {
        enum s2sv_handshake handshake;
        enum s2sv_request request;
        int results[2], asked; /* by 1.2 and 1.3; GnuTLS itself ends it if one is required */
    } rows[] = {
        { S2SV_HANDSHAKE_ENFORCE, S2SV_REQUEST_REQUIRE, { MISSING }, 1 },
        { S2SV_HANDSHAKE_ENFORCE, S2SV_REQUEST_ASK, { 0, 0 }, 1 },
        { S2SV_HANDSHAKE_RECORD, S2SV_REQUEST_REQUIRE, { MISSING }, 1 },
        { S2SV_HANDSHAKE_RECORD, S2SV_REQUEST_ASK, { 0, 0 }, 1 },
        { S2SV_HANDSHAKE_RECORD, S2SV_REQUEST_LEAVE, { 0, 0 }, 0 },
    };
    gnutls_certificate_credentials_t cred = cred_new("good");
    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        struct s2sv_policy *policy = policy_of(rows[i / 2].handshake);
        struct pair pair;
        assert_int_equal(s2sv_policy_set_request(policy, rows[i / 2].request), 0);
        assert_int_equal(s2sv_gnutls_install(cred, policy, root), 0);
        pair_open(&pair, S2SV_INBOUND, i % 2 ? TLS13 : TLS12, cred, NULL, 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), rows[i / 2].results[i % 2]);
        assert_int_equal(gnutls_certificate_client_get_request_status(pair.peers) != 0,
                         rows[i / 2].asked);
        assert_true(pair_shows(&pair, NULL));
        assert_false(s2sv_verdict_trusted(s2sv_gnutls_verdict(pair.ours)));
        if (rows[i / 2].request != S2SV_REQUEST_REQUIRE) /* then nobody was asked to verify */
            assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "no-certificate");
        pair_close(&pair);
        s2sv_policy_unref(policy);
    }
    cred_drop(cred);
}

/* A raw public key is no certificate. */
static void raw_public_key(void **state)
{
    static const char priority[] = TLS13 ":-CTYPE-ALL:+CTYPE-RAWPK";
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct pair pair;
    (void)state;
    cred_raw_key(cred, "good");
    assert_int_equal(s2sv_gnutls_install(cred, record, root), 0);
    for (size_t i = 0; i < 2; i++) {
        pair_open(&pair, i ? S2SV_INBOUND : S2SV_OUTBOUND, priority, cred, NULL,
                  GNUTLS_ENABLE_RAWPK);
        cred_raw_key(pair.peers_cred, "good");
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_int_equal(gnutls_certificate_type_get2(pair.ours, GNUTLS_CTYPE_PEERS),
                         GNUTLS_CRT_RAWPK);
        assert_non_null(gnutls_certificate_get_peers(pair.ours, NULL));
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "no-certificate");
        pair_close(&pair);
    }
    cred_drop(cred);
}

/* ---- what the application set stays ---- */

static void check_application(void (*fill)(gnutls_certificate_credentials_t), const char *leaf,
                              const char *reason)
{
    for (size_t i = 0; i < WAYS; i++) {
        gnutls_certificate_credentials_t cred = cred_new("good");
        struct pair pair;
        assert_int_equal(s2sv_gnutls_install(cred, record, NULL), 0);
        fill(cred); /* later than install: read when used */
        run(&ways[i], cred, leaf, NULL, &pair);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), reason);
        pair_close(&pair);
        cred_drop(cred);
    }
}

static void add_root(gnutls_certificate_credentials_t cred)
{
    cred_trust(cred, "root");
}

static void add_intermediate(gnutls_certificate_credentials_t cred)
{
    cred_trust(cred, "int");
}

static void add_nothing(gnutls_certificate_credentials_t cred)
{
    (void)cred;
}

static void add_crl(gnutls_certificate_credentials_t cred)
{
    gnutls_datum_t crl = crl_of("crl", "issuer=int revoked=good");
    cred_trust(cred, "root");
    assert_int_equal(gnutls_certificate_set_x509_crl_mem(cred, &crl, GNUTLS_X509_FMT_DER), 1);
}

static void add_profile(gnutls_certificate_credentials_t cred)
{
    cred_trust(cred, "root");
    gnutls_certificate_set_verify_flags(cred, GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_HIGH));
}

/* Flags that would let more in than our own check does. */
static void add_weakness(gnutls_certificate_credentials_t cred)
{
    cred_trust(cred, "int");
    gnutls_certificate_set_verify_flags(cred, GNUTLS_VERIFY_ALLOW_BROKEN |
                                                  GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
                                                  GNUTLS_VERIFY_DISABLE_CA_SIGN);
}

static void application_stays(void **state)
{
    (void)state;
    check_application(add_root, "good", "none");
    check_application(add_intermediate, "good", "none");
    check_application(add_nothing, "good", "untrusted");
    check_application(add_root, "stranger", "untrusted");
    check_application(add_crl, "good", "revoked");
    check_application(add_crl, "weak", "none");
    check_application(add_profile, "weak", "weak-algorithm");
    check_application(add_profile, "good", "none");
    check_application(add_weakness, "client", "wrong-purpose");
}

static int answer, answers;

static int application_function(gnutls_session_t session)
{
    (void)session;
    answers++;
    return answer;
}

/* CALLBACK: the application's function stays, and decides about the handshake only. */
static void callback_decides(void **state)
{
    static const struct {
        const char *leaf, *reason;
        int answer;
    } rows[] = { { "good", "none", 0 }, { "client", "wrong-purpose", 0 }, { "good", "", -1 } };
    struct s2sv_policy *policy = policy_of(S2SV_HANDSHAKE_CALLBACK);
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct pair pair;
    (void)state;
    gnutls_certificate_set_verify_function(cred, application_function);
    assert_int_equal(s2sv_gnutls_install(cred, policy, root), 0);
    for (size_t i = 0; i < WAYS * (sizeof rows / sizeof rows[0]); i++) {
        size_t row = i / WAYS;
        answer = rows[row].answer;
        answers = 0;
        run(&ways[i % WAYS], cred, rows[row].leaf, NULL, &pair);
        assert_int_equal(answers, 1);
        assert_int_equal(pair.result < 0, rows[row].answer < 0);
        if (answer == 0)
            assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), rows[row].reason);
        else
            assert_null(s2sv_gnutls_verdict(pair.ours));
        pair_close(&pair);
    }
    s2sv_gnutls_uninstall(cred);
    answers = answer = 0;
    pair_open(&pair, S2SV_OUTBOUND, TLS13, cred, "good", 0);
    assert_int_equal(pair_handshake(&pair), 0);
    assert_int_equal(answers, 1); /* it is still there */
    pair_close(&pair);
    gnutls_certificate_free_credentials(cred);
    s2sv_policy_unref(policy);
}

/* ---- attach() enforces by itself, whatever becomes of the credentials ------------------------ */

static int refuses_nobody(gnutls_session_t session)
{
    (void)session;
    return 0;
}

static gnutls_certificate_credentials_t others; /* what the application changes to */

/* As applications change to another host's: in the client hello's hook. */
static int change(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                  const gnutls_datum_t *message)
{
    (void)type, (void)when, (void)incoming, (void)message;
    return gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, others);
}

enum below { NOT_INSTALLED, CALLBACK, CHANGED_BEFORE, CHANGED_BETWEEN, UNINSTALLED };

static void attach_over(const struct way *way, enum below below, const char *leaf, int result)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct s2sv_policy *callback = policy_of(S2SV_HANDSHAKE_CALLBACK);
    struct pair pair;
    others = cred_new("good");
    cred_trust(cred, "root");
    cred_trust(others, "root");
    gnutls_certificate_set_verify_function(cred, refuses_nobody);
    if (below == CALLBACK)
        assert_int_equal(s2sv_gnutls_install(cred, callback, NULL), 0);
    else if (below != NOT_INSTALLED)
        assert_int_equal(s2sv_gnutls_install(cred, enforce, NULL), 0);
    pair_open(&pair, way->direction, way->priority, cred, leaf, 0);
    assert_int_equal(s2sv_gnutls_attach(pair.ours, enforce), 0);
    if (below == CHANGED_BEFORE)
        gnutls_credentials_set(pair.ours, GNUTLS_CRD_CERTIFICATE, others);
    if (below == CHANGED_BETWEEN)
        gnutls_handshake_set_hook_function(pair.ours, GNUTLS_HANDSHAKE_CLIENT_HELLO,
                                           GNUTLS_HOOK_POST, change);
    if (below == UNINSTALLED)
        s2sv_gnutls_uninstall(cred);
    pair_handshake(&pair);
    assert_int_equal(pair.result, result);
    if (result == 0)
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "none");
    else
        assert_false(s2sv_verdict_trusted(s2sv_gnutls_verdict(pair.ours)));
    pair_close(&pair);
    cred_drop(cred);
    gnutls_certificate_free_credentials(others);
    s2sv_policy_unref(callback);
}

static void attach_enforces(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++)
        for (int below = NOT_INSTALLED; below <= UNINSTALLED; below++) {
            attach_over(&ways[i], (enum below)below, "good", 0);
            attach_over(&ways[i], (enum below)below, "client", REFUSED);
            attach_over(&ways[i], (enum below)below, "stranger", REFUSED);
        }
}

/* Back to CALLBACK: the application's function decides again. */
static void attach_gives_back(void **state)
{
    struct s2sv_policy *callback = policy_of(S2SV_HANDSHAKE_CALLBACK);
    gnutls_certificate_credentials_t cred = cred_new("good");
    (void)state;
    cred_trust(cred, "root");
    gnutls_certificate_set_verify_function(cred, refuses_nobody);
    assert_int_equal(s2sv_gnutls_install(cred, callback, NULL), 0);
    for (size_t i = 0; i < WAYS; i++) {
        struct pair pair;
        pair_open(&pair, ways[i].direction, ways[i].priority, cred, "client", 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, enforce), 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, callback), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "wrong-purpose");
        pair_close(&pair);
    }
    cred_drop(cred);
    s2sv_policy_unref(callback);
}

/* What the application set about names holds for ours. */
static void name_flags(void **state)
{
    static const struct {
        unsigned flags;
        const char *name, *reason;
    } rows[] = {
        { 0, "a.example.org", "none" },
        { 0, "192.0.2.1", "none" },
        { GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS, "a.example.org", "name-mismatch" },
        { GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS, "192.0.2.1", "none" },
        { GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES, "192.0.2.1", "name-mismatch" },
        { GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES, "a.example.org", "none" },
    };
    (void)state;
    for (size_t i = 0; i < WAYS * sizeof rows / sizeof rows[0]; i++) {
        gnutls_certificate_credentials_t cred = cred_new("good");
        struct pair pair;
        gnutls_certificate_set_verify_flags(cred, rows[i / WAYS].flags);
        assert_int_equal(s2sv_gnutls_install(cred, record, root), 0);
        pair_open(&pair, ways[i % WAYS].direction, ways[i % WAYS].priority, cred, "star", 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(s2sv_peer_expect(s2sv_gnutls_peer(pair.ours), rows[i / WAYS].name), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), rows[i / WAYS].reason);
        pair_close(&pair);
        cred_drop(cred);
    }
}

/* Misuse: nothing came yet. */
static void asked_too_early(void **state)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        struct pair pair;
        pair_open(&pair, ways[i].direction, ways[i].priority, cred, "good", 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, enforce), 0);
        assert_int_equal(s2sv_gnutls_verify_function(pair.ours), REFUSED);
        pair_close(&pair);
    }
    gnutls_certificate_free_credentials(cred);
}

/* T-2: what the application removed from its trust list is on no path, also if it never was an
 * anchor. The root that is removed is none any more, and GnuTLS doesn't tell why. */
static const struct {
    const char *removed, *reason;
} distrusted[] = {
    { "int", "revoked" },
    { "good", "revoked" },
    { "stranger", "none" },
    { "root", "untrusted" },
};

static void remove_from(gnutls_certificate_credentials_t cred, const char *name)
{
    gnutls_datum_t der = der_of(name, NULL);
    gnutls_x509_trust_list_t list;
    gnutls_x509_crt_t crt;
    assert_int_equal(gnutls_x509_crt_init(&crt), 0);
    assert_int_equal(gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER), 0);
    gnutls_certificate_get_trust_list(cred, &list);
    assert_true(gnutls_x509_trust_list_remove_cas(list, &crt, 1) >= 0);
    gnutls_x509_crt_deinit(crt);
}

static void distrust_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        for (size_t k = 0; k < sizeof distrusted / sizeof distrusted[0]; k++) {
            gnutls_certificate_credentials_t cred = cred_new("good");
            struct pair pair;
            cred_trust(cred, "root");
            remove_from(cred, distrusted[k].removed);
            assert_int_equal(s2sv_gnutls_install(cred, record, NULL), 0);
            run(&ways[i], cred, "good", NULL, &pair);
            assert_int_equal(pair.result, 0);
            assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), distrusted[k].reason);
            pair_close(&pair);
            cred_drop(cred);
        }
    }
}

/* The trust's own distrust, with the same answers on the wire. */
static void trust_distrusts(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        gnutls_certificate_credentials_t cred = cred_new("good");
        struct s2sv_trust *trust = trust_of("root");
        gnutls_datum_t der = der_of("int", NULL);
        struct pair pair;
        assert_int_equal(s2sv_gnutls_install(cred, enforce, trust), 0);
        run(&ways[i], cred, "good", NULL, &pair);
        assert_int_equal(pair.result, 0);
        pair_close(&pair);
        assert_int_equal(s2sv_trust_distrust_der(trust, der.data, der.size), 0);
        run(&ways[i], cred, "good", NULL, &pair);
        assert_int_equal(pair.result, REFUSED);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "revoked");
        pair_close(&pair);
        cred_drop(cred);
        s2sv_trust_unref(trust);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments),
        cmocka_unit_test(first_use_freezes),
        cmocka_unit_test(again_replaces),
        cmocka_unit_test(uninstall),
        cmocka_unit_test(attach_beats_install),
        cmocka_unit_test(own_function),
        cmocka_unit_test(distrust_holds),
        cmocka_unit_test(trust_distrusts),
        cmocka_unit_test(attach_enforces),
        cmocka_unit_test(attach_gives_back),
        cmocka_unit_test(name_flags),
        cmocka_unit_test(asked_too_early),
        cmocka_unit_test(verify_later),
        cmocka_unit_test(expected_name),
        cmocka_unit_test(no_certificate),
        cmocka_unit_test(raw_public_key),
        cmocka_unit_test(application_stays),
        cmocka_unit_test(callback_decides),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
