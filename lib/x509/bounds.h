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
    SV_MAX_RECORDS = 64,           /* TLSA records, and pins, of one peer */
    SV_MAX_EXTENSIONS = 64,        /* of one certificate */

    /* Lists in one extension. Each feature is looked for among those of the certificate below; each
     * distribution point makes a TLS library build a name, of all of the issuer's if it is told
     * relative to that: octets of such names in all. CAs issue one or two of both. */
    SV_MAX_FEATURES = 64,
    SV_MAX_POINTS = 64,
    SV_MAX_RELATIVE = 4096,

    /* What is presented, and the anchors that may be above it: a set of them is one number. */
    SV_MAX_NODES = 64,
    SV_MAX_PATHS = 64,   /* complete paths tried for one peer */
    SV_MAX_RECALLED = 4, /* of them, looked up in the memory before any is validated: a hash each */
    SV_MAX_STEPS = 5000, /* links looked at while paths are searched; a step costs nanoseconds */
    SV_MAX_QUICK_STEPS = 256, /* the same, while the memory is asked */

    /* Octets of names and their constraints that are compared, over all these paths, one or two
     * milliseconds of work: 1,000 names with 130 domains. An octet that is read counts as some, and
     * so does a comparison that finds the lengths to differ. */
    SV_MAX_COMPARED = 1 << 19,
    SV_READING = 2,
    SV_COMPARISON = 2,

    /* A path of more octets isn't read by the TLS library before its signatures are checked:
     * reading may cost as much as they. Plain chains have 2,000 to 6,000. */
    SV_PLAIN_OCTETS = 8 * 1024,

    /* What signatures cost that are checked before a path is accepted; path/price.h tells the unit.
     * Wrong ones anybody can make: the third of P-384 ends it, after about one honest first
     * contact and a half. Good ones are some CA's: eight of its certificates with one name, and the
     * leaf's. */
    SV_MAX_WRONG = 64,
    SV_MAX_PRICE = 640
};

#endif
