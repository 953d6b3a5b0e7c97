/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

struct key {
    struct key *next;
    char *id; /* "type name" */
    EVP_PKEY *pkey;
};

struct pki_keys {
    struct key *first;
};

struct key_type {
    const char *name;
    int algorithm; /* an EVP_PKEY_ number */
    int parameter; /* curve or bits */
    int is_explicit;
};

static const struct key_type key_types[] = {
    { "p256", EVP_PKEY_EC, NID_X9_62_prime256v1, 0 },
    { "p384", EVP_PKEY_EC, NID_secp384r1, 0 },
    { "p521", EVP_PKEY_EC, NID_secp521r1, 0 },
    { "p224", EVP_PKEY_EC, NID_secp224r1, 0 },
    { "explicit-ec", EVP_PKEY_EC, NID_X9_62_prime256v1, 1 },
    { "ed25519", EVP_PKEY_ED25519, 0, 0 },
    { "ed448", EVP_PKEY_ED448, 0, 0 },
    { "rsa512", EVP_PKEY_RSA, 512, 0 },
    { "rsa1024", EVP_PKEY_RSA, 1024, 0 },
    { "rsa2047", EVP_PKEY_RSA, 2047, 0 },
    { "rsa2048", EVP_PKEY_RSA, 2048, 0 },
    { "rsa3072", EVP_PKEY_RSA, 3072, 0 },
    { "rsa4096", EVP_PKEY_RSA, 4096, 0 },
    { "rsapss2048", EVP_PKEY_RSA_PSS, 2048, 0 },
};

struct pki_keys *pki_keys_new(void)
{
    struct pki_keys *keys = calloc(1, sizeof *keys);
    if (!keys)
        abort();
    return keys;
}

void pki_keys_free(struct pki_keys *keys)
{
    struct key *next;
    for (struct key *key = keys ? keys->first : NULL; key; key = next) {
        next = key->next;
        EVP_PKEY_free(key->pkey);
        free(key->id);
        free(key);
    }
    free(keys);
}

/* Of the right size; -1 also if the algorithm takes no size and one is asked for. */
static int key_parameters(EVP_PKEY_CTX *ctx, const struct key_type *type)
{
    if (type->algorithm == EVP_PKEY_RSA || type->algorithm == EVP_PKEY_RSA_PSS)
        return EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, type->parameter);
    if (type->algorithm != EVP_PKEY_EC)
        return 1;
    if (EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, type->parameter) <= 0)
        return -1;
    return EVP_PKEY_CTX_set_ec_param_enc(ctx, type->is_explicit ? OPENSSL_EC_EXPLICIT_CURVE
                                                                : OPENSSL_EC_NAMED_CURVE);
}

static EVP_PKEY *key_make(const struct key_type *type)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(type->algorithm, NULL);
    EVP_PKEY *pkey = NULL;
    if (!ctx || EVP_PKEY_keygen_init(ctx) <= 0 || key_parameters(ctx, type) <= 0 ||
        EVP_PKEY_keygen(ctx, &pkey) <= 0)
        pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static EVP_PKEY *key_add(struct pki_keys *keys, const char *id, const char *type_name)
{
    EVP_PKEY *pkey = NULL;
    for (size_t i = 0; i < sizeof key_types / sizeof *key_types; i++)
        if (strcmp(key_types[i].name, type_name) == 0)
            pkey = key_make(&key_types[i]);
    if (!pkey)
        return NULL;
    struct key *key = calloc(1, sizeof *key);
    if (!key)
        abort();
    *key = (struct key){ keys->first, text_copy(id, strlen(id)), pkey };
    keys->first = key;
    return pkey;
}

EVP_PKEY *keys_get(struct pki_keys *keys, const char *type, const char *name)
{
    char id[256];
    snprintf(id, sizeof id, "%s %s", type, name);
    for (struct key *key = keys->first; key; key = key->next)
        if (strcmp(key->id, id) == 0)
            return key->pkey;
    return key_add(keys, id, type);
}

