/* SPDX-License-Identifier: MIT
 * Policy and trust are replaced, every few milliseconds and from inside a callback, while threads
 * shake hands on the same SSL_CTX: whoever is under way keeps what it began with, new connections
 * get the new. Meant for the address and thread sanitizers too. */
#include "openssl_tls.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

enum { THREADS = 8, PAUSE = 2000000 /* ns */ };

static const char *const specs[] = { "other: ca", "good: issuer=int san=dns:peer.example",
                                     "evil: issuer=other san=dns:peer.example", NULL };

static struct pki *pki;
static SSL_CTX *us, *good, *evil;
static int rounds = 60;
static atomic_int working, wrong;

static void add_root(SSL_CTX *ctx)
{
    X509 *root = tls_x509(pki, "root");
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root), 1);
    X509_free(root);
}

static int make(void **state)
{
    (void)state;
    pki = tls_pki(specs);
    us = tls_ctx(pki, "ours", 0);
    good = tls_ctx(pki, "good int", 0);
    evil = tls_ctx(pki, "evil", 0);
    add_root(us);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    SSL_CTX_free(us);
    SSL_CTX_free(good);
    SSL_CTX_free(evil);
    pki_free(pki);
    return 0;
}

static void install(enum s2sv_handshake handshake, const char *anchors)
{
    struct s2sv_policy *policy = tls_policy(handshake);
    struct s2sv_trust *trust = anchors ? tls_trust(pki, anchors) : NULL;
    assert_int_equal(s2sv_openssl_install(us, policy, trust), 0);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
}

/* 1: it is over, well or not. */
static int step(SSL *ssl, int *ret_ok)
{
    int result = SSL_do_handshake(ssl), error = SSL_get_error(ssl, result);
    *ret_ok = result == 1;
    return error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
}

/* Both ends by turns in one thread. 1: we went on. */
static int shake(SSL *server, SSL *client)
{
    int fds[2], ok = 0, is_over = 0, peer_ok, peer_is_over = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        abort();
    for (int i = 0; i < 2; i++)
        fcntl(fds[i], F_SETFL, O_NONBLOCK);
    SSL_set_fd(server, fds[0]);
    SSL_set_fd(client, fds[1]);
    while (!is_over) {
        if (!peer_is_over)
            peer_is_over = step(client, &peer_ok);
        is_over = step(server, &ok);
    }
    close(fds[0]);
    close(fds[1]);
    return ok;
}

/* The reason, by whatever is installed; *ret_ok: the handshake went on. */
static const char *meet(SSL_CTX *peer, int *ret_ok)
{
    SSL *server = SSL_new(us), *client = SSL_new(peer);
    if (!server || !client)
        abort();
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    if (!s2sv_openssl_peer(server))
        abort();
    *ret_ok = shake(server, client);
    const char *reason = tls_reason(s2sv_openssl_verdict(server));
    SSL_free(server);
    SSL_free(client);
    return reason;
}

/* Every policy and every trust of reload() judges these two alike. */
static void *work(void *unused)
{
    for (int i = 0, ok; i < rounds; i++) {
        if (strcmp(meet(good, &ok), "none") != 0 || !ok)
            atomic_fetch_add(&wrong, 1);
        if (strcmp(meet(evil, &ok), "untrusted") != 0)
            atomic_fetch_add(&wrong, 1);
    }
    atomic_fetch_sub(&working, 1);
    return unused;
}

static void reload(int i)
{
    static const char *const anchors[] = { "root", NULL, "root int" };
    install(i % 2 ? S2SV_HANDSHAKE_RECORD : S2SV_HANDSHAKE_ENFORCE, anchors[i % 3]);
}

static void test_threads(void **state)
{
    pthread_t threads[THREADS];
    int reloads = 0;
    (void)state;
    reload(0);
    atomic_store(&working, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, NULL), 0);
    while (atomic_load(&working) > 0) {
        reload(++reloads);
        nanosleep(&(struct timespec){ .tv_nsec = PAUSE }, NULL);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    print_message("%d handshakes in %d threads, %d reloads\n", THREADS * rounds * 2, THREADS,
                  reloads);
    assert_int_equal(atomic_load(&wrong), 0);
}

static void test_new_ones_get_the_new(void **state)
{
    int ok;
    (void)state;
    install(S2SV_HANDSHAKE_ENFORCE, "root");
    assert_string_equal(meet(good, &ok), "none");
    install(S2SV_HANDSHAKE_ENFORCE, "other");
    assert_string_equal(meet(good, &ok), "untrusted");
    assert_false(ok);
    install(S2SV_HANDSHAKE_RECORD, "other");
    assert_string_equal(meet(good, &ok), "untrusted");
    assert_true(ok);
}

/* What the application's callback replaces under its own verification, and how often it was asked
 * with ok = 1. */
static struct s2sv_policy *attached;
static int path_calls;

static int replace(int ok, X509_STORE_CTX *ctx)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
    assert_null(s2sv_openssl_verdict(ssl)); /* it isn't decided yet */
    install(S2SV_HANDSHAKE_ENFORCE, "other");
    assert_int_equal(s2sv_openssl_attach(ssl, path_calls % 2 ? attached : NULL), 0);
    path_calls += ok;
    return ok;
}

static void test_in_callback(void **state)
{
    struct s2sv_policy *first = tls_policy(S2SV_HANDSHAKE_CALLBACK);
    SSL *server = SSL_new(us), *client = SSL_new(good);
    (void)state;
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    attached = tls_policy(S2SV_HANDSHAKE_RECORD);
    install(S2SV_HANDSHAKE_ENFORCE, "root");
    SSL_set_verify(server, SSL_VERIFY_PEER, replace);
    assert_int_equal(s2sv_openssl_attach(server, first), 0);
    s2sv_policy_unref(first); /* the SSL has the last reference */
    assert_int_equal(shake(server, client), 1);
    assert_int_equal(path_calls, 3);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(server)), "none");
    SSL_free(server);
    SSL_free(client);
    s2sv_policy_unref(attached);
}

/* The argument: how often each thread meets both peers. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_new_ones_get_the_new),
        cmocka_unit_test(test_in_callback),
    };
    if (argc > 1)
        rounds = atoi(argv[1]);
    return cmocka_run_group_tests(tests, make, drop);
}
