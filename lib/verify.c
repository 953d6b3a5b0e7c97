/* SPDX-License-Identifier: MIT
 * The one question: limits, proofs, names, verdict. */
#include <stdlib.h>
#include <string.h>

#include "dane.h"
#include "pin.h"
#include "pkix.h"
#include "trust.h"

#define STRING(x) #x
#define VERSION(a, b, c) STRING(a) "." STRING(b) "." STRING(c)

const char *s2sv_version(void)
{
    return VERSION(S2SV_VERSION_MAJOR, S2SV_VERSION_MINOR, S2SV_VERSION_PATCH);
}

/* C-18: before anything is parsed, here or by the TLS library. */
static void check_limits(struct sv_work *w)
{
    size_t octets = 0;
    for (size_t i = 0; i < w->count && octets <= SV_MAX_OCTETS; i++)
        octets += w->presented[i].len;
    if (w->count == 0)
        sv_faults_add(&w->faults, S2SV_REASON_NO_CERTIFICATE, -1, "the peer showed no certificate");
    if (w->count > SV_MAX_MESH)
        sv_faults_add(&w->faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "more than %d certificates presented", SV_MAX_MESH);
    if (octets > SV_MAX_OCTETS)
        sv_faults_add(&w->faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "the presented certificates have more than %d octets", SV_MAX_OCTETS);
}

/* Where nobody looks at them, they cost nothing. */
static void check_staples(struct sv_work *w)
{
    size_t octets = 0;
    for (size_t i = 0; i < w->given.staple_count && octets <= SV_MAX_OCTETS; i++)
        octets += w->staples[i].len;
    if (octets > SV_MAX_OCTETS && w->given.policy->revocation != S2SV_REVOCATION_OFF)
        sv_faults_add(&w->faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "the OCSP responses have more than %d octets", SV_MAX_OCTETS);
}

/* Those that were added to the peer, and those that came in the handshake. */
static int gather_staples(struct sv_work *w)
{
    const struct s2sv_trust_source *source = w->given.source;
    size_t count = w->peer->staple_count + source->staple_count;
    w->given.asked_status = w->peer->asked_status || source->asked_status;
    if (count == 0)
        return S2SV_DECIDED;
    w->staples = malloc(count * sizeof *w->staples);
    if (!w->staples)
        return S2SV_ERR_NOMEM;
    for (size_t i = 0; i < w->peer->staple_count; i++)
        w->staples[w->given.staple_count++] = w->peer->staples[i];
    for (size_t i = 0; i < source->staple_count; i++)
        w->staples[w->given.staple_count++] = source->staples[i];
    w->given.staples = w->staples;
    return S2SV_DECIDED;
}

static void release_imported(struct sv_work *w)
{
    for (size_t i = 0; i < w->given.presented_count; i++)
        if (w->nodes[i].is_imported)
            w->given.source->backend->release(w->nodes[i].native);
}

/* What was presented, as far as the limits go, where no path was searched. */
static int keep_presented(struct sv_work *w)
{
    struct sv_span spans[SV_MAX_PRESENTED];
    size_t count = 0, octets = 0;
    for (; count < w->count && count < SV_MAX_PRESENTED; count++) {
        octets += w->presented[count].len;
        if (octets > SV_MAX_OCTETS)
            break;
        spans[count] = (struct sv_span){ w->presented[count].der, w->presented[count].len };
    }
    return sv_verdict_set_certificates(w->verdict, spans, count);
}

static int (*const judges[])(struct sv_work *) = {
    [S2SV_PROOF_PKIX] = sv_pkix_judge,
    [S2SV_PROOF_DANE] = sv_dane_judge,
    [S2SV_PROOF_PIN] = sv_pin_judge,
};

/* D-4, the insecure way: records that don't match are as if there were none; bogus ones never are.
 */
static int is_forgiven(const struct sv_work *w, enum s2sv_proof proof)
{
    return proof == S2SV_PROOF_DANE && w->given.policy->pkix_despite_dane &&
           w->faults.items[0].reason != S2SV_REASON_DANE_BOGUS;
}

