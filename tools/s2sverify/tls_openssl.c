/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <s2sverify/openssl.h>

#include "tls.h"

struct tls_context {
    SSL_CTX *ctx;
    int is_server;
    unsigned char alpn[64]; /* with its length in front */
    unsigned alpn_len;
};

struct tls {
    SSL *ssl;
    char error[TLS_TEXT];
};

/* ---- contexts ---------------------------------------------------------------------------------*/

static int never_ask(char *buf, int size, int for_writing, void *user)
{
    (void)buf, (void)size, (void)for_writing, (void)user;
    return 0;
}

static int use_certificate(SSL_CTX *ctx, const struct chain *chain, size_t i)
{
    const unsigned char *der = chain->certificates[i].der;
    X509 *x = d2i_X509(NULL, &der, (long)chain->certificates[i].len);
    int done =
        x && (i == 0 ? SSL_CTX_use_certificate(ctx, x) : SSL_CTX_add1_chain_cert(ctx, x)) == 1;
    X509_free(x);
    return done;
}

static const char *use_identity(SSL_CTX *ctx, const struct identity *identity)
{
    for (size_t i = 0; i < identity->chain.count; i++)
        if (!use_certificate(ctx, &identity->chain, i))
            return "OpenSSL can't use the certificate";
    BIO *bio = BIO_new_mem_buf(identity->key, -1);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, never_ask, NULL) : NULL;
    int done = key && SSL_CTX_use_PrivateKey(ctx, key) == 1;
    EVP_PKEY_free(key);
    BIO_free(bio);
    return done ? NULL
                : "OpenSSL can't use the key: it isn't PEM, has a password, or isn't the "
                  "certificate's";
}

static int choose_alpn(SSL *ssl, const unsigned char **ret_chosen, unsigned char *ret_len,
                       const unsigned char *offered, unsigned offered_len, void *user)
{
    const struct tls_context *context = user;
    unsigned char *chosen;
    (void)ssl;
    if (SSL_select_next_proto(&chosen, ret_len, context->alpn, context->alpn_len, offered,
                              offered_len) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *ret_chosen = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static int use_alpn(struct tls_context *context, const char *alpn)
{
    int len =
        snprintf((char *)context->alpn, sizeof context->alpn, "%c%s", (int)strlen(alpn), alpn);
    context->alpn_len = (unsigned)len;
    if (context->is_server)
        SSL_CTX_set_alpn_select_cb(context->ctx, choose_alpn, context);
    return context->is_server ||
           SSL_CTX_set_alpn_protos(context->ctx, context->alpn, context->alpn_len) == 0;
}

static const char *configure(struct tls_context *context, const struct tls_setup *setup)
{
    const char *why = setup->identity ? use_identity(context->ctx, setup->identity) : NULL;
    if (why)
        return why;
    SSL_CTX_set_mode(context->ctx,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (!setup->is_server)
        SSL_CTX_set_tlsext_status_type(context->ctx, TLSEXT_STATUSTYPE_ocsp);
    if ((setup->alpn && !use_alpn(context, setup->alpn)) ||
        s2sv_openssl_install(context->ctx, setup->policy, setup->trust) != S2SV_DECIDED)
        return "OpenSSL can't be set up";
    return NULL;
}

static void context_free(struct tls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->ctx);
    free(context);
}

static struct tls_context *context_new(const struct tls_setup *setup, const char **ret_why)
{
    struct tls_context *context = calloc(1, sizeof *context);
    const char *why = "out of memory";
    if (context) {
        context->is_server = setup->is_server;
        context->ctx = SSL_CTX_new(setup->is_server ? TLS_server_method() : TLS_client_method());
        if (context->ctx)
            why = configure(context, setup);
    }
    ERR_clear_error();
    if (!why)
        return context;
    context_free(context);
    *ret_why = why;
    return NULL;
}

/* ---- sessions ---------------------------------------------------------------------------------*/

static void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->ssl);
    free(tls);
}

