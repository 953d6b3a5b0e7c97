/* SPDX-License-Identifier: MIT */
#include "rules/policy.h"

#include <stdlib.h>
#include <string.h>

static const struct profile {
    enum s2sv_profile profile;
    unsigned identifiers;
    const char *service;
} profiles[] = {
    { S2SV_PROFILE_XMPP,
      S2SV_IDENTIFIER_DNS | S2SV_IDENTIFIER_SRV | S2SV_IDENTIFIER_XMPP_ADDR | S2SV_IDENTIFIER_IP,
      "_xmpp-server" },
    { S2SV_PROFILE_SMTP, S2SV_IDENTIFIER_DNS | S2SV_IDENTIFIER_IP, "" },
    { S2SV_PROFILE_SIP, S2SV_IDENTIFIER_URI | S2SV_IDENTIFIER_DNS | S2SV_IDENTIFIER_IP, "" },
    { S2SV_PROFILE_SERVER, S2SV_IDENTIFIER_DNS | S2SV_IDENTIFIER_IP, "" },
};

static const struct profile *find_profile(enum s2sv_profile profile)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (profiles[i].profile == profile)
            return &profiles[i];
    return NULL;
}

struct s2sv_policy *s2sv_policy_new(enum s2sv_profile profile)
{
    const struct profile *defaults = find_profile(profile);
    struct s2sv_policy *policy = defaults ? calloc(1, sizeof *policy) : NULL;
    if (!policy)
        return NULL;
    atomic_init(&policy->references, 1);
    atomic_init(&policy->frozen, 0);
    policy->purpose = S2SV_PURPOSE_SERVER;
    policy->handshake = S2SV_HANDSHAKE_ENFORCE;
    policy->resumption = S2SV_RESUMPTION_OFF;
    policy->revocation = S2SV_REVOCATION_IF_AVAILABLE;
    policy->proofs[0] = S2SV_PROOF_PIN;
    policy->proofs[1] = S2SV_PROOF_DANE;
    policy->proofs[2] = S2SV_PROOF_PKIX;
    policy->tlsa_usages = 1u << 2 | 1u << 3; /* D-12 */
    policy->tlsa_digests[0] = 2;             /* D-13 */
    policy->tlsa_digests[1] = 1;
    (void)sv_policy_set_profile(policy, profile);
    return policy;
}

int sv_policy_set_profile(struct s2sv_policy *policy, enum s2sv_profile profile)
{
    const struct profile *defaults = find_profile(profile);
    if (!defaults)
        return S2SV_ERR_INVALID;
    policy->profile = profile;
    policy->identifiers = defaults->identifiers;
    strcpy(policy->service, defaults->service);
    return S2SV_DECIDED;
}

struct s2sv_policy *s2sv_policy_ref(struct s2sv_policy *policy)
{
    if (policy)
        atomic_fetch_add_explicit(&policy->references, 1, memory_order_relaxed);
    return policy;
}

void s2sv_policy_unref(struct s2sv_policy *policy)
{
    if (policy && atomic_fetch_sub_explicit(&policy->references, 1, memory_order_acq_rel) == 1)
        free(policy);
}

int sv_policy_is_open(const struct s2sv_policy *policy)
{
    return policy && !atomic_load_explicit(&policy->frozen, memory_order_acquire);
}

struct s2sv_policy *sv_policy_copy(const struct s2sv_policy *policy)
{
    struct s2sv_policy *copy = s2sv_policy_new(policy->profile);
    if (copy)
        sv_policy_take(copy, policy);
    return copy;
}

void sv_policy_take(struct s2sv_policy *policy, const struct s2sv_policy *from)
{
    policy->profile = from->profile;
    policy->purpose = from->purpose;
    policy->handshake = from->handshake;
    policy->request = from->request;
    policy->resumption = from->resumption;
    policy->revocation = from->revocation;
    policy->identifiers = from->identifiers;
    memcpy(policy->service, from->service, sizeof policy->service);
    memcpy(policy->proofs, from->proofs, sizeof policy->proofs);
    policy->tlsa_usages = from->tlsa_usages;
    memcpy(policy->tlsa_digests, from->tlsa_digests, sizeof policy->tlsa_digests);
    policy->pkix_despite_dane = from->pkix_despite_dane;
    policy->require_eku = from->require_eku;
    policy->allow_any_eku = from->allow_any_eku;
    policy->ignore_anchor_eku = from->ignore_anchor_eku;
    policy->allow_single_label = from->allow_single_label;
}

