/* SPDX-License-Identifier: MIT
 * A strict DER cursor: iterative, bounded, no allocation, spans into the input (X.690). */
#ifndef SV_DER_H
#define SV_DER_H

#include <stddef.h>
#include <stdint.h>

/* Octets that belong to somebody else. data is NULL for "absent". */
struct sv_span {
    const unsigned char *data;
    size_t len;
};

/* Tags, class and constructed bit included; only low tag numbers occur in certificates. */
enum sv_tag {
    SV_BOOLEAN = 0x01,
    SV_INTEGER = 0x02,
    SV_BIT_STRING = 0x03,
    SV_OCTET_STRING = 0x04,
    SV_NULL = 0x05,
    SV_OID = 0x06,
    SV_ENUMERATED = 0x0a,
    SV_UTF8_STRING = 0x0c,
    SV_NUMERIC_STRING = 0x12,
    SV_PRINTABLE_STRING = 0x13,
    SV_TELETEX_STRING = 0x14,
    SV_UNIVERSAL_STRING = 0x1c,
    SV_BMP_STRING = 0x1e,
    SV_IA5_STRING = 0x16,
    SV_UTC_TIME = 0x17,
    SV_GENERALIZED_TIME = 0x18,
    SV_SEQUENCE = 0x30,
    SV_SET = 0x31
};
#define SV_CONTEXT(n) (0x80 | (n))             /* [n] IMPLICIT, primitive */
#define SV_CONTEXT_CONSTRUCTED(n) (0xa0 | (n)) /* [n] EXPLICIT or constructed */

/* One element: its tag, its content, and all of it with the header. */
struct sv_element {
    unsigned tag;
    struct sv_span content;
    struct sv_span whole;
};

/* Every function returns 1 if it worked, 0 if the input isn't DER or isn't what was asked for; then
 * nothing that it fills in may be used. A cursor is a span that shrinks from the front. */

/* Takes the next element of any tag. */
int sv_der_next(struct sv_span *cursor, struct sv_element *ret_element);
/* Takes the next element, which must have that tag. */
int sv_der_take(struct sv_span *cursor, unsigned tag, struct sv_span *ret_content);
/* The same if the next element has that tag; otherwise *ret_content is absent, and all is well. */
int sv_der_take_optional(struct sv_span *cursor, unsigned tag, struct sv_span *ret_content);
/* The whole span is one element of that tag. */
int sv_der_only(struct sv_span span, unsigned tag, struct sv_span *ret_content);
/* Takes the next element, which must have that tag; gives it with its header. */
int sv_der_take_whole(struct sv_span *cursor, unsigned tag, struct sv_span *ret_whole);
/* Takes a Time: UTCTime or GeneralizedTime, as seconds since 1970. */
int sv_der_take_time(struct sv_span *cursor, int64_t *ret_seconds);
/* What a BOOLEAN, a small non-negative INTEGER, a time holds. The span is the content. */
int sv_der_boolean(struct sv_span content, int *ret_value);
int sv_der_small(struct sv_span content, unsigned *ret_value);
int sv_der_time(unsigned tag, struct sv_span content, int64_t *ret_seconds);
/* 1: an INTEGER's content is minimal. 1: an OID's content is well-formed. */
int sv_der_integer_ok(struct sv_span content);
int sv_der_oid_ok(struct sv_span content);
/* The octets of a BIT STRING that has no unused bits; of any, and whether it has some; named bits
 * as a number, bit 0 lowest. */
int sv_der_bit_octets(struct sv_span content, struct sv_span *ret_octets);
int sv_der_bits(struct sv_span content, struct sv_span *ret_octets, int *ret_has_unused);
int sv_der_named_bits(struct sv_span content, unsigned *ret_bits);

struct sv_span sv_span_of(const char *text); /* without its NUL */
struct sv_span sv_span_skip(struct sv_span span, size_t octets);
int sv_span_equal(struct sv_span a, struct sv_span b);
/* Compares with a string literal of octets: sv_span_is(oid, "\x55\x1d\x25"). */
#define sv_span_is(span, literal) \
    sv_span_equal((span), (struct sv_span){ (const unsigned char *)(literal), sizeof(literal) - 1 })

#endif
