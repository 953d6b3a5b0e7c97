/* SPDX-License-Identifier: MIT */
#include "x509/der.h"

#include <string.h>

int sv_span_equal(struct sv_span a, struct sv_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

struct sv_span sv_span_of(const char *text)
{
    return (struct sv_span){ (const unsigned char *)text, strlen(text) };
}

struct sv_span sv_span_skip(struct sv_span span, size_t octets)
{
    return (struct sv_span){ span.data + octets, span.len - octets };
}

/* X.690 8.1.3 and 10.1: definite and minimal; up to four octets, which a revocation list needs. */
static int read_length(struct sv_span *cursor, size_t *ret_len)
{
    if (cursor->len < 1)
        return 0;
    size_t len = cursor->data[0], octets = 0;
    if (len >= 0x80) {
        octets = len & 0x7f;
        if (octets < 1 || octets > 4 || cursor->len < 1 + octets || cursor->data[1] == 0)
            return 0;
        len = 0;
        for (size_t i = 1; i <= octets; i++)
            len = len << 8 | cursor->data[i];
        if (len < 0x80)
            return 0;
    }
    cursor->data += 1 + octets;
    cursor->len -= 1 + octets;
    *ret_len = len;
    return 1;
}

int sv_der_next(struct sv_span *cursor, struct sv_element *ret_element)
{
    struct sv_span rest = *cursor;
    size_t len = 0;
    if (rest.len < 2 || (rest.data[0] & 0x1f) == 0x1f) /* X.690 8.1.2.4: high tag numbers */
        return 0;
    ret_element->tag = rest.data[0];
    rest.data++;
    rest.len--;
    if (!read_length(&rest, &len) || len > rest.len)
        return 0;
    ret_element->content = (struct sv_span){ rest.data, len };
    ret_element->whole = (struct sv_span){ cursor->data, (size_t)(rest.data - cursor->data) + len };
    cursor->data = rest.data + len;
    cursor->len = rest.len - len;
    return 1;
}

int sv_der_take(struct sv_span *cursor, unsigned tag, struct sv_span *ret_content)
{
    struct sv_element element;
    struct sv_span rest = *cursor;
    if (!sv_der_next(&rest, &element) || element.tag != tag)
        return 0;
    *ret_content = element.content;
    *cursor = rest;
    return 1;
}

int sv_der_take_optional(struct sv_span *cursor, unsigned tag, struct sv_span *ret_content)
{
    *ret_content = (struct sv_span){ NULL, 0 };
    if (cursor->len == 0 || cursor->data[0] != tag)
        return 1;
    return sv_der_take(cursor, tag, ret_content);
}

int sv_der_only(struct sv_span span, unsigned tag, struct sv_span *ret_content)
{
    return sv_der_take(&span, tag, ret_content) && span.len == 0;
}

/* X.690 11.1: TRUE is 0xff. */
int sv_der_boolean(struct sv_span content, int *ret_value)
{
    if (content.len != 1 || (content.data[0] != 0x00 && content.data[0] != 0xff))
        return 0;
    *ret_value = content.data[0] != 0;
    return 1;
}

/* X.690 8.3.2: the first nine bits are not all equal. */
int sv_der_integer_ok(struct sv_span content)
{
    if (content.len < 1)
        return 0;
    if (content.len == 1)
        return 1;
    return !(content.data[0] == 0x00 && content.data[1] < 0x80) &&
           !(content.data[0] == 0xff && content.data[1] >= 0x80);
}

int sv_der_small(struct sv_span content, unsigned *ret_value)
{
    if (!sv_der_integer_ok(content) || content.data[0] >= 0x80 || content.len > 3)
        return 0;
    unsigned value = 0;
    for (size_t i = 0; i < content.len; i++)
        value = value << 8 | content.data[i];
    *ret_value = value;
    return 1;
}

/* X.690 8.19: no arc starts with 0x80, the last octet ends one. */
int sv_der_oid_ok(struct sv_span content)
{
    if (content.len < 1 || content.data[content.len - 1] >= 0x80)
        return 0;
    for (size_t i = 0; i < content.len; i++) {
        int starts_arc = i == 0 || content.data[i - 1] < 0x80;
        if (starts_arc && content.data[i] == 0x80)
            return 0;
    }
    return 1;
}

int sv_der_bit_octets(struct sv_span content, struct sv_span *ret_octets)
{
    if (content.len < 1 || content.data[0] != 0)
        return 0;
    *ret_octets = (struct sv_span){ content.data + 1, content.len - 1 };
    return 1;
}

/* X.690 8.6.2.3, 11.2.1: up to seven unused bits, zeros. */
int sv_der_bits(struct sv_span content, struct sv_span *ret_octets, int *ret_has_unused)
{
    if (content.len < 1 || content.data[0] > 7)
        return 0;
    unsigned unused = content.data[0], last = content.data[content.len - 1];
    if (unused > 0 && (content.len == 1 || (last & ((1u << unused) - 1)) != 0))
        return 0;
    *ret_octets = sv_span_skip(content, 1);
    *ret_has_unused = unused > 0;
    return 1;
}

/* X.690 11.2.2 wants no trailing zero bits, but a root of the usual stores has them. */
int sv_der_named_bits(struct sv_span content, unsigned *ret_bits)
{
    if (content.len < 1 || content.len > 3 || content.data[0] > 7)
        return 0;
    unsigned unused = content.data[0], bits = 0;
    if (content.len == 1) {
        *ret_bits = 0;
        return unused == 0;
    }
    unsigned last = content.data[content.len - 1];
    if ((last & ((1u << unused) - 1)) != 0) /* X.690 11.2.1 */
        return 0;
    for (unsigned i = 0; i < 8 * (content.len - 1); i++)
        if (content.data[1 + i / 8] & (0x80u >> i % 8))
            bits |= 1u << i;
    *ret_bits = bits;
    return 1;
}

static int two_digits(const unsigned char *text, int *ret_value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return 0;
    *ret_value = (text[0] - '0') * 10 + (text[1] - '0');
    return 1;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_since_1970(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t century = (y >= 0 ? y : y - 399) / 400, of_century = y - century * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return century * 146097 + of_century * 365 + of_century / 4 - of_century / 100 + day_of_year -
           719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* RFC 5280 4.1.2.5: UTCTime YYMMDDHHMMSSZ for 1950 to 2049, GeneralizedTime YYYYMMDDHHMMSSZ. */
int sv_der_time(unsigned tag, struct sv_span content, int64_t *ret_seconds)
{
    int century = -1, part[6];
    const unsigned char *text = content.data;
    if (tag == SV_GENERALIZED_TIME && content.len == 15) {
        if (!two_digits(text, &century))
            return 0;
        text += 2;
    } else if (tag != SV_UTC_TIME || content.len != 13) {
        return 0;
    }
    for (int i = 0; i < 6; i++)
        if (!two_digits(text + 2 * i, &part[i]))
            return 0;
    if (century < 0)
        century = part[0] >= 50 ? 19 : 20;
    int year = century * 100 + part[0];
    if (text[12] != 'Z' || part[1] < 1 || part[1] > 12 || part[2] < 1 ||
        part[2] > days_in_month(year, part[1]) || part[3] > 23 || part[4] > 59 || part[5] > 59)
        return 0;
    *ret_seconds =
        days_since_1970(year, part[1], part[2]) * 86400 + part[3] * 3600 + part[4] * 60 + part[5];
    return 1;
}

int sv_der_take_time(struct sv_span *cursor, int64_t *ret_seconds)
{
    struct sv_element element;
    return sv_der_next(cursor, &element) && sv_der_time(element.tag, element.content, ret_seconds);
}

int sv_der_take_whole(struct sv_span *cursor, unsigned tag, struct sv_span *ret_whole)
{
    struct sv_element element;
    if (!sv_der_next(cursor, &element) || element.tag != tag)
        return 0;
    *ret_whole = element.whole;
    return 1;
}
