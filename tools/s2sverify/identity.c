/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "output.h"
#include "tls.h"

int identity_load(struct identity *identity, const char *chain_path, const char *key_path)
{
    if (!chain_load(&identity->chain, chain_path))
        return 0;
    identity->key = file_read(key_path);
    if (identity->key && strstr(identity->key, "PRIVATE KEY-----"))
        return 1;
    if (identity->key)
        complain("%s: there is no PEM private key in this file", key_path);
    identity_clear(identity);
    return 0;
}

void identity_clear(struct identity *identity)
{
    chain_clear(&identity->chain);
    if (identity->key)
        memset(identity->key, 0, strlen(identity->key));
    free(identity->key);
    identity->key = NULL;
}
