/* SPDX-License-Identifier: MIT */
/* SubjectPublicKeyInfo: the key's own, or what the items make of it. */
#include <stdlib.h>
#include <string.h>

#include "making.h"

/* The parts of one. */
struct spki {
    struct out oid;        /* all three whole elements but the last */
    struct out parameters; /* empty: absent */
    struct out octets;     /* of the BIT STRING */
    unsigned unused;
};

static void spki_free(struct spki *spki)
{
    out_free(&spki->oid);
    out_free(&spki->parameters);
    out_free(&spki->octets);
}

static void put(struct out *out, struct tlv element)
{
    out_bytes(out, element.whole, element.whole_len);
}

static int split(struct spki *spki, EVP_PKEY *key)
{
    struct out der = { 0 };
    struct tlv all = { 0 }, algorithm, bits, part;
    int status = keys_spki(&der, key);
    if (status == 0)
        all = (struct tlv){ .data = der.data, .len = der.len };
    if (status != 0 || tlv_next(&all, &part) != 0 || tlv_next(&part, &algorithm) != 0 ||
        tlv_next(&part, &bits) != 0 || tlv_next(&algorithm, &part) != 0) {
        out_free(&der);
        return -1;
    }
    put(&spki->oid, part);
    out_bytes(&spki->parameters, algorithm.data, algorithm.len);
    out_bytes(&spki->octets, bits.data + 1, bits.len - 1);
    out_free(&der);
    return 0;
}

/* Hex in which {xx*9} is nine times xx. */
static int put_hex(struct out *out, const char *text)
{
    char *hex = text_expand(text, NULL);
    int status = hex ? text_hex(out, hex) : -1;
    free(hex);
    return status;
}

/* ---- points ----------------------------------------------------------------------------------*/

/* What a point 04 x y becomes; half is the length of a coordinate. */
static int bend_point(struct out *point, const char *form)
{
    size_t half = (point->len - 1) / 2;
    unsigned parity = point->data[point->len - 1] & 1U;
    if (strcmp(form, "compressed") == 0) {
        point->data[0] = (unsigned char)(2 | parity);
        point->len = 1 + half;
    } else if (strcmp(form, "hybrid") == 0) {
        point->data[0] = (unsigned char)(6 | parity);
    } else if (strcmp(form, "wrong-hybrid") == 0) {
        point->data[0] = (unsigned char)(6 | (parity ^ 1));
    } else if (strcmp(form, "infinity") == 0) {
        point->data[0] = 0;
        point->len = 1;
    } else if (strcmp(form, "off-curve") == 0) {
        point->data[point->len - 1] ^= 1;
    } else if (strcmp(form, "zero") == 0) {
        memset(point->data + 1, 0, 2 * half);
    } else if (strcmp(form, "out-of-range") == 0) {
        memset(point->data + 1, 0xff, 2 * half);
    } else {
        return -1;
    }
    return 0;
}

/* Of any key. */
static int bend_octets(struct out *octets, const char *form)
{
    if (strcmp(form, "short") == 0)
        octets->len--;
    else if (strcmp(form, "long") == 0)
        out_byte(octets, 0);
    else if (strcmp(form, "empty") == 0)
        octets->len = 0;
    else
        return -1;
    return 0;
}

/* ---- RSA -------------------------------------------------------------------------------------*/

/* "bits:N": odd, of so many bits, and nobody's; "even"; or the content's hex. */
static int put_modulus(struct out *out, const struct tlv *own, const char *text)
{
    const char *bits = text_after(text, "bits:");
    size_t mark = out_open(out), count = bits ? strtoul(bits, NULL, 10) : 0;
    if (!bits && strcmp(text, "even") != 0)
        return put_hex(out, text) == 0 ? (out_close(out, mark, TAG_INTEGER), 0) : -1;
    if (!bits) {
        out_bytes(out, own->data, own->len);
        out->data[out->len - 1] &= 0xfe;
    }
    for (size_t i = 0; i < (count + 7) / 8; i++)
        out_byte(out, (unsigned)(i * 89 + 41) | 1);
    if (bits) {
        out->data[mark] = (unsigned char)(1U << (count - 1) % 8);
        out->data[out->len - 1] |= 1;
        if (out->data[mark] & 0x80)
            out_insert(out, mark, "", 1);
    }
    out_close(out, mark, TAG_INTEGER);
    return 0;
}

