/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

enum { FILE_LONGEST = 4 * 1024 * 1024 };

char *file_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(FILE_LONGEST + 1) : NULL;
    size_t len = text ? fread(text, 1, FILE_LONGEST + 1, file) : 0;
    const char *why = !file                ? strerror(errno)
                      : !text              ? "out of memory"
                      : ferror(file)       ? "can't be read"
                      : len > FILE_LONGEST ? "too long"
                                           : NULL;
    if (file)
        fclose(file);
    if (!why && memchr(text, '\0', len))
        why = "this is not text; PEM is asked for";
    if (!why) {
        text[len] = '\0';
        return text;
    }
    complain("%s: %s", path, why);
    free(text);
    return NULL;
}
