/* SPDX-License-Identifier: MIT
 * Certificate revocation lists that the caller gave to a trust (RFC 5280 section 5; V-3, V-8). */
#ifndef SV_CRL_H
#define SV_CRL_H

#include <s2sverify/backend.h>

#include <stdatomic.h>

#include "x509/certificate.h"

/* Immutable and shared by threads. */
struct sv_crl {
    atomic_uint references;
    struct sv_span der;
    struct sv_span tbs; /* header included */
    struct sv_signature signature;
    struct sv_span issuer; /* Name, header included */
    int64_t this_update, next_update;
    struct sv_span point;     /* issuingDistributionPoint's fullName: GeneralNames; or absent */
    unsigned is_unusable : 1; /* indirect, a delta, or with a critical extension nobody knows */
    unsigned is_partial : 1;  /* for some reasons, or attribute certificates, only */
    unsigned users_only : 1, cas_only : 1, has_point : 1;
    size_t serial_count;
    struct sv_span *serials; /* revoked, sorted */
    unsigned char octets[];
};

/* Copies and reads a list. Returns a status; S2SV_ERR_INVALID if it is malformed. */
int sv_crl_new(const void *der, size_t len, struct sv_crl **ret_crl);
void sv_crl_unref(struct sv_crl *crl);

int sv_crl_has(const struct sv_crl *crl, struct sv_span serial);

/* 1: in date, and of a kind that can be used. */
int sv_crl_is_current(const struct sv_crl *crl, int64_t time);

/* 1: a certificate of that issuer that isn't on the list isn't revoked. */
int sv_crl_covers(const struct sv_crl *crl, const struct sv_certificate *certificate);

#endif
