/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names/match.h"
#include "peer.h"
#include "rules/reason.h"
#include "x509/text.h"

struct s2sv_verdict *sv_verdict_new(const struct s2sv_policy *policy, enum s2sv_direction direction,
                                    int64_t time)
{
    struct s2sv_verdict *verdict = calloc(1, sizeof *verdict);
    if (!verdict)
        return NULL;
    atomic_init(&verdict->references, 1);
    verdict->profile = policy->profile;
    verdict->allow_single_label = policy->allow_single_label;
    verdict->direction = direction;
    verdict->time = time;
    verdict->valid_from = verdict->valid_until = INT64_MIN;
    return verdict;
}

struct s2sv_verdict *s2sv_verdict_ref(const struct s2sv_verdict *verdict)
{
    struct s2sv_verdict *shared = (struct s2sv_verdict *)verdict; /* only the count changes */
    if (shared)
        atomic_fetch_add_explicit(&shared->references, 1, memory_order_relaxed);
    return shared;
}

void s2sv_verdict_unref(struct s2sv_verdict *verdict)
{
    if (!verdict || atomic_fetch_sub_explicit(&verdict->references, 1, memory_order_acq_rel) != 1)
        return;
    free(verdict->faults);
    free(verdict->identities);
    free(verdict->matched);
    for (size_t i = 0; i < verdict->owner_count; i++)
        free(verdict->owners[i]);
    free(verdict->owners);
    free(verdict->certificates);
    free(verdict->octets);
    sv_anchor_unref(verdict->anchor);
    free(verdict);
}

int sv_verdict_set_certificates(struct s2sv_verdict *verdict, const struct sv_span *certificates,
                                size_t count)
{
    size_t octets = 0;
    for (size_t i = 0; i < count; i++)
        octets += certificates[i].len;
    free(verdict->certificates);
    free(verdict->octets);
    verdict->octets = NULL;
    verdict->certificate_count = 0;
    verdict->certificates = malloc((count + 1) * sizeof(struct sv_span));
    verdict->octets = malloc(octets + 1);
    if (!verdict->certificates || !verdict->octets)
        return S2SV_ERR_NOMEM;
    unsigned char *at = verdict->octets;
    for (size_t i = 0; i < count; i++) {
        if (certificates[i].len > 0)
            memcpy(at, certificates[i].data, certificates[i].len);
        verdict->certificates[i] = (struct sv_span){ at, certificates[i].len };
        at += certificates[i].len;
    }
    verdict->certificate_count = count;
    return S2SV_DECIDED;
}

int sv_verdict_add_owner(struct s2sv_verdict *verdict, const char *domain)
{
    char **grown = realloc(verdict->owners, (verdict->owner_count + 1) * sizeof *grown);
    if (!grown)
        return S2SV_ERR_NOMEM;
    verdict->owners = grown;
    grown[verdict->owner_count] = strdup(domain);
    return grown[verdict->owner_count++] ? S2SV_DECIDED : S2SV_ERR_NOMEM;
}

int sv_verdict_set_faults(struct s2sv_verdict *verdict, const struct sv_faults *faults)
{
    if (faults->count == 0)
        return S2SV_DECIDED;
    verdict->faults = malloc(faults->count * sizeof(struct sv_fault));
    if (!verdict->faults)
        return S2SV_ERR_NOMEM;
    memcpy(verdict->faults, faults->items, faults->count * sizeof(struct sv_fault));
    verdict->fault_count = faults->count;
    verdict->faults_left_out = faults->left_out;
    return S2SV_DECIDED;
}

