/* SPDX-License-Identifier: MIT
 * Threads verify good and bad peers while another adds to the trust and changes its memory: every
 * verdict is the right one. Meant for the thread sanitizer too. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counting.h"

enum { NOW = 1780000000, THREADS = 2, ROUNDS = 3000, ADDITIONS = 40, PEERS = 6 };

struct peer {
    struct question question;
    const char *reason;
};

static struct peer peers[PEERS];
static atomic_int wrong;

static void *hammer(void *arg)
{
    unsigned at = *(const unsigned *)arg;
    for (int i = 0; i < ROUNDS; i++) {
        at = at * 1103515245u + 12345u;
        const struct peer *peer = &peers[(at >> 16) % PEERS];
        struct s2sv_verdict *verdict = judge(&peer->question);
        if (strcmp(s2sv_reason_name(s2sv_verdict_reason(verdict)), peer->reason) != 0)
            atomic_fetch_add(&wrong, 1);
        s2sv_verdict_unref(verdict);
    }
    return NULL;
}

struct adder {
    struct pki *pki;
    struct s2sv_trust *trust;
};

static void *add(void *arg)
{
    const struct adder *adder = arg;
    for (int i = 0; i < ADDITIONS; i++) {
        char name[16];
        size_t len;
        snprintf(name, sizeof name, "extra%d", i);
        const unsigned char *der = pki_der(pki_find(adder->pki, name), &len);
        if (s2sv_trust_add_der(adder->trust, der, len) != S2SV_DECIDED ||
            s2sv_trust_set_memory(adder->trust, i % 3 == 0 ? 5 : 4096) != S2SV_DECIDED)
            atomic_fetch_add(&wrong, 1);
    }
    return NULL;
}

static void make_all(struct pki *pki)
{
    make(pki, "root", "ca");
    make(pki, "int", "ca issuer=root");
    make(pki, "one", "issuer=int san=dns:one.example");
    make(pki, "two", "issuer=int san=dns:two.example");
    make(pki, "three", "issuer=root san=dns:three.example");
    make(pki, "old", "issuer=int san=dns:old.example not-after=-1d");
    make(pki, "forged", "issuer=int signer=root san=dns:one.example");
    make(pki, "client", "issuer=int san=dns:one.example eku=clientAuth");
    for (int i = 0; i < ADDITIONS; i++) {
        char name[16];
        snprintf(name, sizeof name, "extra%d", i);
        make(pki, name, "ca");
    }
}

int main(void)
{
    static const char *const rows[PEERS][2] = {
        { "one int", "none" },
        { "two int", "none" },
        { "three", "none" },
        { "old int", "expired" },
        { "forged int", "bad-signature" },
        { "client int", "wrong-purpose" },
    };
    struct pki *pki = pki_new(NULL, NOW);
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    pthread_t threads[THREADS + 1];
    unsigned seeds[THREADS] = { 1, 2 };
    make_all(pki);
    struct s2sv_trust *trust = trust_of(pki, "root");
    for (size_t i = 0; i < PEERS; i++) {
        peers[i].question = (struct question){ .trust = trust, .policy = policy, .time = NOW };
        present(&peers[i].question, pki, rows[i][0]);
        peers[i].reason = rows[i][1];
    }
    struct adder adder = { pki, trust };
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, hammer, &seeds[i]);
    pthread_create(&threads[THREADS], NULL, add, &adder);
    for (int i = 0; i <= THREADS; i++)
        pthread_join(threads[i], NULL);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
    pki_free(pki);
    printf("%d threads, %d verdicts each, %d wrong\n", THREADS, ROUNDS, wrong);
    return wrong != 0;
}
