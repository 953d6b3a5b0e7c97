/* SPDX-License-Identifier: MIT
 * Reads anchors and revocation lists from files. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static int fail(struct s2sv_loader *loader, const char *path, const char *what, int status)
{
    s2sv_loader_error(loader, path, what);
    return status;
}

/* Takes the certificate over. */
static int hand_over(struct s2sv_loader *loader, gnutls_x509_crt_t crt)
{
    gnutls_datum_t der;
    int status = S2SV_ERR_NOMEM;
    if (gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der) == 0) {
        status = s2sv_loader_add_certificate(loader, der.data, der.size);
        gnutls_free(der.data);
    }
    gnutls_x509_crt_deinit(crt);
    return status;
}

static int load_file(struct s2sv_loader *loader, enum s2sv_place place, const char *path)
{
    gnutls_datum_t pem = { NULL, 0 };
    errno = 0;
    int rc = gnutls_load_file(path, &pem);
    if (rc < 0)
        return fail(loader, path, errno ? strerror(errno) : gnutls_strerror(rc), S2SV_ERR_IO);
    /* GnuTLS can't read the settings of a TRUSTED CERTIFICATE (P-27). */
    int status = s2sv_loader_add_pem(loader, place, path, pem.data, pem.size, NULL);
    gnutls_free(pem.data);
    return status;
}

/* 1a2b3c4d.0, as "openssl rehash" names certificates; its CRLs are 1a2b3c4d.r0. */
static int is_hashed(const struct dirent *entry)
{
    const char *name = entry->d_name;
    if (strspn(name, "0123456789abcdef") != 8 || name[8] != '.')
        return 0;
    size_t digits = strspn(name + 9, "0123456789");
    return digits > 0 && name[9 + digits] == '\0';
}

static int load_entry(struct s2sv_loader *loader, const char *dir, const char *name)
{
    size_t size = strlen(dir) + strlen(name) + 2;
    char *path = malloc(size);
    int status = S2SV_ERR_NOMEM;
    if (path) {
        snprintf(path, size, "%s/%s", dir, name);
        int dangles = access(path, F_OK) != 0 && errno == ENOENT;
        status = dangles ? S2SV_DECIDED : load_file(loader, S2SV_PLACE_FILE, path);
    }
    free(path);
    return status;
}

static int load_dir(struct s2sv_loader *loader, const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_hashed, alphasort), status = S2SV_DECIDED;
    if (count < 0)
        return fail(loader, path, strerror(errno), S2SV_ERR_IO);
    if (count == 0)
        status = fail(loader, path, "no hashed certificate in it", S2SV_ERR_IO);
    for (int i = 0; i < count; i++) {
        if (status == S2SV_DECIDED)
            status = load_entry(loader, path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static int hand_all_over(struct s2sv_loader *loader, gnutls_x509_trust_list_t list)
{
    gnutls_x509_trust_list_iter_t iterator = NULL;
    gnutls_x509_crt_t crt;
    int status = S2SV_DECIDED;
    while (status == S2SV_DECIDED && gnutls_x509_trust_list_iter_get_ca(list, &iterator, &crt) == 0)
        status = hand_over(loader, crt);
    gnutls_x509_trust_list_iter_deinit(iterator);
    return status;
}

static int load_system(struct s2sv_loader *loader)
{
    gnutls_x509_trust_list_t list;
    if (gnutls_x509_trust_list_init(&list, 0) < 0)
        return S2SV_ERR_NOMEM;
    int count = gnutls_x509_trust_list_add_system_trust(list, 0, 0), status;
    if (count > 0)
        status = hand_all_over(loader, list);
    else
        status = fail(loader, "GnuTLS's system trust store",
                      count < 0 ? gnutls_strerror(count) : "no certificate in it", S2SV_ERR_IO);
    gnutls_x509_trust_list_deinit(list, 1);
    return status;
}

int svg_load(struct s2sv_loader *loader, enum s2sv_place place, const char *path)
{
    switch (place) {
    case S2SV_PLACE_FILE:
    case S2SV_PLACE_CRL_FILE:
        return load_file(loader, place, path);
    case S2SV_PLACE_DIR:
        return load_dir(loader, path);
    case S2SV_PLACE_SYSTEM:
        return load_system(loader);
    default:
        return S2SV_ERR_INVALID;
    }
}
