/* SPDX-License-Identifier: MIT
 * SSL_set_SSL_CTX() in a servername or client hello callback: the policy of the context that is
 * reached holds, with what it demands, and no session of a laxer one is resumed there. */
#include "openssl_tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const char *const specs[] = { "good: issuer=int san=dns:peer.example",
                                     "evil-root: ca subject=CN=evil-root",
                                     "evil: issuer=evil-root san=dns:peer.example", NULL };
static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
enum { IN_SERVERNAME, IN_HELLO, MOMENTS };

static struct pki *pki;
static struct s2sv_trust *trust;
static SSL_CTX *reached; /* by the name "b" */

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

static int on_servername(SSL *ssl, int *alert, void *unused)
{
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    (void)alert, (void)unused;
    if (name && strcmp(name, "b") == 0)
        assert_ptr_equal(SSL_set_SSL_CTX(ssl, reached), reached);
    return SSL_TLSEXT_ERR_OK;
}

static int on_hello(SSL *ssl, int *alert, void *unused)
{
    const unsigned char *names;
    size_t len;
    (void)alert, (void)unused;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &names, &len) &&
        names[len - 1] == 'b')
        assert_ptr_equal(SSL_set_SSL_CTX(ssl, reached), reached);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int accept_all(int ok, X509_STORE_CTX *ctx)
{
    (void)ok, (void)ctx;
    return 1;
}

/* How often the application's own callback was told of an end. */
static int ends;

static void count_ends(const SSL *ssl, int where, int value)
{
    (void)ssl, (void)value;
    ends += where == SSL_CB_HANDSHAKE_DONE;
}

static void install(SSL_CTX *ctx, enum s2sv_handshake handshake, enum s2sv_request request,
                    enum s2sv_resumption resumption)
{
    struct s2sv_policy *policy = tls_policy(handshake);
    assert_int_equal(s2sv_policy_set_request(policy, request), 0);
    assert_int_equal(s2sv_policy_set_resumption(policy, resumption), 0);
    assert_int_equal(s2sv_openssl_install(ctx, policy, trust), 0);
    s2sv_policy_unref(policy);
}

/* The first context, which knows the second by its name; ours to be installed on or not. */
static SSL_CTX *first_new(int version, int moment)
{
    SSL_CTX *ctx = tls_ctx(pki, "ours int", version);
    if (moment == IN_SERVERNAME)
        SSL_CTX_set_tlsext_servername_callback(ctx, on_servername);
    else
        SSL_CTX_set_client_hello_cb(ctx, on_hello, NULL);
    return ctx;
}

static SSL_CTX *reached_new(int version, enum s2sv_request request, enum s2sv_resumption resumption)
{
    SSL_CTX *ctx = tls_ctx(pki, "ours int", version);
    SSL_CTX_set_info_callback(ctx, count_ends);
    install(ctx, S2SV_HANDSHAKE_ENFORCE, request, resumption);
    return ctx;
}

struct outcome {
    int goes_on, resumed; /* an octet came through */
    char reason[40];
};

/* A connection to that name, with the session if there is one, else *session becomes its. */
static struct outcome meet(SSL_CTX *server, SSL_CTX *client, const char *name,
                           SSL_SESSION **session, void (*before)(SSL *))
{
    struct tls tls = tls_new(server, client);
    assert_int_equal(SSL_set_tlsext_host_name(tls.client, name), 1);
    if (session && *session)
        assert_int_equal(SSL_set_session(tls.client, *session), 1);
    if (before)
        before(tls.server);
    tls_connect(&tls);
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(tls.server);
    struct outcome outcome = { tls.server_ok, SSL_session_reused(tls.server), "" };
    strcpy(outcome.reason, tls_reason(verdict));
    if (!outcome.goes_on)
        assert_false(s2sv_verdict_trusted(verdict));
    if (session && !*session)
        *session = SSL_get1_session(tls.client);
    tls_close(&tls);
    tls_free(&tls);
    return outcome;
}

