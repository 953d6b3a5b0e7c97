/* SPDX-License-Identifier: MIT */
#ifndef SV_POLICY_H
#define SV_POLICY_H

#include <s2sverify/backend.h>

#include <stdatomic.h>

enum { SV_PROOFS = 3, SV_TLSA_DIGESTS = 2 };

struct s2sv_policy {
    atomic_uint references;
    atomic_int frozen;
    enum s2sv_profile profile;
    enum s2sv_purpose purpose;
    enum s2sv_handshake handshake;
    int request; /* enum s2sv_request, or 0: as the handshake mode says */
    enum s2sv_resumption resumption;
    enum s2sv_revocation revocation;
    unsigned identifiers;                   /* S2SV_IDENTIFIER_* that count */
    char service[65];                       /* "_xmpp-server", or "" */
    enum s2sv_proof proofs[SV_PROOFS];      /* in order; NONE ends them */
    unsigned tlsa_usages;                   /* that are usable, 1 << usage */
    unsigned tlsa_digests[SV_TLSA_DIGESTS]; /* matching types, strongest first; 0 ends them */
    unsigned require_eku : 1, allow_any_eku : 1, ignore_anchor_eku : 1, allow_single_label : 1,
        pkix_despite_dane : 1;
};

/* 1: it isn't frozen. */
int sv_policy_is_open(const struct s2sv_policy *policy);

/* 1: that proof counts. */
int sv_policy_counts(const struct s2sv_policy *policy, enum s2sv_proof proof);

/* Sets the profile, and what depends on it to its defaults: identifiers and service. */
int sv_policy_set_profile(struct s2sv_policy *policy, enum s2sv_profile profile);

/* A policy of its own that says the same, not frozen; NULL out of memory. Takes over all that the
 * other one says. */
struct s2sv_policy *sv_policy_copy(const struct s2sv_policy *policy);
void sv_policy_take(struct s2sv_policy *policy, const struct s2sv_policy *from);

#endif
