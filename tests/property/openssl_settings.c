/* SPDX-License-Identifier: MIT
 * Whatever an application set on its own objects, s2sverify accepts nobody whom OpenSSL itself,
 * asked for the purpose "server", refuses there. Two servers get the same settings at random, one
 * after the other, and meet the same peer at random: on one libssl's own X509_verify_cert()
 * decides, on the other install() does. Both keep their SSL_CTX for a while, so that what is
 * remembered counts too.
 *
 * usage: property_openssl_settings [ROUNDS [SEED]] */
#include "openssl_tls.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define must(condition)                                                     \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

enum { DAY = 86400 };

static uint64_t state;

/* Of so many, one (xorshift64*). */
static unsigned any(unsigned count)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * 0x2545f4914f6cdd1dULL >> 33) % count);
}

/* No two names of anchors are the same: of such OpenSSL tries the first only, and s2sverify all. */
static const char *const specs[] = {
    "leaf: issuer=int san=dns:peer.example,email:x@peer.example,ip:192.0.2.1",
    "both: issuer=int san=dns:peer.example eku=serverAuth,clientAuth policies=1.2.3.4",
    "client: issuer=root san=dns:peer.example eku=clientAuth",
    "old: issuer=int san=dns:peer.example not-before=-9d not-after=-1d",
    "new: issuer=int san=dns:peer.example not-before=+2d not-after=+9d",
    "forged: issuer=int san=dns:peer.example mutate=flip-signature",
    "critical: issuer=int san=dns:peer.example ext=1.2.3.4.5:critical:0500",
    "gone: issuer=int san=dns:peer.example",
    "sub: ca issuer=int bc=ca:0 policies=1.2.3.4",
    "deep: issuer=sub san=dns:peer.example policies=1.2.3.4",
    "rsa-int: ca issuer=root key=rsa2048 policies=1.2.3.4",
    "rsa-leaf: issuer=rsa-int san=dns:peer.example policies=1.2.3.4",
    "nc: ca issuer=root nc=permitted:dns:example",
    "within: issuer=nc san=dns:peer.example",
    "beyond: issuer=nc san=dns:peer.test",
    "p384-root: ca key=p384",
    "p384: issuer=p384-root key=p384 san=dns:peer.example",
    "self: subject=CN=self san=dns:peer.example",
    "nobody: ca",
    "stranger: issuer=nobody san=dns:peer.example",
    NULL,
};
static const char *const chains[] = {
    "leaf int", "leaf int",     "leaf int root",    "leaf",          "both int",
    "client",   "old int",      "new int",          "forged int",    "critical int",
    "gone int", "deep sub int", "rsa-leaf rsa-int", "within nc",     "beyond nc",
    "p384",     "self",         "stranger",         "leaf ours int",
};
static const char *const anchors[] = { "root", "root", "root", "p384-root",
                                       "int",  "self", "leaf", "nobody" };
static const char *const lists[] = {
    "issuer=int next-update=+9d revoked=gone", "issuer=root next-update=+9d",
    "issuer=root next-update=+9d revoked=int", "issuer=int this-update=-9d next-update=-1d",
    "issuer=int signer=self next-update=+9d",  "issuer=sub next-update=+9d",
    "issuer=rsa-int next-update=+9d",
};
#define COUNT(array) (unsigned)(sizeof(array) / sizeof *(array))

static struct pki *pki;
static SSL_CTX *peers[COUNT(chains)];
static X509_CRL *crls[COUNT(lists)];
static struct s2sv_policy *policy;

/* ---- functions that an application might put on its store ----------------------------------- */

static int no_issuer(X509 **ret_issuer, X509_STORE_CTX *ctx, tls_given *x)
{
    (void)ret_issuer, (void)ctx, (void)x;
    return 0;
}

static int any_issuer(X509 **ret_issuer, X509_STORE_CTX *ctx, tls_given *x)
{
    return X509_STORE_CTX_get1_issuer(ret_issuer, ctx, x);
}

