/* SPDX-License-Identifier: MIT
 * A verdict is about a certificate whose key the peer has proved in this very handshake, first,
 * renegotiated or resumed; until then there is none. Stalled after each octet, and with somebody
 * else's certificate. Where no certificate was proved, none is told. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "gnutls_pair.h"

#define RSA12 "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA"
#define ECDHE12 "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-RSA"

static const char *const specs[][2] = {
    { "mine", "issuer=int key=rsa2048 ku=digitalSignature,keyEncipherment san=dns:thief.example" },
    { "victim", "issuer=int key=rsa2048 ku=digitalSignature,keyEncipherment san=dns:peer.example" },
    { "good", "issuer=int san=dns:a.example" },
};

static struct s2sv_trust *root;
static struct s2sv_policy *enforce, *record, *callback;

static int make(void **state)
{
    (void)state;
    make_cas();
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        der_of(specs[i][0], specs[i][1]);
    root = trust_of("root");
    enforce = policy_of(S2SV_HANDSHAKE_ENFORCE);
    record = policy_of(S2SV_HANDSHAKE_RECORD);
    callback = policy_of(S2SV_HANDSHAKE_CALLBACK);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    s2sv_trust_unref(root);
    s2sv_policy_unref(enforce);
    s2sv_policy_unref(record);
    s2sv_policy_unref(callback);
    forget_certificates();
    return 0;
}

static int is_told_to_be(gnutls_session_t session, const char *name)
{
    struct s2sv_verdict *verdict = NULL;
    int is_for = s2sv_verdict_is_for(s2sv_gnutls_verdict(session), name);
    if (s2sv_gnutls_verify(session, record, &verdict) == S2SV_DECIDED)
        is_for |= s2sv_verdict_is_for(verdict, name);
    s2sv_verdict_unref(verdict);
    return is_for;
}

/* ---- the first handshake, and a resumed one -------------------------------------------------- */

static int messages;

static int see_message(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                       const gnutls_datum_t *message)
{
    struct s2sv_verdict *verdict = NULL;
    (void)when, (void)incoming, (void)message;
    if (type == GNUTLS_HANDSHAKE_NEW_SESSION_TICKET) /* in TLS 1.3 after the end */
        return 0;
    assert_null(s2sv_gnutls_verdict(session));
    assert_int_equal(s2sv_gnutls_verify(session, record, &verdict), S2SV_ERR_INVALID);
    messages++;
    return 0;
}

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

struct tickets {
    gnutls_datum_t key, data;
};

static void shake_hands(const struct way *way, struct s2sv_policy *policy, struct tickets *tickets,
                        int again)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct pair pair;
    assert_int_equal(s2sv_gnutls_install(cred, policy, root), 0);
    pair_open(&pair, way->direction, way->priority, cred, "good", 0);
    assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
    gnutls_session_t server = way->direction == S2SV_OUTBOUND ? pair.peers : pair.ours;
    gnutls_session_t client = way->direction == S2SV_OUTBOUND ? pair.ours : pair.peers;
    assert_int_equal(gnutls_session_ticket_enable_server(server, &tickets->key), 0);
    if (again)
        assert_int_equal(gnutls_session_set_data(client, tickets->data.data, tickets->data.size),
                         0);
    gnutls_handshake_set_hook_function(pair.ours, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH,
                                       see_message);
    messages = 0;
    assert_int_equal(pair_handshake(&pair), 0);
    assert_int_equal(gnutls_session_is_resumed(pair.ours), again);
    assert_true(messages >= 6);
    assert_true(pair_shows(&pair, "good"));
    assert_true(is_told_to_be(pair.ours, "a.example"));
    if (!again)
        assert_int_equal(gnutls_session_get_data2(client, &tickets->data), 0);
    pair_close(&pair);
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
}

static void none_before_the_end(void **state)
{
    struct s2sv_policy *policies[] = { enforce, record, callback };
    (void)state;
    for (size_t i = 0; i < WAYS * 3; i++) {
        struct tickets tickets;
        assert_int_equal(gnutls_session_ticket_key_generate(&tickets.key), 0);
        shake_hands(&ways[i % WAYS], policies[i / WAYS], &tickets, 0);
        shake_hands(&ways[i % WAYS], policies[i / WAYS], &tickets, 1);
        gnutls_free(tickets.key.data);
        gnutls_free(tickets.data.data);
    }
}

/* ---- a renegotiation with a certificate that was stolen -------------------------------------- */