/* The one shape of a setter: a frozen policy or a value out of range is refused. */
#define SETTER_IN_RANGE(policy, field, value, last)                                       \
    do {                                                                                  \
        if (!sv_policy_is_open(policy) || (int)(value) < 1 || (int)(value) > (int)(last)) \
            return S2SV_ERR_INVALID;                                                      \
        (policy)->field = (value);                                                        \
        return S2SV_DECIDED;                                                              \
    } while (0)

int s2sv_policy_set_purpose(struct s2sv_policy *policy, enum s2sv_purpose purpose)
{
    SETTER_IN_RANGE(policy, purpose, purpose, S2SV_PURPOSE_TLS_ROLE);
}

int s2sv_policy_set_handshake(struct s2sv_policy *policy, enum s2sv_handshake handshake)
{
    SETTER_IN_RANGE(policy, handshake, handshake, S2SV_HANDSHAKE_CALLBACK);
}

int s2sv_policy_set_request(struct s2sv_policy *policy, enum s2sv_request request)
{
    SETTER_IN_RANGE(policy, request, (int)request, S2SV_REQUEST_LEAVE);
}

int s2sv_policy_set_resumption(struct s2sv_policy *policy, enum s2sv_resumption resumption)
{
    SETTER_IN_RANGE(policy, resumption, resumption, S2SV_RESUMPTION_LEAVE);
}

int s2sv_policy_set_revocation(struct s2sv_policy *policy, enum s2sv_revocation revocation)
{
    SETTER_IN_RANGE(policy, revocation, revocation, S2SV_REVOCATION_REQUIRE);
}

