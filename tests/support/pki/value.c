/* SPDX-License-Identifier: MIT */
/* Signature values as their makers don't write them. */
#include <stdlib.h>
#include <string.h>

#include "making.h"

/* The two numbers of an ECDSA-Sig-Value, contents. */
static int split(const struct out *value, struct tlv *r, struct tlv *s)
{
    struct tlv all = { .data = value->data, .len = value->len }, body;
    return tlv_next(&all, &body) != 0 || tlv_next(&body, r) != 0 || tlv_next(&body, s) != 0 ? -1
                                                                                            : 0;
}

static void put_padded(struct out *out, const struct tlv *number)
{
    size_t mark = out_open(out);
    out_byte(out, 0);
    out_bytes(out, number->data, number->len);
    out_close(out, mark, TAG_INTEGER);
}

static void put_negative(struct out *out, const struct tlv *number)
{
    size_t mark = out_open(out);
    out_bytes(out, number->data, number->len);
    out->data[mark] |= 0x80;
    out_close(out, mark, TAG_INTEGER);
}

/* One octet longer than any coordinate. */
static void put_large(struct out *out, const struct tlv *number)
{
    size_t mark = out_open(out);
    (void)number;
    for (int i = 0; i < 67; i++)
        out_byte(out, 0x11);
    out_close(out, mark, TAG_INTEGER);
}

static void put_zero(struct out *out, const struct tlv *number)
{
    (void)number;
    out_tlv(out, TAG_INTEGER, "", 1);
}

static void put_none(struct out *out, const struct tlv *number)
{
    (void)out, (void)number;
}

static void put_octets(struct out *out, const struct tlv *number)
{
    out_tlv(out, TAG_OCTETS, number->data, number->len);
}

static void put_same(struct out *out, const struct tlv *number)
{
    out_tlv(out, TAG_INTEGER, number->data, number->len);
}

typedef void put_number(struct out *, const struct tlv *);

/* What becomes of r and s. */
static const struct numbers {
    const char *name;
    put_number *r, *s;
} numbers[] = {
    { "padded-r", put_padded, put_same },     { "padded-s", put_same, put_padded },
    { "negative-r", put_negative, put_same }, { "negative-s", put_same, put_negative },
    { "zero-r", put_zero, put_same },         { "zero-s", put_same, put_zero },
    { "large-r", put_large, put_same },       { "large-s", put_same, put_large },
    { "octets-r", put_octets, put_same },     { "no-s", put_same, put_none },
    { "inside", put_same, put_same },         { "long-length", put_same, put_same },
    { "indefinite", put_same, put_same },
};

static int change_numbers(struct out *value, const struct numbers *how)
{
    struct out out = { 0 };
    struct tlv r, s;
    if (split(value, &r, &s) != 0)
        return -1;
    how->r(&out, &r);
    how->s(&out, &s);
    if (strcmp(how->name, "inside") == 0)
        out_tlv(&out, TAG_INTEGER, "\1", 1);
    out.odd_long = out.odd_indefinite = "";
    if (strcmp(how->name, "long-length") != 0)
        out.odd_long = NULL;
    if (strcmp(how->name, "indefinite") != 0)
        out.odd_indefinite = NULL;
    out_close(&out, 0, TAG_SEQUENCE);
    out_free(value);
    *value = out;
    return 0;
}

/* Of any algorithm: shorter, longer, none, a bit more. */
static int change_octets(struct out *value, const char *how)
{
    if (strcmp(how, "short") == 0)
        value->len--;
    else if (strcmp(how, "outside") == 0)
        out_byte(value, 0);
    else if (strcmp(how, "leading-zero") == 0)
        out_insert(value, 0, "", 1);
    else if (strcmp(how, "empty") == 0)
        value->len = 0;
    else if (strcmp(how, "hello") == 0)
        value->len = 0, out_bytes(value, "hello", 5);
    else if (strcmp(how, "wrong") == 0)
        value->data[value->len - 1] ^= 1;
    else if (strcmp(how, "large") == 0)
        value->data[value->len - 1] = 0xff;
    else
        return -1;
    return 0;
}

int making_value(struct making *making, struct out *value, unsigned *ret_unused)
{
    const char *how = making_get(making, "value", NULL);
    *ret_unused = (unsigned)strtoul(making_get(making, "value-unused", "0"), NULL, 10);
    if (*ret_unused > 0 && *ret_unused < 8 && value->len > 0)
        value->data[value->len - 1] &= (unsigned char)(0xffU << *ret_unused);
    for (size_t i = 0; how && i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(numbers[i].name, how) == 0)
            return change_numbers(value, &numbers[i]) == 0
                       ? 0
                       : making_fail(making, "no ECDSA signature: value=%s", how);
    return !how || change_octets(value, how) == 0 ? 0 : making_fail(making, "value=%s", how);
}