/* Behind what is graver; what isn't stays in its order. */
int s2sv_verdict_add_fault(struct s2sv_verdict *verdict, enum s2sv_reason reason, int depth,
                           const char *text)
{
    if (!verdict || reason == S2SV_REASON_NONE || atomic_load(&verdict->references) != 1)
        return S2SV_ERR_INVALID;
    size_t at = verdict->fault_count;
    struct sv_fault *grown = realloc(verdict->faults, (at + 1) * sizeof *grown);
    if (!grown)
        return S2SV_ERR_NOMEM;
    verdict->faults = grown;
    verdict->fault_count++;
    verdict->trusted = 0;
    while (at > 0 && sv_reason_rank(grown[at - 1].reason) > sv_reason_rank(reason))
        at--;
    memmove(&grown[at + 1], &grown[at], (verdict->fault_count - at - 1) * sizeof *grown);
    grown[at] = (struct sv_fault){ .reason = reason, .depth = depth };
    snprintf(grown[at].text, sizeof grown[at].text, "%s", text ? text : "");
    sv_make_printable(grown[at].text);
    return S2SV_DECIDED;
}

/* ---- who ---------------------------------------------------------------------------------------
 */

/* A TLSA record speaks for its own names, and so does a pin. The certificate may name others, which
 * are other domains' to prove. */
static int is_an_owner(const struct s2sv_verdict *verdict, const struct sv_reference *asked)
{
    struct sv_reference owner;
    for (size_t i = 0; i < verdict->owner_count; i++)
        if (sv_reference_read(verdict->owners[i], SV_REFERENCE_SINGLE_LABEL, &owner) ==
                S2SV_REASON_NONE &&
            sv_reference_equal(&owner, asked))
            return 1;
    return 0;
}

enum s2sv_reason sv_verdict_ask(const struct s2sv_verdict *verdict, const char *domain, int under,
                                size_t *ret_identity)
{
    int is_sip = verdict->profile == S2SV_PROFILE_SIP;
    struct sv_match_rules rules = { .uri_beats_dns = is_sip,
                                    .no_wildcards = is_sip || verdict->no_wildcards,
                                    .no_addresses = verdict->no_addresses };
    struct sv_reference reference;
    size_t index;
    enum s2sv_reason reason = sv_reference_read(
        domain, verdict->allow_single_label ? SV_REFERENCE_SINGLE_LABEL : 0, &reference);
    if (reason != S2SV_REASON_NONE)
        return reason;
    if (verdict->proof != S2SV_PROOF_PKIX && !is_an_owner(verdict, &reference))
        return S2SV_REASON_NAME_MISMATCH;
    if (verdict->proof != S2SV_PROOF_PKIX && !verdict->identities)
        return under ? S2SV_REASON_NAME_MISMATCH : S2SV_REASON_NONE;
    if (!verdict->identities)
        return S2SV_REASON_NO_USABLE_NAME;
    int matches = under ? sv_match_under(verdict->identities, &reference, &rules, &index)
                        : sv_match(verdict->identities, &reference, &rules, &index);
    if (!matches)
        return verdict->identities->no_match;
    if (ret_identity)
        *ret_identity = index;
    return S2SV_REASON_NONE;
}

int sv_verdict_expect(struct s2sv_verdict *verdict, const struct s2sv_peer *peer,
                      struct sv_faults *faults)
{
    enum s2sv_reason reason = S2SV_REASON_NONE;
    const struct sv_expected *expected = NULL;
    for (size_t i = 0; i < peer->expected_count && !verdict->accepted; i++) {
        expected = &peer->expected[i];
        reason =
            sv_verdict_ask(verdict, expected->text, expected->under, &verdict->matched_identity);
        verdict->accepted = reason == S2SV_REASON_NONE;
    }
    verdict->is_expected = expected != NULL;
    if (!expected)
        return S2SV_DECIDED;
    if (verdict->accepted) {
        verdict->matched = strdup(expected->text);
        return verdict->matched ? S2SV_DECIDED : S2SV_ERR_NOMEM;
    }
    sv_faults_add(faults, reason, 0, "expected %s%s: %s", expected->under ? "any name under " : "",
                  expected->text, s2sv_reason_text(reason));
    return S2SV_DECIDED;
}

int s2sv_verdict_trusted(const struct s2sv_verdict *verdict)
{
    return verdict && verdict->trusted;
}

enum s2sv_proof s2sv_verdict_proof(const struct s2sv_verdict *verdict)
{
    return s2sv_verdict_trusted(verdict) ? verdict->proof : S2SV_PROOF_NONE;
}

