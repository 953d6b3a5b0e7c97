/* SPDX-License-Identifier: MIT */
/* Live sessions: who is accepted, what the verdict says, what the handshake does. */
#include <stdio.h>
#include <string.h>

#include <s2sverify/backend.h>

#include "openssl_tls.h"

enum { OUT, IN };

/* One leaf per row, below an intermediate that is serverAuth only; the same answer both ways. */
static const struct row {
    const char *leaf, *spec, *reason;
    int code;
} rows[] = {
    { "server", "eku=serverAuth", "none", X509_V_OK },                           /* P-3 */
    { "client", "eku=clientAuth", "wrong-purpose", X509_V_ERR_INVALID_PURPOSE }, /* P-5 */
    { "both", "eku=serverAuth,clientAuth", "none", X509_V_OK },                  /* P-6 */
    { "code", "eku=codeSigning", "wrong-purpose", X509_V_ERR_INVALID_PURPOSE },  /* P-10 */
    { "none", "eku=absent", "none", X509_V_OK },                                 /* P-1 */
    { "old", "not-before=-9d not-after=-1d", "expired", X509_V_ERR_CERT_HAS_EXPIRED },
    { "new", "not-before=+1d", "not-yet-valid", X509_V_ERR_CERT_NOT_YET_VALID },
    { "forged", "mutate=flip-signature", "bad-signature", X509_V_ERR_CERT_SIGNATURE_FAILURE },
    { "isca", "bc=ca", "constraint-violated", X509_V_ERR_APPLICATION_VERIFICATION },
};
enum { ROWS = sizeof rows / sizeof *rows };

struct world {
    struct pki *pki;
    struct s2sv_trust *trust;
};

static int make_world(void **state)
{
    static struct world world;
    const char *specs[ROWS + 3] = { "alone: san=dns:peer.example", "stranger: ca" };
    static char lines[ROWS][120];
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(lines[i], sizeof lines[i], "%s: issuer=int san=dns:peer.example %s", rows[i].leaf,
                 rows[i].spec);
        specs[i + 2] = lines[i];
    }
    world.pki = tls_pki(specs);
    world.trust = tls_trust(world.pki, "root");
    *state = &world;
    return 0;
}

static int free_world(void **state)
{
    struct world *world = *state;
    s2sv_trust_unref(world->trust);
    pki_free(world->pki);
    return 0;
}

/* One connection between a stock peer and us. */
struct session {
    struct tls tls;
    SSL_CTX *us, *peer;
    SSL *ours;
    int peer_ok, ours_ok;
};

static struct session session_new(struct world *world, int direction, int version,
                                  const char *chain, struct s2sv_policy *policy,
                                  struct s2sv_trust *trust)
{
    struct session s = { .us = tls_ctx(world->pki, "ours", version),
                         .peer = tls_ctx(world->pki, chain, version) };
    assert_int_equal(s2sv_openssl_install(s.us, policy, trust), 0);
    s.tls = direction == IN ? tls_new(s.us, s.peer) : tls_new(s.peer, s.us);
    s.ours = direction == IN ? s.tls.server : s.tls.client;
    return s;
}

static void session_run(struct session *s)
{
    tls_connect(&s->tls);
    s->ours_ok = s->ours == s->tls.server ? s->tls.server_ok : s->tls.client_ok;
    s->peer_ok = s->ours == s->tls.server ? s->tls.client_ok : s->tls.server_ok;
}

static void session_free(struct session *s)
{
    tls_free(&s->tls);
    SSL_CTX_free(s->us);
    SSL_CTX_free(s->peer);
}

