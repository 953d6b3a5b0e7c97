/* SPDX-License-Identifier: MIT
 * A certificate revocation list read once (RFC 5280 section 5). Spans point into the DER. */
#ifndef SV_CRL_H
#define SV_CRL_H

#include "x509/certificate.h"

struct sv_crl {
    struct sv_span der;
    struct sv_span tbs; /* header included */
    struct sv_signature signature;
    struct sv_span issuer; /* Name, header included */
    int64_t this_update, next_update;
    struct sv_span number;       /* cRLNumber; absent: lower than any */
    struct sv_span scope;        /* issuingDistributionPoint, all of it; absent: all certificates */
    struct sv_span authority_id; /* authorityKeyIdentifier's keyIdentifier */
    struct sv_span point;        /* issuingDistributionPoint's fullName: GeneralNames, or absent */
    unsigned has_unknown_critical : 1; /* an extension, of the list or of an entry */
    unsigned is_delta : 1, is_indirect : 1;
    unsigned is_partial : 1; /* for some reasons, or attribute certificates, only */
    unsigned users_only : 1, cas_only : 1, has_point : 1;
    size_t entry_count;
    uint32_t *entries; /* where those of certificates of the list's issuer start, by serial */
};

/* Reads a list, whose DER is borrowed. Returns a status; S2SV_ERR_INVALID if it is malformed. */
int sv_crl_read(const void *der, size_t len, struct sv_crl *ret_crl);
void sv_crl_clear(struct sv_crl *crl);

enum sv_listed { SV_NOT_LISTED = 0, SV_ON_HOLD = 1, SV_LISTED = 2 };

/* Is a certificate of the list's issuer on it? On hold only if no entry says more (5.3.1). */
enum sv_listed sv_crl_find(const struct sv_crl *crl, struct sv_span serial);

/* The serial number of an entry. */
struct sv_span sv_crl_serial(const struct sv_crl *crl, size_t i);

/* 1: it is in date. */
int sv_crl_is_current(const struct sv_crl *crl, int64_t time);

/* 1: all of it is understood, and it isn't only what changed since another one. It takes the place
 * of those of its scope that came before (CRL-3). */
int sv_crl_is_complete(const struct sv_crl *crl);

/* 1: a certificate of that issuer that isn't on the list isn't revoked (CRL-5). */
int sv_crl_covers(const struct sv_crl *crl, const struct sv_certificate *certificate);

/* An order: by issuer, scope and signing key; of those the newest first (CRL-3); 0 for the same
 * octets only. sv_crl_same_line(): 1 if one may take the other's place. */
int sv_crl_order(const struct sv_crl *a, const struct sv_crl *b);
int sv_crl_same_line(const struct sv_crl *a, const struct sv_crl *b);

#endif
