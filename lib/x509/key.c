/* SPDX-License-Identifier: MIT */
#include "x509/key.h"

#define OID_EC_PUBLIC_KEY "\x2a\x86\x48\xce\x3d\x02\x01" /* 1.2.840.10045.2.1 */

static void refuse(struct sv_key *key, enum s2sv_reason reason, const char *why)
{
    key->unfit = reason;
    key->why = why;
}

/* ---- RSA -------------------------------------------------------------------------------------*/

/* The octets of a positive INTEGER, without the one for the sign. */
static int take_positive(struct sv_span *cursor, struct sv_span *ret_octets)
{
    struct sv_span content;
    if (!sv_der_take(cursor, SV_INTEGER, &content) || !sv_der_integer_ok(content) ||
        content.data[0] >= 0x80 || sv_span_is(content, "\x00"))
        return 0;
    *ret_octets = content.data[0] == 0 ? sv_span_skip(content, 1) : content;
    return 1;
}

static int is_even(struct sv_span number)
{
    return (number.data[number.len - 1] & 1) == 0;
}

/* KEY-2: 2,048 to 8,192 bits (BR 6.1.6). More is work for us and gain for nobody. */
static void judge_modulus(struct sv_key *key, struct sv_span modulus)
{
    enum { LEAST = 2048 / 8, MOST = 8192 / 8 };
    if (is_even(modulus))
        refuse(key, S2SV_REASON_MALFORMED_CERTIFICATE, "has an even modulus");
    else if (modulus.len < LEAST || (modulus.len == LEAST && modulus.data[0] < 0x80))
        refuse(key, S2SV_REASON_WEAK_ALGORITHM, "is RSA with fewer than 2048 bits");
    else if (modulus.len > MOST)
        refuse(key, S2SV_REASON_LIMIT_EXCEEDED, "is RSA with more than 8192 bits");
}

