/* SPDX-License-Identifier: MIT */
#include "name.h"

static int is_text(unsigned tag)
{
    return tag == SV_UTF8_STRING || tag == SV_PRINTABLE_STRING;
}

/* AttributeTypeAndValue ::= SEQUENCE { type OID, value ANY } */
static int attributes_equal(struct sv_span a, struct sv_span b)
{
    struct sv_span type_a, type_b;
    struct sv_element value_a, value_b;
    return sv_der_take(&a, SV_OID, &type_a) && sv_der_take(&b, SV_OID, &type_b) &&
           sv_span_equal(type_a, type_b) && sv_der_next(&a, &value_a) &&
           sv_der_next(&b, &value_b) && a.len == 0 && b.len == 0 &&
           (value_a.tag == value_b.tag || (is_text(value_a.tag) && is_text(value_b.tag))) &&
           sv_span_equal(value_a.content, value_b.content);
}

/* RelativeDistinguishedName ::= SET OF AttributeTypeAndValue, in DER's order. */
static int sets_equal(struct sv_span a, struct sv_span b)
{
    struct sv_span x, y;
    while (a.len > 0 && b.len > 0)
        if (!sv_der_take(&a, SV_SEQUENCE, &x) || !sv_der_take(&b, SV_SEQUENCE, &y) ||
            !attributes_equal(x, y))
            return 0;
    return a.len == b.len;
}

int sv_name_starts_with(struct sv_span rdns, struct sv_span base)
{
    struct sv_span x, y;
    while (base.len > 0)
        if (!sv_der_take(&rdns, SV_SET, &x) || !sv_der_take(&base, SV_SET, &y) || !sets_equal(x, y))
            return 0;
    return 1;
}

int sv_name_equal(struct sv_span a, struct sv_span b)
{
    struct sv_span x, y;
    if (sv_span_equal(a, b))
        return 1;
    if (a.len != b.len || !sv_der_only(a, SV_SEQUENCE, &a) || !sv_der_only(b, SV_SEQUENCE, &b))
        return 0;
    while (a.len > 0 && b.len > 0)
        if (!sv_der_take(&a, SV_SET, &x) || !sv_der_take(&b, SV_SET, &y) || !sets_equal(x, y))
            return 0;
    return a.len == b.len;
}

/* The two string tags count as one octet, wherever they stand. */
static int fold(unsigned char octet)
{
    return octet == SV_PRINTABLE_STRING ? SV_UTF8_STRING : octet;
}

int sv_name_order(struct sv_span a, struct sv_span b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    for (size_t i = 0; i < a.len; i++)
        if (fold(a.data[i]) != fold(b.data[i]))
            return fold(a.data[i]) - fold(b.data[i]);
    return 0;
}
