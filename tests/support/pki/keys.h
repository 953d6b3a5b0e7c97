/* SPDX-License-Identifier: MIT */
/* Keys by type and name, and signatures with their algorithm identifiers. */
#ifndef PKI_KEYS_H
#define PKI_KEYS_H

#include <openssl/evp.h>

#include "out.h"
#include "pki.h"

/* Makes the key on first use; borrowed; NULL if the type is unknown or can't be made. */
EVP_PKEY *keys_get(struct pki_keys *, const char *type, const char *name);
/* The SubjectPublicKeyInfo. 0 or -1. */
int keys_spki(struct out *, EVP_PKEY *);

struct signing; /* a named algorithm */
/* NULL name: the usual one for that key. NULL if the key can't sign so. */
const struct signing *signing_find(EVP_PKEY *, const char *name);

/* How RSASSA-PSS is done, and written, where that isn't as usual: all may be NULL. */
struct pss_options {
    const char *salt;      /* octets */
    const char *salt_hex;  /* the INTEGER's content as written, or "absent" */
    const char *mask;      /* a digest: SHA384 */
    const char *trailer;   /* the INTEGER's content, as hex */
    const char *hash_null; /* "absent": no NULL behind the hash's and the mask's identifiers */
};

/* The AlgorithmIdentifier. */
void signing_identifier(struct out *, const struct signing *, const struct pss_options *,
                        EVP_PKEY *);
/* Appends the signature over the data. 0 or -1. */
int signing_sign(struct out *, const struct signing *, const struct pss_options *, EVP_PKEY *,
                 const void *data, size_t len);

#endif
