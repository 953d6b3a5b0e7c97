/* SPDX-License-Identifier: MIT */
/* Resumption under CARRY: a resumed peer is judged again, by what its session carries. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "openssl_tls.h"

enum { OUT, IN, DAY = 86400 };

static const char *const specs[] = {
    "leaf: issuer=int san=dns:peer.example",
    "client: issuer=int san=dns:peer.example eku=clientAuth",
    "plain: issuer=int san=dns:peer.example eku=absent",
    "alone: san=dns:peer.example",
    NULL,
};

static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

static struct pki *pki;
static int calls, sets_error;

/* An application's verify callback that may hold something against the peer. */
static int callback(int ok, X509_STORE_CTX *ctx)
{
    calls++;
    if (sets_error)
        X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_CHAIN_TOO_LONG);
    return ok;
}

static int accept_all(X509_STORE_CTX *ctx, void *unused)
{
    (void)ctx, (void)unused;
    return 1;
}

static struct s2sv_policy *carrying(enum s2sv_handshake handshake)
{
    struct s2sv_policy *policy = tls_policy(handshake);
    assert_int_equal(s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_CARRY), 0);
    return policy;
}

static SSL_CTX *ours(int version, const char *anchor, enum s2sv_handshake handshake)
{
    SSL_CTX *us = tls_ctx(pki, "ours", version);
    struct s2sv_policy *policy = carrying(handshake);
    X509 *x = tls_x509(pki, anchor);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(us), x), 1);
    assert_int_equal(s2sv_openssl_install(us, policy, NULL), 0);
    X509_free(x);
    s2sv_policy_unref(policy);
    return us;
}

/* A connection, on the way to which something may be changed. */
struct meeting {
    SSL_CTX *us, *peer;
    int direction;
    SSL_SESSION *session; /* the client's, of the connection before */
    struct tls tls;
    SSL *ours;
};

static struct meeting meeting_new(int direction, int version, const char *chain,
                                  enum s2sv_handshake handshake)
{
    return (struct meeting){ .us = ours(version, "root", handshake),
                             .peer = tls_ctx(pki, chain, version),
                             .direction = direction };
}

static void prepare(struct meeting *m)
{
    m->tls = m->direction == IN ? tls_new(m->us, m->peer) : tls_new(m->peer, m->us);
    m->ours = m->direction == IN ? m->tls.server : m->tls.client;
    if (m->session)
        assert_int_equal(SSL_set_session(m->tls.client, m->session), 1);
    assert_false(s2sv_verdict_trusted(s2sv_openssl_verdict(m->ours)));
}

/* The client keeps its session as octets, as one that stores it does. */
static void keep_session(struct meeting *m)
{
    SSL_SESSION *session = SSL_get1_session(m->tls.client);
    unsigned char *octets = NULL;
    int len = i2d_SSL_SESSION(session, &octets);
    assert_true(len > 0);
    const unsigned char *cursor = octets;
    SSL_SESSION_free(session);
    SSL_SESSION_free(m->session);
    m->session = d2i_SSL_SESSION(NULL, &cursor, len);
    assert_non_null(m->session);
    OPENSSL_free(octets);
}

static void finish(struct meeting *m)
{
    tls_close(&m->tls);
    keep_session(m);
    tls_free(&m->tls);
}

static void meeting_free(struct meeting *m)
{
    tls_free(&m->tls);
    SSL_SESSION_free(m->session);
    SSL_CTX_free(m->us);
    SSL_CTX_free(m->peer);
}

/* "": no verdict. */
static void assert_met(struct meeting *m, int resumed, const char *reason)
{
    int good = strcmp(reason, "none") == 0;
    assert_true(m->tls.server_ok && m->tls.client_ok);
    assert_int_equal(SSL_session_reused(m->ours), resumed);
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(m->ours);
    assert_string_equal(tls_reason(verdict), reason);
    assert_ptr_equal(verdict, s2sv_openssl_verdict(m->ours));
    assert_int_equal(s2sv_verdict_is_for(verdict, "peer.example"), good);
    if (verdict)
        assert_int_equal(SSL_get_verify_result(m->ours) == X509_V_OK,
                         good || strcmp(reason, "no-certificate") == 0);
}

/* The first of two connections, after which its session is kept. */
static struct meeting met(int direction, int version, const char *chain,
                          enum s2sv_handshake handshake, const char *reason)
{
    struct meeting m = meeting_new(direction, version, chain, handshake);
    prepare(&m);
    tls_connect(&m.tls);
    assert_met(&m, 0, reason);
    finish(&m);
    return m;
}

