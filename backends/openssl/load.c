/* SPDX-License-Identifier: MIT
 * Reads anchors and revocation lists from files. */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "../files.h"
#include "internal.h"

/* P-27: what comes behind the certificate may say that it isn't for TLS servers. */
static int is_for_servers(const void *data, size_t len)
{
    const unsigned char *at = data;
    X509 *x = d2i_X509_AUX(NULL, &at, (long)len);
    int answer = !x ? S2SV_ERR_INVALID : !svo_is_rejected(x);
    X509_free(x);
    return answer;
}

/* As OpenSSL: the environment counts unless the program runs with more rights than its user. */
static const char *default_of(const char *variable, const char *otherwise)
{
    const char *value = OPENSSL_issetugid() ? NULL : getenv(variable);
    return value ? value : otherwise;
}

/* The default file, and the default directories with colons in between. */
static int load_system(struct s2sv_loader *loader)
{
    const char *file = default_of(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    const char *dirs = default_of(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    char *list = OPENSSL_strdup(dirs), *rest = list, *dir;
    int status = list
                     ? svb_load_file(loader, S2SV_PLACE_FILE, file, SVB_IF_READABLE, is_for_servers)
                     : S2SV_ERR_NOMEM;
    while (status == S2SV_DECIDED && (dir = strtok_r(rest, ":", &rest)))
        status = svb_load_dir(loader, dir, SVB_IF_READABLE, is_for_servers);
    OPENSSL_free(list);
    return status;
}

int svo_load(struct s2sv_loader *loader, enum s2sv_place place, const char *path)
{
    int status = S2SV_ERR_INVALID;
    ERR_set_mark();
    switch (place) {
    case S2SV_PLACE_FILE:
    case S2SV_PLACE_CRL_FILE:
        status = svb_load_file(loader, place, path, SVB_REQUIRED, is_for_servers);
        break;
    case S2SV_PLACE_DIR:
        status = svb_load_dir(loader, path, SVB_REQUIRED, is_for_servers);
        break;
    case S2SV_PLACE_SYSTEM:
        status = load_system(loader);
        break;
    }
    ERR_pop_to_mark();
    return status;
}
