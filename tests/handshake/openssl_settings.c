/* SPDX-License-Identifier: MIT
 * What the application set stays: no session from before, or from where less was asked, is resumed
 * where the policy enforces; LEAVE leaves; its flags about names hold. */
#include "openssl_tls.h"

#include <openssl/x509v3.h>

#include <string.h>

static const char *const specs[] = { "evil-root: ca subject=CN=evil-root",
                                     "evil: issuer=evil-root san=dns:peer.example",
                                     "star: issuer=int san=dns:*.example.org", NULL };

static struct pki *pki;
static struct s2sv_trust *trust;

static int make(void **state)
{
    (void)state;
    pki = tls_pki(specs);
    trust = tls_trust(pki, "root");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    s2sv_trust_unref(trust);
    pki_free(pki);
    return 0;
}

static int forgive(int ok, X509_STORE_CTX *ctx)
{
    (void)ok, (void)ctx;
    return 1;
}

/* A cache of one session that contexts share. */
static SSL_SESSION *cached;

static int put(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(cached);
    cached = session;
    return 1;
}

static SSL_SESSION *get(SSL *ssl, const unsigned char *id, int len, int *copy)
{
    unsigned have;
    const unsigned char *own = cached ? SSL_SESSION_get_id(cached, &have) : NULL;
    (void)ssl;
    *copy = 1;
    return own && have == (unsigned)len && memcmp(own, id, have) == 0 ? cached : NULL;
}

/* How the server was when the session was made. */
enum before { FORGIVING, LAX_POLICY, LAX_AND_ATTACH, OTHER_CONTEXT };

static struct s2sv_policy *lax(void)
{
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    assert_int_equal(s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_LEAVE), 0);
    return policy;
}

static SSL_CTX *server_new(int version, int has_tickets, int is_shared)
{
    SSL_CTX *ctx = tls_ctx(pki, "ours int", version);
    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"app", 3);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, forgive);
    if (!has_tickets)
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    if (is_shared) {
        SSL_CTX_sess_set_new_cb(ctx, put);
        SSL_CTX_sess_set_get_cb(ctx, get);
    }
    return ctx;
}

static int connect_once(SSL_CTX *server, SSL_CTX *client, SSL_SESSION **session,
                        struct s2sv_policy *attached)
{
    struct tls tls = tls_new(server, client);
    if (*session)
        assert_int_equal(SSL_set_session(tls.client, *session), 1);
    if (attached)
        assert_int_equal(s2sv_openssl_attach(tls.server, attached), 0);
    tls_connect(&tls);
    int went_on = tls.server_ok, resumed = SSL_session_reused(tls.server);
    if (*session) {
        assert_false(resumed && went_on);
        assert_false(s2sv_verdict_trusted(s2sv_openssl_verdict(tls.server)));
    } else {
        *session = SSL_get1_session(tls.client);
    }
    tls_close(&tls);
    tls_free(&tls);
    return went_on;
}

static void try(int version, int has_tickets, enum before before, enum s2sv_resumption resumption)
{
    struct s2sv_policy *enforce = tls_policy(S2SV_HANDSHAKE_ENFORCE), *record = lax();
    SSL_CTX *first = server_new(version, has_tickets, before == OTHER_CONTEXT), *second = first;
    SSL_CTX *client = tls_ctx(pki, "evil", version);
    SSL_SESSION *session = NULL;
    assert_int_equal(s2sv_policy_set_resumption(enforce, resumption), 0);
    if (before == LAX_POLICY || before == LAX_AND_ATTACH)
        assert_int_equal(s2sv_openssl_install(first, record, trust), 0);
    assert_int_equal(connect_once(first, client, &session, NULL), 1);
    if (before == OTHER_CONTEXT)
        second = server_new(version, has_tickets, 1);
    if (before != LAX_AND_ATTACH)
        assert_int_equal(s2sv_openssl_install(second, enforce, trust), 0);
    assert_int_equal(
        connect_once(second, client, &session, before == LAX_AND_ATTACH ? enforce : NULL), 0);
    if (second != first)
        SSL_CTX_free(second);
    SSL_CTX_free(first);
    SSL_CTX_free(client);
    SSL_SESSION_free(session);
    SSL_SESSION_free(cached);
    cached = NULL;
    s2sv_policy_unref(enforce);
    s2sv_policy_unref(record);
}

static void test_from_before(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (int tickets = 0; tickets <= 1; tickets++)
            for (int before = FORGIVING; before <= OTHER_CONTEXT; before++) {
                try(versions[i], tickets, (enum before)before, S2SV_RESUMPTION_OFF);
                if (before != LAX_AND_ATTACH) /* attach() refuses CARRY over LEAVE */
                    try(versions[i], tickets, (enum before)before, S2SV_RESUMPTION_CARRY);
            }
}

/* LEAVE takes nothing away that the application has set since. */
static void test_leave_leaves(void **state)
{
    struct s2sv_policy *require = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    struct s2sv_policy *leave = tls_policy(S2SV_HANDSHAKE_RECORD);
    const int both = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX *ctx = tls_ctx(pki, "ours int", 0);
    (void)state;
    assert_int_equal(s2sv_policy_set_request(leave, S2SV_REQUEST_LEAVE), 0);
    assert_int_equal(s2sv_openssl_install(ctx, require, trust), 0);
    SSL_CTX_set_verify(ctx, both, forgive);
    SSL *ssl = SSL_new(ctx);
    assert_int_equal(s2sv_openssl_attach(ssl, leave), 0);
    assert_int_equal(SSL_get_verify_mode(ssl), both);
    assert_int_equal(s2sv_openssl_install(ctx, leave, trust), 0);
    assert_int_equal(SSL_CTX_get_verify_mode(ctx), both);
    assert_ptr_equal(SSL_CTX_get_verify_callback(ctx), forgive);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    s2sv_policy_unref(require);
    s2sv_policy_unref(leave);
}

static void test_no_wildcards(void **state)
{
    struct s2sv_policy *record = tls_policy(S2SV_HANDSHAKE_RECORD);
    (void)state;
    for (int is_set = 0; is_set <= 1; is_set++) {
        SSL_CTX *server = tls_ctx(pki, "ours int", 0), *client = tls_ctx(pki, "star int", 0);
        if (is_set)
            X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(server),
                                            X509_CHECK_FLAG_NO_WILDCARDS);
        assert_int_equal(s2sv_openssl_install(server, record, trust), 0);
        struct tls tls = tls_new(server, client);
        tls_connect(&tls);
        const struct s2sv_verdict *verdict = s2sv_openssl_verdict(tls.server);
        assert_int_equal(s2sv_verdict_trusted(verdict), 1);
        assert_int_equal(s2sv_verdict_is_for(verdict, "a.example.org"), !is_set);
        tls_close(&tls);
        tls_free(&tls);
        SSL_CTX_free(server);
        SSL_CTX_free(client);
    }
    s2sv_policy_unref(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_before),
        cmocka_unit_test(test_leave_leaves),
        cmocka_unit_test(test_no_wildcards),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
