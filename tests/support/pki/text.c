/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *text_copy(const char *text, size_t len)
{
    char *copy = malloc(len + 1);
    if (!copy)
        abort();
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *text_next(const char **rest, char separator)
{
    const char *from = *rest;
    if (!from)
        return NULL;
    const char *end = strchr(from, separator);
    *rest = end ? end + 1 : NULL;
    return text_copy(from, end ? (size_t)(end - from) : strlen(from));
}

static void items_add(struct items *items, const char *word, size_t len)
{
    const char *equals = memchr(word, '=', len);
    size_t key_len = equals ? (size_t)(equals - word) : len;
    struct item *list = realloc(items->list, (items->count + 1) * sizeof *list);
    if (!list)
        abort();
    items->list = list;
    list[items->count].key = text_copy(word, key_len);
    list[items->count].value = equals ? text_copy(equals + 1, len - key_len - 1) : text_copy("", 0);
    items->count++;
}

struct items items_split(const char *spec)
{
    struct items items = { 0 };
    for (;;) {
        size_t len;
        spec += strspn(spec, " \t\n");
        len = strcspn(spec, " \t\n");
        if (len == 0)
            return items;
        items_add(&items, spec, len);
        spec += len;
    }
}

void items_free(struct items *items)
{
    for (size_t i = 0; i < items->count; i++) {
        free(items->list[i].key);
        free(items->list[i].value);
    }
    free(items->list);
    *items = (struct items){ 0 };
}

const char *items_get(const struct items *items, const char *key)
{
    for (size_t i = items->count; i-- > 0;)
        if (strcmp(items->list[i].key, key) == 0)
            return items->list[i].value;
    return NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static int hex_pair(const char *text)
{
    int high = hex_digit(text[0]);
    int low = high < 0 ? -1 : hex_digit(text[1]);
    return low < 0 ? -1 : high * 16 + low;
}

int text_hex(struct out *out, const char *hex)
{
    for (; *hex; hex += 2) {
        int octet = hex_pair(hex);
        if (octet < 0)
            return -1;
        out_byte(out, (unsigned)octet);
    }
    return 0;
}

/* "{ab*3}" at the start of text: appends ababab, gives the length read, 0 if malformed. */
static size_t expand_repeat(struct out *out, const char *text)
{
    const char *star = strchr(text, '*');
    char *end;
    if (!star || star == text + 1)
        return 0;
    unsigned long times = strtoul(star + 1, &end, 10);
    if (*end != '}' || times > 1000000)
        return 0;
    while (times-- > 0)
        out_bytes(out, text + 1, (size_t)(star - text - 1));
    return (size_t)(end + 1 - text);
}

static size_t expand_one(struct out *out, const char *text)
{
    if (*text == '{')
        return expand_repeat(out, text);
    if (*text != '%') {
        out_byte(out, (unsigned char)*text);
        return 1;
    }
    int octet = hex_pair(text + 1);
    if (octet < 0)
        return 0;
    out_byte(out, (unsigned)octet);
    return 3;
}

char *text_expand(const char *text, size_t *ret_len)
{
    struct out out = { 0 };
    while (*text) {
        size_t used = expand_one(&out, text);
        if (used == 0) {
            out_free(&out);
            return NULL;
        }
        text += used;
    }
    if (ret_len)
        *ret_len = out.len;
    out_bytes(&out, "", 1);
    return (char *)out.data;
}

static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int offset_time(const char *text, int64_t base, int64_t *ret_seconds)
{
    char *unit;
    int64_t amount = strtoll(text, &unit, 10);
    if (unit == text || strlen(unit) != 1)
        return -1;
    switch (*unit) {
    case 'd':
        amount *= 86400;
        break;
    case 'h':
        amount *= 3600;
        break;
    case 'm':
        amount *= 60;
        break;
    case 's':
        break;
    default:
        return -1;
    }
    *ret_seconds = base + amount;
    return 0;
}

int text_time(const char *text, int64_t base, int64_t *ret_seconds)
{
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    char z;
    int used = 0;
    if (*text == '+' || *text == '-')
        return offset_time(text, base, ret_seconds);
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%c%n", &year, &month, &day, &hour, &minute, &second,
               &z, &used) != 7 ||
        z != 'Z' || text[used] != '\0')
        return -1;
    *ret_seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return 0;
}

const char *text_after(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

void text_say(char *err, size_t errlen, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (err && errlen > 0)
        vsnprintf(err, errlen, format, args);
    va_end(args);
}
