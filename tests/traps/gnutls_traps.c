/* SPDX-License-Identifier: MIT
 * What GnuTLS does that one wouldn't expect, and that our verdicts hold all the same. */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>

#include "gnutls_pair.h"

#include <stdio.h>
#include <time.h>

enum { DAY = 86400, LONG_CHAIN = 20 };

static const char *const specs[][2] = {
    { "good", "issuer=int san=dns:a.example" },
    { "client", "issuer=int san=dns:a.example eku=clientAuth" },
    { "old", "issuer=int san=dns:a.example not-before=-9d not-after=-1d" },
    { "direct", "issuer=root san=dns:a.example" },
    { "direct-client", "issuer=root san=dns:a.example eku=clientAuth" },
    { "other-root", "ca key=p384 subject=CN=root" },
    { "old-root", "ca same-key=root not-before=-9d not-after=-1d" },
    { "client-root", "ca same-key=root eku=clientAuth" },
    { "old-int", "ca issuer=root same-key=int not-before=-9d not-after=-1d" },
};

static struct s2sv_trust *root;
static struct s2sv_policy *enforce, *record;

static int make(void **state)
{
    char name[16], spec[64] = "ca issuer=root";
    (void)state;
    make_cas();
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        der_of(specs[i][0], specs[i][1]);
    for (int i = 1; i <= LONG_CHAIN; i++) {
        snprintf(name, sizeof name, "ca%d", i);
        der_of(name, spec);
        snprintf(spec, sizeof spec, i < LONG_CHAIN ? "ca issuer=%s" : "issuer=%s", name);
    }
    der_of("far", spec);
    root = trust_of("root");
    enforce = policy_of(S2SV_HANDSHAKE_ENFORCE);
    record = policy_of(S2SV_HANDSHAKE_RECORD);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    s2sv_trust_unref(root);
    s2sv_policy_unref(enforce);
    s2sv_policy_unref(record);
    forget_certificates();
    return 0;
}

static gnutls_certificate_credentials_t installed(struct s2sv_policy *policy,
                                                  struct s2sv_trust *trust)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    assert_int_equal(s2sv_gnutls_install(cred, policy, trust), 0);
    return cred;
}

static void cred_drop(gnutls_certificate_credentials_t cred)
{
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
}

/* 1. Credentials can't ask for a certificate: without attach nobody verifies, and the handshake
 * succeeds. The verdict refuses. */
static void asks_per_session(void **state)
{
    gnutls_certificate_credentials_t cred = installed(enforce, root);
    struct pair pair;
    (void)state;
    pair_open(&pair, S2SV_INBOUND, TLS13, cred, "good", 0);
    assert_int_equal(pair_handshake(&pair), 0);
    assert_true(pair_shows(&pair, NULL));
    assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "no-certificate");
    pair_close(&pair);
    cred_drop(cred);
}

/* 1. A session's own verify function beats the credentials', and ours has judged nothing. */
static void session_beats_credentials(void **state)
{
    gnutls_certificate_credentials_t cred = installed(enforce, NULL);
    struct pair pair;
    (void)state;
    cred_trust(cred, "root");
    pair_open(&pair, S2SV_OUTBOUND, TLS13, cred, "good", 0);
    gnutls_session_set_verify_cert(pair.ours, NULL, 0);
    assert_int_equal(pair_handshake(&pair), 0);
    assert_true(pair_shows(&pair, "good"));
    assert_null(s2sv_gnutls_verdict(pair.ours));
    pair_close(&pair);
    cred_drop(cred);
}

static int seen;

static int look(void *unused, unsigned id, const unsigned char *data, unsigned size)
{
    (void)unused;
    (void)data;
    (void)size;
    seen += id == 0xff53;
    return 0;
}

static int look_into(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                     const gnutls_datum_t *message)
{
    unsigned flags =
        type == GNUTLS_HANDSHAKE_CLIENT_HELLO ? GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO : 0;
    (void)session;
    (void)when;
    assert_true(incoming);
    seen += 1000;
    return gnutls_ext_raw_parse(NULL, look, message, flags);
}