/* RFC 4985 section 2: "_" and a service name, which is letters, digits and hyphens. */
static int is_service(const char *text)
{
    size_t len = strlen(text);
    if (len < 2 || len > 64 || text[0] != '_')
        return 0;
    return strspn(text + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
           len - 1;
}

int s2sv_policy_set_service(struct s2sv_policy *policy, const char *srv_service)
{
    if (!sv_policy_is_open(policy) || (srv_service && !is_service(srv_service)))
        return S2SV_ERR_INVALID;
    strcpy(policy->service, srv_service ? srv_service : "");
    if (srv_service)
        policy->identifiers |= S2SV_IDENTIFIER_SRV;
    else
        policy->identifiers &= ~(unsigned)S2SV_IDENTIFIER_SRV;
    return S2SV_DECIDED;
}

int s2sv_policy_set_identifiers(struct s2sv_policy *policy, unsigned kinds)
{
    const unsigned all = S2SV_IDENTIFIER_DNS | S2SV_IDENTIFIER_SRV | S2SV_IDENTIFIER_XMPP_ADDR |
                         S2SV_IDENTIFIER_IP | S2SV_IDENTIFIER_URI;
    if (!sv_policy_is_open(policy) || kinds == 0 || (kinds & ~all))
        return S2SV_ERR_INVALID;
    if ((kinds & S2SV_IDENTIFIER_SRV) && policy->service[0] == '\0')
        return S2SV_ERR_INVALID;
    policy->identifiers = kinds | (policy->identifiers & S2SV_IDENTIFIER_COMMON_NAME);
    return S2SV_DECIDED;
}

#define SWITCH(policy, field, on)       \
    do {                                \
        if (!sv_policy_is_open(policy)) \
            return S2SV_ERR_INVALID;    \
        (policy)->field = (on) != 0;    \
        return S2SV_DECIDED;            \
    } while (0)

int s2sv_policy_require_eku(struct s2sv_policy *policy, int on)
{
    SWITCH(policy, require_eku, on);
}

int s2sv_policy_allow_any_eku(struct s2sv_policy *policy, int on)
{
    SWITCH(policy, allow_any_eku, on);
}

int s2sv_policy_ignore_anchor_eku(struct s2sv_policy *policy, int on)
{
    SWITCH(policy, ignore_anchor_eku, on);
}

int s2sv_policy_allow_single_label(struct s2sv_policy *policy, int on)
{
    SWITCH(policy, allow_single_label, on);
}

int s2sv_policy_insecure_pkix_despite_dane(struct s2sv_policy *policy, int on)
{
    SWITCH(policy, pkix_despite_dane, on);
}

/* RFC 6698 4.1: what isn't asked after the records can't rescue a peer from them (D-4). */
int s2sv_policy_set_proofs(struct s2sv_policy *policy, const enum s2sv_proof *proofs, size_t count)
{
    unsigned seen = 0;
    if (!sv_policy_is_open(policy) || !proofs || count < 1 || count > SV_PROOFS)
        return S2SV_ERR_INVALID;
    for (size_t i = 0; i < count; i++) {
        if (proofs[i] < S2SV_PROOF_PKIX || proofs[i] > S2SV_PROOF_PIN || (seen & 1u << proofs[i]) ||
            (proofs[i] == S2SV_PROOF_PKIX && i + 1 < count))
            return S2SV_ERR_INVALID;
        seen |= 1u << proofs[i];
    }
    for (size_t i = 0; i < SV_PROOFS; i++)
        policy->proofs[i] = i < count ? proofs[i] : S2SV_PROOF_NONE;
    return S2SV_DECIDED;
}

int sv_policy_counts(const struct s2sv_policy *policy, enum s2sv_proof proof)
{
    for (size_t i = 0; i < SV_PROOFS; i++)
        if (policy->proofs[i] == proof)
            return 1;
    return 0;
}

int s2sv_policy_set_tlsa_usages(struct s2sv_policy *policy, unsigned usages)
{
    if (!sv_policy_is_open(policy) || usages == 0 || usages > 15)
        return S2SV_ERR_INVALID;
    policy->tlsa_usages = usages;
    return S2SV_DECIDED;
}

int s2sv_policy_set_tlsa_digests(struct s2sv_policy *policy, const unsigned *matching_types,
                                 size_t count)
{
    if (!sv_policy_is_open(policy) || !matching_types || count < 1 || count > SV_TLSA_DIGESTS)
        return S2SV_ERR_INVALID;
    for (size_t i = 0; i < count; i++)
        if (matching_types[i] < 1 || matching_types[i] > 2 ||
            (i > 0 && matching_types[i] == matching_types[0]))
            return S2SV_ERR_INVALID;
    policy->tlsa_digests[0] = matching_types[0];
    policy->tlsa_digests[1] = count > 1 ? matching_types[1] : 0;
    return S2SV_DECIDED;
}

int s2sv_policy_insecure_match_common_name(struct s2sv_policy *policy, int on)
{
    if (!sv_policy_is_open(policy))
        return S2SV_ERR_INVALID;
    if (on)
        policy->identifiers |= S2SV_IDENTIFIER_COMMON_NAME;
    else
        policy->identifiers &= ~(unsigned)S2SV_IDENTIFIER_COMMON_NAME;
    return S2SV_DECIDED;
}

void s2sv_policy_freeze(const struct s2sv_policy *policy)
{
    struct s2sv_policy *frozen = (struct s2sv_policy *)policy; /* no other field changes */
    if (sv_policy_is_open(policy)) /* written once, so that threads share it without contention */
        atomic_store_explicit(&frozen->frozen, 1, memory_order_release);
}

enum s2sv_handshake s2sv_policy_handshake(const struct s2sv_policy *policy)
{
    return policy ? policy->handshake : S2SV_HANDSHAKE_ENFORCE;
}

enum s2sv_request s2sv_policy_request(const struct s2sv_policy *policy)
{
    if (policy && policy->request)
        return (enum s2sv_request)policy->request;
    return s2sv_policy_handshake(policy) == S2SV_HANDSHAKE_ENFORCE ? S2SV_REQUEST_REQUIRE
                                                                   : S2SV_REQUEST_ASK;
}

enum s2sv_resumption s2sv_policy_resumption(const struct s2sv_policy *policy)
{
    return policy ? policy->resumption : S2SV_RESUMPTION_OFF;
}

enum s2sv_revocation s2sv_policy_revocation(const struct s2sv_policy *policy)
{
    return policy ? policy->revocation : S2SV_REVOCATION_REQUIRE;
}

/* The options that accept what a TLS library's serverAuth check refuses switch it off. The SIP
 * profile accepts id-kp-sipDomain alone (P-14). */
int s2sv_policy_server_auth(const struct s2sv_policy *policy)
{
    return !policy ||
           (policy->purpose == S2SV_PURPOSE_SERVER && policy->profile != S2SV_PROFILE_SIP &&
            !policy->allow_any_eku && !policy->ignore_anchor_eku);
}
