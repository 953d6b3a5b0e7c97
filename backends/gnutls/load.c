/* SPDX-License-Identifier: MIT
 * Reads anchors and revocation lists from files. */
#include "../files.h"
#include "internal.h"

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

static int nothing(struct s2sv_loader *loader, const char *why)
{
    s2sv_loader_error(loader, "GnuTLS's system trust store", why);
    return S2SV_ERR_IO;
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
        status = nothing(loader, count < 0 ? gnutls_strerror(count) : "no certificate in it");
    gnutls_x509_trust_list_deinit(list, 1);
    return status;
}

/* GnuTLS can't read the settings of a TRUSTED CERTIFICATE (P-27). */
int svg_load(struct s2sv_loader *loader, enum s2sv_place place, const char *path)
{
    switch (place) {
    case S2SV_PLACE_FILE:
    case S2SV_PLACE_CRL_FILE:
        return svb_load_file(loader, place, path, SVB_REQUIRED, NULL);
    case S2SV_PLACE_DIR:
        return svb_load_dir(loader, path, SVB_REQUIRED, NULL);
    case S2SV_PLACE_SYSTEM:
        return load_system(loader);
    default:
        return S2SV_ERR_INVALID;
    }
}
