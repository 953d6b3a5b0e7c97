/* SPDX-License-Identifier: MIT */
#include "tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#define SSL_get1_peer_certificate SSL_get_peer_certificate
#endif

struct tls_server {
    SSL_CTX *ctx;
    int is_ours;
};

struct tls_client {
    SSL_CTX *ctx;
};

static X509 *read_certificate(const struct pki_cert *cert)
{
    struct s2sv_link link = { 0 };
    link.der = pki_der(cert, &link.len);
    return bare_read(&link);
}

/* Nothing is resumed, so that every connection is a whole one. */
static SSL_CTX *context(const struct s2sv_link *root, const struct pki_cert *leaf,
                        const struct pki_cert *intermediate)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    X509 *own = read_certificate(leaf), *issuer = read_certificate(intermediate);
    must(ctx && SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) &&
         SSL_CTX_set_num_tickets(ctx, 0) && SSL_CTX_use_certificate(ctx, own) &&
         SSL_CTX_use_PrivateKey(ctx, pki_key(leaf)) && SSL_CTX_add0_chain_cert(ctx, issuer));
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    X509_free(own);
    if (root) {
        X509 *anchor = bare_read(root);
        must(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), anchor));
        X509_free(anchor);
    }
    return ctx;
}

struct tls_server *tls_server_new(const struct s2sv_link *root, const struct pki_cert *leaf,
                                  const struct pki_cert *intermediate, struct s2sv_policy *policy,
                                  struct s2sv_trust *trust)
{
    struct tls_server *server = malloc(sizeof *server);
    must(server);
    *server = (struct tls_server){ context(root, leaf, intermediate), policy != NULL };
    if (policy)
        must(s2sv_openssl_install(server->ctx, policy, trust) == S2SV_DECIDED);
    else
        must(SSL_CTX_set_purpose(server->ctx, X509_PURPOSE_SSL_SERVER) &&
             SSL_CTX_set_trust(server->ctx, X509_TRUST_SSL_SERVER));
    SSL_CTX_set_verify(server->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return server;
}

void tls_server_add_system(struct tls_server *server)
{
    must(SSL_CTX_set_default_verify_paths(server->ctx));
}

static int believe(X509_STORE_CTX *ctx, void *unused)
{
    (void)ctx;
    (void)unused;
    return 1;
}

void tls_server_believe(struct tls_server *server)
{
    SSL_CTX_set_cert_verify_callback(server->ctx, believe, NULL);
}

void tls_server_free(struct tls_server *server)
{
    SSL_CTX_free(server->ctx);
    free(server);
}

struct tls_client *tls_client_new(const struct s2sv_link *root, const struct pki_cert *leaf,
                                  const struct pki_cert *intermediate)
{
    struct tls_client *client = malloc(sizeof *client);
    must(client);
    client->ctx = context(root, leaf, intermediate);
    SSL_CTX_set_verify(client->ctx, root ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    return client;
}

void tls_client_free(struct tls_client *client)
{
    SSL_CTX_free(client->ctx);
    free(client);
}

/* The server's part of what an application does about its peer. */
static int is_content(const struct tls_server *server, SSL *ssl, const char *name)
{
    if (server->is_ours)
        return s2sv_verdict_is_for(s2sv_openssl_verdict(ssl), name);
    X509 *leaf = SSL_get1_peer_certificate(ssl);
    int content = leaf && SSL_get_verify_result(ssl) == X509_V_OK && bare_match(leaf, name);
    X509_free(leaf);
    return content;
}

void *tls_accept(const struct tls_server *server)
{
    SSL *ssl = SSL_new(server->ctx);
    must(ssl);
    SSL_set_accept_state(ssl);
    return ssl;
}

int tls_is_ours(const struct tls_server *server)
{
    return server->is_ours;
}

void tls_handshake(struct tls_server *server, struct tls_client *client, const char *name)
{
    SSL *theirs = SSL_new(client->ctx), *ours;
    BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());
    int done = 0;
    must(theirs && up && down && BIO_up_ref(up) && BIO_up_ref(down));
    SSL_set_connect_state(theirs);
    SSL_set_bio(theirs, down, up);
    work_begins();
    ours = tls_accept(server);
    SSL_set_bio(ours, up, down);
    work_ends();
    for (int step = 0; step < 6 && done < 2; step++) {
        done = SSL_do_handshake(theirs) == 1;
        work_begins();
        done += SSL_do_handshake(ours) == 1;
        work_ends();
    }
    must(done == 2);
    work_begins();
    must(is_content(server, ours, name));
    SSL_free(ours);
    work_ends();
    SSL_free(theirs);
}