/* 2. Our state of a session is made as late as in the verify function, where there may be none
 * before, and the peer never hears of the extension that holds it. It is freed once: the runs with
 * a memory checker see to that. */
static void state_is_private(void **state)
{
    gnutls_certificate_credentials_t cred = installed(record, root);
    (void)state;
    for (int accepts = 0; accepts < 2; accepts++) {
        struct pair pair;
        pair_open(&pair, accepts ? S2SV_INBOUND : S2SV_OUTBOUND, TLS13, cred, "good", 0);
        gnutls_certificate_server_set_request(pair.ours, GNUTLS_CERT_REQUEST);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "none");
        pair_close(&pair);

        seen = 0;
        pair_open(&pair, accepts ? S2SV_INBOUND : S2SV_OUTBOUND, TLS13, cred, "good", 0);
        assert_non_null(s2sv_gnutls_peer(pair.ours));
        gnutls_handshake_set_hook_function(pair.peers,
                                           accepts ? GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS
                                                   : GNUTLS_HANDSHAKE_CLIENT_HELLO,
                                           GNUTLS_HOOK_PRE, look_into);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_int_equal(seen, 1000);
        pair_close(&pair);
    }
    cred_drop(cred);
}

/* 4. Of the application's anchors with the same name GnuTLS names one, good or bad. */
static void twin_anchors(void **state)
{
    static const char *const twins[] = { "other-root", "old-root", "client-root" };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof twins / sizeof twins[0]; i++) {
        gnutls_certificate_credentials_t cred = installed(enforce, NULL);
        struct pair pair;
        cred_trust(cred, i % 2 ? "root" : twins[i / 2]);
        pair_open(&pair, S2SV_INBOUND, TLS13, cred, "good", 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        cred_trust(cred, i % 2 ? twins[i / 2] : "root");
        assert_int_equal(pair_handshake(&pair), 0);
        assert_true(pair_shows(&pair, "good"));
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "none");
        pair_close(&pair);
        cred_drop(cred);
    }
}

/* 4. The bad ones alone are bad. */
static void bad_anchors(void **state)
{
    static const char *const rows[][2] = { { "other-root", "untrusted" },
                                           { "old-root", "expired" },
                                           { "client-root", "wrong-purpose" } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gnutls_certificate_credentials_t cred = installed(record, NULL);
        struct pair pair;
        cred_trust(cred, rows[i][0]);
        pair_open(&pair, S2SV_INBOUND, TLS13, cred, "good", 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), rows[i][1]);
        pair_close(&pair);
        cred_drop(cred);
    }
}

/* 4. GnuTLS takes the first of two intermediates with the same name and key, though it is expired
 * (C-7). It validates the path that we ask for. */
static void first_intermediate(void **state)
{
    (void)state;
    for (int own = 0; own < 2; own++) {
        gnutls_certificate_credentials_t cred = installed(enforce, own ? root : NULL);
        struct pair pair;
        cred_trust(cred, "root");
        pair_open(&pair, S2SV_INBOUND, TLS13, cred, NULL, 0);
        cred_show(pair.peers_cred, "good", (const char *const[]){ "old-int", "int", NULL });
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_true(pair_shows(&pair, "good"));
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "none");
        pair_close(&pair);
        cred_drop(cred);
    }
}

/* 5. No getter says which side a session is on; the name indication doesn't confuse us. Under
 * TLS_ROLE the side decides. */
static void side_of_session(void **state)
{
    struct s2sv_policy *role = policy_of(S2SV_HANDSHAKE_RECORD);
    (void)state;
    assert_int_equal(s2sv_policy_set_purpose(role, S2SV_PURPOSE_TLS_ROLE), 0);
    gnutls_certificate_credentials_t cred = cred_new("good");
    assert_int_equal(s2sv_gnutls_install(cred, role, root), 0);
    for (int i = 0; i < 16; i++) {
        enum s2sv_direction direction = i & 1 ? S2SV_INBOUND : S2SV_OUTBOUND;
        const char *leaf = i & 2 ? "direct-client" : "direct";
        struct pair pair;
        pair_open(&pair, direction, i & 4 ? TLS12 : TLS13, cred, leaf, 0);
        gnutls_session_t client = direction == S2SV_INBOUND ? pair.peers : pair.ours;
        if (i & 8)
            gnutls_server_name_set(client, GNUTLS_NAME_DNS, "a.example", 9);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_true(pair_shows(&pair, leaf));
        int fits = (direction == S2SV_INBOUND) == ((i & 2) != 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), fits ? "none" : "wrong-purpose");
        pair_close(&pair);
    }
    cred_drop(cred);
    s2sv_policy_unref(role);
}

