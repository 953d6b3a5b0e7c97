/* SPDX-License-Identifier: MIT
 * A verdict is about a certificate whose key the peer has proved. A client shows another
 * certificate later, in a renegotiation or after a request in TLS 1.3, and the network gives the
 * server one octet at a time: until all of it has come, the new certificate has no good verdict.
 * And where the application demanded a certificate, it stays demanded. */
#include "openssl_tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const char *const specs[] = { "first: issuer=int san=dns:a.example",
                                     "second: issuer=int san=dns:b.example",
                                     "client: issuer=int san=dns:b.example eku=clientAuth", NULL };

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

/* Two ends, and what is on the way between them. */
struct wire {
    SSL *server, *client;
    BIO *up, *down;
};

static struct wire wire_new(SSL_CTX *server, SSL_CTX *client)
{
    struct wire w = { SSL_new(server), SSL_new(client), BIO_new(BIO_s_mem()),
                      BIO_new(BIO_s_mem()) };
    SSL_set_bio(w.server, BIO_new(BIO_s_mem()), w.down);
    SSL_set_bio(w.client, BIO_new(BIO_s_mem()), w.up);
    BIO_set_mem_eof_return(SSL_get_rbio(w.server), -1);
    BIO_set_mem_eof_return(SSL_get_rbio(w.client), -1);
    SSL_set_accept_state(w.server);
    SSL_set_connect_state(w.client);
    return w;
}

static int move(BIO *from, BIO *to, int most)
{
    char octets[4096];
    int len = BIO_read(from, octets, most < (int)sizeof octets ? most : (int)sizeof octets);
    return len > 0 && BIO_write(to, octets, len) == len;
}

/* Whatever an end has to do; 0: it failed. */
static int run(SSL *ssl)
{
    char octet;
    int rc = SSL_is_init_finished(ssl) ? SSL_read(ssl, &octet, 1) : SSL_do_handshake(ssl);
    int error = rc > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl, rc);
    return error == SSL_ERROR_NONE || error == SSL_ERROR_WANT_READ;
}

static int is_good(const struct s2sv_verdict *verdict)
{
    return s2sv_verdict_is_for(verdict, "b.example");
}

/* Until nothing is on the way any more. Returns how often the server had a good verdict on the
 * second certificate before the last octet. */
static int talk(struct wire *w, int step, int *ret_ok)
{
    int early = 0, moved = 1;
    *ret_ok = 1;
    while (moved && *ret_ok) {
        moved = 0;
        *ret_ok &= run(w->client);
        while (move(w->up, SSL_get_rbio(w->server), step)) {
            moved = 1;
            *ret_ok &= run(w->server);
            early += BIO_ctrl_pending(w->up) > 0 && is_good(s2sv_openssl_verdict(w->server));
        }
        while (move(w->down, SSL_get_rbio(w->client), 4096))
            moved = 1;
    }
    return early;
}

static void check(int version, const char *second, const char *reason)
{
    SSL_CTX *us = tls_ctx(pki, "ours int", version), *peer = tls_ctx(pki, "first int", version);
    SSL_CTX *other = tls_ctx(pki, second, version);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    int ok;
    SSL_CTX_set_post_handshake_auth(peer, 1);
    assert_int_equal(s2sv_openssl_install(us, policy, trust), 0);
    struct wire w = wire_new(us, peer);
    talk(&w, 4096, &ok);
    assert_true(ok && SSL_is_init_finished(w.server));
    assert_true(s2sv_verdict_is_for(s2sv_openssl_verdict(w.server), "a.example"));
    assert_int_equal(SSL_use_certificate(w.client, SSL_CTX_get0_certificate(other)), 1);
    assert_int_equal(SSL_use_PrivateKey(w.client, SSL_CTX_get0_privatekey(other)), 1);
    if (version == TLS1_3_VERSION)
        assert_int_equal(SSL_verify_client_post_handshake(w.server), 1);
    else
        assert_int_equal(SSL_renegotiate(w.server), 1);
    SSL_do_handshake(w.server);
    move(w.down, SSL_get_rbio(w.client), 4096);
    assert_int_equal(talk(&w, 1, &ok), 0);
    assert_true(ok);
    assert_true(SSL_is_init_finished(w.server));
    assert_string_equal(tls_reason(s2sv_openssl_verdict(w.server)), reason);
    assert_int_equal(is_good(s2sv_openssl_verdict(w.server)), strcmp(reason, "none") == 0);
    SSL_free(w.server);
    SSL_free(w.client);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
    SSL_CTX_free(other);
    s2sv_policy_unref(policy);
}

static void test_another_later(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        check(versions[i], "second int", "none");
        check(versions[i], "client int", "wrong-purpose");
    }
}

/* What the application demanded of clients before install() stays demanded. */
static void test_demanded_by_the_application(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        SSL_CTX *us = tls_ctx(pki, "ours int", versions[i % 2]);
        SSL_CTX *peer = tls_ctx(pki, NULL, versions[i % 2]);
        if (i / 2)
            SSL_CTX_set_verify(us, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        assert_int_equal(s2sv_openssl_install(us, policy, trust), 0);
        struct tls tls = tls_new(us, peer);
        tls_connect(&tls);
        assert_int_equal(tls.server_ok, i / 2 == 0);
        tls_free(&tls);
        SSL_CTX_free(us);
        SSL_CTX_free(peer);
    }
    s2sv_policy_unref(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another_later),
        cmocka_unit_test(test_demanded_by_the_application),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
