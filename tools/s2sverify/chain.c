/* SPDX-License-Identifier: MIT */
#include "chain.h"

#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "file.h"
#include "output.h"

int chain_add(struct chain *chain, const void *der, size_t len)
{
    if (chain->count == CHAIN_MOST || len > CERTIFICATE_LONGEST)
        return 0;
    unsigned char *copy = malloc(len > 0 ? len : 1);
    if (!copy)
        return 0;
    if (len > 0)
        memcpy(copy, der, len);
    chain->certificates[chain->count].der = copy;
    chain->certificates[chain->count++].len = len;
    return 1;
}

void chain_clear(struct chain *chain)
{
    while (chain->count > 0)
        free(chain->certificates[--chain->count].der);
}

/* ---- PEM --------------------------------------------------------------------------------------*/

struct reader {
    const char *path;
    const char *line; /* the current one */
    size_t len;       /* of it, without its end */
    const char *next; /* the one after it */
    int number;
};

static int read_line(struct reader *reader)
{
    if (*reader->next == '\0')
        return 0;
    reader->line = reader->next;
    reader->len = strcspn(reader->line, "\n");
    reader->next = reader->line + reader->len + (reader->line[reader->len] == '\n');
    while (reader->len > 0 && strchr(" \t\r", reader->line[reader->len - 1]))
        reader->len--;
    reader->number++;
    return 1;
}

static int line_is(const struct reader *reader, const char *text)
{
    return reader->len == strlen(text) && memcmp(reader->line, text, reader->len) == 0;
}

static int refuse(const struct reader *reader, int line, const char *why)
{
    complain("%s:%d: %s", reader->path, line, why);
    return 0;
}

static int add_block(const struct reader *reader, const char *text, size_t len, int line,
                     struct chain *chain)
{
    unsigned char *der = malloc(len + 1);
    size_t der_len = 0;
    int done = der && base64_decode(text, len, 1, der, len, &der_len);
    if (!done)
        refuse(reader, line, der ? "the certificate is not base64" : "out of memory");
    else if (!(done = chain_add(chain, der, der_len)))
        refuse(reader, line, "too long, or one certificate too many");
    free(der);
    return done;
}

/* The lines up to the end of the certificate that begins here. */
static int read_block(struct reader *reader, struct chain *chain)
{
    const char *text = reader->next;
    int begin = reader->number;
    while (read_line(reader)) {
        if (line_is(reader, "-----END CERTIFICATE-----"))
            return add_block(reader, text, (size_t)(reader->line - text), begin, chain);
        if (reader->len > 0 && reader->line[0] == '-')
            return refuse(reader, reader->number, "this is not the end of the certificate");
    }
    return refuse(reader, begin, "the certificate that begins here has no end");
}

static int read_blocks(struct reader *reader, struct chain *chain)
{
    while (read_line(reader))
        if (line_is(reader, "-----BEGIN CERTIFICATE-----") && !read_block(reader, chain))
            return 0;
    if (chain->count > 0)
        return 1;
    complain("%s: there is no PEM certificate in this file", reader->path);
    return 0;
}

int chain_load(struct chain *chain, const char *path)
{
    char *text = file_read(path);
    struct reader reader = { path, text, 0, text, 0 };
    int done = text && read_blocks(&reader, chain);
    free(text);
    return done;
}