int s2sv_verdict_record(const struct s2sv_verdict *verdict, size_t *ret_index,
                        const char **ret_text)
{
    if (!s2sv_verdict_trusted(verdict) || verdict->record_text[0] == '\0')
        return S2SV_ERR_INVALID;
    if (ret_index)
        *ret_index = verdict->record;
    if (ret_text)
        *ret_text = verdict->record_text;
    return S2SV_DECIDED;
}

enum s2sv_reason s2sv_verdict_why_not(const struct s2sv_verdict *verdict, const char *domain)
{
    if (!verdict)
        return S2SV_REASON_INTERNAL_ERROR;
    if (!verdict->trusted)
        return s2sv_verdict_reason(verdict);
    return sv_verdict_ask(verdict, domain, 0, NULL);
}

int s2sv_verdict_is_for(const struct s2sv_verdict *verdict, const char *domain)
{
    return s2sv_verdict_why_not(verdict, domain) == S2SV_REASON_NONE;
}

int s2sv_verdict_identity_for(const struct s2sv_verdict *verdict, const char *domain,
                              size_t *ret_identity)
{
    return s2sv_verdict_trusted(verdict) &&
           sv_verdict_ask(verdict, domain, 0, ret_identity) == S2SV_REASON_NONE;
}

int s2sv_verdict_match_any(const struct s2sv_verdict *verdict, const char *const *domains,
                           size_t count, size_t *ret_index)
{
    for (size_t i = 0; domains && i < count; i++) {
        if (!s2sv_verdict_is_for(verdict, domains[i]))
            continue;
        if (ret_index)
            *ret_index = i;
        return 1;
    }
    return 0;
}

int s2sv_verdict_accepted(const struct s2sv_verdict *verdict)
{
    return verdict && verdict->trusted && verdict->accepted;
}

int s2sv_verdict_match(const struct s2sv_verdict *verdict, const char **ret_reference,
                       size_t *ret_identity)
{
    if (!s2sv_verdict_accepted(verdict))
        return S2SV_ERR_INVALID;
    if (ret_reference)
        *ret_reference = verdict->matched;
    if (ret_identity)
        *ret_identity = verdict->matched_identity;
    return S2SV_DECIDED;
}

size_t s2sv_verdict_identity_count(const struct s2sv_verdict *verdict)
{
    return verdict && verdict->identities && verdict->proof == S2SV_PROOF_PKIX
               ? verdict->identities->count
               : 0;
}

int s2sv_verdict_identity(const struct s2sv_verdict *verdict, size_t i,
                          enum s2sv_identifier *ret_kind, const char **ret_value)
{
    if (i >= s2sv_verdict_identity_count(verdict))
        return S2SV_ERR_INVALID;
    if (ret_kind)
        *ret_kind = verdict->identities->items[i].kind;
    if (ret_value)
        *ret_value = verdict->identities->items[i].value;
    return S2SV_DECIDED;
}

/* ---- why ---------------------------------------------------------------------------------------
 */

size_t s2sv_verdict_fault_count(const struct s2sv_verdict *verdict)
{
    return verdict ? verdict->fault_count : 1;
}

int s2sv_verdict_fault(const struct s2sv_verdict *verdict, size_t i, enum s2sv_reason *ret_reason,
                       int *ret_depth, const char **ret_text)
{
    static const struct sv_fault no_verdict = { S2SV_REASON_INTERNAL_ERROR, -1, 0,
                                                "there is no verdict" };
    if (i >= s2sv_verdict_fault_count(verdict))
        return S2SV_ERR_INVALID;
    const struct sv_fault *fault = verdict ? &verdict->faults[i] : &no_verdict;
    if (ret_reason)
        *ret_reason = fault->reason;
    if (ret_depth)
        *ret_depth = fault->depth;
    if (ret_text)
        *ret_text = fault->text;
    return S2SV_DECIDED;
}

