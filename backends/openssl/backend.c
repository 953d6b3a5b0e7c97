/* SPDX-License-Identifier: MIT
 * The backend's table, clock and native certificates. */
#include <limits.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "internal.h"

static int64_t now(void)
{
    return (int64_t)time(NULL);
}

/* Octets of a coordinate on P-256, P-384 or P-521, by name; else 0. */
static int coordinate_of(X509 *x)
{
    X509_ALGOR *algorithm;
    const ASN1_OBJECT *kind;
    const void *parameters;
    int type;
    if (!X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(x)))
        return 0;
    X509_ALGOR_get0(&kind, &type, &parameters, algorithm);
    if (OBJ_obj2nid(kind) != NID_X9_62_id_ecPublicKey || type != V_ASN1_OBJECT)
        return 0;
    switch (OBJ_obj2nid(parameters)) {
    case NID_X9_62_prime256v1:
        return 32;
    case NID_secp384r1:
        return 48;
    case NID_secp521r1:
        return 66;
    default:
        return 0;
    }
}

/* 1: written as an uncompressed point. What else can't be read is the core's to refuse. */
static int looks_like_point(X509 *x)
{
    const ASN1_BIT_STRING *octets = X509_get0_pubkey_bitstr(x);
    int coordinate = coordinate_of(x);
    return coordinate > 0 && octets && ASN1_STRING_length(octets) == 1 + 2 * coordinate &&
           ASN1_STRING_get0_data(octets)[0] == 4;
}

/* KEY-7: OpenSSL reads no point that isn't on its curve. */
static int status_of_key(X509 *x)
{
    if (X509_get0_pubkey(x))
        return S2SV_DECIDED;
    if (ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE)
        return S2SV_ERR_NOMEM;
    return looks_like_point(x) ? S2SV_ERR_INVALID : S2SV_DECIDED;
}

static int read_once(const void *der, size_t len, X509 **ret_x)
{
    const unsigned char *cursor = der;
    int status = S2SV_ERR_INVALID;
    X509 *x = d2i_X509(NULL, &cursor, (long)len);
    if (!x && ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE)
        status = S2SV_ERR_NOMEM;
    else if (x && cursor == (const unsigned char *)der + len)
        status = status_of_key(x);
    if (status == S2SV_DECIDED)
        *ret_x = x;
    else
        X509_free(x);
    return status;
}

/* Short of memory OpenSSL leaves a key out without saying so: a second time is believed. */
static int import(const void *der, size_t len, void **ret_native)
{
    X509 *x = NULL;
    if (len > LONG_MAX)
        return S2SV_ERR_INVALID;
    ERR_set_mark();
    int status = read_once(der, len, &x);
    if (status == S2SV_ERR_INVALID || (status == S2SV_DECIDED && !X509_get0_pubkey(x))) {
        X509_free(x);
        x = NULL;
        status = read_once(der, len, &x);
    }
    ERR_pop_to_mark();
    if (status == S2SV_DECIDED)
        *ret_native = x;
    return status;
}

static void release(void *native)
{
    X509_free(native);
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
        .lists = svo_lists,
        .validate = svo_validate,
        .is_signed_by = svo_is_signed_by,
        .hash = svo_hash,
    };
    return &backend;
}
