/* SPDX-License-Identifier: MIT */
#include "x509/algorithm.h"

#include <stdio.h>

#include "x509/text.h"

#define OID_NIST_HASH "\x60\x86\x48\x01\x65\x03\x04\x02" /* 2.16.840.1.101.3.4.2 */
#define OID_MGF1 SV_OID_PKCS1 "\x08"

int sv_algorithm_read(struct sv_span content, struct sv_algorithm *ret_algorithm)
{
    struct sv_element parameters;
    struct sv_span rest;
    if (!sv_der_take(&content, SV_OID, &ret_algorithm->oid) || !sv_der_oid_ok(ret_algorithm->oid))
        return 0;
    ret_algorithm->parameters = rest = content;
    return rest.len == 0 || (sv_der_next(&rest, &parameters) && rest.len == 0);
}

int sv_is_null_or_absent(struct sv_span parameters)
{
    return parameters.len == 0 || sv_span_is(parameters, "\x05\x00");
}

/* RFC 4055 2.1: parameters NULL or absent. */
enum s2sv_hash sv_hash_read(struct sv_span content)
{
    struct sv_algorithm algorithm;
    if (!sv_algorithm_read(content, &algorithm) || !sv_is_null_or_absent(algorithm.parameters))
        return S2SV_HASH_NONE;
    if (sv_span_is(algorithm.oid, OID_NIST_HASH "\x01"))
        return S2SV_HASH_SHA256;
    if (sv_span_is(algorithm.oid, OID_NIST_HASH "\x02"))
        return S2SV_HASH_SHA384;
    if (sv_span_is(algorithm.oid, OID_NIST_HASH "\x03"))
        return S2SV_HASH_SHA512;
    return sv_span_is(algorithm.oid, "\x2b\x0e\x03\x02\x1a") ? S2SV_HASH_SHA1 : S2SV_HASH_NONE;
}

/* ---- RSASSA-PSS ------------------------------------------------------------------------------*/

/* RSASSA-PSS-params, RFC 4055 3.1. What is left out is SHA-1, or a salt of 20 octets. */
struct pss {
    enum s2sv_hash hash, mask;
    unsigned salt;
    int has_trailer;
};

static int read_hash(struct sv_span wrapped, enum s2sv_hash *hash)
{
    struct sv_span content;
    if (!wrapped.data)
        return 1;
    if (!sv_der_only(wrapped, SV_SEQUENCE, &content))
        return 0;
    *hash = sv_hash_read(content);
    return 1;
}

/* maskGenAlgorithm: MGF1 and its hash. */
static int read_mask(struct sv_span wrapped, enum s2sv_hash *mask)
{
    struct sv_span content;
    struct sv_algorithm algorithm;
    if (!wrapped.data)
        return 1;
    return sv_der_only(wrapped, SV_SEQUENCE, &content) && sv_algorithm_read(content, &algorithm) &&
           sv_span_is(algorithm.oid, OID_MGF1) && read_hash(algorithm.parameters, mask);
}

static int read_salt(struct sv_span wrapped, unsigned *salt)
{
    struct sv_span content;
    if (!wrapped.data)
        return 1;
    return sv_der_only(wrapped, SV_INTEGER, &content) && sv_der_small(content, salt);
}

static int read_pss(struct sv_span parameters, struct pss *pss)
{
    struct sv_span body, hash, mask, salt, trailer;
    *pss = (struct pss){ S2SV_HASH_SHA1, S2SV_HASH_SHA1, 20, 0 };
    if (!sv_der_only(parameters, SV_SEQUENCE, &body) ||
        !sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(0), &hash) ||
        !sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(1), &mask) ||
        !sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(2), &salt) ||
        !sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(3), &trailer) || body.len != 0)
        return 0;
    pss->has_trailer = trailer.data != NULL;
    return read_hash(hash, &pss->hash) && read_mask(mask, &pss->mask) &&
           read_salt(salt, &pss->salt);
}

static unsigned octets_of(enum s2sv_hash hash)
{
    return hash == S2SV_HASH_SHA256 ? 32 : hash == S2SV_HASH_SHA384 ? 48 : 64;
}

enum s2sv_hash sv_pss_read(struct sv_span parameters)
{
    struct pss pss;
    int is_good = read_pss(parameters, &pss) && pss.hash != S2SV_HASH_NONE &&
                  pss.hash != S2SV_HASH_SHA1 && pss.mask == pss.hash &&
                  pss.salt == octets_of(pss.hash) && !pss.has_trailer;
    return is_good ? pss.hash : S2SV_HASH_NONE;
}

static const char *name_of(enum s2sv_hash hash)
{
    switch (hash) {
    case S2SV_HASH_SHA1:
        return "SHA-1";
    case S2SV_HASH_SHA256:
        return "SHA-256";
    case S2SV_HASH_SHA384:
        return "SHA-384";
    case S2SV_HASH_SHA512:
        return "SHA-512";
    case S2SV_HASH_NONE:
        break;
    }
    return "another hash";
}

const char *sv_pss_text(struct sv_span parameters, char text[SV_PSS_TEXT])
{
    struct pss pss;
    if (!read_pss(parameters, &pss))
        snprintf(text, SV_PSS_TEXT, "parameters that can't be read");
    else
        snprintf(text, SV_PSS_TEXT, "%s, a mask of %s and a salt of %u octets%s", name_of(pss.hash),
                 name_of(pss.mask), pss.salt, pss.has_trailer ? ", and a trailer field" : "");
    return text;
}
