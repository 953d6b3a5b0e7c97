/* SPDX-License-Identifier: MIT
 * The core's judgement of TLSA records beside OpenSSL's own, on generated sets of records and
 * chains. usage: dane-parity [SETS [SEED]]    prints the seed; with the same seed the sets are the
 * same */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <s2sverify/openssl.h>

#include "proofs.h"

#define NAME "peer.example"

enum { MOST_RECORDS = 6, NOW = 1780272000 /* 2026-06-01 */ };

static const char *const specs[][2] = {
    { "root", "ca key=p384" },
    { "int", "ca issuer=root key=p384 eku=serverAuth bc=ca:0" },
    { "leaf", "issuer=int san=dns:" NAME },
    { "expired", "issuer=int san=dns:" NAME " not-before=-90d not-after=-1d" },
    { "early", "issuer=int san=dns:" NAME " not-before=+1d" },
    { "misnamed", "issuer=int san=dns:other.example" },
    { "client", "issuer=int san=dns:" NAME " eku=clientAuth" },
    { "forged", "issuer=int san=dns:" NAME " mutate=flip-signature" },
    { "alone", "san=dns:" NAME },
    { "odd", "san=dns:other.example not-before=-90d not-after=-1d eku=clientAuth" },
    { "ta", "ca" },
    { "sub", "ca issuer=ta" },
    { "under", "issuer=sub san=dns:" NAME },
    { "direct", "issuer=ta san=dns:" NAME },
    { "late", "issuer=ta san=dns:" NAME " not-before=-90d not-after=-1d" },
    { "wrong", "issuer=ta san=dns:other.example" },
    { "stale", "ca not-before=-900d not-after=-1d" },
    { "fresh", "issuer=stale san=dns:" NAME },
    { "narrow", "ca issuer=ta nc=permitted:dns:other.example" },
    { "cut-off", "issuer=narrow san=dns:" NAME },
    { "stranger", "ca" },
};
enum { SPECS = sizeof specs / sizeof specs[0] };

/* What a peer shows, leaf first. */
static const char *const chains[] = {
    "leaf int",      "leaf int root", "leaf",           "leaf int stranger", "expired int",
    "early int",     "misnamed int",  "client int",     "forged int",        "alone",
    "alone ta",      "odd",           "under sub ta",   "under sub",         "under ta",
    "under",         "direct ta",     "direct",         "late ta",           "wrong ta",
    "fresh stale",   "fresh",         "cut-off narrow", "cut-off narrow ta", "alone alone",
    "leaf int leaf",
};
enum { CHAINS = sizeof chains / sizeof chains[0] };

struct record {
    unsigned usage, selector, matching_type;
    const char *of, *how;
    unsigned char *data;
    size_t len;
};

struct set {
    const char *chain;
    const struct pki_cert *certs[8];
    size_t count;
    struct record records[MOST_RECORDS];
    size_t record_count;
};

static uint64_t state;

/* splitmix64: the same everywhere. */
static unsigned draw(unsigned below)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (unsigned)((z ^ (z >> 31)) % below);
}

/* ---- a set ------------------------------------------------------------------------------------*/

static void take_chain(struct pki *pki, struct set *set)
{
    char copy[64], *rest = copy, *name;
    set->chain = chains[draw(CHAINS)];
    snprintf(copy, sizeof copy, "%s", set->chain);
    while ((name = strtok_r(rest, " ", &rest)))
        set->certs[set->count++] = pki_find(pki, name);
}

/* Mostly of what the peer shows, and of its issuers; now and then of anything, and spoiled. */
static void make_record(struct pki *pki, const struct set *set, struct record *r)
{
    const struct pki_cert *cert = set->certs[draw((unsigned)set->count)];
    r->usage = draw(32) == 0 ? 4 + draw(252) : draw(4);
    if (draw(3) == 0 && r->usage % 2 == 0 && pki_issuer(cert))
        cert = pki_issuer(cert);
    if (draw(4) == 0)
        cert = pki_find(pki, specs[draw(SPECS)][0]);
    r->selector = draw(32) == 0 ? 2 + draw(254) : draw(2);
    r->matching_type = draw(32) == 0 ? 3 + draw(253) : draw(3);
    r->of = pki_name(cert);
    r->data = proofs_data(cert, r->selector, r->matching_type > 2 ? 1 : r->matching_type, &r->len);
    r->how = "";
    if (draw(5) == 0) {
        r->how = " flip";
        r->data[draw((unsigned)r->len)] ^= (unsigned char)(1 + draw(255));
    } else if (draw(24) == 0) {
        r->how = " cut";
        r->len = draw((unsigned)r->len);
    }
}

