/* SPDX-License-Identifier: MIT
 * The backend's table, clock and native certificates. */
#include <limits.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "internal.h"

static int64_t now(void)
{
    return (int64_t)time(NULL);
}

static int import(const void *der, size_t len, void **ret_native)
{
    const unsigned char *cursor = der;
    X509 *x;
    int no_memory;

    if (len > LONG_MAX)
        return S2SV_ERR_INVALID;
    ERR_set_mark();
    x = d2i_X509(NULL, &cursor, (long)len);
    no_memory = x == NULL && ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
    ERR_pop_to_mark();
    if (no_memory)
        return S2SV_ERR_NOMEM;
    if (x == NULL || cursor != (const unsigned char *)der + len) {
        X509_free(x);
        return S2SV_ERR_INVALID;
    }
    *ret_native = x;
    return 0;
}

static void release(void *native)
{
    X509_free(native);
}

/* -1 is a key of another kind, which is a wrong signature, or a failure, which isn't. */
static int verify_crl(X509_CRL *crl, EVP_PKEY *key)
{
    int result = X509_CRL_verify(crl, key);

    if (result < 0 && ERR_GET_REASON(ERR_peek_last_error()) == ASN1_R_WRONG_PUBLIC_KEY_TYPE)
        result = 0;
    return result < 0 ? S2SV_ERR_BACKEND : result;
}

/* The core has read the list, so one that can't be read here is a failure too. */
static int crl_is_signed_by(const struct s2sv_crl *list, const struct s2sv_link *issuer)
{
    const unsigned char *cursor = list->der.data;
    EVP_PKEY *key = X509_get0_pubkey(issuer->native);
    X509_CRL *crl;
    int is_signed = S2SV_ERR_BACKEND;

    ERR_set_mark();
    crl = list->der.len <= LONG_MAX ? d2i_X509_CRL(NULL, &cursor, (long)list->der.len) : NULL;
    if (crl != NULL && key != NULL)
        is_signed = verify_crl(crl, key);
    X509_CRL_free(crl);
    ERR_pop_to_mark();
    return is_signed;
}

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static const EVP_MD *digest; /* constant from then on; NULL: out of memory then */

/* EVP_sha256() is looked up anew at each use, under locks that all threads share. */
static void fetch(void)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
    digest = EVP_MD_fetch(NULL, "SHA256", NULL);
#else
    digest = EVP_sha256();
#endif
}

static int sha256(const struct s2sv_bytes *parts, size_t count, unsigned char ret_digest[32])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int ok = CRYPTO_THREAD_run_once(&once, fetch) && ctx != NULL &&
             EVP_DigestInit_ex(ctx, digest != NULL ? digest : EVP_sha256(), NULL);
    size_t i;

    for (i = 0; ok && i < count; i++)
        ok = EVP_DigestUpdate(ctx, parts[i].data, parts[i].len);
    ok = ok && EVP_DigestFinal_ex(ctx, ret_digest, NULL);
    EVP_MD_CTX_free(ctx);
    return ok ? 0 : S2SV_ERR_BACKEND;
}

const struct s2sv_backend *s2sv_openssl_backend(void)
{
    static const struct s2sv_backend backend = {
        .version = S2SV_BACKEND_VERSION,
        .name = "openssl",
        .now = now,
        .import = import,
        .release = release,
        .load = svo_load,
        .anchors = svo_anchors,
        .validate = svo_validate,
        .crl_is_signed_by = crl_is_signed_by,
        .sha256 = sha256,
    };

    return &backend;
}
