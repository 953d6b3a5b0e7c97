/* SPDX-License-Identifier: MIT
 * A verdict that a TLSA record made, by the TLS library's own DANE code. */
#include "peer.h"
#include "verdict.h"
#include "x509/bounds.h"
#include "x509/certificate_reader.h"

/* RFC 7671 5.1: with DANE-EE the certificate's own dates don't count. */
static int64_t end_of(const struct s2sv_dane *dane)
{
    struct sv_certificate certificate;
    struct sv_misread misread;
    int64_t until = INT64_MAX;
    for (size_t i = 0; dane->usage != 3 && i < dane->count; i++) {
        if (!sv_certificate_read(dane->path[i].der, dane->path[i].len, &certificate, &misread))
            return INT64_MIN;
        if (certificate.not_after < until)
            until = certificate.not_after;
    }
    return until;
}

static int keep_path(struct s2sv_verdict *verdict, const struct s2sv_dane *dane)
{
    struct sv_span spans[SV_MAX_PRESENTED];
    if (dane->count > SV_MAX_PRESENTED)
        return S2SV_ERR_INVALID;
    for (size_t i = 0; i < dane->count; i++)
        spans[i] = (struct sv_span){ dane->path[i].der, dane->path[i].len };
    return sv_verdict_set_certificates(verdict, spans, dane->count);
}

/* Pins make it narrower: they were the application's own words. */
static int judge_pins(const struct s2sv_policy *policy, const struct s2sv_peer *peer,
                      const struct s2sv_dane *dane, struct sv_faults *faults)
{
    struct sv_tlsa_set pins = sv_tlsa_all(peer->pins, peer->pin_count, dane->backend);
    struct sv_certificate leaf;
    struct sv_misread misread;
    int matches = 0;
    if (peer->pin_count == 0 || !sv_policy_counts(policy, S2SV_PROOF_PIN))
        return S2SV_DECIDED;
    if (peer->pin_count <= SV_MAX_RECORDS &&
        sv_certificate_read(dane->path[0].der, dane->path[0].len, &leaf, &misread))
        matches = sv_tlsa_matches(&pins, SV_DANE_EE, &leaf, NULL);
    if (matches == 0)
        sv_faults_add(faults, S2SV_REASON_PIN_MISMATCH, 0, "none of its %zu pins matches",
                      peer->pin_count);
    return matches < 0 ? matches : S2SV_DECIDED;
}

static int decide(struct s2sv_verdict *verdict, const struct s2sv_policy *policy,
                  const struct s2sv_peer *peer, const struct s2sv_dane *dane)
{
    struct sv_faults faults = { .count = 0 };
    struct s2sv_evidence evidence = { .faults = &faults };
    int status = keep_path(verdict, dane);
    if (status != S2SV_DECIDED)
        return status;
    verdict->proof = S2SV_PROOF_DANE;
    if (dane->domain)
        status = sv_verdict_add_owner(verdict, dane->domain);
    if (status != S2SV_DECIDED)
        return status;
    if (dane->fault == 0)
        status = judge_pins(policy, peer, dane, &faults);
    if (status != S2SV_DECIDED)
        return status;
    if (dane->fault)
        s2sv_evidence_add(&evidence, dane->fault, dane->depth, dane->native_code, dane->text);
    verdict->valid_until = end_of(dane);
    verdict->trusted = faults.count == 0;
    status = sv_verdict_expect(verdict, peer, &faults);
    return status == S2SV_DECIDED ? sv_verdict_set_faults(verdict, &faults) : status;
}

int s2sv_backend_dane(const struct s2sv_policy *policy, const struct s2sv_peer *peer,
                      const struct s2sv_dane *dane, int64_t time, struct s2sv_verdict **ret_verdict)
{
    if (!policy || !peer || !dane || !dane->backend || !ret_verdict || dane->count == 0)
        return S2SV_ERR_INVALID;
    s2sv_policy_freeze(policy);
    struct s2sv_verdict *verdict = sv_verdict_new(policy, peer->direction, time);
    int status = verdict ? decide(verdict, policy, peer, dane) : S2SV_ERR_NOMEM;
    if (status == S2SV_DECIDED)
        *ret_verdict = verdict;
    else
        s2sv_verdict_unref(verdict);
    return status;
}
