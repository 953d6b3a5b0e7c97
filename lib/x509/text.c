/* SPDX-License-Identifier: MIT */
#include "x509/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The calendar date of a day since 1970-01-01, Gregorian; the inverse of what der.c does. */
static void civil_from_days(int64_t days, long long *ret_year, int *ret_month, int *ret_day)
{
    days += 719468;
    int64_t century = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_century = days - century * 146097;
    int64_t year_of_century =
        (of_century - of_century / 1460 + of_century / 36524 - of_century / 146096) / 365;
    int64_t of_year =
        of_century - (365 * year_of_century + year_of_century / 4 - year_of_century / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    *ret_day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *ret_month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *ret_year = year_of_century + century * 400 + (*ret_month <= 2);
}

const char *sv_time_text(int64_t seconds, char buf[SV_TIME_TEXT])
{
    const int64_t far = 8640000000000; /* beyond any certificate; keeps the sums in range */
    long long year;
    int month, day;
    if (seconds > far || seconds < -far)
        return strcpy(buf, "a time out of range");
    int64_t of_day = (seconds % 86400 + 86400) % 86400;
    civil_from_days((seconds - of_day) / 86400, &year, &month, &day);
    snprintf(buf, SV_TIME_TEXT, "%04lld-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
             (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60));
    return buf;
}

const char *sv_oid_text(struct sv_span oid, char buf[SV_OID_TEXT])
{
    size_t used = 0;
    uint64_t arc = 0;
    int is_first = 1;
    buf[0] = '\0';
    for (size_t i = 0; i < oid.len && used < SV_OID_TEXT; i++) {
        arc = arc << 7 | (oid.data[i] & 0x7f);
        if (oid.data[i] & 0x80)
            continue;
        unsigned long long top = arc < 80 ? arc / 40 : 2, shown = is_first ? arc - top * 40 : arc;
        int n = is_first ? snprintf(buf, SV_OID_TEXT, "%llu.%llu", top, shown)
                         : snprintf(buf + used, SV_OID_TEXT - used, ".%llu", shown);
        used += n > 0 ? (size_t)n : 0;
        is_first = 0;
        arc = 0;
    }
    return buf;
}

static const char *attribute_name(struct sv_span oid)
{
    static const struct {
        unsigned char last;
        const char *name;
    } names[] = { { 3, "CN" }, { 6, "C" }, { 7, "L" }, { 8, "ST" }, { 10, "O" }, { 11, "OU" } };
    for (size_t i = 0; oid.len == 3 && i < sizeof names / sizeof names[0]; i++)
        if (oid.data[0] == 0x55 && oid.data[1] == 0x04 && oid.data[2] == names[i].last)
            return names[i].name;
    return NULL;
}

/* Appends to buf; once it is full it stays as it is. */
static void append(char buf[SV_NAME_TEXT], const char *text, size_t len)
{
    size_t used = strlen(buf), room = SV_NAME_TEXT - 1 - used;
    size_t kept = len < room ? len : room;
    for (size_t i = 0; i < kept; i++)
        buf[used + i] = text[i] >= 0x20 && text[i] <= 0x7e ? text[i] : '?';
    buf[used + kept] = '\0';
}

/* AttributeTypeAndValue ::= SEQUENCE { type OID, value ANY } */
static int append_attribute(char buf[SV_NAME_TEXT], struct sv_span attribute)
{
    struct sv_span oid;
    struct sv_element value;
    char oid_text[SV_OID_TEXT];
    if (!sv_der_take(&attribute, SV_OID, &oid) || !sv_der_next(&attribute, &value))
        return 0;
    const char *name = attribute_name(oid);
    if (!name)
        name = sv_oid_text(oid, oid_text);
    if (buf[0])
        append(buf, ", ", 2);
    append(buf, name, strlen(name));
    append(buf, "=", 1);
    append(buf, (const char *)value.content.data, value.content.len);
    return 1;
}

const char *sv_name_text(struct sv_span name, char buf[SV_NAME_TEXT])
{
    struct sv_span sets, set, attribute;
    buf[0] = '\0';
    if (!sv_der_only(name, SV_SEQUENCE, &sets))
        return strcpy(buf, "(malformed subject)");
    while (sv_der_take(&sets, SV_SET, &set))
        while (sv_der_take(&set, SV_SEQUENCE, &attribute))
            if (!append_attribute(buf, attribute))
                return buf;
    return buf[0] ? buf : strcpy(buf, "(empty subject)");
}

void sv_make_printable(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p; p++)
        if (*p < 0x20 || *p > 0x7e)
            *p = '?';
}

void sv_put(struct sv_output *out, const char *format, ...)
{
    va_list arguments;
    size_t room = out->length < out->size ? out->size - out->length : 0;
    va_start(arguments, format);
    int n = vsnprintf(room > 0 ? out->buf + out->length : NULL, room, format, arguments);
    va_end(arguments);
    if (n > 0)
        out->length += (size_t)n;
}
