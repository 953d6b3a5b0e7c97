/* SPDX-License-Identifier: MIT
 * Where OpenSSL 1.1.1 and 3.x differ. */
#ifndef SVO_COMPAT_H
#define SVO_COMPAT_H

#include <openssl/opensslv.h>
#include <openssl/ssl.h>

#if OPENSSL_VERSION_NUMBER < 0x10101000L
#error "OpenSSL 1.1.1 or later is needed"
#elif OPENSSL_VERSION_NUMBER < 0x30000000L
#define SSL_get1_peer_certificate SSL_get_peer_certificate
typedef void *svo_dup_from; /* points to the pointer, whatever its type says */
#else
typedef void **svo_dup_from;
#endif

/* The store that libssl verifies with. Before 3.0 one that was set by
 * SSL_CTX_set1_verify_cert_store() can be seen in the verify callback only. */
static inline X509_STORE *svo_store_of(SSL *ssl)
{
    X509_STORE *store = NULL;

#ifdef SSL_get0_verify_cert_store
    if (SSL_get0_verify_cert_store(ssl, &store) != 1)
        store = NULL;
#endif
    return store != NULL ? store : SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
}

#endif