static void make_set(struct pki *pki, struct set *set)
{
    *set = (struct set){ .count = 0 };
    take_chain(pki, set);
    set->record_count = draw(MOST_RECORDS + 1);
    for (size_t i = 0; i < set->record_count; i++)
        make_record(pki, set, &set->records[i]);
}

static void set_clear(struct set *set)
{
    for (size_t i = 0; i < set->record_count; i++)
        free(set->records[i].data);
}

static void print_set(const struct set *set)
{
    printf("  shows %s\n", set->chain);
    for (size_t i = 0; i < set->record_count; i++) {
        const struct record *r = &set->records[i];
        printf("  %u %u %u of %s%s\n", r->usage, r->selector, r->matching_type, r->of, r->how);
    }
}

/* ---- the two answers --------------------------------------------------------------------------*/

struct answer {
    int accepted, by_dane; /* by usage 2 or 3 */
    char why[120];
};

static void check(int done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "can't: %s\n", what);
    exit(1);
}

static struct answer ask_us(const struct set *set, struct s2sv_trust *trust,
                            struct s2sv_policy *policy)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_OUTBOUND);
    struct s2sv_verdict *verdict = NULL;
    struct answer answer = { 0 };
    int status = s2sv_peer_set_time(peer, NOW) | s2sv_peer_expect(peer, NAME) |
                 s2sv_peer_set_tlsa_status(peer, S2SV_TLSA_SECURE);
    for (size_t i = 0; i < set->count; i++) {
        size_t len = 0;
        const unsigned char *der = pki_der(set->certs[i], &len);
        status |= s2sv_peer_add_certificate(peer, der, len);
    }
    for (size_t i = 0; i < set->record_count; i++) {
        const struct record *r = &set->records[i];
        status |=
            s2sv_peer_add_tlsa(peer, r->usage, r->selector, r->matching_type, r->data, r->len);
    }
    check(status == 0 && s2sv_verify(trust, policy, peer, &verdict) == S2SV_DECIDED, "verify");
    answer.accepted = s2sv_verdict_accepted(verdict);
    answer.by_dane = answer.accepted && s2sv_verdict_proof(verdict) == S2SV_PROOF_DANE;
    snprintf(answer.why, sizeof answer.why, "%s", s2sv_reason_name(s2sv_verdict_reason(verdict)));
    s2sv_verdict_unref(verdict);
    s2sv_peer_free(peer);
    return answer;
}

static X509 *x509_of(const struct pki_cert *cert)
{
    size_t len = 0;
    const unsigned char *der = pki_der(cert, &len);
    X509 *x = d2i_X509(NULL, &der, (long)len);
    check(x != NULL, "d2i_X509");
    return x;
}

/* What libssl does in a handshake of a client: name, purpose, level 2, DANE-EE without names. */
static struct answer verify_by_openssl(SSL *ssl, X509_STORE *store, STACK_OF(X509) * chain)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    struct answer answer = { 0 };
    uint8_t usage = 255;
    check(ctx && X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain), "init");
    X509_STORE_CTX_set0_dane(ctx, SSL_get0_dane(ssl));
    X509_STORE_CTX_set_default(ctx, "ssl_server");
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, NOW);
    X509_VERIFY_PARAM_set_auth_level(param, 2);
    check(X509_VERIFY_PARAM_set1_host(param, NAME, 0), "host");
    answer.accepted = X509_verify_cert(ctx) == 1 && X509_STORE_CTX_get_error(ctx) == X509_V_OK;
    SSL_set_verify_result(ssl, X509_V_OK); /* or it doesn't tell */
    answer.by_dane = answer.accepted &&
                     SSL_get0_dane_tlsa(ssl, &usage, NULL, NULL, NULL, NULL) >= 0 && usage >= 2;
    snprintf(answer.why, sizeof answer.why, "%s",
             X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    X509_STORE_CTX_free(ctx);
    return answer;
}