/* What the first context has: nothing of ours, or the laxest policy, or one that asks too. */
enum first { BARE, LEAVES, ASKS, FIRSTS };

static SSL_CTX *first_of(enum first first, int version, int moment)
{
    SSL_CTX *ctx = first_new(version, moment);
    if (first != BARE)
        install(ctx, S2SV_HANDSHAKE_RECORD, first == ASKS ? S2SV_REQUEST_ASK : S2SV_REQUEST_LEAVE,
                S2SV_RESUMPTION_LEAVE);
    return ctx;
}

static void check_demand(int version, int moment, enum first first)
{
    static const struct {
        const char *chain, *reason;
    } rows[] = { { NULL, "no-certificate" }, { "evil", "untrusted" }, { "good int", "none" } };
    SSL_CTX *server = first_of(first, version, moment);
    reached = reached_new(version, S2SV_REQUEST_REQUIRE, S2SV_RESUMPTION_OFF);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SSL_CTX *client = tls_ctx(pki, rows[i].chain, version);
        int good = strcmp(rows[i].reason, "none") == 0;
        struct outcome outcome = meet(server, client, "b", NULL, NULL);
        assert_int_equal(outcome.goes_on, good);
        assert_string_equal(outcome.reason, rows[i].reason);
        assert_int_equal(meet(server, client, "a", NULL, NULL).goes_on, 1);
        SSL_CTX_free(client);
    }
    SSL_CTX_free(server);
    SSL_CTX_free(reached);
}

static void test_demand(void **state)
{
    (void)state;
    ends = 0;
    for (size_t v = 0; v < 2; v++)
        for (int moment = 0; moment < MOMENTS; moment++)
            for (int first = 0; first < FIRSTS; first++)
                check_demand(versions[v], moment, (enum first)first);
    assert_int_equal(ends, 2 * MOMENTS * FIRSTS);
}

/* What is asked, and no more: without a demand a client without a certificate goes on. */
static void test_asks_only(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        SSL_CTX *server = first_of(LEAVES, versions[v], IN_SERVERNAME);
        SSL_CTX *none = tls_ctx(pki, NULL, versions[v]), *evil = tls_ctx(pki, "evil", versions[v]);
        reached = reached_new(versions[v], S2SV_REQUEST_ASK, S2SV_RESUMPTION_OFF);
        assert_int_equal(meet(server, none, "b", NULL, NULL).goes_on, 1);
        assert_int_equal(meet(server, evil, "b", NULL, NULL).goes_on, 0);
        SSL_CTX_free(none);
        SSL_CTX_free(evil);
        SSL_CTX_free(server);
        SSL_CTX_free(reached);
    }
}

/* A session of the laxer host, whether or not it had a certificate; by ticket and by cache. */
static void check_resumed(int version, int moment, const char *chain, enum s2sv_resumption policy,
                          int has_tickets)
{
    SSL_CTX *server = first_of(chain ? ASKS : LEAVES, version, moment);
    SSL_CTX *client = tls_ctx(pki, chain, version);
    SSL_SESSION *session = NULL;
    SSL_CTX_set_verify(server, SSL_CTX_get_verify_mode(server), accept_all);
    if (!has_tickets)
        SSL_CTX_set_options(server, SSL_OP_NO_TICKET);
    reached = reached_new(version, S2SV_REQUEST_REQUIRE, policy);
    assert_int_equal(meet(server, client, "a", &session, NULL).goes_on, 1);
    struct outcome outcome = meet(server, client, "b", &session, NULL);
    /* By a resumed session's name OpenSSL stays with the first context: nothing enforces there. */
    if (!(version == TLS1_2_VERSION && moment == IN_SERVERNAME))
        assert_int_equal(outcome.goes_on, 0);
    SSL_SESSION_free(session);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
    SSL_CTX_free(reached);
}

