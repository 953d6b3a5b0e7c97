/* SPDX-License-Identifier: MIT */
#include "x509/pem.h"

#include <stdlib.h>
#include <string.h>

#include "x509/base64.h"

static int is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A line without the white space at its end. */
static int next_line(struct sv_span *text, struct sv_span *ret_line)
{
    if (text->len == 0)
        return 0;
    const unsigned char *end = memchr(text->data, '\n', text->len);
    size_t len = end ? (size_t)(end - text->data) + 1 : text->len;
    *ret_line = (struct sv_span){ text->data, len };
    *text = sv_span_skip(*text, len);
    while (ret_line->len > 0 && is_space(ret_line->data[ret_line->len - 1]))
        ret_line->len--;
    return 1;
}

static int starts_with(struct sv_span text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.data, word, len) == 0;
}

static int contains(struct sv_span line, const char *word)
{
    for (; line.len > 0; line = sv_span_skip(line, 1))
        if (starts_with(line, word))
            return 1;
    return 0;
}

/* The label of a line that is a boundary and nothing else: "-----BEGIN label-----". */
static int read_boundary(struct sv_span line, const char *word, struct sv_span *ret_label)
{
    const size_t dashes = strlen("-----");
    if (!starts_with(line, word))
        return 0;
    *ret_label = sv_span_skip(line, strlen(word));
    if (ret_label->len < dashes || !contains(sv_span_skip(line, line.len - dashes), "-----"))
        return 0;
    ret_label->len -= dashes;
    return 1;
}

static int read_block(struct sv_span *text, struct sv_pem *block)
{
    struct sv_span line, label;
    block->base64 = *text;
    for (struct sv_span rest = *text; next_line(&rest, &line); *text = rest) {
        int begins = contains(line, "-----BEGIN");
        if (!begins && !contains(line, "-----END"))
            continue;
        if (!begins)
            *text = rest;
        if (!read_boundary(line, "-----END ", &label) || !sv_span_equal(label, block->label)) {
            block->line = line;
            return -1;
        }
        block->base64.len = (size_t)(line.data - block->base64.data);
        return 1;
    }
    return -1;
}

int sv_pem_next(struct sv_span *text, struct sv_pem *ret_block)
{
    while (next_line(text, &ret_block->line)) {
        struct sv_span line = ret_block->line;
        if (contains(line, "-----END"))
            return -1;
        if (contains(line, "-----BEGIN"))
            return read_boundary(line, "-----BEGIN ", &ret_block->label)
                       ? read_block(text, ret_block)
                       : -1;
    }
    return 0;
}

unsigned char *sv_pem_decode(const struct sv_pem *block, size_t *ret_len, int *ret_is_malformed)
{
    struct sv_span text = block->base64;
    unsigned char *buf = malloc(text.len + 1);
    size_t digits = 0;
    *ret_is_malformed = 0;
    for (size_t i = 0; buf && i < text.len; i++)
        if (!is_space(text.data[i]))
            buf[digits++] = text.data[i];
    /* In place: three octets come where four characters were read. */
    if (!buf || sv_base64_decode((const char *)buf, digits, buf, digits, ret_len))
        return buf;
    free(buf);
    *ret_is_malformed = 1;
    return NULL;
}
