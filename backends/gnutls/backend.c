/* SPDX-License-Identifier: MIT
 * The backend's table, clock and native certificates. */
#include <limits.h>
#include <time.h>

#include <gnutls/crypto.h>

#include "internal.h"

/* GnuTLS keeps its time function to itself; unless the application replaced it, it is this. */
static int64_t now(void)
{
    return (int64_t)time(NULL);
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
    if (rc < 0) {
        gnutls_x509_crt_deinit(crt);
        return rc == GNUTLS_E_MEMORY_ERROR ? S2SV_ERR_NOMEM : S2SV_ERR_INVALID;
    }
    *ret_native = crt;
    return S2SV_DECIDED;
}

static void release(void *native)
{
    gnutls_x509_crt_deinit(native);
}

static int sha256(const struct s2sv_bytes *parts, size_t count, unsigned char ret_digest[32])
{
    gnutls_hash_hd_t hash;
    int rc = gnutls_hash_init(&hash, GNUTLS_DIG_SHA256);
    if (rc < 0)
        return S2SV_ERR_BACKEND;
    for (size_t i = 0; rc >= 0 && i < count; i++)
        rc = gnutls_hash(hash, parts[i].data, parts[i].len);
    gnutls_hash_deinit(hash, ret_digest);
    return rc >= 0 ? S2SV_DECIDED : S2SV_ERR_BACKEND;
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
        .crl_is_signed_by = svg_crl_is_signed_by,
        .sha256 = sha256,
    };
    return &backend;
}
