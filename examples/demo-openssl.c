/* SPDX-License-Identifier: MIT
 * A session of the demonstration on OpenSSL: verified as it comes, or with s2sverify. */
#include <stdio.h>

#include <openssl/x509v3.h>
#include <s2sverify/openssl.h>

#include "demo.h"

/* ---- stock OpenSSL ----------------------------------------------------------------------------*/

/* Only looks: it returns what OpenSSL decided. */
static int look(int ok, X509_STORE_CTX *store_ctx)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct demo_result *result = SSL_get_app_data(ssl);
    unsigned char *cursor = result->leaf;
    X509 *leaf = X509_STORE_CTX_get0_cert(store_ctx);
    int len = i2d_X509(leaf, NULL);
    if (len > 0 && (size_t)len <= sizeof result->leaf)
        result->leaf_len = (size_t)i2d_X509(leaf, &cursor);
    if (!ok && result->reason[0] == '\0')
        snprintf(result->reason, sizeof result->reason, "error %d, %s",
                 X509_STORE_CTX_get_error(store_ctx),
                 X509_STORE_CTX_get_error_depth(store_ctx) == 0 ? "leaf" : "CA");
    return ok;
}

static int use_stock(SSL *ssl, const struct demo *demo)
{
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, look);
    /* Not SSL_set1_host(), which OpenSSL 4.0 deprecates. */
    return X509_VERIFY_PARAM_set1_host(SSL_get0_param(ssl), demo->domain, 0);
}

/* ---- s2sverify on OpenSSL ---------------------------------------------------------------------*/

static int use_s2sverify(SSL_CTX *ctx)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    int status = s2sv_openssl_install(ctx, policy, NULL);
    s2sv_policy_unref(policy);
    return status == S2SV_DECIDED;
}

static int expect(SSL *ssl, const struct demo *demo)
{
    return demo->listens || s2sv_peer_expect(s2sv_openssl_peer(ssl), demo->domain) == S2SV_DECIDED;
}

/* ---- both -------------------------------------------------------------------------------------*/

static SSL_CTX *context_new(const struct demo *demo)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    if (ctx && SSL_CTX_use_certificate_chain_file(ctx, demo->chain) == 1 &&
        SSL_CTX_use_PrivateKey_file(ctx, demo->key, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_load_verify_locations(ctx, demo->anchors, NULL) == 1 &&
        (demo->judge != DEMO_S2SVERIFY || use_s2sverify(ctx)))
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

static SSL *session_new(SSL_CTX *ctx, const struct demo *demo, int fd, struct demo_result *result)
{
    SSL *ssl = SSL_new(ctx);
    if (!ssl || !SSL_set_fd(ssl, fd))
        return ssl;
    SSL_set_app_data(ssl, result);
    if (demo->listens)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    if (demo->judge == DEMO_STOCK ? use_stock(ssl, demo)
                                  : demo->judge == DEMO_SHOW || expect(ssl, demo))
        return ssl;
    SSL_free(ssl);
    return NULL;
}

static void run(SSL *ssl, const struct demo *demo, struct demo_result *result)
{
    char greeting[8];
    int done = SSL_do_handshake(ssl) == 1;
    if (demo->judge == DEMO_SHOW) {
        result->accepted = done && SSL_read(ssl, greeting, sizeof greeting) > 0;
        return;
    }
    if (demo->judge == DEMO_STOCK)
        result->accepted = done && SSL_get_verify_result(ssl) == X509_V_OK && result->leaf_len > 0;
    else
        demo_read(s2sv_openssl_verdict(ssl), demo->domain, result);
    if (done && result->accepted)
        SSL_write(ssl, "welcome", 7);
    if (done)
        SSL_shutdown(ssl);
}

int demo_session(const struct demo *demo, int fd, struct demo_result *ret_result)
{
    SSL_CTX *ctx = context_new(demo);
    SSL *ssl = ctx ? session_new(ctx, demo, fd, ret_result) : NULL;
    int status = ssl ? 0 : -1;
    if (ssl)
        run(ssl, demo, ret_result);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    return status;
}
