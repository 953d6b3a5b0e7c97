/* SPDX-License-Identifier: MIT
 * A trust anchor that nobody has: of a given name, with an RSA key of 2048 bits that was never made
 * by anyone. How GnuTLS takes it for an issuer shows what a session demands of keys. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { RSA_OCTETS = 256 };

/* What stands around the two names, RFC 5280 4.1. */
static const unsigned char before[] = { 0xa0, 0x03, 0x02, 0x01, 0x02, /* version 3 */
                                        0x02, 0x01, 0x01,             /* serialNumber */
                                        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86,
                                        0x48, 0x86, 0xf7, 0x0d, 0x01, /* sha256WithRSAEncryption */
                                        0x01, 0x0b, 0x05, 0x00 };
static const unsigned char between[] = { 0x30, 0x20, 0x17, 0x0d, '0', '0', '0', '1', '0',
                                         '1',  '0',  '0',  '0',  '0', '0', '0', 'Z', 0x18,
                                         0x0f, '9',  '9',  '9',  '9', '1', '2', '3', '1',
                                         '2',  '3',  '5',  '9',  '5', '9', 'Z' }; /* validity */
static const unsigned char key[] = {
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
    0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00, /* rsaEncryption */
    0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00 /* the modulus follows */
};
static const unsigned char after[] = { 0x02, 0x03, 0x01, 0x00, 0x01, /* publicExponent */
                                       0xa3, 0x13, 0x30, 0x11, 0x30, 0x0f,
                                       0x06, 0x03, 0x55, 0x1d, /* basicConstraints, critical */
                                       0x13, 0x01, 0x01, 0xff, 0x04, 0x05,
                                       0x30, 0x03, 0x01, 0x01, 0xff };
static const unsigned char signature[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
                                           0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05,
                                           0x00, 0x03, 0x02, 0x00, 0x00 };

static unsigned char *stand_in_put(unsigned char *at, const void *octets, size_t len)
{
    memcpy(at, octets, len);
    return at + len;
}

/* The header of a SEQUENCE of 256 to 65,535 octets. */
static unsigned char *put_sequence(unsigned char *at, size_t len)
{
    const unsigned char header[] = { 0x30, 0x82, (unsigned char)(len >> 8), (unsigned char)len };
    return stand_in_put(at, header, sizeof header);
}

static size_t write_certificate(unsigned char *at, const gnutls_datum_t *name)
{
    const unsigned char *start = at;
    size_t inner = sizeof before + sizeof between + sizeof key + RSA_OCTETS + sizeof after +
                   2 * (size_t)name->size;
    at = put_sequence(at, 4 + inner + sizeof signature);
    at = put_sequence(at, inner);
    at = stand_in_put(at, before, sizeof before);
    at = stand_in_put(at, name->data, name->size);
    at = stand_in_put(at, between, sizeof between);
    at = stand_in_put(at, name->data, name->size);
    at = stand_in_put(at, key, sizeof key);
    memset(at, 0xa7, RSA_OCTETS); /* odd, and of 2048 bits */
    at = stand_in_put(at + RSA_OCTETS, after, sizeof after);
    return (size_t)(stand_in_put(at, signature, sizeof signature) - start);
}

int svg_stand_in(const gnutls_datum_t *name, gnutls_datum_t *ret_der)
{
    enum { REST = 1024, LONGEST = 16384 };
    unsigned char *octets = name->size <= LONGEST ? malloc(REST + 2 * (size_t)name->size) : NULL;
    if (!octets)
        return S2SV_ERR_NOMEM;
    *ret_der = (gnutls_datum_t){ octets, (unsigned)write_certificate(octets, name) };
    return S2SV_DECIDED;
}
