/* SPDX-License-Identifier: MIT
 * TLS for the examples, by OpenSSL and s2sverify. */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <s2sverify/openssl.h>

#include "tls.h"

struct tls_context {
    SSL_CTX *ctx;
};

struct tls {
    SSL *ssl;
};

static int configure(SSL_CTX *ctx, const struct tls_files *files)
{
    if (files->chain && (SSL_CTX_use_certificate_chain_file(ctx, files->chain) != 1 ||
                         SSL_CTX_use_PrivateKey_file(ctx, files->key, SSL_FILETYPE_PEM) != 1))
        return 0;
    if (!files->anchors)
        return SSL_CTX_set_default_verify_paths(ctx);
    return SSL_CTX_load_verify_locations(ctx, files->anchors, NULL);
}

struct tls_context *tls_context_new(const struct tls_files *files, struct s2sv_policy *policy)
{
    struct tls_context *context = calloc(1, sizeof *context);
    if (!context)
        return NULL;
    context->ctx = SSL_CTX_new(TLS_method());
    if (context->ctx && configure(context->ctx, files) == 1 &&
        s2sv_openssl_install(context->ctx, policy, NULL) == S2SV_DECIDED) /* s2sverify: 1 of 3 */
        return context;
    ERR_print_errors_fp(stderr);
    fputs("can't set up TLS\n", stderr);
    tls_context_free(context);
    return NULL;
}

void tls_context_free(struct tls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->ctx);
    free(context);
}

static struct tls *tls_new(struct tls_context *context, int fd)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        return NULL;
    tls->ssl = SSL_new(context->ctx);
    if (tls->ssl && SSL_set_fd(tls->ssl, fd))
        return tls;
    tls_free(tls);
    return NULL;
}

struct tls *tls_accept(struct tls_context *context, int fd)
{
    struct tls *tls = tls_new(context, fd);
    if (tls)
        SSL_set_accept_state(tls->ssl);
    return tls;
}

struct tls *tls_connect(struct tls_context *context, int fd, const char *server_name)
{
    struct tls *tls = tls_new(context, fd);
    if (!tls)
        return NULL;
    SSL_set_connect_state(tls->ssl);
    if (!server_name || SSL_set_tlsext_host_name(tls->ssl, server_name))
        return tls;
    tls_free(tls);
    return NULL;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    if (tls->ssl && SSL_is_init_finished(tls->ssl))
        SSL_shutdown(tls->ssl);
    SSL_free(tls->ssl);
    free(tls);
}

struct s2sv_peer *tls_peer(struct tls *tls)
{
    return s2sv_openssl_peer(tls->ssl); /* s2sverify: 2 of 3 */
}

int tls_handshake(struct tls *tls)
{
    return SSL_do_handshake(tls->ssl) == 1;
}

const struct s2sv_verdict *tls_verdict(struct tls *tls)
{
    return s2sv_openssl_verdict(tls->ssl); /* s2sverify: 3 of 3 */
}

int tls_pending(struct tls *tls)
{
    return SSL_pending(tls->ssl) > 0;
}

int tls_read(struct tls *tls, void *buf, size_t size)
{
    int count = SSL_read(tls->ssl, buf, (int)size);
    return count > 0 ? count : 0;
}

int tls_write(struct tls *tls, const void *buf, size_t len)
{
    return SSL_write(tls->ssl, buf, (int)len) == (int)len;
}
