/* SPDX-License-Identifier: MIT */
#include "path/revocation.h"

#include "path/staples.h"
#include "path/validate.h"
#include "x509/text.h"

/* What is known of one certificate of the path. */
struct known {
    struct sv_answer lists;
    enum sv_told staples;
};

static void add_unchecked(struct sv_faults *faults, size_t depth, struct sv_span algorithm)
{
    char text[SV_OID_TEXT];
    sv_faults_add(faults, S2SV_REASON_REVOCATION_UNKNOWN, (int)depth,
                  "a list of its issuer has it, whose signature (algorithm %s) can't be checked",
                  sv_oid_text(algorithm, text));
}

/* RFC 7633 4.2.3.1: 5 is status_request. */
static int demands_staple(const struct sv_certificate *x)
{
    struct sv_span features = x->tls_features, number;
    while (sv_der_take(&features, SV_INTEGER, &number))
        if (sv_span_is(number, "\x05"))
            return 1;
    return 0;
}

/* OCSP-8: the leaf's own demand counts only where the peer was asked to fulfil it. */
static int lacks_staple(const struct sv_walk *w, size_t depth, const struct known *known)
{
    return depth == 0 && w->given->asked_status && known->staples != SV_TOLD_GOOD &&
           demands_staple(&w->path[0]->certificate);
}

/* V-3: what is known to be revoked, and what isn't known to be good where that is required. */
static void add_faults(const struct sv_walk *w, size_t depth, const struct known *known,
                       struct sv_faults *faults)
{
    int is_good = known->lists.told == SV_TOLD_GOOD || known->staples == SV_TOLD_GOOD;
    if (known->lists.told == SV_TOLD_REVOKED)
        sv_faults_add(faults, S2SV_REASON_REVOKED, (int)depth, "its issuer's list has it");
    else if (known->staples == SV_TOLD_REVOKED)
        sv_faults_add(faults, S2SV_REASON_REVOKED, (int)depth, "an OCSP response says so");
    else if (known->lists.told == SV_TOLD_UNCHECKED)
        add_unchecked(faults, depth, known->lists.algorithm);
    else if (!is_good && w->given->policy->revocation == S2SV_REVOCATION_REQUIRE)
        sv_faults_add(
            faults, S2SV_REASON_REVOCATION_UNKNOWN, (int)depth,
            "no valid list of its issuer and no staple tells, and the policy requires it");
    else if (lacks_staple(w, depth, known))
        sv_faults_add(faults, S2SV_REASON_REVOCATION_UNKNOWN, (int)depth,
                      "it demands a stapled status (RFC 7633), and no good one came");
}

/* Those of a trust of ours, or those of the application of that certificate's issuer: a reference,
 * or NULL for none. */
static int lists_of(const struct sv_walk *w, size_t depth, struct s2sv_lists **ret_lists)
{
    const struct s2sv_trust_source *source = w->given->source;
    *ret_lists = w->given->anchors ? sv_crl_set_ref(w->given->anchors->crls) : NULL;
    if (source->trust || w->given->anchors || !source->backend->lists)
        return S2SV_DECIDED;
    int status = sv_import(w, w->path[depth]);
    if (status != S2SV_DECIDED)
        return status;
    struct s2sv_link child = sv_link_of(w->path[depth]);
    return sv_status(source->backend->lists(source->application, &child, ret_lists));
}

static int judge_one(const struct sv_walk *w, struct sv_staples *staples, size_t depth,
                     struct sv_faults *faults)
{
    struct s2sv_lists *lists;
    struct known known;
    int status = lists_of(w, depth, &lists);
    staples->lists = lists;
    if (status == S2SV_DECIDED)
        status = sv_ask_lists(w, lists, &w->path[depth]->certificate, depth + 1, &known.lists);
    if (status == S2SV_DECIDED)
        status = sv_ask_staples(staples, depth, &known.staples);
    if (status == S2SV_DECIDED)
        add_faults(w, depth, &known, faults);
    sv_crl_set_unref(lists);
    return status;
}

/* Every certificate but the anchor, whose revocation is its removal. */
int sv_judge_revocation(const struct sv_walk *w, struct sv_faults *faults)
{
    struct sv_staples staples = { .walk = w };
    if (w->given->policy->revocation == S2SV_REVOCATION_OFF)
        return S2SV_DECIDED;
    for (size_t depth = 0; depth + 1 < w->count; depth++) {
        int status = judge_one(w, &staples, depth, faults);
        if (status != S2SV_DECIDED)
            return status;
    }
    if (staples.forged > SV_MAX_FORGED)
        sv_faults_add(faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "more than %d signatures of its OCSP responses are wrong", SV_MAX_FORGED);
    return S2SV_DECIDED;
}
