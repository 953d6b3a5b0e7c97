/* SPDX-License-Identifier: MIT */
/* A case's TLSA records and pins, made from its certificates. */
#ifndef CASES_PROOFS_H
#define CASES_PROOFS_H

#include <s2sverify/s2sverify.h>

#include "chain.h"

/* 0, or -1: no such certificate, or a bad line. */
int proofs_add(const struct case_record *, const struct case_chain *, struct s2sv_peer *);

/* 1: something has to be hashed for it. */
int proofs_need_hash(const struct case_record *);

/* What a record with that selector and matching type holds of a certificate; free() it. */
unsigned char *proofs_data(const struct pki_cert *, unsigned selector, unsigned matching_type,
                           size_t *ret_len);

#endif