static int never(X509_STORE_CTX *ctx)
{
    X509_STORE_CTX_set_error(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

static int always(X509_STORE_CTX *ctx)
{
    (void)ctx;
    return 1;
}

static int never_issued(X509_STORE_CTX *ctx, tls_given *x, tls_given *issuer)
{
    (void)ctx, (void)x, (void)issuer;
    return 0;
}

static int forgive(int ok, X509_STORE_CTX *ctx)
{
    (void)ok;
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
    return 1;
}

static int no_crl(X509_STORE_CTX *ctx, X509_CRL **ret_crl, X509 *x)
{
    (void)ctx, (void)ret_crl, (void)x;
    return 0;
}

static int good_crl(X509_STORE_CTX *ctx, X509_CRL *crl)
{
    (void)ctx, (void)crl;
    return 1;
}

static int not_revoked(X509_STORE_CTX *ctx, X509_CRL *crl, X509 *x)
{
    (void)ctx, (void)crl, (void)x;
    return 1;
}

static void set_function(X509_STORE *store, unsigned which)
{
    switch (which) {
    case 0:
        X509_STORE_set_get_issuer(store, no_issuer);
        break;
    case 1:
        X509_STORE_set_get_issuer(store, any_issuer);
        break;
    case 2:
        X509_STORE_set_check_issued(store, never_issued);
        break;
    case 3:
        X509_STORE_set_check_revocation(store, never);
        break;
    case 4:
        X509_STORE_set_check_revocation(store, always);
        break;
    case 5:
        X509_STORE_set_check_policy(store, never);
        break;
    case 6:
        X509_STORE_set_verify(store, always);
        break;
    case 7:
        X509_STORE_set_verify_cb(store, forgive);
        break;
    case 8:
        X509_STORE_set_get_crl(store, no_crl);
        break;
    case 9:
        X509_STORE_set_check_crl(store, good_crl);
        break;
    default:
        X509_STORE_set_cert_crl(store, not_revoked);
        break;
    }
}

/* ---- settings -------------------------------------------------------------------------------- */

static const unsigned long flags[] = {
    X509_V_FLAG_CRL_CHECK,
    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL,
    X509_V_FLAG_X509_STRICT,
    X509_V_FLAG_PARTIAL_CHAIN,
    X509_V_FLAG_TRUSTED_FIRST,
    X509_V_FLAG_NO_ALT_CHAINS,
    X509_V_FLAG_CHECK_SS_SIGNATURE,
    X509_V_FLAG_POLICY_CHECK,
    X509_V_FLAG_EXPLICIT_POLICY,
    X509_V_FLAG_INHIBIT_ANY,
    X509_V_FLAG_IGNORE_CRITICAL,
    X509_V_FLAG_ALLOW_PROXY_CERTS,
    X509_V_FLAG_EXTENDED_CRL_SUPPORT,
    X509_V_FLAG_USE_DELTAS,
    X509_V_FLAG_NO_CHECK_TIME,
    X509_V_FLAG_SUITEB_128_LOS_ONLY,
    X509_V_FLAG_SUITEB_192_LOS,
    X509_V_FLAG_SUITEB_128_LOS,
};

enum kind {
    FLAG,
    DEPTH,
    PURPOSE,
    TRUST,
    LEVEL,
    TIME,
    HOST,
    EMAIL,
    IP,
    INHERIT,
    POLICY,
    ANCHOR,
    LIST,
    FUNCTION,
    SUITE_B,
    SECURITY,
    VERIFY_STORE,
    KINDS
};
enum place { ON_STORE, ON_CONTEXT, ON_SSL };

/* One thing that an application does. */
struct setting {
    enum kind kind;
    enum place place;
    unsigned value;
};

/* Some are so often in the way that they are rare. */
static struct setting setting_any(void)
{
    static const enum kind kinds[] = { FLAG,  FLAG, FLAG,   FLAG,   DEPTH,  PURPOSE, TRUST,
                                       LEVEL, HOST, POLICY, ANCHOR, ANCHOR, LIST,    LIST };
    static const enum kind rare[] = { TIME,     EMAIL,    IP,      INHERIT,  FUNCTION,
                                      FUNCTION, FUNCTION, SUITE_B, SECURITY, VERIFY_STORE };
    enum kind kind = any(3) ? kinds[any(COUNT(kinds))] : rare[any(COUNT(rare))];
    return (struct setting){ kind, (enum place)any(3), any(1 << 16) };
}

static void add_anchor(X509_STORE *store, const char *name)
{
    X509 *x = tls_x509(pki, name);
    must(X509_STORE_add_cert(store, x));
    X509_free(x);
}

static void set_param(X509_VERIFY_PARAM *param, const struct setting *s)
{
    static const int days[] = { -20, -5, 0, 5, 4000 };
    static const char *const hosts[] = { "peer.example", "other.example" };
    unsigned v = s->value;
    switch (s->kind) {
    case FLAG:
        X509_VERIFY_PARAM_set_flags(param, flags[v % COUNT(flags)]);
        break;
    case DEPTH:
        X509_VERIFY_PARAM_set_depth(param, (int)(v % 4));
        break;
    case PURPOSE:
        X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_MIN + (int)(v % X509_PURPOSE_MAX));
        break;
    case TRUST:
        X509_VERIFY_PARAM_set_trust(param, X509_TRUST_MIN + (int)(v % X509_TRUST_MAX));
        break;
    case LEVEL:
        X509_VERIFY_PARAM_set_auth_level(param, (int)(v % 5));
        break;
    case TIME:
        X509_VERIFY_PARAM_set_time(param, time(NULL) + days[v % COUNT(days)] * (time_t)DAY);
        break;
    case HOST:
        X509_VERIFY_PARAM_set1_host(param, hosts[v % 2], 0);
        break;
    case EMAIL:
        X509_VERIFY_PARAM_set1_email(param, v % 2 ? "x@peer.example" : "y@peer.example", 0);
        break;
    case IP:
        X509_VERIFY_PARAM_set1_ip_asc(param, v % 2 ? "192.0.2.1" : "192.0.2.2");
        break;
    case INHERIT:
        X509_VERIFY_PARAM_set_inh_flags(param, v % 32);
        break;
    case POLICY:
        X509_VERIFY_PARAM_add0_policy(param, OBJ_txt2obj(v % 2 ? "1.2.3.4" : "1.2.3.5", 1));
        break;
    default:
        break;
    }
}

static void set(SSL_CTX *ctx, SSL *ssl, const struct setting *s)
{
    X509_STORE *store = SSL_CTX_get_cert_store(ctx);
    switch (s->kind) {
    case ANCHOR:
        add_anchor(store, anchors[s->value % COUNT(anchors)]);
        break;
    case LIST:
        must(X509_STORE_add_crl(store, crls[s->value % COUNT(crls)]));
        break;
    case FUNCTION:
        set_function(store, s->value % 11);
        break;
    case SUITE_B:
        SSL_CTX_set_cert_flags(ctx, SSL_CERT_FLAG_SUITEB_128_LOS);
        break;
    case SECURITY:
        SSL_CTX_set_security_level(ctx, (int)(s->value % 3));
        break;
    case VERIFY_STORE:
        store = X509_STORE_new();
        add_anchor(store, anchors[s->value % COUNT(anchors)]);
        must(SSL_CTX_set0_verify_cert_store(ctx, store));
        break;
    default:
        set_param(s->place == ON_STORE     ? X509_STORE_get0_param(store)
                  : s->place == ON_CONTEXT ? SSL_CTX_get0_param(ctx)
                                           : SSL_get0_param(ssl),
                  s);
    }
}

/* ---- meetings -------------------------------------------------------------------------------- */

static int accepted; /* by OpenSSL, of the last peer; -1: it was not asked */

static int strict(int ok, X509_STORE_CTX *ctx)
{
    (void)ctx;
    return ok;
}

static int on_bare(X509_STORE_CTX *ctx, void *unused)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    (void)unused;
    must(X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER) &&
         X509_VERIFY_PARAM_set_trust(param, X509_TRUST_SSL_SERVER));
    X509_STORE_CTX_set_verify_cb(ctx, strict);
    accepted = X509_verify_cert(ctx) == 1 && X509_STORE_CTX_get_error(ctx) == X509_V_OK;
    return 1;
}

