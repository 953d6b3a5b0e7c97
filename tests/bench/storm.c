/* SPDX-License-Identifier: MIT
 * After a restart every peer reconnects, and later once more: real TLS 1.3 handshakes of peers with
 * distinct leaves under a few intermediates, in another order each time. The server's CPU time per
 * connection, with a memory that has room for half of the paths and with the default one; every so
 * often one connection goes to a server without s2sverify. usage: storm [PEERS] */
#include "tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PEERS = 10000, INTERMEDIATES = 8, KEYS = 64, STOCK_EVERY = 10 };

static struct pki *pki;
static struct s2sv_link root;
static const struct pki_cert *intermediates[INTERMEDIATES], *server_leaf;
static const struct pki_cert **leaves;
static unsigned *order;
static unsigned peers = PEERS;

static const struct pki_cert *make(const char *name, const char *spec)
{
    char err[128] = "";
    const struct pki_cert *cert = pki_make(pki, name, spec, err, sizeof err);
    if (!cert)
        fprintf(stderr, "%s: %s\n", name, err);
    must(cert);
    return cert;
}

static void make_leaf(unsigned i)
{
    char name[32], spec[160];
    snprintf(name, sizeof name, "peer%u", i);
    snprintf(spec, sizeof spec, "issuer=int%u same-key=key%u subject=CN=x san=dns:peer%u.example",
             i % INTERMEDIATES, i % KEYS, i);
    leaves[i] = make(name, spec);
}

static void make_all(void)
{
    char name[32];
    pki = pki_new(NULL, (int64_t)time(NULL));
    leaves = calloc(peers, sizeof *leaves);
    order = calloc(peers, sizeof *order);
    must(leaves && order);
    root.der = pki_der(make("root", "ca key=p384"), &root.len);
    for (unsigned i = 0; i < INTERMEDIATES; i++) {
        snprintf(name, sizeof name, "int%u", i);
        intermediates[i] = make(name, "ca issuer=root key=p384");
    }
    for (unsigned i = 0; i < KEYS; i++) {
        snprintf(name, sizeof name, "key%u", i);
        make(name, "issuer=int0");
    }
    server_leaf = make("server", "issuer=int0 same-key=key0 subject=CN=x san=dns:server.example");
    for (unsigned i = 0; i < peers; i++) {
        make_leaf(i);
        order[i] = i;
    }
}

/* The same orders in every run. */
static void shuffle(void)
{
    static uint64_t state = 88172645463325252u;
    for (unsigned i = peers - 1; i > 0; i--) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        unsigned other = (unsigned)(state % (i + 1)), moved = order[i];
        order[i] = order[other];
        order[other] = moved;
    }
}

/* Seconds of the server. */
static double connect_peer(struct tls_server *server, unsigned i)
{
    char name[32];
    snprintf(name, sizeof name, "peer%u.example", i);
    struct tls_client *client = tls_client_new(NULL, leaves[i], intermediates[i % INTERMEDIATES]);
    double before = work_so_far();
    tls_handshake(server, client, name);
    double seconds = work_so_far() - before;
    tls_client_free(client);
    return seconds;
}

static void round_of(struct tls_server *stock, struct tls_server *ours, const char *what)
{
    struct comparison result = { .ours = { .seconds = 0 } };
    shuffle();
    for (unsigned i = 0; i < peers; i++) {
        result.ours.seconds += connect_peer(ours, order[i]) / peers;
        if (i % STOCK_EVERY == 0)
            result.bare.seconds +=
                connect_peer(stock, order[i]) / ((peers + STOCK_EVERY - 1) / STOCK_EVERY);
    }
    result.ratio = result.ours.seconds / result.bare.seconds;
    print_comparison("ecdsa", what, &result, 0, NO_TARGET, 0);
}

static void storm(struct tls_server *stock, struct s2sv_policy *policy, size_t memory,
                  const char *what)
{
    char name[64];
    struct s2sv_trust *trust = trust_of(&root);
    if (memory > 0) /* a path for each peer, and one for each intermediate */
        must(s2sv_trust_set_memory(trust, memory) == S2SV_DECIDED);
    struct tls_server *ours = tls_server_new(&root, server_leaf, intermediates[0], policy, trust);
    for (int round = 1; round <= 2; round++) {
        snprintf(name, sizeof name, "storm-%s-round-%d", what, round);
        round_of(stock, ours, name);
    }
    tls_server_free(ours);
    s2sv_trust_unref(trust);
}

int main(int argc, char **argv)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    if (argc > 1)
        peers = (unsigned)strtoul(argv[1], NULL, 10);
    must(peers > 0);
    make_all();
    struct tls_server *stock = tls_server_new(&root, server_leaf, intermediates[0], NULL, NULL);
    storm(stock, policy, peers / 2, "room-for-half");
    storm(stock, policy, 0, "default-memory");
    tls_server_free(stock);
    s2sv_policy_unref(policy);
    pki_free(pki);
    free(leaves);
    free(order);
    return 0;
}