static void check_time(int own_trust, const char *leaf, int days, const char *reason)
{
    gnutls_certificate_credentials_t cred = installed(record, own_trust ? root : NULL);
    struct pair pair;
    cred_trust(cred, "root");
    pair_open(&pair, S2SV_INBOUND, TLS13, cred, leaf, 0);
    assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
    if (days != 0)
        assert_int_equal(s2sv_peer_set_time(s2sv_gnutls_peer(pair.ours),
                                            (int64_t)time(NULL) + (int64_t)days * DAY),
                         0);
    assert_int_equal(pair_handshake(&pair), 0);
    assert_true(pair_shows(&pair, leaf));
    assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), reason);
    pair_close(&pair);
    cred_drop(cred);
}

/* 6. GnuTLS's time is the process's. A session's own time stays its own. */
static void time_of_session(void **state)
{
    (void)state;
    for (int own_trust = 0; own_trust < 2; own_trust++) {
        check_time(own_trust, "old", -5, "none");
        check_time(own_trust, "old", 0, "expired");
        check_time(own_trust, "good", 9999, "expired");
        check_time(own_trust, "good", -9999, "not-yet-valid");
        check_time(own_trust, "good", 0, "none");
    }
}

/* 8. 3.7.9 has room for 16 certificates and takes more; our limit comes first (C-18). */
static void long_chain(void **state)
{
    gnutls_certificate_credentials_t cred = installed(record, NULL);
    struct pair pair;
    unsigned count = 0;
    (void)state;
    cred_trust(cred, "root");
    for (int accepts = 0; accepts < 2; accepts++) {
        pair_open(&pair, accepts ? S2SV_INBOUND : S2SV_OUTBOUND, TLS13, cred, "far", 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        gnutls_certificate_get_peers(pair.ours, &count);
        assert_int_equal(count, LONG_CHAIN + 1);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "limit-exceeded");
        pair_close(&pair);
    }
    cred_drop(cred);
}

/* 9. The alert is the application's to send, and GnuTLS's own status says nothing. */
static void alert_and_status(void **state)
{
    gnutls_certificate_credentials_t cred = installed(enforce, root);
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct pair pair;
        pair_open(&pair, i & 1 ? S2SV_INBOUND : S2SV_OUTBOUND, i & 2 ? TLS12 : TLS13, cred,
                  "client", 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR);
        assert_int_equal(gnutls_alert_get(pair.peers), GNUTLS_A_BAD_CERTIFICATE);
        assert_int_equal(gnutls_session_get_verify_cert_status(pair.ours), 0xffffffff);
        pair_close(&pair);
    }
    cred_drop(cred);
}

/* ---- a verdict belongs to a certificate that was proved ---- */

static int peeked;

/* Ours has judged, but the peer hasn't proved yet that it has the key. */
static int peek(gnutls_session_t session)
{
    struct s2sv_verdict *verdict = NULL;
    int rc = s2sv_gnutls_verify_function(session);
    assert_null(s2sv_gnutls_verdict(session));
    assert_int_equal(s2sv_gnutls_verify(session, record, &verdict), S2SV_ERR_INVALID);
    peeked++;
    return rc;
}

static int ask_again(gnutls_session_t session)
{
    int rc = gnutls_rehandshake(session);
    return rc == 0 ? do_handshake(session) : rc;
}

static int answer_again(gnutls_session_t session)
{
    int rc = do_read(session);
    return rc == GNUTLS_E_REHANDSHAKE ? do_handshake(session) : -1;
}

