/* SPDX-License-Identifier: MIT
 * The backend's table, clock and native certificates. */
#include <limits.h>
#include <time.h>

#include <gnutls/abstract.h>

#include "internal.h"

/* GnuTLS keeps its time function to itself; unless the application replaced it, it is this. */
static int64_t now(void)
{
    return (int64_t)time(NULL);
}

static int is_common(gnutls_ecc_curve_t curve)
{
    return curve == GNUTLS_ECC_CURVE_SECP256R1 || curve == GNUTLS_ECC_CURVE_SECP384R1 ||
           curve == GNUTLS_ECC_CURVE_SECP521R1;
}

/* KEY-7. A key that GnuTLS can't read at all is the core's to refuse. */
static int status_of_key(gnutls_x509_crt_t crt)
{
    gnutls_ecc_curve_t curve;
    gnutls_pubkey_t key;
    if (gnutls_x509_crt_get_pk_algorithm(crt, NULL) != GNUTLS_PK_ECDSA)
        return S2SV_DECIDED;
    if (gnutls_pubkey_init(&key) < 0)
        return S2SV_ERR_NOMEM;
    int rc = gnutls_pubkey_import_x509(key, crt, 0);
    if (rc >= 0 && gnutls_pubkey_export_ecc_raw2(key, &curve, NULL, NULL, 0) >= 0 &&
        is_common(curve))
        rc = gnutls_pubkey_verify_params(key) < 0 ? GNUTLS_E_PK_INVALID_PUBKEY : 0;
    gnutls_pubkey_deinit(key);
    if (rc == GNUTLS_E_MEMORY_ERROR)
        return S2SV_ERR_NOMEM;
    return rc == GNUTLS_E_PK_INVALID_PUBKEY ? S2SV_ERR_INVALID : S2SV_DECIDED;
}

static int import(const void *der, size_t len, void **ret_native)
{
    gnutls_datum_t datum = { (unsigned char *)der, (unsigned)len }; /* is only read */
    gnutls_x509_crt_t crt;
    if (len > UINT_MAX)
        return S2SV_ERR_INVALID;
    if (gnutls_x509_crt_init(&crt) < 0)
        return S2SV_ERR_NOMEM;
    int rc = gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_DER);
    int status = rc >= 0                       ? status_of_key(crt)
                 : rc == GNUTLS_E_MEMORY_ERROR ? S2SV_ERR_NOMEM
                                               : S2SV_ERR_INVALID;
    if (status == S2SV_DECIDED)
        *ret_native = crt;
    else
        gnutls_x509_crt_deinit(crt);
    return status;
}

static void release(void *native)
{
    gnutls_x509_crt_deinit(native);
}

const struct s2sv_backend *s2sv_gnutls_backend(void)
{
    static const struct s2sv_backend backend = {
        .version = S2SV_BACKEND_VERSION,
        .name = "gnutls",
        .quick_anchors = 1,
        .now = now,
        .import = import,
        .release = release,
        .load = svg_load,
        .anchors = svg_anchors,
        .validate = svg_validate,
        .is_signed_by = svg_is_signed_by,
        .hash = svg_hash,
    };
    return &backend;
}
