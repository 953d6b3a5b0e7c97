/* SPDX-License-Identifier: MIT
 * Reads anchors and revocation lists from files. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "internal.h"

static int fail(struct s2sv_loader *loader, const char *path, const char *what, int status)
{
    s2sv_loader_error(loader, path, what);
    return status;
}

/* P-27: what comes behind the certificate may say that it isn't for TLS servers. */
static int is_for_servers(const void *data, size_t len)
{
    const unsigned char *at = data;
    X509 *x = d2i_X509_AUX(NULL, &at, (long)len);
    int answer = x == NULL ? S2SV_ERR_INVALID : !svo_is_rejected(x);

    X509_free(x);
    return answer;
}

/* Returns 0 or an errno. */
static int slurp(const char *path, BIO *bio)
{
    FILE *file = fopen(path, "rb");
    char part[4096];
    size_t got;
    int code = file == NULL ? errno : 0;

    while (code == 0 && (got = fread(part, 1, sizeof part, file)) > 0)
        code = BIO_write(bio, part, (int)got) == (int)got ? 0 : ENOMEM;
    if (code == 0 && ferror(file))
        code = errno;
    if (file != NULL)
        fclose(file);
    return code;
}

/* optional: that there is no such file is no failure. */
static int load_file(struct s2sv_loader *loader, enum s2sv_place place, const char *path,
                     int optional)
{
    BIO *bio = BIO_new(BIO_s_mem());
    int code = bio != NULL ? slurp(path, bio) : ENOMEM;
    int status = 0;
    char *pem = NULL;

    if (code == 0) {
        long len = BIO_get_mem_data(bio, &pem);
        status = s2sv_loader_add_pem(loader, place, path, pem, (size_t)len, is_for_servers);
    } else if (!optional || (code != ENOENT && code != ENOTDIR)) {
        status = fail(loader, path, strerror(code), S2SV_ERR_IO);
    }
    BIO_free(bio);
    return status;
}

/* 1a2b3c4d.0, as "openssl rehash" names certificates; its CRLs are 1a2b3c4d.r0. */
static int is_hashed(const struct dirent *entry)
{
    const char *name = entry->d_name;
    size_t number = strlen(name) > 9 ? strspn(name + 9, "0123456789") : 0;

    return strspn(name, "0123456789abcdef") == 8 && name[8] == '.' && number > 0 &&
           name[9 + number] == '\0';
}

static int load_entry(struct s2sv_loader *loader, const char *dir, const char *name)
{
    size_t size = strlen(dir) + strlen(name) + 2;
    char *path = malloc(size);
    int status = S2SV_ERR_NOMEM;

    if (path != NULL) {
        snprintf(path, size, "%s/%s", dir, name);
        status = load_file(loader, S2SV_PLACE_FILE, path, 1); /* a link may dangle */
    }
    free(path);
    return status;
}

static int load_dir(struct s2sv_loader *loader, const char *path, int optional)
{
    struct dirent **entries = NULL;
    int i, count = scandir(path, &entries, is_hashed, alphasort), status = 0;

    if (count < 0 && optional && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (count < 0)
        return fail(loader, path, strerror(errno), S2SV_ERR_IO);
    if (count == 0 && !optional)
        status = fail(loader, path, "no hashed certificate in it", S2SV_ERR_IO);
    for (i = 0; i < count; i++) {
        if (status == 0)
            status = load_entry(loader, path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* As OpenSSL: the environment counts unless the program runs with more rights than its user. */
static const char *default_of(const char *variable, const char *otherwise)
{
    const char *value = OPENSSL_issetugid() ? NULL : getenv(variable);

    return value != NULL ? value : otherwise;
}

/* The default file, and the default directories with colons in between. */
static int load_system(struct s2sv_loader *loader)
{
    const char *file = default_of(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    const char *dirs = default_of(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    char *list = OPENSSL_strdup(dirs), *rest = list, *dir;
    int status = list != NULL ? load_file(loader, S2SV_PLACE_FILE, file, 1) : S2SV_ERR_NOMEM;

    while (status == 0 && (dir = strtok_r(rest, ":", &rest)) != NULL)
        status = load_dir(loader, dir, 1);
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
        status = load_file(loader, place, path, 0);
        break;
    case S2SV_PLACE_DIR:
        status = load_dir(loader, path, 0);
        break;
    case S2SV_PLACE_SYSTEM:
        status = load_system(loader);
        break;
    }
    ERR_pop_to_mark();
    return status;
}
