/* SPDX-License-Identifier: MIT
 * What needs no TLS library. */
#include "mint.h"

#include <string.h>

static const struct {
    const char *name, *words;
    int is_good;
} kinds[KINDS] = {
    [KIND_SERVER] = { "server", "serverAuth only", 1 },
    [KIND_CLIENT] = { "client", "clientAuth only", 0 },
    [KIND_BOTH] = { "both", "serverAuth and clientAuth", 1 },
    [KIND_NONE] = { "none", "no extended key usage", 1 },
    [KIND_EXPIRED] = { "expired", "serverAuth, expired", 0 },
    [KIND_WRONG_NAME] = { "wrong-name", "serverAuth, for another name", 0 },
    [KIND_SELF_SIGNED] = { "self-signed", "serverAuth, self-signed", 0 },
};

const char *kind_name(enum kind kind)
{
    return kinds[kind].name;
}

const char *kind_words(enum kind kind)
{
    return kinds[kind].words;
}

int kind_is_good(enum kind kind)
{
    return kinds[kind].is_good;
}

enum kind kind_of(const char *name)
{
    int kind = 0;
    while (kind < KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return (enum kind)kind;
}
