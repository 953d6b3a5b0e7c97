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

/* GnuTLS only reads it. */
static gnutls_datum_t anchors_datum_of(const struct s2sv_bytes *octets)
{
    return (gnutls_datum_t){ (unsigned char *)octets->data, (unsigned)octets->len };
}

/* Of anchors with the same name it gives one: that with the key identifier, or the first. */
static int offer_quickly(gnutls_x509_trust_list_t list, const struct s2sv_issuer *wanted,
                         struct s2sv_anchors *anchors)
{
    gnutls_datum_t name = anchors_datum_of(&wanted->name),
                   key_id = anchors_datum_of(&wanted->key_id);
    gnutls_x509_crt_t issuer;
    int rc = GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
    if (key_id.size > 0)
        rc = gnutls_x509_trust_list_get_issuer_by_subject_key_id(list, &name, &key_id, &issuer, 0);
    if (rc < 0 && rc != GNUTLS_E_MEMORY_ERROR)
        rc = gnutls_x509_trust_list_get_issuer_by_dn(list, &name, &issuer, 0);
    if (rc == 0)
        return offer(anchors, issuer);
    return rc == GNUTLS_E_MEMORY_ERROR ? S2SV_ERR_NOMEM : S2SV_DECIDED;
}

static int has_subject(gnutls_x509_crt_t crt, const struct s2sv_issuer *issuers, size_t count)
{
    gnutls_datum_t subject;
    int same = 0;
    if (gnutls_x509_crt_get_raw_dn(crt, &subject) < 0)
        return 0;
    for (size_t i = 0; i < count && !same; i++)
        same = subject.size == issuers[i].name.len &&
               memcmp(subject.data, issuers[i].name.data, subject.size) == 0;
    gnutls_free(subject.data);
    return same;
}

/* Only the iterator sees all of them, and it copies each. */
static int offer_all(gnutls_x509_trust_list_t list, const struct s2sv_issuer *issuers, size_t count,
                     struct s2sv_anchors *anchors)
{
    gnutls_x509_trust_list_iter_t iterator = NULL;
    gnutls_x509_crt_t crt;
    int status = S2SV_DECIDED;
    while (status == S2SV_DECIDED &&
           gnutls_x509_trust_list_iter_get_ca(list, &iterator, &crt) == 0) {
        if (has_subject(crt, issuers, count))
            status = offer(anchors, crt);
        else
            gnutls_x509_crt_deinit(crt);
    }
    gnutls_x509_trust_list_iter_deinit(iterator);
    return status;
}

int svg_anchors(void *application, const struct s2sv_issuer *issuers, size_t count, int all,
                struct s2sv_anchors *anchors)
{
    const struct svg_application *app = application;
    int status = S2SV_DECIDED;
    if (!app || !app->list)
        return S2SV_DECIDED;
    if (all)
        return offer_all(app->list, issuers, count, anchors);
    for (size_t i = 0; i < count && status == S2SV_DECIDED; i++)
        status = offer_quickly(app->list, &issuers[i], anchors);
    return status;
}
