/* SPDX-License-Identifier: MIT
 * Who signed a revocation list. gnutls_x509_crl_verify() fails for keys that are for RSASSA-PSS
 * only and compares dates with a clock of its own, so the signature is checked by itself. */
#include <gnutls/abstract.h>
#include <limits.h>

#include "internal.h"

/* Takes the next element, header included; 0 if there is none. The core has read the list. */
static int take(gnutls_datum_t *rest, gnutls_datum_t *ret_whole, unsigned *ret_header)
{
    unsigned octets = rest->size > 1 && rest->data[1] > 0x80 ? rest->data[1] - 0x80u : 0;
    size_t len = rest->size > 1 ? rest->data[1] : 0, header = 2 + octets;
    if (rest->size < header || octets > 4)
        return 0;
    if (octets > 0)
        len = 0;
    for (unsigned i = 0; i < octets; i++)
        len = len << 8 | rest->data[2 + i];
    if (len > rest->size - header)
        return 0;
    *ret_header = (unsigned)header;
    *ret_whole = (gnutls_datum_t){ rest->data, (unsigned)(header + len) };
    *rest = (gnutls_datum_t){ rest->data + header + len, (unsigned)(rest->size - header - len) };
    return 1;
}

/* CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signature BIT STRING } */
static int split(gnutls_datum_t list, gnutls_datum_t *ret_signed, gnutls_datum_t *ret_signature)
{
    gnutls_datum_t whole, algorithm;
    unsigned header;
    if (!take(&list, &whole, &header))
        return 0;
    list = (gnutls_datum_t){ whole.data + header, whole.size - header };
    if (!take(&list, ret_signed, &header) || !take(&list, &algorithm, &header) ||
        !take(&list, &whole, &header) || whole.size < header + 1)
        return 0;
    *ret_signature = (gnutls_datum_t){ whole.data + header + 1, whole.size - header - 1 };
    return 1;
}

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

static int verify(gnutls_x509_crl_t crl, gnutls_datum_t der, gnutls_x509_crt_t issuer)
{
    gnutls_datum_t tbs, signature;
    gnutls_pubkey_t key;
    int algorithm = gnutls_x509_crl_get_signature_algorithm(crl);
    if (algorithm < 0 || !split(der, &tbs, &signature))
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

int svg_crl_is_signed_by(const void *der, size_t len, const struct s2sv_link *issuer)
{
    gnutls_datum_t datum = { (unsigned char *)der, (unsigned)len }; /* is only read */
    gnutls_x509_crl_t crl;
    if (len > UINT_MAX)
        return S2SV_ERR_BACKEND;
    if (gnutls_x509_crl_init(&crl) < 0)
        return S2SV_ERR_NOMEM;
    int rc = gnutls_x509_crl_import(crl, &datum, GNUTLS_X509_FMT_DER);
    int is_signed = rc >= 0 ? verify(crl, datum, issuer->native) : S2SV_ERR_BACKEND;
    gnutls_x509_crl_deinit(crl);
    return rc == GNUTLS_E_MEMORY_ERROR ? S2SV_ERR_NOMEM : is_signed;
}
