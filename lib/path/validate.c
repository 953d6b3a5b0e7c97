/* SPDX-License-Identifier: MIT */
#include "path/validate.h"

struct s2sv_link sv_link_of(const struct sv_node *node)
{
    return (struct s2sv_link){ node->certificate.der.data, node->certificate.der.len,
                               node->native };
}

int sv_import(const struct sv_walk *w, struct sv_node *node)
{
    return sv_node_import(w->given->source->backend, node);
}

/* ---- the TLS library -------------------------------------------------------------------------*/

static int make_links(const struct sv_walk *w, size_t count, struct s2sv_link *links,
                      struct s2sv_evidence *evidence)
{
    for (size_t i = 0; i < count; i++) {
        int status = sv_import(w, w->path[i]);
        if (status == S2SV_ERR_INVALID)
            s2sv_evidence_add(evidence, S2SV_FINDING_MALFORMED, (int)i, 0, "it can't be read");
        if (status != S2SV_DECIDED)
            return status;
        links[i] = sv_link_of(w->path[i]);
    }
    return S2SV_DECIDED;
}

/* Asks about the path's first certificates, the last of them as the anchor. Returns 1, 0 with
 * faults, or a status. */
int sv_validate_first(struct sv_walk *w, size_t count, struct sv_faults *faults)
{
    struct s2sv_link links[SV_MAX_PATH];
    struct s2sv_evidence evidence = { faults, 0 };
    int status = make_links(w, count, links, &evidence);
    if (status != S2SV_DECIDED)
        return status == S2SV_ERR_INVALID ? 0 : status;
    struct s2sv_path_request request = { links, count, w->given->time, w->given->time_is_given,
                                         s2sv_policy_server_auth(w->given->policy) };
    int accepted =
        w->given->source->backend->validate(w->given->source->application, &request, &evidence);
    if (accepted < 0)
        return accepted;
    if ((accepted == 1) != (evidence.count == 0)) { /* a backend that contradicts itself */
        s2sv_evidence_add(&evidence, S2SV_FINDING_INTERNAL, -1, accepted, "contradictory evidence");
        return 0;
    }
    return accepted == 1;
}

/* 1: the issuer's key made the signature of the certificate at that depth; 0; or a status. What the
 * rules hold something against is passed over. */
static int is_signed(struct sv_walk *w, size_t depth)
{
    const struct sv_certificate *x = &w->path[depth]->certificate;
    const struct sv_key *key = &w->path[depth + 1]->certificate.key;
    if (x->signature.unfit || key->unfit || sv_signature_misfit(&x->signature, key))
        return 1;
    struct s2sv_signed what = sv_signed_of(x->tbs, &x->signature);
    struct s2sv_link issuer = sv_link_of(w->path[depth + 1]);
    int answer = w->given->source->backend->is_signed_by(&what, &issuer);
    return answer > 1 ? S2SV_ERR_BACKEND : answer;
}

/* All of the path, from the anchor down. Returns 1, 0 with a fault, or a status. */
static int check_signatures(struct sv_walk *w, struct sv_faults *faults)
{
    for (size_t depth = w->count - 1; depth-- > 0;) {
        int answer = is_signed(w, depth);
        if (answer == 0)
            sv_faults_add(faults, S2SV_REASON_BAD_SIGNATURE, (int)depth,
                          "its issuer's key didn't make its signature");
        if (answer != 1)
            return answer;
    }
    return 1;
}

/* 1: the anchor's name stands below it as well. One TLS library then takes the upper one of the two
 * for the anchor, and leaves the signatures above it out. */
static int repeats_anchor(const struct sv_walk *w)
{
    const struct sv_certificate *anchor = &w->path[w->count - 1]->certificate;
    for (size_t i = 1; i + 1 < w->count; i++)
        if (sv_span_equal(w->path[i]->certificate.subject, anchor->subject))
            return 1;
    return 0;
}

/* 0: one of them can't be read. */
static int are_natives_there(const struct sv_walk *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (!w->path[i]->native)
            return 0;
    return 1;
}

/* The core's own look at the signatures says which of them is wrong; of a path that the TLS library
 * accepts they need no second one. */
int sv_validate(struct sv_walk *w, struct sv_faults *faults)
{
    int accepted = sv_validate_first(w, w->count, faults);
    if (accepted < 0 || (accepted == 1 && !repeats_anchor(w)))
        return accepted;
    int are_signed = are_natives_there(w) ? check_signatures(w, faults) : 1;
    return are_signed == 1 ? accepted : are_signed;
}
