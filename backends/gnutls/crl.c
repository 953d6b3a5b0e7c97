/* SPDX-License-Identifier: MIT
 * Who signed a revocation list. gnutls_x509_crl_verify() fails for keys that are for RSASSA-PSS
 * only and compares dates with a clock of its own, so the signature is checked by itself. */
#include <gnutls/abstract.h>
#include <limits.h>

#include "internal.h"

/* A key of another kind made no such signature. */
static int answer_of(int rc)
{
    if (rc >= 0)
        return 1;
    if (rc == GNUTLS_E_MEMORY_ERROR)
        return S2SV_ERR_NOMEM;
    return rc == GNUTLS_E_PK_SIG_VERIFY_FAILED || rc == GNUTLS_E_INCOMPATIBLE_SIG_WITH_KEY ||
                   rc == GNUTLS_E_CERTIFICATE_ERROR
               ? 0
               : S2SV_ERR_BACKEND;
}

static gnutls_datum_t datum_of(const struct s2sv_bytes *bytes)
{
    return (gnutls_datum_t){ (unsigned char *)bytes->data,
                             (unsigned)bytes->len }; /* is only read */
}

static int verify(gnutls_x509_crl_t crl, const struct s2sv_crl *list, gnutls_x509_crt_t issuer)
{
    gnutls_datum_t tbs = datum_of(&list->tbs), signature = datum_of(&list->signature);
    gnutls_pubkey_t key;
    int algorithm = gnutls_x509_crl_get_signature_algorithm(crl);
    if (algorithm < 0)
        return S2SV_ERR_BACKEND;
    if (gnutls_pubkey_init(&key) < 0)
        return S2SV_ERR_NOMEM;
    int rc = gnutls_pubkey_import_x509(key, issuer, 0);
    if (rc >= 0)
        rc = gnutls_pubkey_verify_data2(key, (gnutls_sign_algorithm_t)algorithm, 0, &tbs,
                                        &signature);
    gnutls_pubkey_deinit(key);
    return answer_of(rc);
}

int svg_crl_is_signed_by(const struct s2sv_crl *list, const struct s2sv_link *issuer)
{
    gnutls_datum_t der = datum_of(&list->der);
    gnutls_x509_crl_t crl;
    if (list->der.len > UINT_MAX)
        return S2SV_ERR_BACKEND;
    if (gnutls_x509_crl_init(&crl) < 0)
        return S2SV_ERR_NOMEM;
    int rc = gnutls_x509_crl_import(crl, &der, GNUTLS_X509_FMT_DER);
    int is_signed = rc >= 0 ? verify(crl, list, issuer->native) : S2SV_ERR_BACKEND;
    gnutls_x509_crl_deinit(crl);
    return rc == GNUTLS_E_MEMORY_ERROR ? S2SV_ERR_NOMEM : is_signed;
}
