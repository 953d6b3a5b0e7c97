/* SPDX-License-Identifier: MIT
 * Signatures and hashes: computation alone. */
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

static gnutls_digest_algorithm_t digest_of(enum s2sv_hash hash)
{
    switch (hash) {
    case S2SV_HASH_SHA1:
        return GNUTLS_DIG_SHA1;
    case S2SV_HASH_SHA256:
        return GNUTLS_DIG_SHA256;
    case S2SV_HASH_SHA384:
        return GNUTLS_DIG_SHA384;
    case S2SV_HASH_SHA512:
        return GNUTLS_DIG_SHA512;
    case S2SV_HASH_NONE:
        break;
    }
    return GNUTLS_DIG_UNKNOWN;
}

int svg_hash(enum s2sv_hash hash, const struct s2sv_bytes *parts, size_t count,
             unsigned char *ret_digest)
{
    gnutls_hash_hd_t state;
    int rc = gnutls_hash_init(&state, digest_of(hash));
    if (rc < 0)
        return S2SV_ERR_BACKEND;
    for (size_t i = 0; rc >= 0 && i < count; i++)
        rc = gnutls_hash(state, parts[i].data, parts[i].len);
    gnutls_hash_deinit(state, ret_digest);
    return rc >= 0 ? S2SV_DECIDED : S2SV_ERR_BACKEND;
}

/* Under a key for all of RSA GnuTLS takes the hash's length as that of the salt, which is what the
 * scheme says; under one for RSASSA-PSS only, the core has compared with the key's parameters. */
static gnutls_sign_algorithm_t algorithm_of(const struct s2sv_signed *what)
{
    switch (what->scheme) {
    case S2SV_SCHEME_RSA_PKCS1:
        return gnutls_pk_to_sign(GNUTLS_PK_RSA, digest_of(what->hash));
    case S2SV_SCHEME_RSA_PSS:
        return gnutls_pk_to_sign(GNUTLS_PK_RSA_PSS, digest_of(what->hash));
    case S2SV_SCHEME_ECDSA:
        return gnutls_pk_to_sign(GNUTLS_PK_ECDSA, digest_of(what->hash));
    case S2SV_SCHEME_ED25519:
        return GNUTLS_SIGN_EDDSA_ED25519;
    case S2SV_SCHEME_ED448:
        return GNUTLS_SIGN_EDDSA_ED448;
    case S2SV_SCHEME_NONE:
        break;
    }
    return GNUTLS_SIGN_UNKNOWN;
}

static gnutls_datum_t signature_datum_of(const struct s2sv_bytes *bytes)
{
    return (gnutls_datum_t){ (unsigned char *)bytes->data, (unsigned)bytes->len }; /* only read */
}

int svg_is_signed_by(const struct s2sv_signed *what, const struct s2sv_link *issuer)
{
    gnutls_datum_t octets = signature_datum_of(&what->octets),
                   signature = signature_datum_of(&what->signature);
    gnutls_pubkey_t key;
    if (what->octets.len > UINT_MAX || what->signature.len > UINT_MAX)
        return S2SV_ERR_BACKEND;
    if (gnutls_pubkey_init(&key) < 0)
        return S2SV_ERR_NOMEM;
    int rc = gnutls_pubkey_import_x509(key, issuer->native, 0);
    if (rc >= 0)
        rc = gnutls_pubkey_verify_data2(key, algorithm_of(what), 0, &octets, &signature);
    gnutls_pubkey_deinit(key);
    return rc == GNUTLS_E_MEMORY_ERROR ? S2SV_ERR_NOMEM : rc >= 0;
}
