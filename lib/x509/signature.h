/* SPDX-License-Identifier: MIT
 * A signature on a certificate, a revocation list or a staple: its AlgorithmIdentifier and its
 * value, read so far that a TLS library is left with the computation alone. */
#ifndef SV_SIGNATURE_H
#define SV_SIGNATURE_H

#include "x509/key.h"

struct sv_signature {
    struct sv_algorithm algorithm;
    enum s2sv_scheme scheme;
    enum s2sv_hash hash;
    enum s2sv_reason unfit; /* why it doesn't do, whoever made it; NONE: it does */
    const char *why;        /* a constant, to stand behind "its signature "; NULL: it does */
    struct sv_span octets;  /* its value */
    int has_unused_bits;
};

/* Reads an AlgorithmIdentifier and a BIT STRING, the contents. Returns 1, whether the signature
 * does or not; 0: they aren't that. */
int sv_signature_read(struct sv_span algorithm, struct sv_span bits,
                      struct sv_signature *ret_signature);

/* NULL: as far as its form goes this key may have made it. Else why not, a constant, to stand
 * behind "its signature ". Neither is unfit. */
const char *sv_signature_misfit(const struct sv_signature *signature, const struct sv_key *key);

/* The question for the TLS library: octets is all that was signed, header included. */
struct s2sv_signed sv_signed_of(struct sv_span octets, const struct sv_signature *signature);

#endif
