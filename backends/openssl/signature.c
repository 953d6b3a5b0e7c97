/* SPDX-License-Identifier: MIT
 * Signatures and hashes: computation alone. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "internal.h"

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static const EVP_MD *fetched; /* SHA-256; constant from then on; NULL: out of memory then */

/* EVP_sha256() is looked up anew at each use, under locks that all threads share. */
static void fetch(void)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
    fetched = EVP_MD_fetch(NULL, "SHA256", NULL);
#else
    fetched = EVP_sha256();
#endif
}

static const EVP_MD *digest_of(enum s2sv_hash hash)
{
    switch (hash) {
    case S2SV_HASH_SHA1:
        return EVP_sha1();
    case S2SV_HASH_SHA256:
        return CRYPTO_THREAD_run_once(&once, fetch) && fetched ? fetched : EVP_sha256();
    case S2SV_HASH_SHA384:
        return EVP_sha384();
    case S2SV_HASH_SHA512:
        return EVP_sha512();
    case S2SV_HASH_NONE:
        break;
    }
    return NULL;
}

int svo_hash(enum s2sv_hash hash, const struct s2sv_bytes *parts, size_t count,
             unsigned char *ret_digest)
{
    const EVP_MD *digest = digest_of(hash);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int ok = digest && ctx && EVP_DigestInit_ex(ctx, digest, NULL);
    for (size_t i = 0; ok && i < count; i++)
        ok = EVP_DigestUpdate(ctx, parts[i].data, parts[i].len);
    ok = ok && EVP_DigestFinal_ex(ctx, ret_digest, NULL);
    EVP_MD_CTX_free(ctx);
    return ok ? S2SV_DECIDED : S2SV_ERR_BACKEND;
}

/* The mask's hash is the other one's unless it is set. */
static int set_pss(EVP_PKEY_CTX *ctx)
{
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0;
}

static int signature_verify(EVP_MD_CTX *ctx, const struct s2sv_signed *what, EVP_PKEY *key)
{
    EVP_PKEY_CTX *parameters = NULL;
    return EVP_DigestVerifyInit(ctx, &parameters, digest_of(what->hash), NULL, key) > 0 &&
           (what->scheme != S2SV_SCHEME_RSA_PSS || set_pss(parameters)) &&
           EVP_DigestVerify(ctx, what->signature.data, what->signature.len, what->octets.data,
                            what->octets.len) == 1;
}

int svo_is_signed_by(const struct s2sv_signed *what, const struct s2sv_link *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer->native);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int answer = S2SV_ERR_NOMEM;
    ERR_set_mark();
    if (ctx) {
        answer = key && signature_verify(ctx, what, key);
        if (!answer && ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE)
            answer = S2SV_ERR_NOMEM;
    }
    EVP_MD_CTX_free(ctx);
    ERR_pop_to_mark();
    return answer;
}
