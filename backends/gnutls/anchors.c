/* SPDX-License-Identifier: MIT
 * An application's anchors. Every certificate in a GnuTLS trust list is one (C-3). */
#include <string.h>

#include "internal.h"

/* Takes the certificate over. */
static int offer(struct s2sv_anchors *anchors, gnutls_x509_crt_t crt)
{
    gnutls_datum_t der;
    if (gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der) < 0) {
        gnutls_x509_crt_deinit(crt);
        return S2SV_ERR_NOMEM;
    }
    int status = s2sv_anchors_add(anchors, der.data, der.size, crt, 1);
    gnutls_free(der.data);
    return status;
}

/* Of anchors with the same name it gives one. */
static int offer_quickly(gnutls_x509_trust_list_t list, gnutls_x509_crt_t child,
                         struct s2sv_anchors *anchors)
{
    gnutls_x509_crt_t issuer;
    int rc = gnutls_x509_trust_list_get_issuer(list, child, &issuer, GNUTLS_TL_GET_COPY);
    if (rc == 0)
        return offer(anchors, issuer);
    return rc == GNUTLS_E_MEMORY_ERROR ? S2SV_ERR_NOMEM : S2SV_DECIDED;
}

static int has_subject(gnutls_x509_crt_t crt, const gnutls_datum_t *name)
{
    gnutls_datum_t subject;
    if (gnutls_x509_crt_get_raw_dn(crt, &subject) < 0)
        return 0;
    int same = subject.size == name->size && memcmp(subject.data, name->data, name->size) == 0;
    gnutls_free(subject.data);
    return same;
}

/* Only the iterator sees all of them. */
static int offer_all(gnutls_x509_trust_list_t list, const gnutls_datum_t *name,
                     struct s2sv_anchors *anchors)
{
    gnutls_x509_trust_list_iter_t iterator = NULL;
    gnutls_x509_crt_t crt;
    int status = S2SV_DECIDED;
    while (status == S2SV_DECIDED &&
           gnutls_x509_trust_list_iter_get_ca(list, &iterator, &crt) == 0) {
        if (has_subject(crt, name))
            status = offer(anchors, crt);
        else
            gnutls_x509_crt_deinit(crt);
    }
    gnutls_x509_trust_list_iter_deinit(iterator);
    return status;
}

int svg_anchors(void *application, const struct s2sv_link *child, int all,
                struct s2sv_anchors *anchors)
{
    const struct svg_application *app = application;
    gnutls_datum_t name;
    if (!app || !app->list || !child->native)
        return S2SV_DECIDED;
    if (!all)
        return offer_quickly(app->list, child->native, anchors);
    if (gnutls_x509_crt_get_raw_issuer_dn(child->native, &name) < 0)
        return S2SV_ERR_NOMEM;
    int status = offer_all(app->list, &name, anchors);
    gnutls_free(name.data);
    return status;
}