/* Shows the victim's certificate, and has a key of its own. */
static gnutls_certificate_credentials_t thief(void)
{
    gnutls_certificate_credentials_t cred;
    gnutls_datum_t shown[] = { der_of("victim", NULL), der_of("int", NULL) };
    gnutls_pcert_st chain[2];
    gnutls_privkey_t key;
    char *pem = key_pem_of("mine");
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

/* The network gives us so many octets. */
static size_t allowed;

static ssize_t pull(gnutls_transport_ptr_t ptr, void *data, size_t len)
{
    if (allowed == 0) {
        errno = EAGAIN;
        return -1;
    }
    ssize_t got = recv((int)(intptr_t)ptr, data, len < allowed ? len : allowed, 0);
    allowed -= got > 0 ? (size_t)got : 0;
    return got;
}

static int wait_for(gnutls_transport_ptr_t ptr, unsigned milliseconds)
{
    (void)ptr, (void)milliseconds;
    return allowed > 0;
}

static int show_stolen(gnutls_session_t session)
{
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
    int rc = gnutls_rehandshake(session);
    return rc == 0 ? do_handshake(session) : rc;
}

static int told, seen_stolen;

/* Octet by octet. */
static int be_shown_stolen(gnutls_session_t session)
{
    gnutls_datum_t stolen = der_of("victim", NULL);
    unsigned count;
    char octet;
    int rc;
    gnutls_handshake_set_timeout(session, 0);
    gnutls_transport_set_pull_function(session, pull);
    gnutls_transport_set_pull_timeout_function(session, wait_for);
    do {
        allowed = 1;
        rc = (int)gnutls_record_recv(session, &octet, 1);
    } while (rc == GNUTLS_E_AGAIN);
    while (rc == GNUTLS_E_REHANDSHAKE || rc == GNUTLS_E_AGAIN) {
        allowed = 1;
        rc = gnutls_handshake(session);
        const gnutls_datum_t *shown = gnutls_certificate_get_peers(session, &count);
        seen_stolen |= shown && shown->size == stolen.size &&
                       memcmp(shown->data, stolen.data, stolen.size) == 0;
        told |= is_told_to_be(session, "peer.example");
    }
    allowed = 1;
    told |= is_told_to_be(session, "peer.example");
    return rc;
}

static void stolen_in_renegotiation(void **state)
{
    static const char *const priorities[] = { RSA12, ECDHE12 };
    struct s2sv_policy *policies[] = { enforce, record, callback };
    (void)state;
    for (size_t i = 0; i < 2 * 3 * 2; i++) {
        gnutls_certificate_credentials_t cred = cred_new(NULL), stolen = thief();
        struct pair pair;
        assert_int_equal(s2sv_gnutls_install(cred, policies[i % 3], root), 0);
        pair_open(&pair, S2SV_OUTBOUND, priorities[i / 6], cred, "mine",
                  i / 3 % 2 ? GNUTLS_ALLOW_ID_CHANGE : 0);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_true(is_told_to_be(pair.ours, "thief.example"));
        gnutls_credentials_set(pair.peers, GNUTLS_CRD_CERTIFICATE, stolen);
        told = seen_stolen = 0;
        assert_true(pair_run(&pair, be_shown_stolen, show_stolen) < 0);
        assert_true(seen_stolen || i / 3 % 2 == 0);
        assert_false(told);
        assert_false(is_told_to_be(pair.ours, "peer.example"));
        pair_close(&pair);
        s2sv_gnutls_uninstall(cred);
        gnutls_certificate_free_credentials(cred);
        gnutls_certificate_free_credentials(stolen);
    }
}

/* ---- none, after a resumed handshake --------------------------------------------------------- */

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

/* GnuTLS then keeps telling the session's own certificate, whose key was proved for the session. */
static void none_after_resumption(void **state)
{
    struct tickets tickets;
    gnutls_certificate_credentials_t cred = cred_new("good"), none = cred_new(NULL);
    struct pair pair;
    (void)state;
    assert_int_equal(gnutls_session_ticket_key_generate(&tickets.key), 0);
    shake_hands(&ways[3], record, &tickets, 0);
    assert_int_equal(s2sv_gnutls_install(cred, record, root), 0);
    pair_open(&pair, S2SV_INBOUND, TLS13, cred, "good", GNUTLS_POST_HANDSHAKE_AUTH);
    assert_int_equal(gnutls_session_ticket_enable_server(pair.ours, &tickets.key), 0);
    assert_int_equal(gnutls_session_set_data(pair.peers, tickets.data.data, tickets.data.size), 0);
    assert_int_equal(pair_handshake(&pair), 0);
    assert_true(gnutls_session_is_resumed(pair.ours));
    assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
    gnutls_credentials_set(pair.peers, GNUTLS_CRD_CERTIFICATE, none);
    assert_int_equal(pair_run(&pair, ask_later, answer_later), 0);
    assert_true(pair_shows(&pair, "good"));
    assert_true(is_told_to_be(pair.ours, "a.example"));
    pair_close(&pair);
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
    gnutls_certificate_free_credentials(none);
    gnutls_free(tickets.key.data);
    gnutls_free(tickets.data.data);
}

/* ---- no certificate at all ------------------------------------------------------------------- */

static int give_key(gnutls_session_t session, const char *name, gnutls_datum_t *key)
{
    (void)session, (void)name;
    key->data = gnutls_malloc(16);
    memset(key->data, 7, 16);
    key->size = 16;
    return 0;
}

/* Of both sides. */
struct secrets {
    gnutls_anon_client_credentials_t anon_client;
    gnutls_anon_server_credentials_t anon_server;
    gnutls_psk_client_credentials_t psk_client;
    gnutls_psk_server_credentials_t psk_server;
};

static void share(struct secrets *s, gnutls_session_t client, gnutls_session_t server)
{
    gnutls_datum_t key = { NULL, 0 };
    assert_int_equal(gnutls_anon_allocate_client_credentials(&s->anon_client), 0);
    assert_int_equal(gnutls_anon_allocate_server_credentials(&s->anon_server), 0);
    assert_int_equal(gnutls_psk_allocate_client_credentials(&s->psk_client), 0);
    assert_int_equal(gnutls_psk_allocate_server_credentials(&s->psk_server), 0);
    give_key(NULL, NULL, &key);
    gnutls_psk_set_client_credentials(s->psk_client, "peer", &key, GNUTLS_PSK_KEY_RAW);
    gnutls_psk_set_server_credentials_function(s->psk_server, give_key);
    gnutls_free(key.data);
    gnutls_credentials_set(client, GNUTLS_CRD_ANON, s->anon_client);
    gnutls_credentials_set(server, GNUTLS_CRD_ANON, s->anon_server);
    gnutls_credentials_set(client, GNUTLS_CRD_PSK, s->psk_client);
    gnutls_credentials_set(server, GNUTLS_CRD_PSK, s->psk_server);
}

static void forget_secrets(struct secrets *s)
{
    gnutls_anon_free_client_credentials(s->anon_client);
    gnutls_anon_free_server_credentials(s->anon_server);
    gnutls_psk_free_client_credentials(s->psk_client);
    gnutls_psk_free_server_credentials(s->psk_server);
}

/* Suites without certificates call no verify function: the handshake goes on, as gnutls.h says, and
 * never with a good verdict. */
static void without_certificates(void **state)
{
    static const char *const priorities[] = {
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ANON-ECDH",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-PSK",
        "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK:+PSK",
    };
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        enum s2sv_direction direction = i % 2 ? S2SV_INBOUND : S2SV_OUTBOUND;
        gnutls_certificate_credentials_t cred = cred_new("good");
        struct secrets secrets;
        struct pair pair;
        assert_int_equal(s2sv_gnutls_install(cred, enforce, root), 0);
        pair_open(&pair, direction, priorities[i / 2], cred, NULL, 0);
        share(&secrets, direction == S2SV_OUTBOUND ? pair.ours : pair.peers,
              direction == S2SV_OUTBOUND ? pair.peers : pair.ours);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        assert_int_equal(pair_handshake(&pair), 0);
        assert_true(pair_shows(&pair, NULL));
        assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), "no-certificate");
        pair_close(&pair);
        forget_secrets(&secrets);
        s2sv_gnutls_uninstall(cred);
        gnutls_certificate_free_credentials(cred);
    }
}