static void check_resumed(int direction, int version, enum s2sv_handshake handshake)
{
    struct meeting m = met(direction, version, "leaf int", handshake, "none");
    struct s2sv_policy *other = tls_policy(S2SV_HANDSHAKE_RECORD);
    struct s2sv_verdict *verdict = NULL;
    for (int i = 0; i < 3; i++) {
        prepare(&m);
        assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(m.ours), "peer.example"), 0);
        tls_connect(&m.tls);
        assert_met(&m, 1, "none");
        assert_true(s2sv_verdict_accepted(s2sv_openssl_verdict(m.ours)));
        assert_int_equal(s2sv_verdict_certificate(s2sv_openssl_verdict(m.ours), 2, NULL, NULL), 0);
        assert_int_equal(s2sv_openssl_verify(m.ours, other, &verdict), 0);
        assert_string_equal(tls_reason(verdict), "none");
        s2sv_verdict_unref(verdict);
        if (i < 2)
            finish(&m);
    }
    s2sv_policy_unref(other);
    meeting_free(&m);
}

static void test_resumed(void **state)
{
    (void)state;
    calls = 0;
    for (int i = 0; i < 4; i++) {
        check_resumed(i & 1, versions[i / 2], S2SV_HANDSHAKE_RECORD);
        check_resumed(i & 1, versions[i / 2], S2SV_HANDSHAKE_ENFORCE);
        check_resumed(i & 1, versions[i / 2], S2SV_HANDSHAKE_CALLBACK);
    }
}

/* ---- what changed in between -----------------------------------------------------------------
 */

static void anchor_removed(struct meeting *m)
{
    SSL_CTX_set_cert_store(m->us, X509_STORE_new());
}

static void lists_asked_for(struct meeting *m)
{
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(m->us), X509_V_FLAG_CRL_CHECK);
}

static void install(struct meeting *m, struct s2sv_policy *policy)
{
    assert_int_equal(s2sv_openssl_install(m->us, policy, NULL), 0);
    s2sv_policy_unref(policy);
}

static void other_policy(struct meeting *m)
{
    struct s2sv_policy *policy = carrying(S2SV_HANDSHAKE_RECORD);
    assert_int_equal(s2sv_policy_require_eku(policy, 1), 0);
    install(m, policy);
}

static void other_mode(struct meeting *m)
{
    install(m, carrying(S2SV_HANDSHAKE_CALLBACK));
}

/* Equal, though not the same. */
static void equal_policy(struct meeting *m)
{
    install(m, carrying(S2SV_HANDSHAKE_RECORD));
}

static void other_purpose(struct meeting *m)
{
    struct s2sv_policy *policy = carrying(S2SV_HANDSHAKE_RECORD);
    assert_int_equal(s2sv_policy_set_purpose(policy, S2SV_PURPOSE_TLS_ROLE), 0);
    install(m, policy);
}

/* The session of a server without us. */
static void nothing_carried(struct meeting *m)
{
    SSL_SESSION_set1_ticket_appdata(m->session, NULL, 0);
}

static void append(struct meeting *m, const char *junk, size_t size)
{
    unsigned char changed[8000];
    void *data;
    size_t len;
    assert_int_equal(SSL_SESSION_get0_ticket_appdata(m->session, &data, &len), 1);
    assert_true(len > 0 && len + size < sizeof changed);
    memcpy(changed, data, len);
    memcpy(changed + len, junk, size);
    assert_int_equal(SSL_SESSION_set1_ticket_appdata(m->session, changed, len + size), 1);
}

static void junk_carried(struct meeting *m)
{
    append(m, "0\x03xyz", 5);
}

static void end_cut_off(struct meeting *m)
{
    void *data;
    size_t len;
    unsigned char cut[8000];
    assert_int_equal(SSL_SESSION_get0_ticket_appdata(m->session, &data, &len), 1);
    memcpy(cut, data, len);
    assert_int_equal(SSL_SESSION_set1_ticket_appdata(m->session, cut, len - 1), 1);
}

static void check_changed(int direction, int version, void (*change)(struct meeting *), int resumed,
                          const char *reason)
{
    struct meeting m = met(direction, version, "plain int", S2SV_HANDSHAKE_RECORD, "none");
    change(&m);
    prepare(&m);
    tls_connect(&m.tls);
    assert_met(&m, resumed, reason);
    meeting_free(&m);
}

