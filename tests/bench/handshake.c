/* SPDX-License-Identifier: MIT
 * Whole mutual TLS 1.3 handshakes: the verifying server's CPU time with s2sverify and without. */
#include "tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 61 };

static const char name[] = "name0.example";

struct setting {
    struct chain chain;
    struct tls_server *stock, *ours;
    struct tls_client *client;
    struct s2sv_trust *trust;
};

static void shake_stock(void *arg, unsigned repeat)
{
    const struct setting *s = arg;
    for (unsigned i = 0; i < repeat; i++)
        tls_handshake(s->stock, s->client, name);
}

static void shake_ours(void *arg, unsigned repeat)
{
    const struct setting *s = arg;
    for (unsigned i = 0; i < repeat; i++)
        tls_handshake(s->ours, s->client, name);
}

static void forget(void *arg)
{
    const struct setting *s = arg;
    must(s2sv_trust_set_memory(s->trust, 4096) == S2SV_DECIDED);
}

static void measure(struct setting *s)
{
    int is_ecdsa = strcmp(s->chain.name, "ecdsa") == 0;
    struct way stock = { NULL, shake_stock, s, 2 };
    struct way first = { forget, shake_ours, s, 1 }, met = { NULL, shake_ours, s, 2 };
    struct comparison result = compare(&stock, &first, ROUNDS);
    print_comparison(s->chain.name, "handshake-first-contact", &result, 0, NO_TARGET, 0);
    result = compare(&stock, &met, ROUNDS);
    print_comparison(s->chain.name, "handshake-met-before", &result, 0,
                     is_ecdsa ? AT_MOST : NO_TARGET, 0.6);
}

static struct setting setting_new(int which, struct s2sv_policy *policy)
{
    struct setting s = { .chain = chain_new(which) };
    struct pki *pki = s.chain.pki;
    chain_leaf(&s.chain, "peer", 2);
    char err[128];
    const struct pki_cert *peer = pki_find(pki, "peer"), *intermediate = pki_find(pki, "int");
    const struct pki_cert *server =
        pki_make(pki, "server", "issuer=int same-key=key subject=CN=x san=dns:server.example", err,
                 sizeof err);
    must(server);
    s.trust = trust_of(&s.chain.root);
    s.stock = tls_server_new(&s.chain.root, server, intermediate, NULL, NULL);
    s.ours = tls_server_new(&s.chain.root, server, intermediate, policy, s.trust);
    s.client = tls_client_new(&s.chain.root, peer, intermediate);
    return s;
}

static void setting_free(struct setting *s)
{
    tls_server_free(s->stock);
    tls_server_free(s->ours);
    tls_client_free(s->client);
    s2sv_trust_unref(s->trust);
    chain_free(&s->chain);
}

int main(void)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    for (int which = 0; which < CHAINS; which++) {
        struct setting s = setting_new(which, policy);
        measure(&s);
        setting_free(&s);
    }
    s2sv_policy_unref(policy);
    return 0;
}
