/* SPDX-License-Identifier: MIT
 * A revocation list that threads share, with what is known of its signature. */
#ifndef SV_LIST_H
#define SV_LIST_H

#include <stdatomic.h>

#include "x509/crl.h"

/* Whose signature it is. Of an issuer's other certificate all of it counts, and the key above. */
struct sv_signer {
    struct sv_span key;
    struct sv_span above; /* absent: the issuer itself */
};

struct sv_proof;

/* All but the proofs is immutable. */
struct sv_list {
    atomic_uint references;
    _Atomic(struct sv_proof *) proofs;
    struct sv_crl crl;
    unsigned char octets[];
};

/* Copies and reads a list. Returns a status; S2SV_ERR_INVALID if it is malformed. */
int sv_list_new(const void *der, size_t len, struct sv_list **ret_list);
struct sv_list *sv_list_ref(struct sv_list *list);
void sv_list_unref(struct sv_list *list);

/* Both thread-safe. What was found out before: 1 made the signature, 0 didn't, -1: nothing. */
int sv_list_recall(struct sv_list *list, const struct sv_signer *signer);
/* A few signers for each list. Out of memory nothing is remembered; nobody minds. */
void sv_list_remember(struct sv_list *list, const struct sv_signer *signer, int made_it);

#endif
