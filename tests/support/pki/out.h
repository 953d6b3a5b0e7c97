/* SPDX-License-Identifier: MIT */
/* A growing buffer and a DER writer on it. Out of memory aborts. */
#ifndef PKI_OUT_H
#define PKI_OUT_H

#include <stddef.h>

enum out_tag {
    TAG_BOOLEAN = 0x01,
    TAG_INTEGER = 0x02,
    TAG_BITS = 0x03,
    TAG_OCTETS = 0x04,
    TAG_NULL = 0x05,
    TAG_OID = 0x06,
    TAG_UTF8 = 0x0c,
    TAG_PRINTABLE = 0x13,
    TAG_TELETEX = 0x14,
    TAG_IA5 = 0x16,
    TAG_UTCTIME = 0x17,
    TAG_GENERALIZEDTIME = 0x18,
    TAG_BMP = 0x1e,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_CONTEXT = 0x80,
    TAG_CONTEXT_CONSTRUCTED = 0xa0
};

/* odd_long and odd_indefinite name the element, if any, whose length is written in bad form. */
struct out {
    unsigned char *data;
    size_t len;
    size_t cap;
    const char *odd_long;
    const char *odd_indefinite;
};

void out_free(struct out *);
void out_bytes(struct out *, const void *data, size_t len);
void out_byte(struct out *, unsigned byte);
void out_insert(struct out *, size_t at, const void *data, size_t len);

/* open gives a mark, close puts tag and length in front of all that came since. */
size_t out_open(const struct out *);
void out_close(struct out *, size_t mark, unsigned tag);
void out_close_named(struct out *, size_t mark, unsigned tag, const char *element);

void out_tlv(struct out *, unsigned tag, const void *data, size_t len);
void out_uint(struct out *, unsigned long value);
void out_integer_bytes(struct out *, const unsigned char *data, size_t len);
void out_bits(struct out *, unsigned long bits);
int out_oid(struct out *, const char *dotted);
int out_oid_content(struct out *, const char *dotted);
void out_time(struct out *, long long seconds);

/* One element, as DER has it: its content, which is the cursor for what is inside, and all of it.
 */
struct tlv {
    const unsigned char *data;
    size_t len;
    const unsigned char *whole;
    size_t whole_len;
};

/* Takes the first element of the cursor's content. 0 or -1. */
int tlv_next(struct tlv *cursor, struct tlv *ret_element);

#endif
