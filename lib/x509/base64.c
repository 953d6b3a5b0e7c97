/* SPDX-License-Identifier: MIT */
#include "x509/base64.h"

/* The six bits of a character, or -1. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* How many of the last four characters are padding: 0, 1 or 2. */
static size_t padding(const char *text, size_t len)
{
    if (len == 0 || text[len - 1] != '=')
        return 0;
    return text[len - 2] == '=' ? 2 : 1;
}

int sv_base64_decode(const char *text, size_t len, unsigned char *buf, size_t size, size_t *ret_len)
{
    if (len % 4 != 0)
        return 0;
    size_t digits = len - padding(text, len);
    size_t count = 0;
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < digits; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return 0;
        bits = (bits << 6 | (unsigned)value) & 0xfff;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (count < size)
            buf[count] = (unsigned char)(bits >> held & 0xff);
        count++;
    }
    if (bits & ((1u << held) - 1)) /* RFC 4648 section 3.5 */
        return 0;
    *ret_len = count;
    return 1;
}