static struct tls *tls_open(struct tls_context *context, int fd, const char *server_name)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        return NULL;
    tls->ssl = SSL_new(context->ctx);
    if (!tls->ssl || !SSL_set_fd(tls->ssl, fd) ||
        (server_name && SSL_set_tlsext_host_name(tls->ssl, server_name) != 1)) {
        tls_free(tls);
        ERR_clear_error();
        return NULL;
    }
    if (context->is_server)
        SSL_set_accept_state(tls->ssl);
    else
        SSL_set_connect_state(tls->ssl);
    return tls;
}

/* What became of the last call, which returned no success. */
static enum tls_state state_of(struct tls *tls, int result)
{
    int error = SSL_get_error(tls->ssl, result);
    unsigned long code = ERR_peek_error();
    const char *text = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ)
        return TLS_WANT_READ;
    if (error == SSL_ERROR_WANT_WRITE)
        return TLS_WANT_WRITE;
    if (error == SSL_ERROR_ZERO_RETURN || (error == SSL_ERROR_SYSCALL && code == 0))
        return TLS_CLOSED;
    /* From OpenSSL 3.0 on the end of the connection without that of the session is an error. */
    if (text && strcmp(text, "unexpected eof while reading") == 0)
        return TLS_CLOSED;
    snprintf(tls->error, sizeof tls->error, "%s", text ? text : "unknown error");
    return TLS_FAILED;
}

static enum tls_state tls_handshake(struct tls *tls)
{
    ERR_clear_error();
    int result = SSL_do_handshake(tls->ssl);
    return result == 1 ? TLS_DONE : state_of(tls, result);
}

static enum tls_state tls_read(struct tls *tls, void *buf, size_t size, size_t *ret_len)
{
    ERR_clear_error();
    int result = SSL_read_ex(tls->ssl, buf, size, ret_len);
    return result == 1 ? TLS_DONE : state_of(tls, result);
}

static enum tls_state tls_write(struct tls *tls, const void *data, size_t len, size_t *ret_len)
{
    ERR_clear_error();
    int result = SSL_write_ex(tls->ssl, data, len, ret_len);
    return result == 1 ? TLS_DONE : state_of(tls, result);
}

static enum tls_state tls_bye(struct tls *tls)
{
    ERR_clear_error();
    if (!SSL_is_init_finished(tls->ssl))
        return TLS_DONE;
    int result = SSL_shutdown(tls->ssl);
    return result >= 0 ? TLS_DONE : state_of(tls, result);
}

static const char *tls_error(struct tls *tls)
{
    return tls->error;
}

static struct s2sv_peer *tls_peer(struct tls *tls)
{
    return s2sv_openssl_peer(tls->ssl);
}

static int add_certificate(X509 *x, struct chain *chain)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    int done = len > 0 && chain_add(chain, der, (size_t)len);
    OPENSSL_free(der);
    return done;
}

/* A server's stack has the leaf too, a client's hasn't: each as the peer's role is. */
static int peer_chain(struct tls *tls, struct chain *chain)
{
    STACK_OF(X509) *presented = SSL_get_peer_cert_chain(tls->ssl);
    int done = 1;
    if (SSL_is_server(tls->ssl)) {
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
        X509 *leaf = SSL_get1_peer_certificate(tls->ssl);
#else
        X509 *leaf = SSL_get_peer_certificate(tls->ssl);
#endif
        done = !leaf || add_certificate(leaf, chain);
        X509_free(leaf);
    }
    for (int i = 0; i < sk_X509_num(presented) && done; i++)
        done = add_certificate(sk_X509_value(presented, i), chain);
    ERR_clear_error();
    return done;
}

static const struct s2sv_verdict *tls_verdict(struct tls *tls)
{
    return s2sv_openssl_verdict(tls->ssl);
}

static void describe(struct tls *tls, char version[TLS_TEXT], char alpn[TLS_TEXT])
{
    const unsigned char *chosen = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(tls->ssl, &chosen, &len);
    snprintf(version, TLS_TEXT, "%s", SSL_get_version(tls->ssl));
    snprintf(alpn, TLS_TEXT, "%.*s", (int)len, chosen ? (const char *)chosen : "");
}

const struct tls_methods tls_openssl = {
    context_new, context_free, tls_open,  tls_free,   tls_peer,    tls_handshake, tls_read,
    tls_write,   tls_bye,      tls_error, peer_chain, tls_verdict, describe,
};