static SSL_CTX *bare_new(void)
{
    SSL_CTX *ctx = tls_ctx(pki, "ours", 0);
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, on_bare, NULL);
    return ctx;
}

static SSL_CTX *ours_new(void)
{
    SSL_CTX *ctx = tls_ctx(pki, "ours", 0);
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    must(s2sv_openssl_install(ctx, policy, NULL) == 0);
    return ctx;
}

static int is_over(SSL *ssl, int *ret_ok)
{
    int result = SSL_do_handshake(ssl), error = SSL_get_error(ssl, result);
    *ret_ok = result == 1;
    return error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
}

/* Both ends by turns. 1: the server is content. */
static int shake(SSL *server, SSL *client)
{
    int fds[2], ok = 0, over = 0, peer_ok, peer_over = 0;
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    for (int i = 0; i < 2; i++)
        must(fcntl(fds[i], F_SETFL, O_NONBLOCK) == 0);
    must(SSL_set_fd(server, fds[0]) && SSL_set_fd(client, fds[1]));
    while (!over) {
        if (!peer_over)
            peer_over = is_over(client, &peer_ok);
        over = is_over(server, &ok);
    }
    close(fds[0]);
    close(fds[1]);
    ERR_clear_error();
    return ok;
}

/* The settings of one SSL are made once more on each new one. */
struct side {
    SSL_CTX *ctx;
    SSL *ssl;
    int met; /* the handshake got to its end */
};

