/* SPDX-License-Identifier: MIT */
#include "path/price.h"

#define OID_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01" /* 1.2.840.113549.1.1 */
#define OID_EC "\x2a\x86\x48\xce\x3d\x02\x01"

enum { PRICE_P256 = 5, PRICE_P384 = 32, PRICE_P521 = 64, PRICE_ED25519 = 5, PRICE_ED448 = 16 };

/* The modulus squared for each bit of the exponent, which has up to 31 (KEY-3); 65537 has 17. */
static unsigned rsa_price(struct sv_span spki)
{
    unsigned kilobits = (unsigned)(spki.len + 64) / 128;
    return kilobits * kilobits / 2;
}

/* The octets of a point: two coordinates and one more, behind some forty of header. */
static unsigned ec_price(struct sv_span spki)
{
    return spki.len < 100 ? PRICE_P256 : spki.len < 130 ? PRICE_P384 : PRICE_P521;
}

unsigned sv_signature_price(const struct sv_certificate *issuer)
{
    struct sv_span body, algorithm, oid;
    if (!sv_der_only(issuer->spki, SV_SEQUENCE, &body) ||
        !sv_der_take(&body, SV_SEQUENCE, &algorithm) || !sv_der_take(&algorithm, SV_OID, &oid))
        return PRICE_P521;
    if (oid.len >= sizeof(OID_RSA) - 1 &&
        sv_span_is(((struct sv_span){ oid.data, sizeof(OID_RSA) - 1 }), OID_RSA))
        return rsa_price(issuer->spki);
    if (sv_span_is(oid, OID_EC))
        return ec_price(issuer->spki);
    return issuer->spki.len < 60 ? PRICE_ED25519 : PRICE_ED448;
}