/* The judged path: libssl's own certificates, and an anchor that is read once. */
static void check_chain(SSL *ssl, const struct s2sv_verdict *verdict)
{
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    X509 *leaf = tls_leaf(ssl);
    const void *der;
    size_t len;
    assert_int_equal(sk_X509_num(chain), 3);
    assert_ptr_equal(sk_X509_value(chain, 0), leaf);
    assert_ptr_equal(sk_X509_value(chain, 2), s2sv_verdict_native(verdict, 2));
    for (int i = 0; i < 3; i++) {
        unsigned char *octets = NULL;
        int size = i2d_X509(sk_X509_value(chain, i), &octets);
        assert_int_equal(s2sv_verdict_certificate(verdict, i, &der, &len), 0);
        assert_int_equal(size, len);
        assert_memory_equal(octets, der, len);
        OPENSSL_free(octets);
    }
    X509_free(leaf);
}

static void check_recorded(struct world *world, int direction, int version, const struct row *row)
{
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    char chain[40];
    struct session s;
    int good = row->code == X509_V_OK;
    snprintf(chain, sizeof chain, "%s int", row->leaf);
    s = session_new(world, direction, version, chain, policy, world->trust);
    s2sv_policy_unref(policy);
    session_run(&s);
    assert_true(s.ours_ok && s.peer_ok);
    assert_int_equal(SSL_version(s.ours), version);
    assert_true(tls_presented(s.ours, world->pki, row->leaf));
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(s.ours);
    assert_string_equal(tls_reason(verdict), row->reason);
    assert_int_equal(s2sv_verdict_trusted(verdict), good);
    assert_int_equal(s2sv_verdict_is_for(verdict, "peer.example"), good);
    assert_int_equal(s2sv_verdict_is_for(verdict, "other.example"), 0);
    assert_int_equal(SSL_get_verify_result(s.ours), row->code);
    if (good)
        check_chain(s.ours, verdict);
    else
        assert_null(SSL_get0_verified_chain(s.ours));
    session_free(&s);
}

static void check_enforced(struct world *world, int direction, int version, const struct row *row)
{
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    char chain[40];
    struct session s;
    snprintf(chain, sizeof chain, "%s int", row->leaf);
    s = session_new(world, direction, version, chain, policy, world->trust);
    s2sv_policy_unref(policy);
    session_run(&s);
    assert_int_equal(s.ours_ok, row->code == X509_V_OK);
    assert_int_equal(s.peer_ok, row->code == X509_V_OK);
    assert_int_equal(SSL_get_verify_result(s.ours), row->code);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(s.ours)), row->reason);
    session_free(&s);
}

static void test_matrix(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    for (size_t i = 0; i < ROWS * 4; i++) {
        const struct row *row = &rows[i / 4];
        int direction = (int)(i & 1), version = versions[i / 2 & 1];
        print_message("%s, %s, %s\n", row->leaf, direction == IN ? "in" : "out",
                      version == TLS1_2_VERSION ? "1.2" : "1.3");
        check_recorded(*state, direction, version, row);
        check_enforced(*state, direction, version, row);
    }
}

/* What an SSL_CTX_set_verify() of the application and a request make of "no certificate". */
static void check_absent(struct world *world, enum s2sv_handshake handshake,
                         enum s2sv_request request, int version, int goes_on)
{
    struct s2sv_policy *policy = tls_policy(handshake);
    struct s2sv_verdict *asked = NULL;
    assert_int_equal(s2sv_policy_set_request(policy, request), 0);
    struct session s = session_new(world, IN, version, NULL, policy, world->trust);
    assert_null(s2sv_openssl_verdict(s.ours)); /* it isn't absent yet */
    session_run(&s);
    assert_int_equal(s.ours_ok, goes_on);
    assert_int_equal(s.peer_ok, goes_on);
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(s.ours);
    assert_string_equal(tls_reason(verdict), "no-certificate");
    assert_ptr_equal(verdict, s2sv_openssl_verdict(s.ours));
    if (goes_on) {
        assert_int_equal(s2sv_openssl_verify(s.ours, policy, &asked), 0);
        assert_string_equal(tls_reason(asked), "no-certificate");
    }
    s2sv_verdict_unref(asked);
    s2sv_policy_unref(policy);
    session_free(&s);
}

