/* SPDX-License-Identifier: MIT */
#include "log_match.h"

#include <string.h>

struct span {
    const char *start;
    size_t len;
};

static const char name_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

/* The pattern up to "*" stands here: what comes behind it in the text, otherwise NULL. */
static const char *match_here(const char *pattern, const char *text, struct span *ret_name)
{
    while (*pattern != '\0' && *pattern != '*') {
        if (pattern[0] == '{' && pattern[1] == '}') {
            size_t len = strspn(text, name_characters);
            if (len == 0)
                return NULL;
            *ret_name = (struct span){ text, len };
            text += len;
            pattern += 2;
        } else if (*pattern++ != *text++) {
            return NULL;
        }
    }
    return text;
}

static const char *match_first(const char *pattern, const char *text, struct span *ret_name)
{
    const char *end = NULL;
    for (; !end && *text != '\0'; text++) {
        if (*pattern != '{' && !(text = strchr(text, *pattern)))
            break;
        end = match_here(pattern, text, ret_name);
    }
    return end;
}

int log_match(const char *pattern, const char *text, char *name, size_t size)
{
    struct span found = { NULL, 0 };
    /* The first place for each piece is the best: it leaves most for those behind. */
    while (pattern) {
        text = match_first(pattern, text, &found);
        if (!text)
            return 0;
        pattern = strchr(pattern, '*');
        pattern = pattern && pattern[1] != '\0' ? pattern + 1 : NULL;
    }
    if (found.start && name && size > 0) {
        size_t len = found.len < size ? found.len : size - 1;
        memcpy(name, found.start, len);
        name[len] = '\0';
    }
    return 1;
}
