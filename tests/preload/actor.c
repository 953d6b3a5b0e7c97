/* SPDX-License-Identifier: MIT */
#include "actor.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pki.h"

static struct pki *pki;

static void make(const char *name, const char *specification)
{
    char err[200] = "";
    if (!pki_make(pki, name, specification, err, sizeof err)) {
        fprintf(stderr, "%s: %s\n", name, err);
        abort();
    }
}

void actor_make_certificates(void)
{
    pki = pki_new(NULL, (int64_t)time(NULL));
    must(pki);
    make("root", "ca");
    make("server", "issuer=root san=dns:server.example");
    make("client", "issuer=root san=dns:client.example eku=clientAuth");
    make("both", "issuer=root san=dns:both.example eku=serverAuth,clientAuth");
    make("code", "issuer=root san=dns:code.example eku=codeSigning");
}

static X509 *read_certificate(const char *name)
{
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, name), &len);
    X509 *x = d2i_X509(NULL, &der, (long)len);
    must(x);
    return x;
}

static const struct pki_crl *list_with(const char *peer)
{
    char specification[100], err[200] = "";
    snprintf(specification, sizeof specification, "issuer=root revoked=%s", peer);
    const struct pki_crl *made = pki_crl(pki, peer, specification, err, sizeof err);
    must(made);
    return made;
}

X509_CRL *actor_crl_of(const char *peer)
{
    size_t len;
    const unsigned char *der = pki_crl_der(list_with(peer), &len);
    X509_CRL *crl = d2i_X509_CRL(NULL, &der, (long)len);
    must(crl);
    return crl;
}

void actor_write_crl_of(const char *peer, const char *path)
{
    char *pem = pki_crl_pem(list_with(peer));
    FILE *file = fopen(path, "w");
    must(file && fputs(pem, file) >= 0 && fclose(file) == 0);
    free(pem);
}

static SSL_CTX *context_with(const char *name)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    X509 *own = read_certificate(name);
    must(ctx && SSL_CTX_use_certificate(ctx, own) == 1 &&
         SSL_CTX_use_PrivateKey(ctx, pki_key(pki_find(pki, name))) == 1);
    X509_free(own);
    return ctx;
}

SSL_CTX *actor_context(void)
{
    SSL_CTX *ctx = context_with("both");
    X509 *root = read_certificate("root");
    must(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root) == 1);
    X509_free(root);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return ctx;
}

SSL *actor_meet(SSL_CTX *ctx, const char *peer, int *ret_accepted)
{
    SSL_CTX *their_ctx = context_with(peer);
    SSL *ours = SSL_new(ctx), *theirs = SSL_new(their_ctx);
    BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());
    int done = 0;
    must(ours && theirs && up && down && BIO_up_ref(up) && BIO_up_ref(down));
    SSL_set_accept_state(ours);
    SSL_set_connect_state(theirs);
    SSL_set_bio(ours, up, down);
    SSL_set_bio(theirs, down, up);
    for (int i = 0; i < 6 && done < 1; i++) {
        SSL_do_handshake(theirs);
        done = SSL_do_handshake(ours);
    }
    *ret_accepted = done == 1;
    SSL_free(theirs);
    SSL_CTX_free(their_ctx);
    return ours;
}

int actor_accepts(SSL_CTX *ctx, const char *peer)
{
    SSL_CTX *own = ctx ? NULL : actor_context();
    int accepted;
    SSL_free(actor_meet(ctx ? ctx : own, peer, &accepted));
    SSL_CTX_free(own);
    return accepted;
}