/* RSAPublicKey ::= SEQUENCE { modulus, publicExponent }, with other numbers. */
static int change_rsa(struct out *octets, const char *modulus, const char *exponent)
{
    struct tlv all = { .data = octets->data, .len = octets->len }, body, own, usual;
    struct out out = { 0 };
    int status = 0;
    if (tlv_next(&all, &body) != 0 || tlv_next(&body, &own) != 0 || tlv_next(&body, &usual) != 0)
        return -1;
    if (modulus)
        status = put_modulus(&out, &own, modulus);
    else
        put(&out, own);
    if (status == 0 && exponent) {
        size_t mark = out_open(&out);
        status = put_hex(&out, exponent);
        out_close(&out, mark, TAG_INTEGER);
    } else {
        put(&out, usual);
    }
    out_close(&out, 0, TAG_SEQUENCE);
    out_free(octets);
    *octets = out;
    return status;
}

/* ---- all of it -------------------------------------------------------------------------------*/

static int change_parameters(struct making *making, struct spki *spki)
{
    const char *text = making_get(making, "key-params", NULL);
    if (!text)
        return 0;
    spki->parameters.len = 0;
    if (strcmp(text, "null") == 0)
        out_tlv(&spki->parameters, TAG_NULL, NULL, 0);
    else if (strcmp(text, "absent") != 0 && put_hex(&spki->parameters, text) != 0)
        return making_fail(making, "bad value: key-params=%s", text);
    return 0;
}

static int change_algorithm(struct making *making, struct spki *spki)
{
    const char *oid = making_get(making, "key-oid", NULL);
    if (!oid)
        return 0;
    spki->oid.len = 0;
    return out_oid(&spki->oid, oid) == 0 ? 0 : making_fail(making, "bad value: key-oid=%s", oid);
}

static int change_octets(struct making *making, struct spki *spki)
{
    const char *form = making_get(making, "point", NULL),
               *hex = making_get(making, "key-hex", NULL);
    const char *modulus = making_get(making, "modulus", NULL);
    const char *exponent = making_get(making, "exponent", NULL);
    spki->unused = (unsigned)strtoul(making_get(making, "key-unused", "0"), NULL, 10);
    if ((modulus || exponent) && change_rsa(&spki->octets, modulus, exponent) != 0)
        return making_fail(making, "bad modulus or exponent");
    if (form && bend_octets(&spki->octets, form) != 0 && bend_point(&spki->octets, form) != 0)
        return making_fail(making, "bad value: point=%s", form);
    if (hex) {
        spki->octets.len = 0;
        if (put_hex(&spki->octets, hex) != 0)
            return making_fail(making, "bad value: key-hex=%s", hex);
    }
    return 0;
}

int making_spki(struct making *making, struct out *out)
{
    struct spki spki = { 0 };
    int status = split(&spki, making->cert->key);
    if (status == 0)
        status = change_algorithm(making, &spki);
    if (status == 0)
        status = change_parameters(making, &spki);
    if (status == 0)
        status = change_octets(making, &spki);
    if (status == 0) {
        size_t all = out_open(out), algorithm = out_open(out), bits;
        out_bytes(out, spki.oid.data, spki.oid.len);
        out_bytes(out, spki.parameters.data, spki.parameters.len);
        out_close(out, algorithm, TAG_SEQUENCE);
        bits = out_open(out);
        out_byte(out, spki.unused);
        out_bytes(out, spki.octets.data, spki.octets.len);
        out_close(out, bits, TAG_BITS);
        out_close(out, all, TAG_SEQUENCE);
    }
    spki_free(&spki);
    return status;
}
