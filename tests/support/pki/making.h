/* SPDX-License-Identifier: MIT */
/* What the files of the certificate maker share. */
#ifndef PKI_MAKING_H
#define PKI_MAKING_H

#include "keys.h"
#include "names.h"
#include "out.h"
#include "pki.h"
#include "text.h"

struct pki_cert {
    struct pki_cert *next;
    const struct pki_cert *issuer;
    char *name;
    char *spec;
    EVP_PKEY *key;
    struct out der;
    struct out subject; /* the Name */
    struct out serial;  /* content octets */
    struct out ski;     /* key identifier; empty: the extension isn't there */
};

struct pki_crl {
    struct pki_crl *next;
    char *name;
    struct out der;
};

struct pki_ocsp {
    struct pki_ocsp *next;
    struct out der;
};

struct pki {
    struct pki_keys *keys;
    struct pki_keys *own_keys;
    struct pki_cert *certs;
    struct pki_crl *crls;
    struct pki_ocsp *responses;
    int64_t now;
};

/* One certificate or CRL in the making. */
struct making {
    struct pki *pki;
    struct pki_cert *cert;
    const struct pki_cert *issuer; /* itself if self-signed */
    struct items items;
    int is_ca;
    EVP_PKEY *signer;
    const struct signing *signing;
    struct pss_options pss;
    char *err;
    size_t errlen;
};

#define making_fail(making, ...) (text_say((making)->err, (making)->errlen, __VA_ARGS__), -1)

const char *making_get(const struct making *, const char *key, const char *otherwise);
int making_has(const struct making *, const char *word);
/* Is there `mutate=op`? For ops with an argument its text, else "". NULL: no. */
const char *making_mutation(const struct making *, const char *op);

/* The [3] element of a TBSCertificate, or nothing for version 1. */
int making_extensions(struct making *, struct out *);
/* One, from OID:critical|noncritical:HEX. */
int making_raw_extension(struct making *, struct out *, const char *text);
/* Each `ext=` item, for certificates and CRLs alike. */
int making_raw_extensions(struct making *, struct out *);
void making_extension(struct making *, struct out *, const char *oid, int critical,
                      const struct out *value);
int making_aki(struct making *, const char *value, struct out *);
int making_is_extension_key(const char *key);

/* Whose key signs, and how. */
int making_signer(struct making *);
int making_time(struct making *, struct out *, const char *text);
int making_issuer_name(struct making *, struct out *);
/* The SubjectPublicKeyInfo, with the key's own numbers or others. */
int making_spki(struct making *, struct out *);
/* Changes a signature's octets as `value=` says. */
int making_value(struct making *, struct out *value, unsigned *ret_unused);
/* Puts signatureAlgorithm and signature behind the TBS in `out`, and wraps the three. */
int making_sign(struct making *, struct out *);
void making_algorithm(struct making *, struct out *);
/* The mutations after signing. */
int making_damage(struct making *, struct out *der);

#endif