/* On a server what is no longer good gets a full handshake; a client's is resumed by the other
 * side, so there the verdict says it. */
static void test_changes(void **state)
{
    static const struct {
        const char *name;
        void (*change)(struct meeting *);
        const char *reason, *reason_resumed;
    } rows[] = {
        { "anchor removed", anchor_removed, "untrusted", "untrusted" },
        { "CRL_CHECK", lists_asked_for, "revocation-unknown", "revocation-unknown" },
        { "another policy", other_policy, "wrong-purpose", "" },
        { "another handshake mode", other_mode, "none", "" },
    };

    (void)state;
    for (int v = 0; v < 2; v++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            print_message("%s\n", rows[i].name);
            check_changed(IN, versions[v], rows[i].change, 0, rows[i].reason);
            check_changed(OUT, versions[v], rows[i].change, 1, rows[i].reason_resumed);
        }
        check_changed(IN, versions[v], equal_policy, 1, "none");
        check_changed(OUT, versions[v], equal_policy, 1, "none");
        check_changed(OUT, versions[v], other_purpose, 1, "");
        check_changed(OUT, versions[v], nothing_carried, 1, "");
        check_changed(OUT, versions[v], junk_carried, 1, "");
        check_changed(OUT, versions[v], end_cut_off, 1, "");
    }
}

/* Its certificate expires before the session does. */
static void check_expired(int direction, int version, enum s2sv_handshake handshake)
{
    struct meeting m = met(direction, version, "leaf int", handshake, "none");
    int enforces = handshake == S2SV_HANDSHAKE_ENFORCE;
    prepare(&m);
    assert_int_equal(s2sv_peer_set_time(s2sv_openssl_peer(m.ours), time(NULL) + 20000LL * DAY), 0);
    tls_connect(&m.tls);
    if (direction == IN && enforces)
        assert_false(m.tls.server_ok || SSL_session_reused(m.ours));
    else
        assert_met(&m, direction == OUT, "expired");
    assert_string_equal(tls_reason(s2sv_openssl_verdict(m.ours)), "expired");
    assert_int_equal(SSL_get_verify_result(m.ours), X509_V_ERR_CERT_HAS_EXPIRED);
    meeting_free(&m);
}

/* Another name is expected. */
static void check_name(int direction, int version)
{
    struct meeting m = met(direction, version, "leaf int", S2SV_HANDSHAKE_RECORD, "none");
    prepare(&m);
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(m.ours), "other.example"), 0);
    tls_connect(&m.tls);
    assert_int_equal(SSL_session_reused(m.ours), direction == OUT);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(m.ours)), "name-mismatch");
    assert_false(s2sv_verdict_accepted(s2sv_openssl_verdict(m.ours)));
    assert_int_equal(SSL_get_verify_result(m.ours), X509_V_ERR_HOSTNAME_MISMATCH);
    meeting_free(&m);
}

static void test_judged_again(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        check_expired(i & 1, versions[i / 2], S2SV_HANDSHAKE_RECORD);
        check_expired(i & 1, versions[i / 2], S2SV_HANDSHAKE_ENFORCE);
        check_name(i & 1, versions[i / 2]);
    }
}

/* ---- what is never carried -------------------------------------------------------------------
 */

static void check_bad(int direction, int version, const char *chain, const char *reason)
{
    struct meeting m = met(direction, version, chain, S2SV_HANDSHAKE_RECORD, reason);
    prepare(&m);
    tls_connect(&m.tls);
    assert_met(&m, direction == OUT, direction == OUT ? "" : reason);
    meeting_free(&m);
}

/* What the application held against the peer is not forgotten. */
static void check_application(int direction, int version)
{
    struct meeting m = meeting_new(direction, version, "leaf int", S2SV_HANDSHAKE_CALLBACK);
    SSL_CTX_set_verify(m.us, SSL_CTX_get_verify_mode(m.us), callback);
    calls = 0;
    sets_error = 1;
    prepare(&m);
    tls_connect(&m.tls);
    assert_met(&m, 0, "application");
    finish(&m);
    int first = calls;
    sets_error = 0;
    prepare(&m);
    tls_connect(&m.tls);
    assert_met(&m, direction == OUT, direction == OUT ? "" : "none");
    assert_int_equal(calls, direction == OUT ? first : 2 * first);
    meeting_free(&m);
}

