/* SPDX-License-Identifier: MIT */
#include "path/price.h"

enum { PRICE_P256 = 5, PRICE_P384 = 32, PRICE_P521 = 64, PRICE_ED25519 = 5, PRICE_ED448 = 16 };

/* The modulus squared for each bit of the exponent, which has up to 31 (KEY-3); 65537 has 17. */
static unsigned rsa_price(size_t octets)
{
    unsigned kilobits = (unsigned)(octets + 64) / 128;
    return kilobits * kilobits / 2;
}

unsigned sv_signature_price(const struct sv_key *key)
{
    switch (key->kind) {
    case SV_KEY_RSA:
    case SV_KEY_RSA_PSS:
        return rsa_price(key->octets);
    case SV_KEY_EC:
        return key->octets <= 32 ? PRICE_P256 : key->octets <= 48 ? PRICE_P384 : PRICE_P521;
    case SV_KEY_ED25519:
        return PRICE_ED25519;
    case SV_KEY_ED448:
        return PRICE_ED448;
    default:
        return PRICE_P521;
    }
}
