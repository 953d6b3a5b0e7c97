/* SPDX-License-Identifier: MIT
 * An OCSP response read once (RFC 6960 section 4.2.1). Spans point into the DER. */
#ifndef SV_OCSP_H
#define SV_OCSP_H

#include "x509/signature.h"

enum sv_ocsp_status { SV_OCSP_GOOD = 0, SV_OCSP_REVOKED = 1, SV_OCSP_UNKNOWN = 2 };

/* A successful response; the others say nothing. */
struct sv_ocsp {
    struct sv_span tbs; /* ResponseData, header included */
    struct sv_signature signature;
    struct sv_span responder_name; /* Name, header included; absent: by its key */
    struct sv_span responder_key;  /* SHA-1 of the key's octets; absent: by its name */
    struct sv_span singles;        /* SingleResponses */
    struct sv_span certificates;   /* Certificates; absent: none */
    int has_unknown_critical;      /* an extension of the response */
};

/* What it says about one certificate. */
struct sv_ocsp_single {
    enum s2sv_hash hash; /* that names its issuer; NONE: one that nobody knows */
    struct sv_span name_hash, key_hash, serial;
    enum sv_ocsp_status status;
    int64_t this_update, next_update; /* without one: INT64_MIN */
    int has_unknown_critical;
};

/* 1: it is a response whose status is successful, and well-formed, the single ones too. */
int sv_ocsp_read(const void *der, size_t len, struct sv_ocsp *ret_response);

/* Takes the next of the response's singles. */
int sv_ocsp_single_take(struct sv_span *singles, struct sv_ocsp_single *ret_single);

#endif