/* The first proof that applies decides (RFC 7712 7: a peer is authenticated by one prooftype). */
static int ask_proofs(struct sv_work *w)
{
    int outcome = SV_DOES_NOT_APPLY;
    for (size_t i = 0; i < SV_PROOFS && outcome == SV_DOES_NOT_APPLY; i++) {
        enum s2sv_proof proof = w->given.policy->proofs[i];
        if (proof == S2SV_PROOF_NONE)
            break;
        w->verdict->proof = proof;
        outcome = judges[proof](w);
        if (outcome != SV_FAILS || !is_forgiven(w, proof))
            continue;
        outcome = SV_DOES_NOT_APPLY;
        w->faults.count = w->faults.left_out = 0;
        w->verdict->record_text[0] = '\0';
    }
    if (outcome == SV_DOES_NOT_APPLY) {
        w->verdict->proof = S2SV_PROOF_NONE;
        sv_faults_add(&w->faults, S2SV_REASON_NO_PROOF, -1,
                      "there are no pins or TLSA records that count, and the policy wants them");
    }
    return outcome < 0 ? outcome : S2SV_DECIDED;
}

/* Whose records and pins they are. */
static int set_owners(struct sv_work *w)
{
    int status = S2SV_DECIDED;
    if (w->verdict->proof == S2SV_PROOF_PKIX)
        return status;
    for (size_t i = 0; i < w->peer->expected_count && status == S2SV_DECIDED; i++)
        if (!w->peer->expected[i].under)
            status = sv_verdict_add_owner(w->verdict, w->peer->expected[i].text);
    return status;
}

static int decide(struct sv_work *w)
{
    int status = gather_staples(w);
    if (status != S2SV_DECIDED)
        return status;
    w->verdict->proof = S2SV_PROOF_PKIX;
    check_limits(w);
    check_staples(w);
    if (w->faults.count == 0)
        status = ask_proofs(w);
    sv_faults_rank(&w->faults);
    if (status == S2SV_DECIDED && w->verdict->certificate_count == 0)
        status = keep_presented(w);
    if (status == S2SV_DECIDED)
        status = set_owners(w);
    if (status == S2SV_DECIDED && w->count > 0)
        status = sv_verdict_expect(w->verdict, w->peer, &w->faults);
    return status == S2SV_DECIDED ? sv_verdict_set_faults(w->verdict, &w->faults) : status;
}

int s2sv_backend_verify(const struct s2sv_trust_source *source, const struct s2sv_policy *policy,
                        const struct s2sv_peer *peer, const struct s2sv_link *presented,
                        size_t count, struct s2sv_verdict **ret_verdict)
{
    if (!source || !source->backend || !policy || !peer || !ret_verdict ||
        (!presented && count > 0) || source->backend->version != S2SV_BACKEND_VERSION)
        return S2SV_ERR_INVALID;
    if (source->trust && s2sv_trust_backend(source->trust) != source->backend)
        return S2SV_ERR_INVALID;
    s2sv_policy_freeze(policy);
    int64_t time = peer->has_time ? peer->time : source->backend->now();
    struct sv_work *w = calloc(1, sizeof *w);
    struct s2sv_verdict *verdict = sv_verdict_new(policy, peer->direction, time);
    int status = S2SV_ERR_NOMEM;
    if (w && verdict) {
        w->peer = peer;
        w->presented = presented;
        w->count = count;
        w->given.presented = w->nodes;
        w->verdict = verdict;
        verdict->no_wildcards = source->no_wildcards;
        verdict->no_addresses = source->no_addresses;
        w->given.source = source;
        w->given.policy = policy;
        w->given.direction = peer->direction;
        w->given.time = time;
        w->given.time_is_given = peer->has_time;
        status = decide(w);
        release_imported(w);
        free(w->staples);
    }
    free(w);
    if (status == S2SV_DECIDED)
        *ret_verdict = verdict;
    else
        s2sv_verdict_unref(verdict);
    return status;
}

int s2sv_verify(struct s2sv_trust *trust, const struct s2sv_policy *policy,
                const struct s2sv_peer *peer, struct s2sv_verdict **ret_verdict)
{
    if (!trust || !peer)
        return S2SV_ERR_INVALID;
    struct s2sv_trust_source source = { .backend = s2sv_trust_backend(trust), .trust = trust };
    return s2sv_backend_verify(&source, policy, peer, peer->certificates, peer->certificate_count,
                               ret_verdict);
}
