/* SPDX-License-Identifier: MIT
 * What the preload library costs a program that knows nothing of it: a pair of handshakes, where
 * each end verifies the other. The program starts itself anew with the library in front; then the
 * contexts of SSL_CTX_new() are armed, and those that come from the TLS library itself are stock.
 *
 * usage: bench_preload_openssl LIBRARY */
#include "bench.h"

#include <dlfcn.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 61 };

typedef SSL_CTX *maker(const SSL_METHOD *method);

/* Two ends, each with a context of its own. */
struct ends {
    maker *make;
    const struct chain *chain;
    SSL_CTX *server, *client;
};

static X509 *certificate(const struct chain *chain, const char *name)
{
    struct s2sv_link link = { 0 };
    link.der = pki_der(pki_find(chain->pki, name), &link.len);
    return bare_read(&link);
}

static SSL_CTX *context(const struct ends *ends, const char *name)
{
    SSL_CTX *ctx = ends->make(TLS_method());
    X509 *own = certificate(ends->chain, name), *issuer = certificate(ends->chain, "int");
    X509 *root = certificate(ends->chain, "root");
    must(ctx && SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) &&
         SSL_CTX_set_num_tickets(ctx, 0) && SSL_CTX_use_certificate(ctx, own) &&
         SSL_CTX_use_PrivateKey(ctx, pki_key(pki_find(ends->chain->pki, name))) &&
         SSL_CTX_add0_chain_cert(ctx, issuer) &&
         X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root));
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    X509_free(own);
    X509_free(root);
    return ctx;
}

/* New ones have met nobody. */
static void renew(void *arg)
{
    struct ends *ends = arg;
    SSL_CTX_free(ends->server);
    SSL_CTX_free(ends->client);
    ends->server = context(ends, "peer");
    ends->client = context(ends, "other");
}

static void shake(void *arg, unsigned repeat)
{
    const struct ends *ends = arg;
    while (repeat-- > 0) {
        SSL *server = SSL_new(ends->server), *client = SSL_new(ends->client);
        BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());
        int done = 0;
        must(server && client && up && down && BIO_up_ref(up) && BIO_up_ref(down));
        SSL_set_accept_state(server);
        SSL_set_connect_state(client);
        SSL_set_bio(client, down, up);
        SSL_set_bio(server, up, down);
        for (int step = 0; step < 6 && done < 2; step++)
            done = (SSL_do_handshake(client) == 1) + (SSL_do_handshake(server) == 1);
        must(done == 2);
        must(SSL_get_verify_result(server) == X509_V_OK);
        must(SSL_get_verify_result(client) == X509_V_OK);
        SSL_free(server);
        SSL_free(client);
    }
}

/* OpenSSL 3 gets from SSL_CTX_new() to SSL_CTX_new_ex() by way of the library in front. */
static SSL_CTX *make_stock(const SSL_METHOD *method)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
    void *library = dlopen("libssl.so.3", RTLD_NOW | RTLD_NOLOAD);
    SSL_CTX *(*make)(OSSL_LIB_CTX *, const char *, const SSL_METHOD *) = NULL;
    must(library);
    *(void **)&make = dlsym(library, "SSL_CTX_new_ex");
    must(make && make != SSL_CTX_new_ex);
    SSL_CTX *ctx = make(NULL, NULL, method);
#else
    void *library = dlopen("libssl.so.1.1", RTLD_NOW | RTLD_NOLOAD);
    maker *make = NULL;
    must(library);
    *(void **)&make = dlsym(library, "SSL_CTX_new");
    must(make && make != SSL_CTX_new);
    SSL_CTX *ctx = make(method);
#endif
    dlclose(library);
    return ctx;
}

static void measure(int which)
{
    struct chain chain = chain_new(which);
    int is_ecdsa = which == 0;
    struct ends stock = { make_stock, &chain, NULL, NULL };
    struct ends ours = { SSL_CTX_new, &chain, NULL, NULL };
    chain_leaf(&chain, "peer", 2);
    chain_leaf(&chain, "other", 2);
    struct way bare = { renew, shake, &stock, 1 }, first = { renew, shake, &ours, 1 };
    struct comparison result = compare(&bare, &first, ROUNDS);
    print_comparison(chain.name, "preload-pair-first-contact", &result, 0,
                     is_ecdsa ? AT_MOST : NO_TARGET, 1.15);
    struct way again = { NULL, shake, &stock, 2 }, met = { NULL, shake, &ours, 2 };
    result = compare(&again, &met, ROUNDS);
    print_comparison(chain.name, "preload-pair-met-before", &result, 0,
                     is_ecdsa ? AT_MOST : NO_TARGET, 0.6);
    SSL_CTX_free(stock.server);
    SSL_CTX_free(stock.client);
    SSL_CTX_free(ours.server);
    SSL_CTX_free(ours.client);
    chain_free(&chain);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        must(setenv("LD_PRELOAD", argv[1], 1) == 0 && setenv("S2SVERIFY_LOG", "stderr", 1) == 0 &&
             setenv("S2SVERIFY_PURPOSE", "server", 1) == 0);
        argv[1] = NULL;
        execv("/proc/self/exe", argv);
    }
    must(getenv("LD_PRELOAD"));
    for (int which = 0; which < CHAINS; which++)
        measure(which);
    return 0;
}
