/* SPDX-License-Identifier: MIT
 * SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), read as far as that goes without big numbers:
 * whether a point is on its curve is for the TLS library (KEY-7). */
#ifndef SV_KEY_H
#define SV_KEY_H

#include "x509/algorithm.h"

enum sv_key_kind {
    SV_KEY_OTHER = 0,
    SV_KEY_RSA,
    SV_KEY_RSA_PSS, /* signs with RSASSA-PSS only */
    SV_KEY_EC,
    SV_KEY_ED25519,
    SV_KEY_ED448
};

struct sv_key {
    enum sv_key_kind kind;
    struct sv_span oid;
    enum s2sv_reason unfit; /* why it doesn't do; NONE: it does */
    const char *why;        /* a constant, to stand behind "its key "; NULL: it does */
    size_t octets;          /* of an RSA modulus, of a curve's coordinates */
    enum s2sv_hash hash;    /* the only one that an RSASSA-PSS key signs with; NONE: any */
};

/* Returns 1, whether the key does or not; 0: it is no SubjectPublicKeyInfo. */
int sv_key_read(struct sv_span spki, struct sv_key *ret_key);

#endif
