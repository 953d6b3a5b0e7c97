/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <string.h>

unsigned fuzz_octet(struct sv_span *input)
{
    unsigned octet = input->len > 0 ? input->data[0] : 0;
    input->data += input->len > 0;
    input->len -= input->len > 0;
    return octet;
}

static void *copy(const void *data, size_t len, size_t size)
{
    unsigned char *octets = malloc(size > 0 ? size : 1);
    if (!octets)
        abort();
    if (len > 0)
        memcpy(octets, data, len);
    return octets;
}

struct sv_span fuzz_block(struct sv_span *input)
{
    size_t len = (size_t)fuzz_octet(input) << 8;
    len |= fuzz_octet(input);
    if (len > input->len)
        len = input->len;
    struct sv_span block = { copy(input->data, len, len), len };
    input->data += len;
    input->len -= len;
    return block;
}

char *fuzz_string(struct sv_span *input)
{
    char *text = copy(input->data, input->len, input->len + 1);
    text[input->len] = '\0';
    input->len = 0;
    return text;
}

void fuzz_put_block(struct out *out, const void *data, size_t len)
{
    out_byte(out, (unsigned)(len >> 8) & 0xff);
    out_byte(out, (unsigned)len & 0xff);
    out_bytes(out, data, len);
}

void fuzz_check_text(const char *text)
{
    FUZZ_CHECK(text);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        FUZZ_CHECK(*p >= 0x20 && *p != 0x7f);
        FUZZ_CHECK(!(p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)); /* C1 in UTF-8 */
    }
}