/* KEY-3: odd, 3 <= e < 2^31. Anybody can sign for 1. */
static void judge_exponent(struct sv_key *key, struct sv_span exponent)
{
    enum { MOST = 4 };
    if (is_even(exponent) || sv_span_is(exponent, "\x01"))
        refuse(key, S2SV_REASON_WEAK_ALGORITHM, "has an RSA exponent that is 1 or even");
    else if (exponent.len > MOST || (exponent.len == MOST && exponent.data[0] >= 0x80))
        refuse(key, S2SV_REASON_LIMIT_EXCEEDED, "has an RSA exponent of 2^31 or more");
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (KEY-1) */
static void read_modulus(struct sv_key *key, struct sv_span octets)
{
    struct sv_span body, modulus, exponent;
    if (!sv_der_only(octets, SV_SEQUENCE, &body) || !take_positive(&body, &modulus) ||
        !take_positive(&body, &exponent) || body.len != 0) {
        refuse(key, S2SV_REASON_MALFORMED_CERTIFICATE, "is no RSAPublicKey");
        return;
    }
    key->octets = modulus.len;
    judge_modulus(key, modulus);
    if (!key->unfit)
        judge_exponent(key, exponent);
}

static void read_rsa(struct sv_key *key, struct sv_span parameters, struct sv_span octets)
{
    read_modulus(key, octets);
    if (!sv_is_null_or_absent(parameters))
        refuse(key, S2SV_REASON_MALFORMED_CERTIFICATE, "has RSA parameters other than NULL");
}

/* KEY-4. */
static void read_rsa_pss(struct sv_key *key, struct sv_span parameters, struct sv_span octets)
{
    read_modulus(key, octets);
    key->hash = sv_pss_read(parameters);
    if (!key->unfit && parameters.len > 0 && key->hash == S2SV_HASH_NONE)
        refuse(key, S2SV_REASON_UNSUPPORTED_ALGORITHM,
               "is for RSASSA-PSS with other parameters than one hash of SHA-256, 384 or 512 "
               "and a salt as long");
}

/* ---- elliptic curves -------------------------------------------------------------------------*/

/* KEY-5: named curves that both TLS libraries know: P-256, P-384, P-521. 0: others. */
static size_t coordinate_octets(struct sv_span parameters)
{
    struct sv_span curve;
    if (!sv_der_only(parameters, SV_OID, &curve))
        return 0;
    if (sv_span_is(curve, "\x2a\x86\x48\xce\x3d\x03\x01\x07"))
        return 32;
    if (sv_span_is(curve, "\x2b\x81\x04\x00\x22"))
        return 48;
    return sv_span_is(curve, "\x2b\x81\x04\x00\x23") ? 66 : 0;
}

/* KEY-6: SEC 1 2.3.3: 04, x, y. GnuTLS reads no compressed one: 02 or 03, x. */
static void judge_point(struct sv_key *key, struct sv_span point)
{
    unsigned form = point.len > 0 ? point.data[0] : 0;
    if (form == 4 && point.len == 1 + 2 * key->octets)
        return;
    if ((form == 2 || form == 3) && point.len == 1 + key->octets)
        refuse(key, S2SV_REASON_UNSUPPORTED_ALGORITHM, "is a compressed point");
    else
        refuse(key, S2SV_REASON_MALFORMED_CERTIFICATE, "is no point of its curve");
}

static void read_ec(struct sv_key *key, struct sv_span parameters, struct sv_span octets)
{
    key->octets = coordinate_octets(parameters);
    if (key->octets == 0)
        refuse(key, S2SV_REASON_UNSUPPORTED_ALGORITHM,
               "is on another curve than P-256, P-384 and P-521, or on one without a name");
    else
        judge_point(key, octets);
}

/* RFC 8410 3, RFC 8032 (KEY-8). */
static void read_edwards(struct sv_key *key, struct sv_span parameters, struct sv_span octets)
{
    key->octets = key->kind == SV_KEY_ED25519 ? 32 : 57;
    if (parameters.len > 0)
        refuse(key, S2SV_REASON_MALFORMED_CERTIFICATE, "has parameters");
    else if (octets.len != key->octets)
        refuse(key, S2SV_REASON_MALFORMED_CERTIFICATE, "has the wrong length");
}

/* ---- all of them -----------------------------------------------------------------------------*/

static void read_other(struct sv_key *key, struct sv_span parameters, struct sv_span octets)
{
    (void)parameters, (void)octets;
    refuse(key, S2SV_REASON_UNSUPPORTED_ALGORITHM, "is of another kind than RSA, EC and Edwards");
}

static const struct kind {
    enum sv_key_kind kind;
    struct sv_span oid;
    void (*read)(struct sv_key *key, struct sv_span parameters, struct sv_span octets);
} kinds[] = {
#define OID(literal)                                          \
    {                                                         \
        (const unsigned char *)(literal), sizeof(literal) - 1 \
    }
    { SV_KEY_RSA, OID(SV_OID_PKCS1 "\x01"), read_rsa },
    { SV_KEY_RSA_PSS, OID(SV_OID_RSASSA_PSS), read_rsa_pss },
    { SV_KEY_EC, OID(OID_EC_PUBLIC_KEY), read_ec },
    { SV_KEY_ED25519, OID(SV_OID_ED25519), read_edwards },
    { SV_KEY_ED448, OID(SV_OID_ED448), read_edwards },
#undef OID
};

static const struct kind *kind_of(struct sv_span oid)
{
    static const struct kind other = { SV_KEY_OTHER, { NULL, 0 }, read_other };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (sv_span_equal(kinds[i].oid, oid))
            return &kinds[i];
    return &other;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey } */
int sv_key_read(struct sv_span spki, struct sv_key *ret_key)
{
    struct sv_span body, content, bits, octets;
    struct sv_algorithm algorithm;
    if (!sv_der_only(spki, SV_SEQUENCE, &body) || !sv_der_take(&body, SV_SEQUENCE, &content) ||
        !sv_algorithm_read(content, &algorithm) || !sv_der_only(body, SV_BIT_STRING, &bits) ||
        !sv_der_bit_octets(bits, &octets))
        return 0;
    const struct kind *kind = kind_of(algorithm.oid);
    *ret_key = (struct sv_key){ .kind = kind->kind, .oid = algorithm.oid };
    kind->read(ret_key, algorithm.parameters, octets);
    return 1;
}