int keys_spki(struct out *out, EVP_PKEY *pkey)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(pkey, &der);
    if (len <= 0)
        return -1;
    out_bytes(out, der, (size_t)len);
    OPENSSL_free(der);
    return 0;
}

/* How a signature is named, and its object identifier per kind of key. */
struct signing {
    const char *name;
    const char *digest; /* NULL: the algorithm has its own */
    const char *mgf;    /* the digest of MGF1, for RSASSA-PSS */
    const char *ec_oid;
    const char *rsa_oid;
};

static const char oid_pss[] = "1.2.840.113549.1.1.10";

static const struct signing signings[] = {
    { "sha256", "SHA256", NULL, "1.2.840.10045.4.3.2", "1.2.840.113549.1.1.11" },
    { "sha384", "SHA384", NULL, "1.2.840.10045.4.3.3", "1.2.840.113549.1.1.12" },
    { "sha512", "SHA512", NULL, "1.2.840.10045.4.3.4", "1.2.840.113549.1.1.13" },
    { "sha224", "SHA224", NULL, "1.2.840.10045.4.3.1", "1.2.840.113549.1.1.14" },
    { "sha1", "SHA1", NULL, "1.2.840.10045.4.1", "1.2.840.113549.1.1.5" },
    { "md5", "MD5", NULL, NULL, "1.2.840.113549.1.1.4" },
    { "sha3-256", "SHA3-256", NULL, "2.16.840.1.101.3.4.3.10", "2.16.840.1.101.3.4.3.14" },
    { "pss", "SHA256", "SHA256", NULL, oid_pss },
    { "pss-sha384", "SHA384", "SHA384", NULL, oid_pss },
    { "pss-sha512", "SHA512", "SHA512", NULL, oid_pss },
    { "pss-sha1", "SHA1", "SHA1", NULL, oid_pss },
    { "pss-mgf-sha1", "SHA256", "SHA1", NULL, oid_pss },
};

/* The algorithms that hash for themselves; they take no name. */
static const struct signing signing_ed25519 = { "", NULL, NULL, "1.3.101.112", NULL };
static const struct signing signing_ed448 = { "", NULL, NULL, "1.3.101.113", NULL };

static const struct signing *signing_named(const char *name)
{
    for (size_t i = 0; i < sizeof signings / sizeof *signings; i++)
        if (strcmp(signings[i].name, name) == 0)
            return &signings[i];
    return NULL;
}

const struct signing *signing_find(EVP_PKEY *pkey, const char *name)
{
    int base = EVP_PKEY_base_id(pkey);
    if (base == EVP_PKEY_ED25519)
        return &signing_ed25519;
    if (base == EVP_PKEY_ED448)
        return &signing_ed448;
    if (!name && base == EVP_PKEY_RSA_PSS)
        name = "pss";
    if (!name)
        name = base == EVP_PKEY_EC && EVP_PKEY_bits(pkey) == 384 ? "sha384" : "sha256";
    const struct signing *signing = signing_named(name);
    if (!signing || !(base == EVP_PKEY_EC ? signing->ec_oid : signing->rsa_oid))
        return NULL;
    return signing;
}

static void digest_identifier(struct out *out, const char *digest, const struct pss_options *pss)
{
    const EVP_MD *md = EVP_get_digestbyname(digest);
    char oid[64] = "";
    size_t mark = out_open(out);
    OBJ_obj2txt(oid, (int)sizeof oid, OBJ_nid2obj(EVP_MD_type(md)), 1);
    out_oid(out, oid);
    if (!pss->hash_null)
        out_tlv(out, TAG_NULL, NULL, 0);
    out_close(out, mark, TAG_SEQUENCE);
}

static const char *mask_of(const struct signing *signing, const struct pss_options *pss)
{
    return pss->mask ? pss->mask : signing->mgf;
}

static int salt_of(const struct signing *signing, const struct pss_options *pss)
{
    return pss->salt ? atoi(pss->salt) : EVP_MD_size(EVP_get_digestbyname(signing->digest));
}

