/* SPDX-License-Identifier: MIT */
/* A case's certificates, made. */
#ifndef CASES_CHAIN_H
#define CASES_CHAIN_H

#include "../support/pki/pki.h"
#include "case.h"

struct case_chain {
    struct pki *pki; /* owns everything below */
    const struct pki_cert **present;
    size_t present_count;
    const struct pki_cert **trust;
    size_t trust_count;
    const struct pki_cert **distrust;
    size_t distrust_count;
    const struct pki_crl **crls;
    size_t crl_count;
    const struct pki_ocsp **staples; /* NULL: an empty one */
    size_t staple_count;
};

/* NULL and a sentence in err if a specification is wrong. Share the keys between cases. */
struct case_chain *case_chain_make(const struct case_record *, struct pki_keys *, char *err,
                                   size_t errlen);
void case_chain_free(struct case_chain *);

#endif