static void test_resumed_from_a_laxer_host(void **state)
{
    static const char *const chains[] = { NULL, "evil", "good int" };
    (void)state;
    for (size_t v = 0; v < 2; v++)
        for (int moment = 0; moment < MOMENTS; moment++)
            for (size_t i = 0; i < sizeof chains / sizeof *chains; i++)
                for (int tickets = 0; tickets <= 1; tickets++) {
                    check_resumed(versions[v], moment, chains[i], S2SV_RESUMPTION_OFF, tickets);
                    check_resumed(versions[v], moment, chains[i], S2SV_RESUMPTION_CARRY, tickets);
                }
}

/* Who met the enforcing host, and comes again with whatever that gave, makes a full handshake. */
static void test_comes_again(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++)
        for (int moment = 0; moment < MOMENTS; moment++)
            for (int tickets = 0; tickets <= 1; tickets++) {
                SSL_CTX *server = first_of(LEAVES, versions[v], moment);
                SSL_CTX *client = tls_ctx(pki, "good int", versions[v]);
                SSL_SESSION *session = NULL;
                if (!tickets)
                    SSL_CTX_set_options(server, SSL_OP_NO_TICKET);
                reached = reached_new(versions[v], S2SV_REQUEST_REQUIRE, S2SV_RESUMPTION_OFF);
                for (int i = 0; i < 2; i++) {
                    struct outcome outcome = meet(server, client, "b", &session, NULL);
                    assert_true(outcome.goes_on && !outcome.resumed);
                    assert_string_equal(outcome.reason, "none");
                }
                SSL_SESSION_free(session);
                SSL_CTX_free(client);
                SSL_CTX_free(server);
                SSL_CTX_free(reached);
            }
}

/* Carried sessions are resumed across hosts of one policy. */
static void test_carried(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        SSL_CTX *server = first_new(versions[v], IN_HELLO);
        SSL_CTX *client = tls_ctx(pki, "good int", versions[v]);
        SSL_SESSION *session = NULL;
        install(server, S2SV_HANDSHAKE_ENFORCE, S2SV_REQUEST_REQUIRE, S2SV_RESUMPTION_CARRY);
        reached = reached_new(versions[v], S2SV_REQUEST_REQUIRE, S2SV_RESUMPTION_CARRY);
        for (int i = 0; i < 2; i++) {
            struct outcome outcome = meet(server, client, "b", &session, NULL);
            assert_true(outcome.goes_on);
            assert_int_equal(outcome.resumed, i);
            assert_string_equal(outcome.reason, "none");
        }
        SSL_SESSION_free(session);
        SSL_CTX_free(client);
        SSL_CTX_free(server);
        SSL_CTX_free(reached);
    }
}

/* A client's application is told as well; one that calls what it found there is told once. */
static void (*found)(const SSL *, int, int);
static int starts;

static void count_starts(const SSL *ssl, int where, int value)
{
    starts += where == SSL_CB_HANDSHAKE_START;
    if (found)
        found(ssl, where, value);
}

static void test_application_is_told(void **state)
{
    (void)state;
    starts = 0;
    for (int again = 0; again <= 1; again++) {
        SSL_CTX *server = tls_ctx(pki, "good int", 0), *client = tls_ctx(pki, "ours", 0);
        SSL_CTX_set_info_callback(client, count_starts);
        install(client, S2SV_HANDSHAKE_ENFORCE, S2SV_REQUEST_REQUIRE, S2SV_RESUMPTION_OFF);
        if (again) {
            found = SSL_CTX_get_info_callback(client);
            SSL_CTX_set_info_callback(client, count_starts);
            install(client, S2SV_HANDSHAKE_ENFORCE, S2SV_REQUEST_REQUIRE, S2SV_RESUMPTION_OFF);
        }
        struct tls tls = tls_new(server, client);
        tls_connect(&tls);
        assert_true(tls.client_ok);
        tls_free(&tls);
        SSL_CTX_free(server);
        SSL_CTX_free(client);
    }
    assert_int_equal(starts, 2);
}

static void ask_nobody(SSL *ssl)
{
    SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
}

