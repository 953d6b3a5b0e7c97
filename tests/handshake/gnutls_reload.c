/* SPDX-License-Identifier: MIT
 * Eight threads shake hands while the main one reloads: install() with a new policy and a new
 * trust, uninstall(), more anchors for the trust in use, as a daemon does at SIGHUP, every few
 * milliseconds. Whoever is under way keeps what it began with; good peers stay good and bad ones
 * bad.
 * usage: gnutls_reload [ROUNDS] */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gnutls_pair.h"

enum { THREADS = 8, PIPE = 32768 };

static int rounds = 60; /* of each thread */
static gnutls_certificate_credentials_t ours, good, bad;
static atomic_int faults, busy, handshakes, reloads;

/* ---- one connection, over memory ------------------------------------------------------------- */

struct way {
    unsigned char octets[PIPE];
    size_t len, at;
};

struct end {
    gnutls_session_t session;
    struct way *in, *out;
};

static ssize_t push(gnutls_transport_ptr_t ptr, const void *data, size_t len)
{
    struct end *end = ptr;
    if (end->out->len + len > PIPE) {
        gnutls_transport_set_errno(end->session, EIO);
        return -1;
    }
    memcpy(end->out->octets + end->out->len, data, len);
    end->out->len += len;
    return (ssize_t)len;
}

static ssize_t pull(gnutls_transport_ptr_t ptr, void *data, size_t len)
{
    struct end *end = ptr;
    size_t there = end->in->len - end->in->at;
    if (there == 0) {
        gnutls_transport_set_errno(end->session, EAGAIN);
        return -1;
    }
    len = len < there ? len : there;
    memcpy(data, end->in->octets + end->in->at, len);
    end->in->at += len;
    return (ssize_t)len;
}

static int wait_for(gnutls_transport_ptr_t ptr, unsigned milliseconds)
{
    const struct end *end = ptr;
    (void)milliseconds;
    return end->in->len > end->in->at;
}

static void open_end(struct end *end, unsigned flags, const char *priority,
                     gnutls_certificate_credentials_t cred)
{
    gnutls_init(&end->session, flags | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
    gnutls_priority_set_direct(end->session, priority, NULL);
    gnutls_credentials_set(end->session, GNUTLS_CRD_CERTIFICATE, cred);
    gnutls_transport_set_ptr(end->session, end);
    gnutls_transport_set_push_function(end->session, push);
    gnutls_transport_set_pull_function(end->session, pull);
    gnutls_transport_set_pull_timeout_function(end->session, wait_for);
}

/* What became of our side's handshake. */
static int shake_hands(struct end *us, struct end *peer)
{
    int our_result = GNUTLS_E_AGAIN, peers_result = GNUTLS_E_AGAIN;
    for (int i = 0; i < 12 && our_result != 0 && !gnutls_error_is_fatal(our_result); i++) {
        if (peers_result != 0 && !gnutls_error_is_fatal(peers_result))
            peers_result = gnutls_handshake(peer->session);
        our_result = gnutls_handshake(us->session);
    }
    return our_result;
}

static void connect_once(unsigned kind, struct s2sv_policy *policy)
{
    struct way *pipes = calloc(2, sizeof *pipes);
    struct end us = { NULL, &pipes[0], &pipes[1] }, peer = { NULL, &pipes[1], &pipes[0] };
    const char *priority = kind & 1 ? TLS12 : TLS13;
    int is_good = (kind & 4) != 0, is_server = (kind & 2) != 0;
    open_end(&us, is_server ? GNUTLS_SERVER : GNUTLS_CLIENT, priority, ours);
    open_end(&peer, is_server ? GNUTLS_CLIENT : GNUTLS_SERVER, priority, is_good ? good : bad);
    int status = s2sv_gnutls_attach(us.session, policy), rc = shake_hands(&us, &peer);
    const struct s2sv_verdict *verdict = s2sv_gnutls_verdict(us.session);
    if (status != 0 || (rc == 0) != is_good || s2sv_verdict_trusted(verdict) != is_good) {
        printf("kind %u: attach %d, handshake %d, %s\n", kind, status, rc,
               verdict ? why(verdict) : "no verdict");
        atomic_fetch_add(&faults, 1);
    }
    gnutls_deinit(us.session);
    gnutls_deinit(peer.session);
    free(pipes);
    atomic_fetch_add(&handshakes, 1);
}

static void *work(void *policy)
{
    for (int i = 0; i < rounds; i++)
        connect_once((unsigned)i, policy);
    atomic_fetch_sub(&busy, 1);
    return NULL;
}

/* ---- what SIGHUP does ------------------------------------------------------------------------ */

static void reload_once(int round)
{
    struct s2sv_policy *policy = policy_of(S2SV_HANDSHAKE_ENFORCE);
    struct s2sv_trust *trust = trust_of("root");
    gnutls_datum_t other = der_of("other-root", NULL);
    assert_int_equal(s2sv_gnutls_install(ours, policy, round % 3 ? trust : NULL), 0);
    assert_int_equal(s2sv_trust_add_der(trust, other.data, other.size), 0);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
    if (round % 5 == 0)
        s2sv_gnutls_uninstall(ours);
    atomic_fetch_add(&reloads, 1);
}

static void reload(void **state)
{
    struct timespec pause = { 0, 2000000 };
    struct s2sv_policy *policy = policy_of(S2SV_HANDSHAKE_ENFORCE);
    pthread_t threads[THREADS];
    (void)state;
    atomic_store(&busy, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, policy), 0);
    for (int round = 1; atomic_load(&busy) > 0; round++) {
        reload_once(round);
        nanosleep(&pause, NULL);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    print_message("%d handshakes, %d reloads\n", atomic_load(&handshakes), atomic_load(&reloads));
    s2sv_gnutls_uninstall(ours);
    s2sv_policy_unref(policy);
    assert_int_equal(atomic_load(&faults), 0);
    assert_true(atomic_load(&reloads) > 3);
}

static int make(void **state)
{
    (void)state;
    make_cas();
    der_of("other-root", "ca subject=CN=other-root");
    der_of("good", "issuer=int san=dns:a.example");
    der_of("bad", "issuer=int san=dns:a.example eku=clientAuth");
    ours = cred_new("good");
    cred_trust(ours, "root");
    good = cred_new("good");
    bad = cred_new("bad");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    gnutls_certificate_free_credentials(ours);
    gnutls_certificate_free_credentials(good);
    gnutls_certificate_free_credentials(bad);
    forget_certificates();
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reload) };
    if (argc > 1)
        rounds = atoi(argv[1]);
    return cmocka_run_group_tests(tests, make, drop);
}