static void test_not_carried(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        check_bad(i & 1, versions[i / 2], "client int", "wrong-purpose");
        check_bad(i & 1, versions[i / 2], "leaf", "untrusted");
        check_application(i & 1, versions[i / 2]);
    }
    check_bad(IN, TLS1_2_VERSION, NULL, "no-certificate");
    check_bad(IN, TLS1_3_VERSION, NULL, "no-certificate");
}

/* A path without anything between leaf and anchor; and a trust of ours. */
static void test_short_paths(void **state)
{
    static const char *const chains[][2] = { { "int", "leaf" }, { "alone", "alone" } };
    int round;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct meeting m =
            meeting_new(IN, versions[i & 1], chains[i / 2][1], S2SV_HANDSHAKE_ENFORCE);
        struct s2sv_trust *trust = tls_trust(pki, chains[i / 2][0]);
        struct s2sv_policy *policy = carrying(S2SV_HANDSHAKE_ENFORCE);
        assert_int_equal(s2sv_openssl_install(m.us, policy, trust), 0);
        for (round = 0; round < 2; round++) {
            prepare(&m);
            tls_connect(&m.tls);
            assert_met(&m, round, "none");
            if (round == 0)
                finish(&m);
        }
        s2sv_policy_unref(policy);
        s2sv_trust_unref(trust);
        meeting_free(&m);
    }
}

/* Resumed without a ticket nobody would ask us, so a server keeps no sessions. */
static void test_no_cache(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct meeting m = meeting_new(IN, versions[i], "leaf int", S2SV_HANDSHAKE_RECORD);
        assert_int_equal(SSL_CTX_get_session_cache_mode(m.us) & SSL_SESS_CACHE_SERVER, 0);
        SSL_CTX_set_options(m.us, SSL_OP_NO_TICKET);
        prepare(&m);
        tls_connect(&m.tls);
        finish(&m);
        prepare(&m);
        tls_connect(&m.tls);
        assert_met(&m, 0, "none");
        meeting_free(&m);
    }
}

/* A ticket that a context without us made, by the same keys. */
static void test_foreign_ticket(void **state)
{
    static unsigned char keys[80] = "the same keys";
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct meeting m = meeting_new(IN, versions[i], "leaf int", S2SV_HANDSHAKE_RECORD);
        SSL_CTX *us = m.us, *plain = tls_ctx(pki, "ours", versions[i]);
        SSL_CTX_set_verify(plain, SSL_VERIFY_PEER, NULL);
        SSL_CTX_set_cert_verify_callback(plain, accept_all, NULL);
        assert_int_equal(SSL_CTX_set_tlsext_ticket_keys(us, keys, sizeof keys), 1);
        assert_int_equal(SSL_CTX_set_tlsext_ticket_keys(plain, keys, sizeof keys), 1);
        m.us = plain;
        prepare(&m);
        tls_connect(&m.tls);
        assert_true(m.tls.server_ok);
        finish(&m);
        m.us = us;
        prepare(&m);
        tls_connect(&m.tls);
        assert_met(&m, 0, "none");
        SSL_CTX_free(plain);
        meeting_free(&m);
    }
}

/* A policy for one connection can't bring in what its context doesn't look after. */
static void test_attach(void **state)
{
    SSL_CTX *ctx = tls_ctx(pki, "ours", 0);
    struct s2sv_policy *leave = tls_policy(S2SV_HANDSHAKE_RECORD);
    struct s2sv_policy *carry = carrying(S2SV_HANDSHAKE_RECORD);
    (void)state;
    assert_int_equal(s2sv_policy_set_resumption(leave, S2SV_RESUMPTION_LEAVE), 0);
    assert_int_equal(s2sv_openssl_install(ctx, leave, NULL), 0);
    SSL *ssl = SSL_new(ctx);
    assert_int_equal(s2sv_openssl_attach(ssl, carry), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_openssl_attach(ssl, leave), 0);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    s2sv_policy_unref(leave);
    s2sv_policy_unref(carry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resumed),        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_judged_again),   cmocka_unit_test(test_not_carried),
        cmocka_unit_test(test_short_paths),    cmocka_unit_test(test_no_cache),
        cmocka_unit_test(test_foreign_ticket), cmocka_unit_test(test_attach),
    };
    return TLS_RUN(&pki, specs, tests);
}
