/* SPDX-License-Identifier: MIT
 * One peer's judgement, in its handshake. Nothing of it is kept with the SSL. */
#ifndef SVP_OPENSSL_JUDGE_H
#define SVP_OPENSSL_JUDGE_H

#include "internal.h"

struct svp_case {
    struct svo_application app; /* first: the backend's functions get its address */
    X509_STORE_CTX *store_ctx;  /* libssl's */
    enum s2sv_direction direction;
    struct s2sv_peer *peer;
    struct s2sv_link *links;
    size_t count;
    struct svo_staples staples;
    struct s2sv_memory *memory; /* NULL: none */
    unsigned char stamp[32];
};

/* Once the table is filled. */
void svp_judge_begin(void);

/* 0: out of memory. Close it in any case. */
int svp_case_open(struct svp_case *c, X509_STORE_CTX *store_ctx, SSL *ssl);
void svp_case_close(struct svp_case *c);

/* From now on what is validated with this store is looked up there and put there, unless the
 * program set something that might change the answer; and its revocation lists are kept there. */
void svp_case_remember(struct svp_case *c, struct s2sv_memory *memory, struct svo_lists *lists);

/* Verdicts; NULL: none could be had. By the core's rules alone, and no path is valid but one that
 * is remembered. */
struct s2sv_verdict *svp_judge_remembered(struct svp_case *c, struct s2sv_policy *policy);
/* OpenSSL has found nothing wrong with the path that it took: that one alone is valid. */
struct s2sv_verdict *svp_judge_accepted(struct svp_case *c, struct s2sv_policy *policy);
/* Validated on contexts of our own; nothing is remembered. */
struct s2sv_verdict *svp_judge_alone(struct svp_case *c, struct s2sv_policy *policy);

/* The verdict's path, for X509_STORE_CTX_set0_verified_chain(). NULL out of memory. */
STACK_OF(X509) * svp_chain_of(const struct svp_case *c, const struct s2sv_verdict *verdict);

#endif
