/* SPDX-License-Identifier: MIT
 * Every bound of the core (C-18, C-19, N-46). Over one of them is limit-exceeded. */
#ifndef SV_BOUNDS_H
#define SV_BOUNDS_H

enum {
    SV_MAX_PRESENTED = 10, /* certificates that a peer shows */
    SV_MAX_MESH = 40,      /* the same, where all of them may be of use: meshes of 36 are known */
    SV_MAX_PATH = 11,      /* certificates of a path, the trust anchor included */
    SV_MAX_OCTETS = 64 * 1024,     /* of all presented certificates together */
    SV_MAX_CRL = 64 * 1024 * 1024, /* octets of one revocation list */
    SV_MAX_EXTENSIONS = 64,        /* of one certificate */
    SV_MAX_PATHS = 64,             /* complete paths tried for one peer */
    SV_MAX_COMPARISONS = 1 << 17,  /* names with constraints, over all these paths */
    SV_MAX_STEPS = 10000,          /* links looked at while paths are searched */
    SV_MAX_SIGNATURES = 200        /* signatures that the TLS library checks for one peer */
};

#endif