static void salt_field(struct out *out, const struct signing *signing,
                       const struct pss_options *pss)
{
    size_t mark = out_open(out), integer;
    if (pss->salt_hex && strcmp(pss->salt_hex, "absent") == 0)
        return;
    if (pss->salt_hex) {
        integer = out_open(out);
        (void)text_hex(out, pss->salt_hex);
        out_close(out, integer, TAG_INTEGER);
    } else {
        out_uint(out, (unsigned long)salt_of(signing, pss));
    }
    out_close(out, mark, TAG_CONTEXT_CONSTRUCTED | 2);
}

static void trailer_field(struct out *out, const struct pss_options *pss)
{
    size_t mark = out_open(out), integer = out_open(out);
    if (!pss->trailer)
        return;
    (void)text_hex(out, pss->trailer);
    out_close(out, integer, TAG_INTEGER);
    out_close(out, mark, TAG_CONTEXT_CONSTRUCTED | 3);
}

/* RSASSA-PSS-params (RFC 4055 section 3.1); the defaults, all SHA-1, are left out. */
static void pss_parameters(struct out *out, const struct signing *signing,
                           const struct pss_options *pss)
{
    const char *mask = mask_of(signing, pss);
    size_t sequence = out_open(out);
    if (strcmp(signing->digest, "SHA1") != 0) {
        size_t mark = out_open(out);
        digest_identifier(out, signing->digest, pss);
        out_close(out, mark, TAG_CONTEXT_CONSTRUCTED | 0);
    }
    if (strcmp(mask, "SHA1") != 0) {
        size_t mark = out_open(out);
        size_t mgf = out_open(out);
        out_oid(out, "1.2.840.113549.1.1.8");
        digest_identifier(out, mask, pss);
        out_close(out, mgf, TAG_SEQUENCE);
        out_close(out, mark, TAG_CONTEXT_CONSTRUCTED | 1);
    }
    if (pss->salt || pss->salt_hex || strcmp(signing->digest, "SHA1") != 0)
        salt_field(out, signing, pss);
    trailer_field(out, pss);
    out_close(out, sequence, TAG_SEQUENCE);
}

/* Which of the two identifiers it is follows from the key at hand. */
static const char *signing_oid(const struct signing *signing, EVP_PKEY *pkey)
{
    int base = EVP_PKEY_base_id(pkey);
    return base == EVP_PKEY_RSA || base == EVP_PKEY_RSA_PSS ? signing->rsa_oid : signing->ec_oid;
}

void signing_identifier(struct out *out, const struct signing *signing,
                        const struct pss_options *pss, EVP_PKEY *pkey)
{
    size_t mark = out_open(out);
    const char *oid = signing_oid(signing, pkey);
    out_oid(out, oid);
    if (oid == oid_pss)
        pss_parameters(out, signing, pss);
    else if (oid == signing->rsa_oid)
        out_tlv(out, TAG_NULL, NULL, 0);
    out_close(out, mark, TAG_SEQUENCE);
}

static int set_pss(EVP_PKEY_CTX *ctx, const struct signing *signing, const struct pss_options *pss)
{
    if (!signing->mgf)
        return 1;
    if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) <= 0 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt_of(signing, pss)) <= 0)
        return -1;
    return EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_get_digestbyname(mask_of(signing, pss)));
}

int signing_sign(struct out *out, const struct signing *signing, const struct pss_options *pss,
                 EVP_PKEY *pkey, const void *data, size_t len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    const EVP_MD *digest = signing->digest ? EVP_get_digestbyname(signing->digest) : NULL;
    unsigned char signature[2048];
    size_t size = sizeof signature;
    int good = ctx && EVP_DigestSignInit(ctx, &options, digest, NULL, pkey) > 0 &&
               set_pss(options, signing, pss) > 0 &&
               EVP_DigestSign(ctx, signature, &size, data, len) > 0;
    if (good)
        out_bytes(out, signature, size);
    EVP_MD_CTX_free(ctx);
    return good ? 0 : -1;
}