static void test_no_certificate(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    for (size_t i = 0; i < 2; i++) {
        check_absent(*state, S2SV_HANDSHAKE_ENFORCE, S2SV_REQUEST_REQUIRE, versions[i], 0);
        check_absent(*state, S2SV_HANDSHAKE_ENFORCE, S2SV_REQUEST_ASK, versions[i], 1);
        check_absent(*state, S2SV_HANDSHAKE_RECORD, S2SV_REQUEST_ASK, versions[i], 1);
        check_absent(*state, S2SV_HANDSHAKE_RECORD, S2SV_REQUEST_LEAVE, versions[i], 1);
        check_absent(*state, S2SV_HANDSHAKE_RECORD, S2SV_REQUEST_REQUIRE, versions[i], 0);
    }
}

/* A wrong name ends an outbound handshake only; what it was remains to be read. */
static void check_name(struct world *world, int direction, const char *name, int goes_on)
{
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    struct session s =
        session_new(world, direction, TLS1_3_VERSION, "server int", policy, world->trust);
    int good = strcmp(name, "peer.example") == 0;
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(s.ours), name), 0);
    session_run(&s);
    assert_int_equal(s.ours_ok, goes_on);
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(s.ours);
    assert_string_equal(tls_reason(verdict), good ? "none" : "name-mismatch");
    assert_int_equal(s2sv_verdict_accepted(verdict), good);
    assert_int_equal(SSL_get_verify_result(s.ours),
                     good ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH);
    s2sv_policy_unref(policy);
    session_free(&s);
}

static void test_expected_name(void **state)
{
    check_name(*state, OUT, "peer.example", 1);
    check_name(*state, OUT, "other.example", 0);
    check_name(*state, IN, "peer.example", 1);
    check_name(*state, IN, "other.example", 1);
}

static void test_untrusted(void **state)
{
    static const struct {
        const char *chain, *reason;
        int code;
    } cases[] = {
        { "alone", "self-signed", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
        { "server", "untrusted", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
        { "server stranger", "untrusted", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
    };
    struct world *world = *state;
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct session s =
            session_new(world, IN, TLS1_3_VERSION, cases[i].chain, policy, world->trust);
        session_run(&s);
        assert_string_equal(tls_reason(s2sv_openssl_verdict(s.ours)), cases[i].reason);
        assert_int_equal(SSL_get_verify_result(s.ours), cases[i].code);
        session_free(&s);
    }
    s2sv_policy_unref(policy);
}

/* Ask again, by another policy and for another direction's rule; and before the handshake. */
static void test_verify(void **state)
{
    struct world *world = *state;
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    struct s2sv_policy *role = tls_policy(S2SV_HANDSHAKE_RECORD);
    struct session s = session_new(world, IN, TLS1_3_VERSION, "server int", policy, world->trust);
    struct s2sv_verdict *verdict = NULL;
    assert_int_equal(s2sv_policy_set_purpose(role, S2SV_PURPOSE_TLS_ROLE), 0);
    assert_int_equal(s2sv_openssl_verify(s.ours, policy, &verdict), S2SV_ERR_INVALID);
    session_run(&s);
    assert_int_equal(s2sv_openssl_verify(s.ours, policy, &verdict), 0);
    assert_int_equal(s2sv_verdict_trusted(verdict), 1);
    s2sv_verdict_unref(verdict);
    assert_int_equal(s2sv_openssl_verify(s.ours, role, &verdict), 0);
    assert_string_equal(tls_reason(verdict), "wrong-purpose");
    s2sv_verdict_unref(verdict);
    SSL_set_security_level(s.ours, 5); /* the application's own demands hold here too */
    assert_int_equal(s2sv_openssl_verify(s.ours, policy, &verdict), 0);
    assert_string_equal(tls_reason(verdict), "weak-algorithm");
    s2sv_verdict_unref(verdict);
    verdict = NULL;
    assert_int_equal(s2sv_openssl_verify(NULL, policy, &verdict), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_openssl_verify(s.ours, NULL, &verdict), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_openssl_verify(s.ours, policy, NULL), S2SV_ERR_INVALID);
    assert_null(verdict);
    session_free(&s);
    s2sv_policy_unref(policy);
    s2sv_policy_unref(role);
}

/* The peer may be asked for before the SSL knows its side: an SSL of TLS_method() begins as a
 * server's. */
static void test_late_direction(void **state)
{
    struct world *world = *state;
    struct s2sv_policy *role = tls_policy(S2SV_HANDSHAKE_RECORD);
    assert_int_equal(s2sv_policy_set_purpose(role, S2SV_PURPOSE_TLS_ROLE), 0);
    struct session s = session_new(world, OUT, TLS1_3_VERSION, "server int", role, world->trust);
    SSL_set_accept_state(s.ours);
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(s.ours), "peer.example"), 0);
    SSL_set_connect_state(s.ours);
    session_run(&s);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(s.ours)), "none");
    session_free(&s);
    s2sv_policy_unref(role);
}

