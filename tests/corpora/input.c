/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <errno.h>
#include <lzma.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 20 };

struct text {
    char *data;
    size_t len, size;
};

int input_ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), tail = strlen(end);
    return len >= tail && strcmp(name + len - tail, end) == 0;
}

/* Room for another chunk. */
static char *room_in(struct text *text)
{
    if (text->size - text->len < CHUNK) {
        text->size = text->size * 2 + CHUNK;
        text->data = realloc(text->data, text->size);
        if (!text->data)
            abort();
    }
    return text->data + text->len;
}

static int read_plain(FILE *file, struct text *text)
{
    size_t n;
    while ((n = fread(room_in(text), 1, CHUNK, file)) > 0)
        text->len += n;
    return ferror(file) ? -1 : 0;
}

static int decompress(const struct text *packed, struct text *text)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    lzma_ret status = lzma_stream_decoder(&stream, UINT64_MAX, 0);
    stream.next_in = (const uint8_t *)packed->data;
    stream.avail_in = packed->len;
    while (status == LZMA_OK) {
        stream.next_out = (uint8_t *)room_in(text);
        stream.avail_out = CHUNK;
        status = lzma_code(&stream, LZMA_FINISH);
        text->len += CHUNK - stream.avail_out;
    }
    lzma_end(&stream);
    return status == LZMA_STREAM_END ? 0 : -1;
}

static int unpack(struct text *text)
{
    struct text packed = *text;
    *text = (struct text){ NULL, 0, 0 };
    int status = decompress(&packed, text);
    free(packed.data);
    return status;
}

char *input_read(const char *path, size_t *ret_len, char *err, size_t errlen)
{
    struct text text = { NULL, 0, 0 };
    const char *why = NULL;
    FILE *file = fopen(path, "rb");
    if (!file || read_plain(file, &text) != 0)
        why = strerror(errno);
    else if (input_ends_with(path, ".xz") && unpack(&text) != 0)
        why = "not a whole .xz file";
    if (file)
        fclose(file);
    if (why) {
        snprintf(err, errlen, "%s: %s", path, why);
        free(text.data);
        return NULL;
    }
    *ret_len = text.len;
    return text.data;
}
