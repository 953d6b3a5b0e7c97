/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "mint.h"
#include "output.h"

enum { HOUR = 3600, DAY = 24 * HOUR, COMMON_NAME_LONGEST = 64 };

struct mint {
    struct identity ca;
    X509 *certificate;
    EVP_PKEY *key;
};

/* ---- the CA -----------------------------------------------------------------------------------*/

static int never_ask(char *buf, int size, int for_writing, void *user)
{
    (void)buf, (void)size, (void)for_writing, (void)user;
    return 0;
}

static EVP_PKEY *read_key(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, never_ask, NULL) : NULL;
    BIO_free(bio);
    return key;
}

void mint_free(struct mint *mint)
{
    if (!mint)
        return;
    identity_clear(&mint->ca);
    X509_free(mint->certificate);
    EVP_PKEY_free(mint->key);
    free(mint);
}

static const char *open_ca(struct mint *mint)
{
    const unsigned char *der = mint->ca.chain.certificates[0].der;
    mint->certificate = d2i_X509(NULL, &der, (long)mint->ca.chain.certificates[0].len);
    mint->key = read_key(mint->ca.key);
    if (!mint->certificate)
        return "the certificate can't be read";
    if (!mint->key)
        return "the key can't be read, or has a password";
    return X509_check_private_key(mint->certificate, mint->key) == 1
               ? NULL
               : "the key isn't the certificate's";
}

struct mint *mint_new(const char *ca_path, const char *key_path)
{
    struct mint *mint = calloc(1, sizeof *mint);
    if (!mint || !identity_load(&mint->ca, ca_path, key_path)) {
        free(mint);
        return NULL;
    }
    const char *why = open_ca(mint);
    ERR_clear_error();
    if (!why)
        return mint;
    complain("%s, %s: %s", ca_path, key_path, why);
    mint_free(mint);
    return NULL;
}

/* ---- a certificate ----------------------------------------------------------------------------*/

static EVP_PKEY *make_key(void)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
    EVP_PKEY *key = NULL;
    if (ctx && EVP_PKEY_keygen_init(ctx) == 1 &&
        EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1) == 1)
        EVP_PKEY_keygen(ctx, &key);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static int set_serial(X509 *x)
{
    BIGNUM *number = BN_new();
    int done = number && BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
               BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
    BN_free(number);
    return done;
}

static int set_times(X509 *x, enum kind kind)
{
    long from = kind == KIND_EXPIRED ? -10L * DAY : -HOUR;
    long until = kind == KIND_EXPIRED ? -DAY : 7L * DAY;
    return X509_gmtime_adj(X509_getm_notBefore(x), from) &&
           X509_gmtime_adj(X509_getm_notAfter(x), until);
}

static int set_names(X509 *x, const X509 *issuer, const char *domain)
{
    X509_NAME *subject = X509_NAME_new();
    int done = subject &&
               (strlen(domain) > COMMON_NAME_LONGEST ||
                X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                           (const unsigned char *)domain, -1, -1, 0) == 1) &&
               X509_set_subject_name(x, subject) == 1 &&
               X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : subject) == 1;
    X509_NAME_free(subject);
    return done;
}

static int add_extension(X509 *x, X509V3_CTX *ctx, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, ctx, nid, value);
    int done = extension && X509_add_ext(x, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

static const char *purposes_of(enum kind kind)
{
    switch (kind) {
    case KIND_CLIENT:
        return "clientAuth";
    case KIND_BOTH:
        return "serverAuth,clientAuth";
    case KIND_NONE:
        return NULL;
    default:
        return "serverAuth";
    }
}

static int add_extensions(X509 *x, X509 *issuer, enum kind kind, const char *domain)
{
    X509V3_CTX ctx;
    char names[600];
    const char *purposes = purposes_of(kind);
    X509V3_set_ctx(&ctx, issuer ? issuer : x, x, NULL, NULL, 0);
    snprintf(names, sizeof names, "DNS:%s", domain);
    return add_extension(x, &ctx, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(x, &ctx, NID_key_usage, "critical,digitalSignature") &&
           (!purposes || add_extension(x, &ctx, NID_ext_key_usage, purposes)) &&
           add_extension(x, &ctx, NID_subject_key_identifier, "hash") &&
           (!issuer || add_extension(x, &ctx, NID_authority_key_identifier, "keyid")) &&
           add_extension(x, &ctx, NID_subject_alt_name, names);
}

/* Ed25519 and its like bring their own. */
static const EVP_MD *digest_for(EVP_PKEY *key)
{
    int nid = NID_undef;
    if (EVP_PKEY_get_default_digest_nid(key, &nid) == 2 && nid == NID_undef)
        return NULL;
    return EVP_sha256();
}

static X509 *make_certificate(const struct mint *mint, enum kind kind, const char *domain,
                              EVP_PKEY *key)
{
    const char *name = kind == KIND_WRONG_NAME ? "s2sverify.invalid" : domain;
    X509 *issuer = kind == KIND_SELF_SIGNED ? NULL : mint->certificate;
    EVP_PKEY *signer = issuer ? mint->key : key;
    X509 *x = X509_new();
    if (x && X509_set_version(x, 2) == 1 && set_serial(x) && set_times(x, kind) &&
        set_names(x, issuer, name) && X509_set_pubkey(x, key) == 1 &&
        add_extensions(x, issuer, kind, name) && X509_sign(x, signer, digest_for(signer)) > 0)
        return x;
    X509_free(x);
    return NULL;
}

/* ---- an identity ------------------------------------------------------------------------------*/

static char *key_text(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL, *text = NULL;
    if (bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1) {
        long len = BIO_get_mem_data(bio, &data);
        text = calloc(1, (size_t)len + 1);
        if (text)
            memcpy(text, data, (size_t)len);
    }
    BIO_free(bio);
    return text;
}

static int add_leaf(X509 *x, struct chain *chain)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    int done = len > 0 && chain_add(chain, der, (size_t)len);
    OPENSSL_free(der);
    return done;
}

/* A trust anchor is not sent (RFC 8446 section 4.4.2). */
static int add_issuers(const struct mint *mint, struct chain *chain)
{
    int done = 1;
    for (size_t i = 0; i < mint->ca.chain.count && done; i++) {
        const unsigned char *der = mint->ca.chain.certificates[i].der;
        X509 *x = d2i_X509(NULL, &der, (long)mint->ca.chain.certificates[i].len);
        if (x && X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) != 0)
            done = add_leaf(x, chain);
        X509_free(x);
    }
    return done;
}

int mint_make(const struct mint *mint, enum kind kind, const char *domain,
              struct identity *ret_identity)
{
    EVP_PKEY *key = make_key();
    X509 *x = key ? make_certificate(mint, kind, domain, key) : NULL;
    memset(ret_identity, 0, sizeof *ret_identity);
    int done = x && add_leaf(x, &ret_identity->chain) &&
               (kind == KIND_SELF_SIGNED || add_issuers(mint, &ret_identity->chain)) &&
               (ret_identity->key = key_text(key));
    X509_free(x);
    EVP_PKEY_free(key);
    ERR_clear_error();
    if (done)
        return 1;
    complain("a certificate for %s can't be made", domain);
    identity_clear(ret_identity);
    return 0;
}