enum s2sv_reason s2sv_verdict_reason(const struct s2sv_verdict *verdict)
{
    enum s2sv_reason reason;
    int status = s2sv_verdict_fault(verdict, 0, &reason, NULL, NULL);
    return status == S2SV_DECIDED ? reason : S2SV_REASON_NONE;
}

int s2sv_verdict_depth(const struct s2sv_verdict *verdict)
{
    int depth;
    return s2sv_verdict_fault(verdict, 0, NULL, &depth, NULL) == S2SV_DECIDED ? depth : -1;
}

/* Notes: the leaf's purpose first, then one for each bit that is set. */
static const char *note_at(const struct s2sv_verdict *verdict, size_t i)
{
    if (!verdict || !verdict->identities)
        return NULL;
    if (!verdict->has_eku && i-- == 0)
        return "the certificate has no extended key usage: any purpose is allowed";
    for (unsigned bit = 1; bit <= SV_NOTE_LAST; bit <<= 1)
        if ((verdict->identities->notes & bit) && i-- == 0)
            return sv_identity_note(bit);
    return NULL;
}

size_t s2sv_verdict_note_count(const struct s2sv_verdict *verdict)
{
    size_t count = 0;
    while (note_at(verdict, count))
        count++;
    return count;
}

int s2sv_verdict_note(const struct s2sv_verdict *verdict, size_t i, const char **ret_text)
{
    const char *text = note_at(verdict, i);
    if (!text)
        return S2SV_ERR_INVALID;
    if (ret_text)
        *ret_text = text;
    return S2SV_DECIDED;
}

const char *s2sv_verdict_peer_text(const struct s2sv_verdict *verdict)
{
    return s2sv_reason_peer_text(s2sv_verdict_reason(verdict));
}

const char *s2sv_verdict_tlsrpt(const struct s2sv_verdict *verdict)
{
    return s2sv_reason_tlsrpt(s2sv_verdict_reason(verdict));
}

/* ---- the path ----------------------------------------------------------------------------------
 */

int s2sv_verdict_certificate(const struct s2sv_verdict *verdict, int depth, const void **ret_der,
                             size_t *ret_len)
{
    if (!verdict || depth < 0 || (size_t)depth >= verdict->certificate_count)
        return S2SV_ERR_INVALID;
    if (ret_der)
        *ret_der = verdict->certificates[depth].data;
    if (ret_len)
        *ret_len = verdict->certificates[depth].len;
    return S2SV_DECIDED;
}

void *s2sv_verdict_native(const struct s2sv_verdict *verdict, int depth)
{
    int is_last = verdict && depth >= 0 && (size_t)depth + 1 == verdict->certificate_count;
    if (!is_last || !verdict->anchor ||
        sv_node_import(verdict->anchor->backend, &verdict->anchor->node) != S2SV_DECIDED)
        return NULL;
    return verdict->anchor->node.native;
}

int64_t s2sv_verdict_valid_until(const struct s2sv_verdict *verdict)
{
    return s2sv_verdict_trusted(verdict) ? verdict->valid_until : INT64_MIN;
}

int s2sv_verdict_valid_at(const struct s2sv_verdict *verdict, int64_t seconds_since_1970)
{
    return s2sv_verdict_trusted(verdict) && verdict->valid_from <= seconds_since_1970 &&
           seconds_since_1970 < verdict->valid_until;
}

int s2sv_verdict_ends_handshake(const struct s2sv_verdict *verdict,
                                const struct s2sv_policy *policy)
{
    if (s2sv_policy_handshake(policy) == S2SV_HANDSHAKE_RECORD)
        return 0;
    if (!s2sv_verdict_trusted(verdict))
        return 1;
    return verdict->direction == S2SV_OUTBOUND && verdict->is_expected && !verdict->accepted;
}

int s2sv_verdict_is_about(const struct s2sv_verdict *verdict, const void *leaf, size_t len)
{
    struct sv_span present = { leaf, len };
    return verdict && leaf && verdict->certificate_count > 0 &&
           sv_span_equal(verdict->certificates[0], present);
}