/* TLS 1.2 renegotiation: the peer shows the same certificate, none, or another. For none GnuTLS
 * keeps telling the earlier one, calls us with it, and gives no way to see that; the peer proved it
 * on this very connection, which RFC 5746 makes sure of. */
static void renegotiation(void **state)
{
    static const struct {
        const char *second, *shown;
        unsigned flags;
        int result;
        const char *reason;
    } rows[] = {
        { "good", "good", 0, 0, "none" },
        { NULL, "good", 0, 0, "none" },
        { "client", "client", 0, GNUTLS_E_SESSION_USER_ID_CHANGED, NULL },
        { "client", "client", GNUTLS_ALLOW_ID_CHANGE, 0, "wrong-purpose" },
        { "direct", "direct", GNUTLS_ALLOW_ID_CHANGE, 0, "none" },
    };
    gnutls_certificate_credentials_t cred = installed(record, root);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gnutls_certificate_credentials_t second = cred_new(rows[i].second);
        struct pair pair;
        pair_open(&pair, S2SV_INBOUND, TLS12, cred, "good", rows[i].flags);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "none");
        gnutls_session_set_verify_function(pair.ours, peek);
        peeked = 0;
        gnutls_credentials_set(pair.peers, GNUTLS_CRD_CERTIFICATE, second);
        assert_int_equal(pair_run(&pair, ask_again, answer_again), rows[i].result);
        assert_int_equal(peeked, rows[i].result == 0);
        assert_true(rows[i].result != 0 || pair_shows(&pair, rows[i].shown));
        if (rows[i].reason)
            assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), rows[i].reason);
        else
            assert_false(s2sv_verdict_trusted(s2sv_gnutls_verdict(pair.ours)));
        pair_close(&pair);
        gnutls_certificate_free_credentials(second);
    }
    cred_drop(cred);
}

static int ask_later(gnutls_session_t session)
{
    int rc;
    do
        rc = gnutls_reauth(session, 0);
    while (rc == GNUTLS_E_GOT_APPLICATION_DATA || rc == GNUTLS_E_AGAIN);
    return rc;
}

static int answer_later(gnutls_session_t session)
{
    int rc = do_read(session);
    return rc == GNUTLS_E_REAUTH_REQUEST ? gnutls_reauth(session, 0) : -1;
}

/* TLS 1.3 authentication after the handshake. */
static void post_handshake(void **state)
{
    static const char *const rows[][2] = {
        { "good", "none" },
        { "client", "wrong-purpose" },
        { NULL, "no-certificate" },
    };
    gnutls_certificate_credentials_t cred = installed(record, root);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pair pair;
        pair_open(&pair, S2SV_INBOUND, TLS13, cred, rows[i][0], GNUTLS_POST_HANDSHAKE_AUTH);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "no-certificate");
        peeked = 0;
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        gnutls_session_set_verify_function(pair.ours, peek);
        assert_int_equal(pair_run(&pair, ask_later, answer_later), 0);
        assert_int_equal(peeked, 1);
        assert_true(pair_shows(&pair, rows[i][0]));
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), rows[i][1]);
        pair_close(&pair);
    }
    cred_drop(cred);
}

/* ---- a certificate that was stolen: shown after the handshake, without its key -------------- */

/* Shows somebody's certificate, and has a key of its own. */
static gnutls_certificate_credentials_t thief(const char *victim, const char *own)
{
    gnutls_certificate_credentials_t cred;
    gnutls_datum_t shown[] = { der_of(victim, NULL), der_of("int", NULL) };
    gnutls_pcert_st chain[2];
    gnutls_privkey_t key;
    char *pem = key_pem_of(own);
    gnutls_datum_t k = { (unsigned char *)pem, (unsigned)strlen(pem) };
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(gnutls_pcert_import_x509_raw(&chain[i], &shown[i], GNUTLS_X509_FMT_DER, 0),
                         0);
    assert_int_equal(gnutls_certificate_allocate_credentials(&cred), 0);
    gnutls_certificate_set_flags(cred, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
    assert_int_equal(gnutls_privkey_init(&key), 0);
    assert_int_equal(gnutls_privkey_import_x509_raw(key, &k, GNUTLS_X509_FMT_PEM, NULL, 0), 0);
    assert_true(gnutls_certificate_set_key(cred, NULL, 0, chain, 2, key) >= 0);
    free(pem);
    return cred;
}

/* The proof is never sent. */
static int stop_before_proof(gnutls_session_t session, unsigned type, unsigned when,
                             unsigned incoming, const gnutls_datum_t *message)
{
    (void)session, (void)when, (void)message;
    return type == GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY && !incoming ? GNUTLS_E_AGAIN : 0;
}

static int steal(gnutls_session_t session)
{
    if (do_read(session) != GNUTLS_E_REAUTH_REQUEST)
        return -1;
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE,
                                       stop_before_proof);
    if (gnutls_reauth(session, 0) != GNUTLS_E_AGAIN)
        return -1;
    (void)gnutls_session_key_update(session, 0); /* sends the certificate along */
    return gnutls_record_send(session, "x", 1) == 1 ? 0 : -1;
}

