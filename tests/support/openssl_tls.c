/* SPDX-License-Identifier: MIT */
#include "openssl_tls.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define must(condition)                                                     \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

static void make(struct pki *pki, const char *line)
{
    char name[32], err[200] = "";
    const char *colon = strchr(line, ':');
    must(colon && (size_t)(colon - line) < sizeof name);
    memcpy(name, line, (size_t)(colon - line));
    name[colon - line] = '\0';
    if (!pki_make(pki, name, colon + 2, err, sizeof err)) {
        fprintf(stderr, "%s: %s\n", line, err);
        abort();
    }
}

struct pki *tls_pki(const char *const *specs)
{
    struct pki *pki = pki_new(NULL, (int64_t)time(NULL));
    must(pki);
    make(pki, "root: ca");
    make(pki, "int: ca issuer=root eku=serverAuth");
    make(pki, "ours: issuer=root san=dns:ours.example eku=serverAuth,clientAuth");
    for (; specs && *specs; specs++)
        make(pki, *specs);
    return pki;
}

int tls_run(struct pki **ret_pki, const char *const *specs, const struct CMUnitTest *tests,
            size_t count)
{
    *ret_pki = tls_pki(specs);
    int failed = _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
    pki_free(*ret_pki);
    return failed;
}

static const struct pki_cert *find(struct pki *pki, const char *name)
{
    const struct pki_cert *cert = pki_find(pki, name);
    must(cert);
    return cert;
}

X509 *tls_x509(struct pki *pki, const char *name)
{
    size_t len;
    const unsigned char *der = pki_der(find(pki, name), &len);
    X509 *x = d2i_X509(NULL, &der, (long)len);
    must(x);
    return x;
}

/* Calls with each word of the text. */
static void each(const char *text, void (*use)(void *, struct pki *, const char *, int), void *with,
                 struct pki *pki)
{
    char copy[200], *rest = copy, *word;
    int i = 0;
    must(strlen(text) < sizeof copy);
    strcpy(copy, text);
    while ((word = strtok_r(rest, " ", &rest)))
        use(with, pki, word, i++);
}

static void add_anchor(void *trust, struct pki *pki, const char *name, int i)
{
    size_t len;
    const unsigned char *der = pki_der(find(pki, name), &len);
    (void)i;
    must(s2sv_trust_add_der(trust, der, len) == 0);
}

struct s2sv_trust *tls_trust(struct pki *pki, const char *anchors)
{
    struct s2sv_trust *trust = s2sv_trust_new(s2sv_openssl_backend());
    must(trust);
    each(anchors, add_anchor, trust, pki);
    return trust;
}

struct s2sv_policy *tls_policy(enum s2sv_handshake handshake)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    must(policy && s2sv_policy_set_handshake(policy, handshake) == 0);
    return policy;
}

static void use_certificate(void *ctx, struct pki *pki, const char *name, int i)
{
    X509 *x = tls_x509(pki, name);
    if (i == 0)
        must(SSL_CTX_use_certificate(ctx, x) &&
             SSL_CTX_use_PrivateKey(ctx, pki_key(find(pki, name))));
    else
        must(SSL_CTX_add1_chain_cert(ctx, x));
    X509_free(x);
}

SSL_CTX *tls_ctx(struct pki *pki, const char *chain, int version)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    must(ctx && SSL_CTX_set_min_proto_version(ctx, version) &&
         SSL_CTX_set_max_proto_version(ctx, version));
    must(SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"test", 4));
    if (chain)
        each(chain, use_certificate, ctx, pki);
    return ctx;
}

struct tls tls_new(SSL_CTX *server, SSL_CTX *client)
{
    struct tls tls = { SSL_new(server), SSL_new(client), 0, 0, { -1, -1 } };
    must(tls.server && tls.client);
    SSL_set_accept_state(tls.server);
    SSL_set_connect_state(tls.client);
    return tls;
}

struct end {
    SSL *ssl;
    int (*run)(SSL *);
    int result;
};

static void *run_end(void *arg)
{
    struct end *end = arg;
    end->result = end->run(end->ssl);
    if (!end->result) /* let the other one not wait for more */
        shutdown(SSL_get_fd(end->ssl), SHUT_WR);
    return NULL;
}

void tls_step(struct tls *tls, int (*on_server)(SSL *), int (*on_client)(SSL *))
{
    struct end server = { tls->server, on_server, 0 }, client = { tls->client, on_client, 0 };
    pthread_t thread;
    must(pthread_create(&thread, NULL, run_end, &server) == 0);
    run_end(&client);
    must(pthread_join(thread, NULL) == 0);
    tls->server_ok = server.result;
    tls->client_ok = client.result;
}

int tls_shake(SSL *ssl)
{
    char octet = 'x';
    if (SSL_do_handshake(ssl) != 1 || SSL_write(ssl, &octet, 1) != 1)
        return 0;
    return SSL_read(ssl, &octet, 1) == 1;
}

void tls_connect(struct tls *tls)
{
    if (tls->fds[0] >= 0) {
        close(tls->fds[0]);
        close(tls->fds[1]);
    }
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, tls->fds) == 0);
    must(SSL_set_fd(tls->server, tls->fds[0]) && SSL_set_fd(tls->client, tls->fds[1]));
    tls_step(tls, tls_shake, tls_shake);
}

static int shut(SSL *ssl)
{
    return SSL_shutdown(ssl) >= 0 && SSL_shutdown(ssl) == 1;
}

void tls_close(struct tls *tls)
{
    tls_step(tls, shut, shut);
}

void tls_free(struct tls *tls)
{
    SSL_free(tls->server);
    SSL_free(tls->client);
    if (tls->fds[0] >= 0) {
        close(tls->fds[0]);
        close(tls->fds[1]);
    }
}

int tls_ask_again(SSL *server)
{
    char octet;
    int asked = SSL_version(server) == TLS1_3_VERSION ? SSL_verify_client_post_handshake(server)
                                                      : SSL_renegotiate(server);
    return asked == 1 && SSL_do_handshake(server) == 1 && SSL_read(server, &octet, 1) == 1;
}

/* Without auto-retry SSL_read() comes back after a handshake in which no octet came. */
int tls_answer_again(SSL *client)
{
    char octet = 'y';
    SSL_clear_mode(client, SSL_MODE_AUTO_RETRY);
    return SSL_read(client, &octet, 1) < 0 && SSL_write(client, &octet, 1) == 1;
}

const char *tls_reason(const struct s2sv_verdict *verdict)
{
    return !verdict ? "" : s2sv_reason_name(s2sv_verdict_reason(verdict));
}

X509 *tls_leaf(SSL *ssl)
{
#if OPENSSL_VERSION_NUMBER < 0x30000000L
    return SSL_get_peer_certificate(ssl);
#else
    return SSL_get1_peer_certificate(ssl);
#endif
}

int tls_presented(SSL *ssl, struct pki *pki, const char *name)
{
    X509 *want = name ? tls_x509(pki, name) : NULL;
    X509 *x = tls_leaf(ssl);
    int same = x && (!want || X509_cmp(x, want) == 0);
    X509_free(want);
    X509_free(x);
    return same;
}
