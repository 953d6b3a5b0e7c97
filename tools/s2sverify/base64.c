/* SPDX-License-Identifier: MIT */
#include "base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_decode(const char *text, size_t len, int skip_space, unsigned char *buf, size_t size,
                  size_t *ret_len)
{
    unsigned bits = 0;
    size_t count = 0, used = 0, padding = 0;
    for (size_t i = 0; i < len; i++) {
        if (skip_space && strchr(" \t\r\n", text[i]) && text[i] != '\0')
            continue;
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
        if (text[i] == '=')
            padding++;
        else if (!digit || padding > 0)
            return 0;
        bits = bits << 6 | (digit ? (unsigned)(digit - digits) : 0);
        if (++count % 4 != 0)
            continue;
        for (size_t k = 0; k < 3 && k + padding < 3; k++) {
            if (used == size)
                return 0;
            buf[used++] = (unsigned char)(bits >> (16 - 8 * k) & 0xff);
        }
    }
    if (count % 4 != 0 || padding > 2)
        return 0;
    *ret_len = used;
    return 1;
}

int base64_encode(const void *data, size_t len, char *buf, size_t size)
{
    const unsigned char *in = data;
    if (size == 0 || len > (size - 1) / 4 * 3)
        return 0;
    for (size_t i = 0; i < len; i += 3) {
        unsigned bits = (unsigned)in[i] << 16 | (i + 1 < len ? (unsigned)in[i + 1] << 8 : 0) |
                        (i + 2 < len ? (unsigned)in[i + 2] : 0);
        *buf++ = digits[bits >> 18];
        *buf++ = digits[bits >> 12 & 63];
        *buf++ = i + 1 < len ? digits[bits >> 6 & 63] : '=';
        *buf++ = i + 2 < len ? digits[bits & 63] : '=';
    }
    *buf = '\0';
    return 1;
}
