/* SPDX-License-Identifier: MIT */
#include "x509/signature.h"

#define X9_62 "\x2a\x86\x48\xce\x3d\x04" /* 1.2.840.10045.4 */

/* SIG-1, SIG-2. */
enum parameters { ABSENT, NULL_OR_ABSENT, PSS };

/* Signatures that both TLS libraries know, then those that are known to be too weak. */
static const struct known {
    struct sv_span oid;
    enum parameters parameters;
    enum s2sv_scheme scheme;
    enum s2sv_hash hash; /* NONE: the scheme has its own; of PSS the parameters say it */
    int is_weak;
} known[] = {
#define OID(literal)                                          \
    {                                                         \
        (const unsigned char *)(literal), sizeof(literal) - 1 \
    }
#define RSA(last, hash) \
    OID(SV_OID_PKCS1 last), NULL_OR_ABSENT, S2SV_SCHEME_RSA_PKCS1, S2SV_HASH_##hash
#define ECDSA(last, hash) OID(X9_62 last), ABSENT, S2SV_SCHEME_ECDSA, S2SV_HASH_##hash
    { RSA("\x0b", SHA256), 0 },
    { RSA("\x0c", SHA384), 0 },
    { RSA("\x0d", SHA512), 0 },
    { OID(SV_OID_RSASSA_PSS), PSS, S2SV_SCHEME_RSA_PSS, S2SV_HASH_NONE, 0 },
    { ECDSA("\x03\x02", SHA256), 0 },
    { ECDSA("\x03\x03", SHA384), 0 },
    { ECDSA("\x03\x04", SHA512), 0 },
    { OID(SV_OID_ED25519), ABSENT, S2SV_SCHEME_ED25519, S2SV_HASH_NONE, 0 },
    { OID(SV_OID_ED448), ABSENT, S2SV_SCHEME_ED448, S2SV_HASH_NONE, 0 },
    { RSA("\x02", NONE), 1 },                                         /* MD2 */
    { RSA("\x04", NONE), 1 },                                         /* MD5 */
    { RSA("\x05", SHA1), 1 },                                         /* SHA-1 */
    { RSA("\x0e", NONE), 1 },                                         /* SHA-224 */
    { ECDSA("\x01", SHA1), 1 },                                       /* SHA-1 */
    { ECDSA("\x03\x01", NONE), 1 },                                   /* SHA-224 */
    { OID("\x2a\x86\x48\xce\x38\x04\x03"), ABSENT, 0, 0, 1 },         /* DSA with SHA-1 */
    { OID("\x60\x86\x48\x01\x65\x03\x04\x03\x01"), ABSENT, 0, 0, 1 }, /* DSA with SHA-224 */
#undef ECDSA
#undef RSA
#undef OID
};

static const struct known *find_known(struct sv_span oid)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (sv_span_equal(known[i].oid, oid))
            return &known[i];
    return NULL;
}

static void refuse(struct sv_signature *signature, enum s2sv_reason reason, const char *why)
{
    signature->unfit = reason;
    signature->why = why;
}

/* C-14, C-25. ECDSA with SHA-3 is among the unknown: one release knows it, another doesn't. */
static void judge_algorithm(struct sv_signature *s)
{
    const struct known *k = find_known(s->algorithm.oid);
    struct sv_span parameters = s->algorithm.parameters;
    if (!k) {
        refuse(s, S2SV_REASON_UNSUPPORTED_ALGORITHM, "is of a kind that isn't supported");
        return;
    }
    s->scheme = k->scheme;
    s->hash = k->parameters == PSS ? sv_pss_read(parameters) : k->hash;
    if (k->parameters == PSS && s->hash == S2SV_HASH_NONE)
        refuse(s, S2SV_REASON_UNSUPPORTED_ALGORITHM, "is RSASSA-PSS with other parameters");
    else if (k->parameters == ABSENT && parameters.len > 0)
        refuse(s, S2SV_REASON_MALFORMED_CERTIFICATE, "has parameters that must be absent");
    else if (k->parameters == NULL_OR_ABSENT && !sv_is_null_or_absent(parameters))
        refuse(s, S2SV_REASON_MALFORMED_CERTIFICATE, "has parameters other than NULL");
    else if (k->is_weak)
        refuse(s, S2SV_REASON_WEAK_ALGORITHM, "is too weak");
}

