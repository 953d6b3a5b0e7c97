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

/* GnuTLS compares a list's dates with its own clock, whatever the flags; the core does that. */
static int is_signed(unsigned status)
{
    const unsigned dates =
        GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED | GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE;
    return status == 0 || ((status & dates) && !(status & ~(dates | GNUTLS_CERT_INVALID)));
}

static int crl_is_signed_by(const void *der, size_t len, const struct s2sv_link *issuer)
{
    gnutls_datum_t datum = { (unsigned char *)der, (unsigned)len }; /* is only read */
    gnutls_x509_crt_t issuer_crt = issuer->native;
    gnutls_x509_crl_t crl;
    unsigned status = GNUTLS_CERT_INVALID;
    if (len > UINT_MAX)
        return S2SV_ERR_BACKEND;
    if (gnutls_x509_crl_init(&crl) < 0)
        return S2SV_ERR_NOMEM;
    int rc = gnutls_x509_crl_import(crl, &datum, GNUTLS_X509_FMT_DER);
    if (rc >= 0)
        rc = gnutls_x509_crl_verify(crl, &issuer_crt, 1, 0, &status);
    gnutls_x509_crl_deinit(crl);
    if (rc < 0) /* the core has read the list: so this is a failure, not an answer */
        return rc == GNUTLS_E_MEMORY_ERROR ? S2SV_ERR_NOMEM : S2SV_ERR_BACKEND;
    return is_signed(status);
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
        .lists_quickly = 1,
        .now = now,
        .import = import,
        .release = release,
        .load = svg_load,
        .anchors = svg_anchors,
        .validate = svg_validate,
        .crl_is_signed_by = crl_is_signed_by,
        .sha256 = sha256,
    };
    return &backend;
}