static struct answer ask_openssl(const struct set *set, SSL_CTX *ssl_ctx)
{
    SSL *ssl = SSL_new(ssl_ctx);
    STACK_OF(X509) *chain = sk_X509_new_null();
    check(ssl && SSL_dane_enable(ssl, NAME) == 1, "SSL_dane_enable");
    SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    for (size_t i = 0; i < set->record_count; i++) {
        const struct record *r = &set->records[i];
        (void)!SSL_dane_tlsa_add(ssl, (uint8_t)r->usage, (uint8_t)r->selector,
                                 (uint8_t)r->matching_type, r->data, r->len);
    }
    for (size_t i = 0; i < set->count; i++)
        check(sk_X509_push(chain, x509_of(set->certs[i])), "push");
    struct answer answer = verify_by_openssl(ssl, SSL_CTX_get_cert_store(ssl_ctx), chain);
    sk_X509_pop_free(chain, X509_free);
    SSL_free(ssl);
    return answer;
}

/* ---- differences that have a reason -----------------------------------------------------------*/

/* A record that the exceptions look for; "*" is any. */
static int has(const struct set *set, unsigned usage, unsigned selector, unsigned type,
               const char *how)
{
    for (size_t i = 0; i < set->record_count; i++) {
        const struct record *r = &set->records[i];
        if (r->usage == usage && r->selector == selector && r->matching_type == type &&
            (*how == '*' || strcmp(r->how, how) == 0))
            return 1;
    }
    return 0;
}

static int has_usage(const struct set *set, unsigned usage)
{
    for (size_t i = 0; i < set->record_count; i++)
        if (set->records[i].usage == usage)
            return 1;
    return 0;
}

static int has_pkix_usage(const struct set *set)
{
    return has_usage(set, 0) || has_usage(set, 1);
}

/* 1: some record of usage 2 names the root, which the peer shows or the record holds. */
static int names_root(const struct set *set)
{
    for (size_t i = 0; i < set->record_count; i++) {
        const struct record *r = &set->records[i];
        if (r->usage == 2 && strcmp(r->of, "root") == 0 && r->how[0] == '\0' &&
            (r->matching_type == 0 || strstr(set->chain, "root")))
            return 1;
    }
    return 0;
}

static int is_self_issued(const struct set *set, const struct answer *ours,
                          const struct answer *openssls)
{
    return !ours->accepted && openssls->by_dane && !pki_issuer(set->certs[0]) &&
           has(set, 2, 1, 0, "");
}

static int is_completed(const struct set *set, const struct answer *ours,
                        const struct answer *openssls)
{
    return !ours->accepted && openssls->accepted && has(set, 0, 0, 0, "");
}

static int is_in_store(const struct set *set, const struct answer *ours,
                       const struct answer *openssls)
{
    return ours->by_dane && !openssls->accepted && names_root(set) && has_pkix_usage(set);
}

static int is_spoiled(const struct set *set, const struct answer *ours,
                      const struct answer *openssls)
{
    int has_spoiled = 0;
    for (unsigned i = 0; i < 8; i++)
        has_spoiled |= has(set, i / 2, i % 2, 0, " flip");
    return !ours->accepted && openssls->accepted && has_spoiled;
}

static int is_misled(const struct set *set, const struct answer *ours,
                     const struct answer *openssls)
{
    return ours->accepted && !openssls->accepted &&
           (has(set, 0, 0, 0, " flip") || has(set, 2, 0, 0, " flip"));
}

/* The first three make us narrower; in the last two OpenSSL is. */
static const struct exception {
    const char *why;
    int (*is_it)(const struct set *, const struct answer *ours, const struct answer *openssls);
} exceptions[] = {
    { "a self-signed leaf whose key a record 2 1 0 holds: OpenSSL takes the leaf for its own "
      "issuer; "
      "D-6 wants a CA",
      is_self_issued },
    { "a record 0 0 0 holds a CA that the peer didn't send: OpenSSL completes the path with it; "
      "RFC "
      "7671 5.2.2 asks that of 2 0 0 alone",
      is_completed },
    { "a record holds a spoiled certificate or key: where OpenSSL can't read it, it isn't usable; "
      "for "
      "the core it is one that matches nothing, and where the core can't read a TA, it is none",
      is_spoiled },
    { "the TA that a record 2 names is in the store as well: beside records of usage 0 or 1 "
      "OpenSSL "
      "looks at the store's copy alone, which no record of usage 2 matches",
      is_in_store },
    { "a record holds a spoiled CA, which OpenSSL puts on the path in the place of the good one",
      is_misled },
    { NULL, NULL },
};