/* ---- what the application asked of a client stays -------------------------------------------- */

enum { ENDS = 1, AFTER = 2 };

/* GnuTLS doesn't tell what was asked before: attach() asks by the policy, and what is set after it
 * counts. */
static void required_by_the_application(void **state)
{
    static const struct {
        enum s2sv_request request;
        int is_set; /* 0: the policy's default */
        unsigned how;
    } rows[] = {
        { S2SV_REQUEST_LEAVE, 1, ENDS },
        { S2SV_REQUEST_REQUIRE, 1, ENDS },
        { S2SV_REQUEST_ASK, 0, AFTER | ENDS },
        { S2SV_REQUEST_ASK, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        unsigned how = rows[i / 2].how;
        struct s2sv_policy *policy = policy_of(S2SV_HANDSHAKE_RECORD);
        gnutls_certificate_credentials_t cred = cred_new("good");
        struct pair pair;
        if (rows[i / 2].is_set)
            assert_int_equal(s2sv_policy_set_request(policy, rows[i / 2].request), 0);
        assert_int_equal(s2sv_gnutls_install(cred, policy, root), 0);
        pair_open(&pair, S2SV_INBOUND, i % 2 ? TLS13 : TLS12, cred, NULL, 0);
        gnutls_certificate_server_set_request(pair.ours, GNUTLS_CERT_REQUIRE);
        assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
        if (how & AFTER)
            gnutls_certificate_server_set_request(pair.ours, GNUTLS_CERT_REQUIRE);
        assert_int_equal(pair_handshake(&pair) < 0, (how & ENDS) != 0);
        pair_close(&pair);
        s2sv_gnutls_uninstall(cred);
        gnutls_certificate_free_credentials(cred);
        s2sv_policy_unref(policy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_before_the_end),         cmocka_unit_test(stolen_in_renegotiation),
        cmocka_unit_test(none_after_resumption),       cmocka_unit_test(without_certificates),
        cmocka_unit_test(required_by_the_application),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
