/* SPDX-License-Identifier: MIT */
#include "x509/name.h"

#include <string.h>

/* ---- reading ---------------------------------------------------------------------------------*/

static int is_scalar(unsigned long value)
{
    return value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

/* RFC 3629: one to four octets, no more than the value needs. */
static int take_utf8(struct sv_span *text, unsigned long *ret_value)
{
    static const unsigned long least[] = { 0, 0x80, 0x800, 0x10000 };
    unsigned first = text->data[0];
    size_t more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : 3;
    unsigned long value = more == 0 ? first : first & (0x3fu >> more);
    if (text->len <= more || (more == 3 && first >> 3 != 30))
        return 0;
    for (size_t i = 1; i <= more; i++) {
        if (text->data[i] >> 6 != 2)
            return 0;
        value = value << 6 | (text->data[i] & 0x3fu);
    }
    *text = (struct sv_span){ text->data + more + 1, text->len - more - 1 };
    *ret_value = value;
    return value >= least[more];
}

/* Characters of the same number of octets each. */
static int take_fixed(struct sv_span *text, size_t octets, unsigned long *ret_value)
{
    unsigned long value = 0;
    if (text->len < octets)
        return 0;
    for (size_t i = 0; i < octets; i++)
        value = value << 8 | text->data[i];
    *text = (struct sv_span){ text->data + octets, text->len - octets };
    *ret_value = value;
    return 1;
}

static int is_unicode(unsigned tag, struct sv_span text)
{
    unsigned long value;
    while (text.len > 0) {
        int taken = tag == SV_UTF8_STRING ? take_utf8(&text, &value)
                                          : take_fixed(&text, tag == SV_BMP_STRING ? 2 : 4, &value);
        if (!taken || !is_scalar(value))
            return 0;
    }
    return 1;
}

static int is_made_of(struct sv_span text, const char *characters)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '\0' || !strchr(characters, text.data[i]))
            return 0;
    return 1;
}

static int is_ascii(struct sv_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= 0x80)
            return 0;
    return 1;
}

/* X.680 41.4, and of what isn't in it the asterisk and the ampersand, which real certificates have
 * and Go reads as well. */
#define DIGITS "0123456789"
#define PRINTABLE "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" DIGITS " '()+,-./:=?*&"

/* NAME-1: the types of text that both TLS libraries read. A unique identifier is bits. */
static int value_ok(struct sv_span type, const struct sv_element *value)
{
    struct sv_span bits;
    int has_unused;
    switch (value->tag) {
    case SV_PRINTABLE_STRING:
        return is_made_of(value->content, PRINTABLE);
    case SV_NUMERIC_STRING:
        return is_made_of(value->content, DIGITS " ");
    case SV_IA5_STRING:
        return is_ascii(value->content);
    case SV_UTF8_STRING:
    case SV_BMP_STRING:
    case SV_UNIVERSAL_STRING:
        return is_unicode(value->tag, value->content);
    case SV_TELETEX_STRING: /* nobody agrees on what its octets mean */
        return 1;
    case SV_BIT_STRING:
        return sv_span_is(type, "\x55\x04\x2d") && sv_der_bits(value->content, &bits, &has_unused);
    default:
        return 0;
    }
}

static int value_says_something(struct sv_span type, const struct sv_element *value)
{
    return value->content.len > 0 && value_ok(type, value);
}

typedef int value_check(struct sv_span type, const struct sv_element *value);

/* AttributeTypeAndValue ::= SEQUENCE { type OID, value ANY } */
static int attribute_ok(struct sv_span attribute, value_check *is_good)
{
    struct sv_span type;
    struct sv_element value;
    return sv_der_take(&attribute, SV_OID, &type) && sv_der_oid_ok(type) &&
           sv_der_next(&attribute, &value) && attribute.len == 0 && is_good(type, &value);
}

/* RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue, content */
static int attributes_ok(struct sv_span rdn, value_check *is_good)
{
    struct sv_span attribute;
    if (rdn.len == 0)
        return 0;
    while (rdn.len > 0)
        if (!sv_der_take(&rdn, SV_SEQUENCE, &attribute) || !attribute_ok(attribute, is_good))
            return 0;
    return 1;
}

static int rdns_ok(struct sv_span rdns, value_check *is_good)
{
    struct sv_span rdn;
    while (rdns.len > 0)
        if (!sv_der_take(&rdns, SV_SET, &rdn) || !attributes_ok(rdn, is_good))
            return 0;
    return 1;
}

int sv_name_ok(struct sv_span name)
{
    struct sv_span rdns;
    return sv_der_only(name, SV_SEQUENCE, &rdns) && rdns_ok(rdns, value_ok);
}

int sv_rdn_ok(struct sv_span rdn)
{
    return attributes_ok(rdn, value_ok);
}

int sv_rdns_say_something(struct sv_span rdns)
{
    return rdns_ok(rdns, value_says_something);
}

/* ---- comparing -------------------------------------------------------------------------------*/

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

int sv_name_starts_with(struct sv_span rdns, struct sv_span base, size_t *compared)
{
    enum { READING = 8 }; /* so many times what comparing an octet costs */
    struct sv_span x, y;
    if (rdns.len < base.len)
        return 0;
    *compared += base.len;
    if (sv_span_equal((struct sv_span){ rdns.data, base.len }, base))
        return 1;
    while (base.len > 0) {
        if (!sv_der_take(&rdns, SV_SET, &x) || !sv_der_take(&base, SV_SET, &y))
            return 0;
        *compared += READING * y.len;
        if (!sets_equal(x, y))
            return 0;
    }
    return 1;
}

int sv_name_order(struct sv_span a, struct sv_span b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len > 0 ? memcmp(a.data, b.data, a.len) : 0;
}
