/* SPDX-License-Identifier: MIT
 * Octets from hex digits, in memory of exactly their size, so that a sanitizer sees every octet
 * read behind them. */
#ifndef TEST_HEX_H
#define TEST_HEX_H

#include "x509/der.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sv_span hex_span(const char *digits)
{
    size_t len = strlen(digits) / 2;
    unsigned char *data = malloc(len > 0 ? len : 1);
    for (size_t i = 0; data && i < len; i++) {
        unsigned octet = 0;
        sscanf(digits + 2 * i, "%2x", &octet);
        data[i] = (unsigned char)octet;
    }
    return (struct sv_span){ data, len };
}

static void hex_free(struct sv_span span)
{
    free((void *)span.data);
}

#endif
