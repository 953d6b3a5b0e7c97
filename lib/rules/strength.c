/* SPDX-License-Identifier: MIT
 * The strength floor, whatever the TLS library's own level says (rules C-14 to C-17, C-25). */
#include "rules/rules.h"

#include "x509/text.h"

enum strength { FINE, WEAK, UNSUPPORTED, OVERSIZED };

#define PKCS1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01"     /* 1.2.840.113549.1.1 */
#define X9_62_SIGNATURES "\x2a\x86\x48\xce\x3d\x04"  /* 1.2.840.10045.4 */
#define NIST_HASH "\x60\x86\x48\x01\x65\x03\x04\x02" /* 2.16.840.1.101.3.4.2 */
#define RSASSA_PSS PKCS1 "\x0a"
#define MGF1 PKCS1 "\x08"
#define ED25519 "\x2b\x65\x70"
#define ED448 "\x2b\x65\x71"

enum parameters { ABSENT, NULL_OR_ABSENT, PSS };

#define OID(literal)                                          \
    {                                                         \
        (const unsigned char *)(literal), sizeof(literal) - 1 \
    }

/* Signatures that both TLS libraries know, and those that are known to be too weak. */
static const struct signature {
    struct sv_span oid;
    enum parameters parameters;
    enum strength strength;
} signatures[] = {
    { OID(PKCS1 "\x0b"), NULL_OR_ABSENT, FINE }, /* sha256WithRSAEncryption */
    { OID(PKCS1 "\x0c"), NULL_OR_ABSENT, FINE },
    { OID(PKCS1 "\x0d"), NULL_OR_ABSENT, FINE },
    { OID(RSASSA_PSS), PSS, FINE },
    { OID(X9_62_SIGNATURES "\x03\x02"), ABSENT, FINE }, /* ecdsa-with-SHA256 */
    { OID(X9_62_SIGNATURES "\x03\x03"), ABSENT, FINE },
    { OID(X9_62_SIGNATURES "\x03\x04"), ABSENT, FINE },
    { OID(ED25519), ABSENT, FINE },
    { OID(ED448), ABSENT, FINE },
    { OID(PKCS1 "\x02"), NULL_OR_ABSENT, WEAK },           /* md2WithRSAEncryption */
    { OID(PKCS1 "\x04"), NULL_OR_ABSENT, WEAK },           /* md5WithRSAEncryption */
    { OID(PKCS1 "\x05"), NULL_OR_ABSENT, WEAK },           /* sha1WithRSAEncryption */
    { OID(PKCS1 "\x0e"), NULL_OR_ABSENT, WEAK },           /* sha224WithRSAEncryption */
    { OID(X9_62_SIGNATURES "\x01"), ABSENT, WEAK },        /* ecdsa-with-SHA1 */
    { OID(X9_62_SIGNATURES "\x03\x01"), ABSENT, WEAK },    /* ecdsa-with-SHA224 */
    { OID("\x2a\x86\x48\xce\x38\x04\x03"), ABSENT, WEAK }, /* dsa-with-sha1 */
};

/* AlgorithmIdentifier ::= SEQUENCE { algorithm OID, parameters ANY OPTIONAL }; the content. */
static int split_algorithm(struct sv_span content, struct sv_span *ret_oid,
                           struct sv_span *ret_parameters)
{
    if (!sv_der_take(&content, SV_OID, ret_oid))
        return 0;
    *ret_parameters = content;
    return 1;
}

static int is_null_or_absent(struct sv_span parameters)
{
    return parameters.len == 0 || sv_span_is(parameters, "\x05\x00");
}

static int is_good_hash(struct sv_span algorithm)
{
    struct sv_span oid, parameters;
    return split_algorithm(algorithm, &oid, &parameters) && is_null_or_absent(parameters) &&
           (sv_span_is(oid, NIST_HASH "\x01") || sv_span_is(oid, NIST_HASH "\x02") ||
            sv_span_is(oid, NIST_HASH "\x03"));
}

static int is_mgf1_with(struct sv_span algorithm, struct sv_span hash_algorithm)
{
    struct sv_span oid, parameters, inner, oid_a, oid_b, rest;
    return split_algorithm(algorithm, &oid, &parameters) && sv_span_is(oid, MGF1) &&
           sv_der_only(parameters, SV_SEQUENCE, &inner) && is_good_hash(inner) &&
           split_algorithm(inner, &oid_a, &rest) &&
           split_algorithm(hash_algorithm, &oid_b, &rest) && sv_span_equal(oid_a, oid_b);
}

/* RFC 4055 3.1: the defaults are SHA-1, so hash and mask must be said; one hash for both. */
static int are_pss_parameters(struct sv_span parameters)
{
    struct sv_span body, wrapped_hash, wrapped_mask, salt, trailer, hash, mask;
    return sv_der_only(parameters, SV_SEQUENCE, &body) &&
           sv_der_take(&body, SV_CONTEXT_CONSTRUCTED(0), &wrapped_hash) &&
           sv_der_take(&body, SV_CONTEXT_CONSTRUCTED(1), &wrapped_mask) &&
           sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(2), &salt) &&
           sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(3), &trailer) && !trailer.data &&
           body.len == 0 && sv_der_only(wrapped_hash, SV_SEQUENCE, &hash) && is_good_hash(hash) &&
           sv_der_only(wrapped_mask, SV_SEQUENCE, &mask) && is_mgf1_with(mask, hash);
}

