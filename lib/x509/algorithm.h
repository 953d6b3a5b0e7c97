/* SPDX-License-Identifier: MIT
 * AlgorithmIdentifiers (RFC 5280 section 4.1.1.2), and the parameters of RSASSA-PSS in them. */
#ifndef SV_ALGORITHM_H
#define SV_ALGORITHM_H

#include <s2sverify/backend.h>

#include "x509/der.h"

#define SV_OID_PKCS1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01" /* 1.2.840.113549.1.1 */
#define SV_OID_RSASSA_PSS SV_OID_PKCS1 "\x0a"
#define SV_OID_ED25519 "\x2b\x65\x70"
#define SV_OID_ED448 "\x2b\x65\x71"

struct sv_algorithm {
    struct sv_span oid;
    struct sv_span parameters; /* header included; empty: absent */
};

/* Reads an AlgorithmIdentifier's content. Returns 1, or 0. */
int sv_algorithm_read(struct sv_span content, struct sv_algorithm *ret_algorithm);

int sv_is_null_or_absent(struct sv_span parameters);

/* The hash of an AlgorithmIdentifier, the content; 0: none of them, or with parameters. */
enum s2sv_hash sv_hash_read(struct sv_span content);

/* The hash of RSASSA-PSS-params that are one of three sets (SIG-2, KEY-4): SHA-256, 384 or 512, a
 * mask of the same, a salt as long, the trailer left out. 0: others. */
enum s2sv_hash sv_pss_read(struct sv_span parameters);

/* What RSASSA-PSS-params say, in words. Returns text. */
enum { SV_PSS_TEXT = 160 };
const char *sv_pss_text(struct sv_span parameters, char text[SV_PSS_TEXT]);

#endif