static int has_good_verdict(gnutls_session_t session)
{
    struct s2sv_verdict *verdict = NULL;
    int good = s2sv_verdict_trusted(s2sv_gnutls_verdict(session));
    if (s2sv_gnutls_verify(session, record, &verdict) == S2SV_DECIDED)
        good |= s2sv_verdict_trusted(verdict);
    s2sv_verdict_unref(verdict);
    return good;
}

static int told_of_thief, thief_was_seen; /* by the receiving server */

static void see_thief(gnutls_session_t session)
{
    unsigned count = 0;
    thief_was_seen |= gnutls_certificate_get_peers(session, &count) != NULL;
    told_of_thief |= has_good_verdict(session);
}

/* Asks, goes on once, then reads on: servers do so whose loop takes all that comes by
 * gnutls_record_recv(). */
static int be_robbed(gnutls_session_t session)
{
    struct pollfd ready = { .fd = gnutls_transport_get_int(session), .events = POLLIN };
    char octet;
    fcntl(ready.fd, F_SETFL, O_NONBLOCK);
    int rc = gnutls_reauth(session, 0);
    if (rc == GNUTLS_E_AGAIN && poll(&ready, 1, 5000) == 1)
        rc = gnutls_reauth(session, 0);
    see_thief(session);
    while (rc == GNUTLS_E_AGAIN && poll(&ready, 1, 5000) == 1) {
        rc = (int)gnutls_record_recv(session, &octet, 1);
        see_thief(session);
    }
    return 0;
}

static void stolen_certificate(void **state)
{
    static const enum s2sv_handshake modes[] = { S2SV_HANDSHAKE_RECORD, S2SV_HANDSHAKE_CALLBACK };
    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct s2sv_policy *policy = policy_of(modes[i]);
        gnutls_certificate_credentials_t cred = installed(policy, root), stolen;
        struct pair pair;
        thief_was_seen = told_of_thief = 0;
        pair_open(&pair, S2SV_INBOUND, TLS13, cred, NULL, GNUTLS_POST_HANDSHAKE_AUTH);
        assert_int_equal(pair_handshake(&pair), 0);
        stolen = thief("good", "client");
        gnutls_credentials_set(pair.peers, GNUTLS_CRD_CERTIFICATE, stolen);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        (void)pair_run(&pair, be_robbed, steal);
        assert_true(thief_was_seen);
        assert_false(told_of_thief);
        assert_false(has_good_verdict(pair.ours));
        pair_close(&pair);
        gnutls_certificate_free_credentials(stolen);
        cred_drop(cred);
        s2sv_policy_unref(policy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_per_session),   cmocka_unit_test(session_beats_credentials),
        cmocka_unit_test(state_is_private),   cmocka_unit_test(twin_anchors),
        cmocka_unit_test(bad_anchors),        cmocka_unit_test(first_intermediate),
        cmocka_unit_test(side_of_session),    cmocka_unit_test(time_of_session),
        cmocka_unit_test(long_chain),         cmocka_unit_test(alert_and_status),
        cmocka_unit_test(renegotiation),      cmocka_unit_test(post_handshake),
        cmocka_unit_test(stolen_certificate),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