/* Where the context stays, what the application sets on an SSL of it is its own: clients on the
 * same context. */
static void test_application_asks_nobody(void **state)
{
    SSL_CTX *client = tls_ctx(pki, NULL, 0);
    (void)state;
    reached = reached_new(0, S2SV_REQUEST_REQUIRE, S2SV_RESUMPTION_OFF);
    assert_int_equal(meet(reached, client, "a", NULL, NULL).goes_on, 0);
    assert_int_equal(meet(reached, client, "a", NULL, ask_nobody).goes_on, 1);
    SSL_CTX_free(client);
    SSL_CTX_free(reached);
}

static unsigned on_psk(SSL *ssl, const char *identity, unsigned char *psk, unsigned max)
{
    (void)ssl, (void)identity;
    assert_true(max >= 16);
    memset(psk, 7, 16);
    return 16;
}

static unsigned on_client_psk(SSL *ssl, const char *hint, char *identity, unsigned max_identity,
                              unsigned char *psk, unsigned max)
{
    (void)hint;
    assert_true(max_identity > 2);
    strcpy(identity, "me");
    return on_psk(ssl, identity, psk, max);
}

/* Who proves a key that no certificate is for: external PSK, anonymous suites. */
static void check_no_certificate(int version, const char *ciphers, enum s2sv_handshake handshake,
                                 int goes_on, const char *reason)
{
    SSL_CTX *server = tls_ctx(pki, "ours int", version), *client = tls_ctx(pki, NULL, version);
    SSL_CTX *both[] = { server, client };
    for (size_t i = 0; i < 2; i++) {
        SSL_CTX_set_security_level(both[i], 0);
        assert_int_equal(SSL_CTX_set_cipher_list(both[i], ciphers), 1);
        assert_int_equal(SSL_CTX_set_ciphersuites(both[i], "TLS_AES_128_GCM_SHA256"), 1);
    }
    /* A client of OpenSSL's takes its own key for another context's session. */
    assert_int_equal(SSL_CTX_set_session_id_context(client, NULL, 0), 1);
    SSL_CTX_set_psk_server_callback(server, on_psk);
    SSL_CTX_set_psk_client_callback(client, on_client_psk);
    install(server, handshake, S2SV_REQUEST_REQUIRE, S2SV_RESUMPTION_OFF);
    struct outcome outcome = meet(server, client, "a", NULL, NULL);
    print_message("%s, %s\n", version == TLS1_2_VERSION ? "1.2" : "1.3", ciphers);
    assert_int_equal(outcome.goes_on, goes_on);
    assert_string_equal(outcome.reason, reason);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
}

static void test_no_certificate(void **state)
{
    (void)state;
    check_no_certificate(TLS1_2_VERSION, "PSK", S2SV_HANDSHAKE_ENFORCE, 0, "no-certificate");
    check_no_certificate(TLS1_3_VERSION, "PSK", S2SV_HANDSHAKE_ENFORCE, 0, "no-certificate");
    check_no_certificate(TLS1_2_VERSION, "PSK", S2SV_HANDSHAKE_RECORD, 1, "no-certificate");
    check_no_certificate(TLS1_3_VERSION, "PSK", S2SV_HANDSHAKE_RECORD, 1, "no-certificate");
    /* Libssl asks for one, which clients take for an error. */
    check_no_certificate(TLS1_2_VERSION, "AECDH", S2SV_HANDSHAKE_ENFORCE, 0, "");
    check_no_certificate(TLS1_2_VERSION, "AECDH", S2SV_HANDSHAKE_RECORD, 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_demand),         cmocka_unit_test(test_asks_only),
        cmocka_unit_test(test_comes_again),    cmocka_unit_test(test_resumed_from_a_laxer_host),
        cmocka_unit_test(test_carried),        cmocka_unit_test(test_application_asks_nobody),
        cmocka_unit_test(test_no_certificate), cmocka_unit_test(test_application_is_told),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