/* An attached policy beats the context's, also in what is asked for. */
static void check_attached(struct world *world, enum s2sv_handshake installed,
                           enum s2sv_handshake attached, const char *chain, int goes_on)
{
    struct s2sv_policy *policy = tls_policy(installed), *other = tls_policy(attached);
    struct session s = session_new(world, IN, TLS1_3_VERSION, chain, policy, world->trust);
    assert_int_equal(s2sv_openssl_attach(s.ours, other), 0);
    assert_int_equal(s2sv_policy_require_eku(other, 1), S2SV_ERR_INVALID); /* frozen */
    s2sv_policy_unref(policy);
    s2sv_policy_unref(other);
    session_run(&s);
    assert_int_equal(s.ours_ok, goes_on);
    session_free(&s);
}

static void test_attach(void **state)
{
    const enum s2sv_handshake enforce = S2SV_HANDSHAKE_ENFORCE, record = S2SV_HANDSHAKE_RECORD;
    struct world *world = *state;
    SSL_CTX *ctx = tls_ctx(world->pki, NULL, 0);
    SSL *ssl = SSL_new(ctx);
    struct s2sv_policy *policy = tls_policy(record);
    check_attached(world, enforce, record, "client int", 1);
    check_attached(world, enforce, record, NULL, 1);
    check_attached(world, record, enforce, "client int", 0);
    check_attached(world, record, enforce, NULL, 0);
    assert_int_equal(s2sv_openssl_attach(ssl, policy), S2SV_ERR_INVALID); /* no install() */
    assert_int_equal(s2sv_openssl_attach(NULL, policy), S2SV_ERR_INVALID);
    s2sv_policy_unref(policy);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

/* NULL takes an attached policy back, with what it asked for. */
static void test_detach(void **state)
{
    struct world *world = *state;
    SSL_CTX *ctx = tls_ctx(world->pki, NULL, 0);
    struct s2sv_policy *record = tls_policy(S2SV_HANDSHAKE_RECORD);
    struct s2sv_policy *enforce = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    assert_int_equal(s2sv_openssl_install(ctx, record, NULL), 0);
    SSL *ssl = SSL_new(ctx);
    assert_int_equal(SSL_get_verify_mode(ssl), SSL_VERIFY_PEER);
    assert_int_equal(s2sv_openssl_attach(ssl, enforce), 0);
    assert_int_equal(SSL_get_verify_mode(ssl), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    assert_int_equal(s2sv_openssl_attach(ssl, NULL), 0);
    assert_int_equal(SSL_get_verify_mode(ssl), SSL_VERIFY_PEER);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    s2sv_policy_unref(record);
    s2sv_policy_unref(enforce);
}

static void test_install_refuses(void **state)
{
    struct world *world = *state;
    SSL_CTX *ctx = tls_ctx(world->pki, NULL, 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    struct s2sv_backend other = *s2sv_openssl_backend();
    struct s2sv_trust *alien = s2sv_trust_new(&other);
    assert_int_equal(s2sv_openssl_install(NULL, policy, NULL), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_openssl_install(ctx, NULL, NULL), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_openssl_install(ctx, policy, alien), S2SV_ERR_INVALID);
    assert_int_equal(SSL_CTX_get_verify_mode(ctx), SSL_VERIFY_NONE);
    assert_null(s2sv_openssl_peer(NULL));
    assert_null(s2sv_openssl_verdict(NULL));
    s2sv_policy_unref(policy);
    s2sv_trust_unref(alien);
    SSL_CTX_free(ctx);
}

static int refuse(int ok, X509_STORE_CTX *ctx)
{
    (void)ok, (void)ctx;
    return 0;
}

/* Installing again replaces; the bits that the application set itself stay. */
static void test_install_again(void **state)
{
    struct world *world = *state;
    SSL_CTX *ctx = tls_ctx(world->pki, NULL, 0);
    struct s2sv_policy *enforce = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    struct s2sv_policy *record = tls_policy(S2SV_HANDSHAKE_RECORD);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_CLIENT_ONCE, refuse);
    assert_int_equal(s2sv_openssl_install(ctx, enforce, NULL), 0);
    assert_int_equal(SSL_CTX_get_verify_mode(ctx),
                     SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    assert_int_equal(s2sv_openssl_install(ctx, record, world->trust), 0);
    assert_int_equal(SSL_CTX_get_verify_mode(ctx), SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE);
    assert_true(SSL_CTX_get_verify_callback(ctx) == refuse);
    assert_int_equal(s2sv_policy_require_eku(record, 1), S2SV_ERR_INVALID); /* frozen */
    assert_int_equal(SSL_CTX_get_session_cache_mode(ctx),
                     SSL_SESS_CACHE_OFF | SSL_SESS_CACHE_NO_INTERNAL);
    assert_int_equal(SSL_CTX_get_num_tickets(ctx), 0);
    assert_true(SSL_CTX_get_options(ctx) & SSL_OP_NO_TICKET);
    s2sv_policy_unref(enforce);
    s2sv_policy_unref(record);
    SSL_CTX_free(ctx);
}

/* For those who set the callback themselves. */
static void test_verify_callback(void **state)
{
    struct world *world = *state;
    SSL_CTX *us = tls_ctx(world->pki, "ours", 0), *peer = tls_ctx(world->pki, "server int", 0);
    SSL_CTX *bad = tls_ctx(world->pki, "client int", 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    X509 *root = tls_x509(world->pki, "root");
    struct s2sv_verdict *verdict = NULL;
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(us), root), 1);
    SSL_CTX_set_verify(us, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(us, s2sv_openssl_verify_callback, policy);
    struct tls tls = tls_new(us, peer);
    tls_connect(&tls);
    assert_true(tls.server_ok && tls.client_ok);
    assert_int_equal(s2sv_verdict_trusted(s2sv_openssl_verdict(tls.server)), 1);
    assert_int_equal(s2sv_openssl_verify(tls.server, policy, &verdict), 0);
    assert_int_equal(s2sv_verdict_trusted(verdict), 1);
    s2sv_verdict_unref(verdict);
    tls_free(&tls);
    tls = tls_new(us, bad);
    tls_connect(&tls);
    assert_false(tls.server_ok || tls.client_ok);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), "wrong-purpose");
    tls_free(&tls);
    X509_free(root);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
    SSL_CTX_free(bad);
    s2sv_policy_unref(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrix),          cmocka_unit_test(test_no_certificate),
        cmocka_unit_test(test_expected_name),   cmocka_unit_test(test_untrusted),
        cmocka_unit_test(test_verify),          cmocka_unit_test(test_late_direction),
        cmocka_unit_test(test_attach),          cmocka_unit_test(test_detach),
        cmocka_unit_test(test_install_refuses), cmocka_unit_test(test_install_again),
        cmocka_unit_test(test_verify_callback),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
