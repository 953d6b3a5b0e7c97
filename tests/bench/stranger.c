/* SPDX-License-Identifier: MIT */
#include "stranger.h"

#include <stdio.h>
#include <stdlib.h>

struct stranger {
    SSL_CTX *ctx;
};

static X509 *read_certificate(const struct pki_cert *cert)
{
    size_t len;
    const unsigned char *der = pki_der(cert, &len);
    X509 *x = d2i_X509(NULL, &der, (long)len);
    must(x);
    return x;
}

struct stranger *stranger_new(struct pki_cert *const *shown, size_t count)
{
    struct stranger *stranger = malloc(sizeof *stranger);
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    X509 *leaf = read_certificate(shown[0]);
    must(stranger && ctx && SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) &&
         SSL_CTX_use_certificate(ctx, leaf) && SSL_CTX_use_PrivateKey(ctx, pki_key(shown[0])));
    for (size_t i = 1; i < count; i++)
        must(SSL_CTX_add0_chain_cert(ctx, read_certificate(shown[i])));
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_security_level(ctx, 0);
    X509_free(leaf);
    stranger->ctx = ctx;
    return stranger;
}

void stranger_free(struct stranger *stranger)
{
    SSL_CTX_free(stranger->ctx);
    free(stranger);
}

SSL *stranger_connect(const struct stranger *stranger, BIO **ret_in, BIO **ret_out)
{
    SSL *ssl = SSL_new(stranger->ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    must(ssl && in && out);
    BIO_set_mem_eof_return(in, -1);
    BIO_set_mem_eof_return(out, -1);
    SSL_set_connect_state(ssl);
    SSL_set_bio(ssl, in, out);
    *ret_in = in;
    *ret_out = out;
    return ssl;
}
