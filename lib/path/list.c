/* SPDX-License-Identifier: MIT */
#include "path/list.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_PROOFS = 16 }; /* for each list */

struct sv_proof {
    struct sv_proof *next;
    size_t number; /* of those from here on */
    int made_it;
    struct sv_signer signer; /* its spans are the octets */
    unsigned char octets[];
};

int sv_list_new(const void *der, size_t len, struct sv_list **ret_list)
{
    if (!der || len > SIZE_MAX - sizeof(struct sv_list))
        return S2SV_ERR_INVALID;
    struct sv_list *list = calloc(1, sizeof *list + len);
    if (!list)
        return S2SV_ERR_NOMEM;
    atomic_init(&list->references, 1);
    memcpy(list->octets, der, len);
    int status = sv_crl_read(list->octets, len, &list->crl);
    if (status == S2SV_DECIDED)
        *ret_list = list;
    else
        free(list);
    return status;
}

struct sv_list *sv_list_ref(struct sv_list *list)
{
    if (list)
        atomic_fetch_add_explicit(&list->references, 1, memory_order_relaxed);
    return list;
}

void sv_list_unref(struct sv_list *list)
{
    if (!list || atomic_fetch_sub_explicit(&list->references, 1, memory_order_acq_rel) != 1)
        return;
    struct sv_proof *proof = atomic_load(&list->proofs);
    while (proof) {
        struct sv_proof *next = proof->next;
        free(proof);
        proof = next;
    }
    sv_crl_clear(&list->crl);
    free(list);
}

static int is_signer(const struct sv_signer *a, const struct sv_signer *b)
{
    return sv_span_equal(a->key, b->key) && sv_span_equal(a->above, b->above);
}

int sv_list_recall(struct sv_list *list, const struct sv_signer *signer)
{
    const struct sv_proof *proof = atomic_load_explicit(&list->proofs, memory_order_acquire);
    while (proof && !is_signer(&proof->signer, signer))
        proof = proof->next;
    return proof ? proof->made_it : -1;
}

static struct sv_span copy(unsigned char *to, struct sv_span from)
{
    if (from.len > 0)
        memcpy(to, from.data, from.len);
    return (struct sv_span){ to, from.len };
}

/* They are only ever put in front, so that readers need no lock. */
void sv_list_remember(struct sv_list *list, const struct sv_signer *signer, int made_it)
{
    struct sv_proof *proof = malloc(sizeof *proof + signer->key.len + signer->above.len);
    if (!proof)
        return;
    proof->made_it = made_it;
    proof->signer.key = copy(proof->octets, signer->key);
    proof->signer.above = copy(proof->octets + signer->key.len, signer->above);
    proof->next = atomic_load_explicit(&list->proofs, memory_order_acquire);
    do
        proof->number = proof->next ? proof->next->number + 1 : 1;
    while (proof->number <= MAX_PROOFS &&
           !atomic_compare_exchange_weak_explicit(&list->proofs, &proof->next, proof,
                                                  memory_order_acq_rel, memory_order_acquire));
    if (proof->number > MAX_PROOFS)
        free(proof);
}