static size_t excused[sizeof exceptions / sizeof exceptions[0]];

static int is_excused(const struct set *set, const struct answer *ours,
                      const struct answer *openssls)
{
    for (size_t i = 0; exceptions[i].why; i++)
        if (exceptions[i].is_it(set, ours, openssls)) {
            excused[i]++;
            return 1;
        }
    return 0;
}

/* ---- all of them ------------------------------------------------------------------------------*/

static struct pki *make_pki(void)
{
    struct pki *pki = pki_new(NULL, NOW);
    char err[200];
    for (size_t i = 0; i < SPECS; i++)
        check(pki_make(pki, specs[i][0], specs[i][1], err, sizeof err) != NULL, err);
    return pki;
}

static struct s2sv_trust *make_trust(struct pki *pki)
{
    struct s2sv_trust *trust = s2sv_trust_new(s2sv_openssl_backend());
    size_t len = 0;
    const unsigned char *der = pki_der(pki_find(pki, "root"), &len);
    check(s2sv_trust_add_der(trust, der, len) == S2SV_DECIDED, "trust");
    return trust;
}

static SSL_CTX *make_ssl_ctx(struct pki *pki)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    X509 *root = x509_of(pki_find(pki, "root"));
    check(ctx && SSL_CTX_dane_enable(ctx) == 1 &&
              X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root),
          "SSL_CTX");
    X509_free(root);
    return ctx;
}

struct tally {
    unsigned long accepted, by_dane, refused, differ, excused;
};

static void compare(const struct set *set, const struct answer *ours, const struct answer *openssls,
                    struct tally *tally)
{
    /* Where several records prove, each may tell another one. */
    int is_free = has_pkix_usage(set) && (has_usage(set, 2) || has_usage(set, 3));
    if (ours->accepted == openssls->accepted && (is_free || ours->by_dane == openssls->by_dane)) {
        tally->accepted += (unsigned)ours->accepted;
        tally->by_dane += (unsigned)ours->by_dane;
        tally->refused += !ours->accepted;
        return;
    }
    if (is_excused(set, ours, openssls)) {
        tally->excused++;
        return;
    }
    if (tally->differ++ < 10) {
        printf("DIFFERENT: ours %s%s, OpenSSL's %s: %s%s\n",
               ours->accepted ? "accepted" : ours->why, ours->by_dane ? " by DANE" : "",
               openssls->accepted ? "accepted" : "refused", openssls->why,
               openssls->by_dane ? " by DANE" : "");
        print_set(set);
    }
}

int main(int argc, char **argv)
{
    unsigned long sets = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    unsigned long long seed =
        argc > 2 ? strtoull(argv[2], NULL, 10) : (unsigned long long)time(NULL);
    struct tally tally = { 0 };
    printf("seed %llu\n", seed);
    state = seed;
    struct pki *pki = make_pki();
    struct s2sv_trust *trust = make_trust(pki);
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_SERVER);
    check(s2sv_policy_set_text(policy, "tlsa-usages=0,1,2,3", NULL, 0) == S2SV_DECIDED, "policy");
    SSL_CTX *ctx = make_ssl_ctx(pki);
    for (unsigned long i = 0; i < sets; i++) {
        struct set set;
        make_set(pki, &set);
        struct answer ours = ask_us(&set, trust, policy), openssls = ask_openssl(&set, ctx);
        compare(&set, &ours, &openssls, &tally);
        set_clear(&set);
    }
    for (size_t i = 0; exceptions[i].why; i++)
        printf("%zu: %s\n", excused[i], exceptions[i].why);
    printf("%lu sets: both accept %lu, %lu of them by DANE-TA or DANE-EE; both refuse %lu; they "
           "differ "
           "in %lu for a reason, in %lu without\n",
           sets, tally.accepted, tally.by_dane, tally.refused, tally.excused, tally.differ);
    SSL_CTX_free(ctx);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
    pki_free(pki);
    return tally.differ > 0 || tally.by_dane == 0 || tally.refused == 0;
}
