/* SPDX-License-Identifier: MIT
 * A resumed session keeps the whole chain on both sides, but no verify function is called for it
 * (traps: GnuTLS 10). So its handshake goes on, and its verdict is made afresh when asked for. */
#include "gnutls_pair.h"

static int calls;

static int counting(gnutls_session_t session)
{
    calls++;
    return s2sv_gnutls_verify_function(session);
}

static int make(void **state)
{
    (void)state;
    make_cas();
    der_of("other-root", "ca key=p384 subject=CN=root");
    der_of("good", "issuer=int san=dns:a.example");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    forget_certificates();
    return 0;
}

static struct setting {
    const char *name;
    enum s2sv_direction direction;
    const char *priority, *leaf;
    const char *trusted; /* when the session is resumed; "root" before */
    const char *reason;  /* of the resumed session */
} settings[] = {
    { "1.2 we connect", S2SV_OUTBOUND, TLS12, "good", "root", "none" },
    { "1.3 we connect", S2SV_OUTBOUND, TLS13, "good", "root", "none" },
    { "1.2 we accept", S2SV_INBOUND, TLS12, "good", "root", "none" },
    { "1.3 we accept", S2SV_INBOUND, TLS13, "good", "root", "none" },
    { "1.2 we connect, trust is gone", S2SV_OUTBOUND, TLS12, "good", "other-root", "untrusted" },
    { "1.3 we connect, trust is gone", S2SV_OUTBOUND, TLS13, "good", "other-root", "untrusted" },
    { "1.2 we accept, trust is gone", S2SV_INBOUND, TLS12, "good", "other-root", "untrusted" },
    { "1.3 we accept, trust is gone", S2SV_INBOUND, TLS13, "good", "other-root", "untrusted" },
    { "1.2 we accept nothing", S2SV_INBOUND, TLS12, NULL, "root", "no-certificate" },
    { "1.3 we accept nothing", S2SV_INBOUND, TLS13, NULL, "root", "no-certificate" },
};
enum { SETTINGS = sizeof settings / sizeof settings[0] };

/* What the two connections share. */
struct tickets {
    gnutls_datum_t key, data;
};

static void connect_once(const struct setting *s, struct tickets *tickets, int again)
{
    struct s2sv_policy *policy =
        policy_of(s->leaf ? S2SV_HANDSHAKE_ENFORCE : S2SV_HANDSHAKE_RECORD);
    assert_int_equal(s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_CARRY), 0);
    struct s2sv_trust *trust = trust_of(again ? s->trusted : "root");
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct pair pair;
    assert_int_equal(s2sv_gnutls_install(cred, policy, trust), 0);
    pair_open(&pair, s->direction, s->priority, cred, s->leaf, 0);
    assert_int_equal(s2sv_gnutls_attach(pair.ours, NULL), 0);
    gnutls_session_set_verify_function(pair.ours, counting);
    gnutls_session_t server = s->direction == S2SV_OUTBOUND ? pair.peers : pair.ours;
    gnutls_session_t client = s->direction == S2SV_OUTBOUND ? pair.ours : pair.peers;
    assert_int_equal(gnutls_session_ticket_enable_server(server, &tickets->key), 0);
    if (again)
        assert_int_equal(gnutls_session_set_data(client, tickets->data.data, tickets->data.size),
                         0);

    calls = 0;
    assert_int_equal(pair_handshake(&pair), 0);
    assert_int_equal(gnutls_session_is_resumed(pair.ours), again);
    assert_int_equal(calls, !again);
    assert_true(pair_shows(&pair, s->leaf));
    assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)),
                        again || !s->leaf ? s->reason : "none");
    if (!again)
        assert_int_equal(gnutls_session_get_data2(client, &tickets->data), 0);

    pair_close(&pair);
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
}

static void resume(void **state)
{
    struct tickets tickets;
    assert_int_equal(gnutls_session_ticket_key_generate(&tickets.key), 0);
    connect_once(*state, &tickets, 0);
    connect_once(*state, &tickets, 1);
    gnutls_free(tickets.key.data);
    gnutls_free(tickets.data.data);
}

int main(void)
{
    struct CMUnitTest tests[SETTINGS];
    for (size_t i = 0; i < SETTINGS; i++)
        tests[i] = (struct CMUnitTest){ settings[i].name, resume, NULL, NULL, &settings[i] };
    return cmocka_run_group_tests(tests, make, drop);
}