static int are_parameters(enum parameters kind, struct sv_span parameters)
{
    if (kind == PSS)
        return are_pss_parameters(parameters);
    return kind == ABSENT ? parameters.len == 0 : is_null_or_absent(parameters);
}

/* C-14, C-25. ECDSA with SHA-3 is among the unknown: one release knows it, another doesn't. */
static enum strength signature_strength(struct sv_span algorithm, struct sv_span *ret_oid)
{
    struct sv_span parameters;
    if (!split_algorithm(algorithm, ret_oid, &parameters))
        return UNSUPPORTED;
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
        if (sv_span_equal(signatures[i].oid, *ret_oid))
            return are_parameters(signatures[i].parameters, parameters) ? signatures[i].strength
                                                                        : WEAK;
    return UNSUPPORTED;
}

int sv_signature_is_strong(struct sv_span algorithm)
{
    struct sv_span oid;
    return signature_strength(algorithm, &oid) == FINE;
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
static enum strength rsa_strength(struct sv_span octets)
{
    struct sv_span body, modulus, exponent;
    if (!sv_der_only(octets, SV_SEQUENCE, &body) || !sv_der_take(&body, SV_INTEGER, &modulus) ||
        !sv_der_integer_ok(modulus) || !sv_der_take(&body, SV_INTEGER, &exponent) ||
        !sv_der_integer_ok(exponent) || body.len != 0)
        return UNSUPPORTED;
    size_t octet_count = modulus.data[0] == 0 ? modulus.len - 1 : modulus.len;
    if (octet_count > 1024) /* 8192 bits: more is work for us and gain for nobody */
        return OVERSIZED;
    return octet_count >= 256 && (octet_count > 256 || modulus.data[0] == 0) ? FINE : WEAK;
}

/* Named curves that both TLS libraries know: P-256, P-384, P-521. Anything else is too small, or
 * spelled out (C-17), or unknown to one of them. */
static enum strength ec_strength(struct sv_span parameters)
{
    struct sv_span curve;
    if (!sv_der_only(parameters, SV_OID, &curve))
        return WEAK;
    if (sv_span_is(curve, "\x2a\x86\x48\xce\x3d\x03\x01\x07") ||
        sv_span_is(curve, "\x2b\x81\x04\x00\x22") || sv_span_is(curve, "\x2b\x81\x04\x00\x23"))
        return FINE;
    int is_small = sv_span_is(curve, "\x2a\x86\x48\xce\x3d\x03\x01\x01") || /* P-192 */
                   sv_span_is(curve, "\x2b\x81\x04\x00\x21");               /* P-224 */
    return is_small ? WEAK : UNSUPPORTED;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey } (C-15) */
static enum strength key_strength(struct sv_span spki, struct sv_span *ret_oid)
{
    struct sv_span body, algorithm, bits, octets, parameters;
    if (!sv_der_only(spki, SV_SEQUENCE, &body) || !sv_der_take(&body, SV_SEQUENCE, &algorithm) ||
        !sv_der_only(body, SV_BIT_STRING, &bits) || !sv_der_bit_octets(bits, &octets) ||
        !split_algorithm(algorithm, ret_oid, &parameters))
        return UNSUPPORTED;
    if (sv_span_is(*ret_oid, PKCS1 "\x01") || sv_span_is(*ret_oid, RSASSA_PSS))
        return rsa_strength(octets);
    if (sv_span_is(*ret_oid, "\x2a\x86\x48\xce\x3d\x02\x01"))
        return ec_strength(parameters);
    if (sv_span_is(*ret_oid, ED25519) || sv_span_is(*ret_oid, ED448))
        return parameters.len == 0 ? FINE : UNSUPPORTED;
    return UNSUPPORTED;
}

static void add_fault(struct sv_faults *faults, enum strength strength, size_t depth,
                      const char *what, struct sv_span oid)
{
    static const enum s2sv_reason reasons[] = {
        [WEAK] = S2SV_REASON_WEAK_ALGORITHM,
        [UNSUPPORTED] = S2SV_REASON_UNSUPPORTED_ALGORITHM,
        [OVERSIZED] = S2SV_REASON_LIMIT_EXCEEDED,
    };
    static const char *const words[] = {
        [WEAK] = "too weak", [UNSUPPORTED] = "not supported", [OVERSIZED] = "too large"
    };
    char text[SV_OID_TEXT];
    if (strength != FINE)
        sv_faults_add(faults, reasons[strength], (int)depth, "%s (algorithm %s) is %s", what,
                      sv_oid_text(oid, text), words[strength]);
}

/* Every key; every signature but the trust anchor's, which nobody relies on. */
void sv_judge_strength(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 0; depth < c->count; depth++) {
        struct sv_span oid = { NULL, 0 };
        enum strength strength = key_strength(c->path[depth]->spki, &oid);
        add_fault(faults, strength, depth, "its key", oid);
        if (c->has_anchor && depth == c->count - 1)
            continue;
        strength = signature_strength(c->path[depth]->signature_algorithm, &oid);
        add_fault(faults, strength, depth, "its signature", oid);
    }
}
