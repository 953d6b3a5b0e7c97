/* SPDX-License-Identifier: MIT */
#include "out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void out_free(struct out *out)
{
    free(out->data);
    *out = (struct out){ 0 };
}

static void out_reserve(struct out *out, size_t more)
{
    if (out->cap - out->len > more)
        return;
    out->cap = (out->len + more) * 2 + 64;
    out->data = realloc(out->data, out->cap);
    if (!out->data)
        abort();
}

void out_bytes(struct out *out, const void *data, size_t len)
{
    out_insert(out, out->len, data, len);
}

void out_byte(struct out *out, unsigned byte)
{
    unsigned char octet = (unsigned char)byte;
    out_bytes(out, &octet, 1);
}

void out_insert(struct out *out, size_t at, const void *data, size_t len)
{
    out_reserve(out, len);
    memmove(out->data + at + len, out->data + at, out->len - at);
    if (len > 0)
        memcpy(out->data + at, data, len);
    out->len += len;
    out->data[out->len] = 0;
}

size_t out_open(const struct out *out)
{
    return out->len;
}

/* Tag and length, the length in the shortest form plus `pad` octets that DER forbids. */
static size_t write_header(unsigned char *header, unsigned tag, size_t len, size_t pad)
{
    size_t octets = 0;
    size_t used = 0;
    header[used++] = (unsigned char)tag;
    if (len < 0x80 && pad == 0) {
        header[used++] = (unsigned char)len;
        return used;
    }
    for (size_t rest = len; rest > 0; rest >>= 8)
        octets++;
    octets += pad;
    header[used++] = (unsigned char)(0x80 | octets);
    while (octets > 0) {
        octets--;
        header[used++] = (unsigned char)(octets >= sizeof len ? 0 : len >> (8 * octets));
    }
    return used;
}

void out_close(struct out *out, size_t mark, unsigned tag)
{
    out_close_named(out, mark, tag, "");
}

void out_close_named(struct out *out, size_t mark, unsigned tag, const char *element)
{
    unsigned char header[16];
    size_t pad = out->odd_long && strcmp(out->odd_long, element) == 0 ? 1 : 0;
    size_t used = write_header(header, tag, out->len - mark, pad);
    if (out->odd_indefinite && strcmp(out->odd_indefinite, element) == 0) {
        header[1] = 0x80;
        used = 2;
        out_bytes(out, "\0\0", 2);
    }
    out_insert(out, mark, header, used);
}

void out_tlv(struct out *out, unsigned tag, const void *data, size_t len)
{
    size_t mark = out_open(out);
    out_bytes(out, data, len);
    out_close(out, mark, tag);
}

void out_uint(struct out *out, unsigned long value)
{
    unsigned char bytes[sizeof value];
    for (size_t i = 0; i < sizeof value; i++)
        bytes[i] = (unsigned char)(value >> (8 * (sizeof value - 1 - i)));
    out_integer_bytes(out, bytes, sizeof bytes);
}

/* An unsigned big-endian number of any length, in the shortest form. */
void out_integer_bytes(struct out *out, const unsigned char *data, size_t len)
{
    size_t mark = out_open(out);
    while (len > 1 && data[0] == 0) {
        data++;
        len--;
    }
    if (len > 0 && data[0] & 0x80)
        out_byte(out, 0);
    out_bytes(out, data, len);
    out_close(out, mark, TAG_INTEGER);
}

/* A named bit list: bit 0 is the left-most one; trailing zero bits are left out. */
void out_bits(struct out *out, unsigned long bits)
{
    unsigned char content[3] = { 0, 0, 0 };
    size_t len = 1;
    for (unsigned i = 0; i < 16; i++) {
        if (!(bits & (1UL << i)))
            continue;
        content[1 + i / 8] |= (unsigned char)(0x80 >> (i % 8));
        content[0] = (unsigned char)(7 - i % 8);
        len = 2 + i / 8;
    }
    out_tlv(out, TAG_BITS, content, len);
}

static void out_base128(struct out *out, unsigned long long value)
{
    unsigned char septets[10];
    size_t used = 0;
    do
        septets[used++] = (unsigned char)(value & 0x7f);
    while (value >>= 7);
    while (used-- > 0)
        out_byte(out, septets[used] | (used > 0 ? 0x80U : 0U));
}

/* 0, or -1 if the text isn't a dotted object identifier. */
int out_oid_content(struct out *out, const char *dotted)
{
    unsigned long long first = 0;
    int arcs = 0;

    for (;; arcs++) {
        char *end;
        unsigned long long arc;

        if (*dotted < '0' || *dotted > '9')
            return -1;
        arc = strtoull(dotted, &end, 10);
        if (arcs == 0)
            first = arc;
        else
            out_base128(out, arcs == 1 ? first * 40 + arc : arc);
        if (*end == '\0')
            return arcs >= 1 ? 0 : -1;
        if (*end != '.')
            return -1;
        dotted = end + 1;
    }
}

int out_oid(struct out *out, const char *dotted)
{
    size_t mark = out_open(out);
    int status = out_oid_content(out, dotted);
    out_close(out, mark, TAG_OID);
    return status;
}

/* Days since 1970-01-01 to a civil date (Howard Hinnant's algorithm). */
static void civil_from_days(long long days, long long *ret_year, int *ret_month, int *ret_day)
{
    long long shifted = days + 719468;
    long long era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    long long doe = shifted - era * 146097;
    long long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    long long doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    long long mp = (5 * doy + 2) / 153;

    *ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *ret_year = yoe + era * 400 + (*ret_month <= 2 ? 1 : 0);
}

/* UTCTime from 1950 to 2049, else GeneralizedTime (RFC 5280 section 4.1.2.5). */
void out_time(struct out *out, long long seconds)
{
    char text[64];
    long long days = seconds / 86400;
    long long rest = seconds % 86400;
    long long year;
    int month;
    int day;

    if (rest < 0) {
        rest += 86400;
        days--;
    }
    civil_from_days(days, &year, &month, &day);
    int utc = year >= 1950 && year < 2050;
    snprintf(text, sizeof text, "%04lld%02d%02d%02lld%02lld%02lldZ", year, month, day, rest / 3600,
             rest / 60 % 60, rest % 60);
    out_tlv(out, utc ? TAG_UTCTIME : TAG_GENERALIZEDTIME, text + (utc ? 2 : 0),
            strlen(text) - (utc ? 2 : 0));
}

int tlv_next(struct tlv *cursor, struct tlv *ret_element)
{
    size_t header = 2, len = cursor->len > 1 ? cursor->data[1] : 0;
    if (cursor->len < 2)
        return -1;
    if (len >= 0x80) {
        header += len & 0x7f;
        len = 0;
        for (size_t i = 2; i < header && i < cursor->len; i++)
            len = len << 8 | cursor->data[i];
    }
    if (header > cursor->len || len > cursor->len - header)
        return -1;
    *ret_element = (struct tlv){ cursor->data + header, len, cursor->data, header + len };
    cursor->data += header + len;
    cursor->len -= header + len;
    return 0;
}