static void meet(struct side *side, const struct setting *settings, unsigned count, unsigned peer)
{
    SSL *client = SSL_new(peers[peer]);
    must(client);
    for (unsigned i = 0; i < count; i++)
        if (settings[i].place == ON_SSL)
            set(side->ctx, side->ssl, &settings[i]);
    SSL_set_accept_state(side->ssl);
    SSL_set_connect_state(client);
    side->met = shake(side->ssl, client);
    SSL_free(client);
}

static struct {
    unsigned long rounds, met, by_openssl, by_both, wrong;
} counts;

static void report(const struct setting *settings, unsigned count, unsigned peer, const char *how)
{
    printf("%s: \"%s\" is accepted, and OpenSSL refuses it\n", how, chains[peer]);
    for (unsigned i = 0; i < count; i++)
        printf("  kind %d place %d value %u\n", settings[i].kind, settings[i].place,
               settings[i].value);
    counts.wrong++;
}

static void compare(struct side *bare, struct side *ours, const struct setting *settings,
                    unsigned count)
{
    unsigned peer = any(COUNT(chains));
    struct s2sv_verdict *again = NULL;
    bare->ssl = SSL_new(bare->ctx);
    ours->ssl = SSL_new(ours->ctx);
    must(bare->ssl && ours->ssl);
    accepted = -1;
    meet(bare, settings, count, peer);
    meet(ours, settings, count, peer);
    counts.rounds++;
    counts.met += ours->met && accepted >= 0;
    counts.by_openssl += accepted == 1;
    int trusted = s2sv_verdict_trusted(s2sv_openssl_verdict(ours->ssl));
    counts.by_both += trusted && accepted == 1;
    if (trusted && accepted != 1)
        report(settings, count, peer, "in the handshake");
    if (ours->met && s2sv_openssl_verify(ours->ssl, policy, &again) == 0 &&
        s2sv_verdict_trusted(again) && accepted != 1)
        report(settings, count, peer, "after it");
    s2sv_verdict_unref(again);
    SSL_free(bare->ssl);
    SSL_free(ours->ssl);
}

/* One application: what it sets, a few peers, a few more settings, and so on. */
static void live(unsigned long until)
{
    enum { MAX = 12 };
    struct setting settings[MAX];
    struct side bare = { bare_new(), NULL, 0 }, ours = { ours_new(), NULL, 0 };
    unsigned count = 0, stop = any(MAX);
    const struct setting root = { ANCHOR, ON_CONTEXT, 0 };
    if (any(8)) {
        set(bare.ctx, NULL, &root);
        set(ours.ctx, NULL, &root);
    }
    for (;;) {
        for (unsigned met = 1 + any(4); met > 0 && counts.rounds < until; met--)
            compare(&bare, &ours, settings, count);
        if (count >= stop || counts.rounds >= until)
            break;
        struct setting s = settings[count++] = setting_any();
        if (s.place != ON_SSL || s.kind >= ANCHOR) {
            settings[count - 1].place = s.place == ON_SSL ? ON_CONTEXT : s.place;
            set(bare.ctx, NULL, &settings[count - 1]);
            set(ours.ctx, NULL, &settings[count - 1]);
        }
    }
    SSL_CTX_free(bare.ctx);
    SSL_CTX_free(ours.ctx);
}

static void make(void)
{
    char name[20], err[200] = "";
    pki = tls_pki(specs);
    policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    for (unsigned i = 0; i < COUNT(chains); i++)
        peers[i] = tls_ctx(pki, chains[i], 0);
    for (unsigned i = 0; i < COUNT(lists); i++) {
        size_t len;
        snprintf(name, sizeof name, "list%u", i);
        struct pki_crl *made = pki_crl(pki, name, lists[i], err, sizeof err);
        must(made);
        const unsigned char *der = pki_crl_der(made, &len);
        crls[i] = d2i_X509_CRL(NULL, &der, (long)len);
        must(crls[i]);
    }
}

static void drop(void)
{
    for (unsigned i = 0; i < COUNT(peers); i++)
        SSL_CTX_free(peers[i]);
    for (unsigned i = 0; i < COUNT(crls); i++)
        X509_CRL_free(crls[i]);
    s2sv_policy_unref(policy);
    pki_free(pki);
}

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 13;
    time_t began = time(NULL);
    state = seed ? seed : 1;
    make();
    while (counts.rounds < rounds)
        live(rounds);
    drop();
    printf("seed %lu, %lu rounds, %ld s: %lu verified, %lu accepted by OpenSSL, %lu by both, "
           "%lu by s2sverify alone\n",
           seed, counts.rounds, (long)(time(NULL) - began), counts.met, counts.by_openssl,
           counts.by_both, counts.wrong);
    /* Something must have been accepted, or nothing was compared. */
    return counts.wrong != 0 || counts.by_both * 20 < counts.by_openssl || counts.by_both == 0;
}