int sv_signature_read(struct sv_span algorithm, struct sv_span bits,
                      struct sv_signature *ret_signature)
{
    struct sv_signature s = { .scheme = S2SV_SCHEME_NONE };
    if (!sv_algorithm_read(algorithm, &s.algorithm) ||
        !sv_der_bits(bits, &s.octets, &s.has_unused_bits))
        return 0;
    judge_algorithm(&s);
    *ret_signature = s;
    return 1;
}

/* ---- who may have made it --------------------------------------------------------------------*/

/* SIG-5: the algorithm is one of the key's. */
static int fits_key(const struct sv_signature *s, const struct sv_key *key)
{
    switch (s->scheme) {
    case S2SV_SCHEME_RSA_PKCS1:
        return key->kind == SV_KEY_RSA;
    case S2SV_SCHEME_RSA_PSS:
        return key->kind == SV_KEY_RSA || (key->kind == SV_KEY_RSA_PSS &&
                                           (key->hash == S2SV_HASH_NONE || key->hash == s->hash));
    case S2SV_SCHEME_ECDSA:
        return key->kind == SV_KEY_EC;
    case S2SV_SCHEME_ED25519:
        return key->kind == SV_KEY_ED25519;
    case S2SV_SCHEME_ED448:
        return key->kind == SV_KEY_ED448;
    case S2SV_SCHEME_NONE:
        break;
    }
    return 0;
}

/* A positive INTEGER no longer than a coordinate. */
static int take_scalar(struct sv_span *cursor, size_t octets)
{
    struct sv_span content;
    return sv_der_take(cursor, SV_INTEGER, &content) && sv_der_integer_ok(content) &&
           content.data[0] < 0x80 && !sv_span_is(content, "\x00") &&
           content.len - (content.data[0] == 0) <= octets;
}

/* SIG-3: ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }, RFC 3279 2.2.3. Another encoding of
 * the same numbers would be another certificate, made without the key. */
static int is_ecdsa_value(struct sv_span octets, size_t coordinate)
{
    struct sv_span body;
    return sv_der_only(octets, SV_SEQUENCE, &body) && take_scalar(&body, coordinate) &&
           take_scalar(&body, coordinate) && body.len == 0;
}

/* RFC 8032 5.1.7, 5.2.7: S, the second half, is below the order of the group, little-endian.
 * Another S would be another certificate, made without the key; one TLS library doesn't look at all
 * of it. */
static int is_below_order(const struct sv_signature *s, const struct sv_key *key)
{
    static const unsigned char order_25519[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                                   0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                                   0,    0,    0,    0,    0,    0,    0,    0,
                                                   0,    0,    0,    0,    0,    0,    0,    0x10 };
    static const unsigned char order_448[57] = {
        0xf3, 0x44, 0x58, 0xab, 0x92, 0xc2, 0x78, 0x23, 0x55, 0x8f, 0xc5, 0x8d, 0x72, 0xc2, 0x6c,
        0x21, 0x90, 0x36, 0xd6, 0xae, 0x49, 0xdb, 0x4e, 0xc4, 0xe9, 0x23, 0xca, 0x7c, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0
    };
    const unsigned char *order = key->kind == SV_KEY_ED448 ? order_448 : order_25519;
    size_t half = s->octets.len / 2, at = half;
    while (at > 0 && s->octets.data[half + at - 1] == order[at - 1])
        at--;
    return at > 0 && s->octets.data[half + at - 1] < order[at - 1];
}

/* SIG-4. */
static int has_length(const struct sv_signature *s, const struct sv_key *key)
{
    size_t wanted = key->kind == SV_KEY_ED25519 ? 64
                    : key->kind == SV_KEY_ED448 ? 114
                                                : key->octets;
    return !s->has_unused_bits && s->octets.len == wanted;
}

static int is_well_written(const struct sv_signature *s, const struct sv_key *key)
{
    if (key->kind == SV_KEY_EC)
        return !s->has_unused_bits && is_ecdsa_value(s->octets, key->octets);
    int is_eddsa = key->kind == SV_KEY_ED25519 || key->kind == SV_KEY_ED448;
    return has_length(s, key) && (!is_eddsa || is_below_order(s, key));
}

const char *sv_signature_misfit(const struct sv_signature *signature, const struct sv_key *key)
{
    if (!fits_key(signature, key))
        return "is of another algorithm than its issuer's key";
    if (!is_well_written(signature, key))
        return "isn't written as its algorithm demands";
    return NULL;
}

struct s2sv_signed sv_signed_of(struct sv_span octets, const struct sv_signature *signature)
{
    return (struct s2sv_signed){ { octets.data, octets.len },
                                 { signature->octets.data, signature->octets.len },
                                 signature->scheme,
                                 signature->hash };
}
