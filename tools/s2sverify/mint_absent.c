/* SPDX-License-Identifier: MIT
 * In place of mint_openssl.c. */
#include "mint.h"
#include "output.h"

static int explain(void)
{
    complain("this command is built without OpenSSL, which makes certificates");
    return 0;
}

struct mint *mint_new(const char *ca_path, const char *key_path)
{
    (void)ca_path, (void)key_path;
    explain();
    return NULL;
}

void mint_free(struct mint *mint)
{
    (void)mint;
}

int mint_make(const struct mint *mint, enum kind kind, const char *domain,
              struct identity *ret_identity)
{
    (void)mint, (void)kind, (void)domain, (void)ret_identity;
    return explain();
}
