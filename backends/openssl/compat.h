/* SPDX-License-Identifier: MIT
 * Where OpenSSL 1.1.1 and 3.x differ. */
#ifndef SVO_COMPAT_H
#define SVO_COMPAT_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#if OPENSSL_VERSION_NUMBER < 0x10101000L
#error "OpenSSL 1.1.1 or later is needed"
#elif OPENSSL_VERSION_NUMBER < 0x30000000L
#define SSL_get1_peer_certificate SSL_get_peer_certificate
typedef void *svo_dup_from; /* points to the pointer, whatever its type says */
#else
typedef void **svo_dup_from;
#endif

/* 1: the application set a host, an email or an IP address. 1.1.1 doesn't tell. */
static inline int svo_names_a_peer(X509_VERIFY_PARAM *param)
{
#if OPENSSL_VERSION_NUMBER < 0x30000000L
    (void)param;
    return 1;
#else
    ERR_set_mark();         /* that there is none is an error to some releases */
    char *ip = X509_VERIFY_PARAM_get1_ip_asc(param);
    ERR_pop_to_mark();
    int names = ip || X509_VERIFY_PARAM_get0_host(param, 0) || X509_VERIFY_PARAM_get0_email(param);

    OPENSSL_free(ip);
    return names;
#endif
}

/* 1: the key is used by OpenSSL's default library context, as all that we do is; 0 for another
 * one's or for one that a property query chose. */
static inline int svo_is_of_default_context(X509 *x)
{
#if OPENSSL_VERSION_NUMBER < 0x30000000L
    (void)x;
    return 1;
#else
    const EVP_PKEY *key = X509_get0_pubkey(x);
    const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;
    EVP_KEYMGMT *usual = type ? EVP_KEYMGMT_fetch(NULL, type, NULL) : NULL;
    int same = usual && EVP_KEYMGMT_get0_provider(usual) == EVP_PKEY_get0_provider(key);
    EVP_KEYMGMT_free(usual);
    return same;
#endif
}

/* The store that libssl verifies with. Before 3.0 one that was set by
 * SSL_CTX_set1_verify_cert_store() can be seen in the verify callback only. */
static inline X509_STORE *svo_store_of(SSL *ssl)
{
    X509_STORE *store = NULL;

#ifdef SSL_get0_verify_cert_store
    if (SSL_get0_verify_cert_store(ssl, &store) != 1)
        store = NULL;
#endif
    return store ? store : SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
}

/* The same for its new SSLs. */
static inline X509_STORE *svo_store_of_context(SSL_CTX *ctx)
{
    X509_STORE *store = NULL;

#ifdef SSL_CTX_get0_verify_cert_store
    if (SSL_CTX_get0_verify_cert_store(ctx, &store) != 1)
        store = NULL;
#endif
    return store ? store : SSL_CTX_get_cert_store(ctx);
}

#endif
