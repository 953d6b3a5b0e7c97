/* SPDX-License-Identifier: MIT */
#include "path/validate.h"

#include "path/price.h"
#include "path/signatures.h"

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
    struct s2sv_path_request request = { links,
                                         count,
                                         w->given->time,
                                         w->given->time_is_given,
                                         s2sv_policy_server_auth(w->given->policy),
                                         w->given->named != NULL };
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

/* What it costs the TLS library, as far as it comes. */
static unsigned price_of(const struct sv_walk *w)
{
    unsigned price = 0;
    for (size_t i = 1; i < w->count; i++)
        price += sv_signature_price(&w->path[i]->certificate.key);
    return price;
}

/* The core's own look at the signatures says which of them is wrong; of a path that the TLS library
 * accepts they need no second one. */
int sv_validate(struct sv_walk *w, struct sv_faults *faults)
{
    unsigned before = w->price;
    int accepted = sv_validate_first(w, w->count, faults);
    if (accepted < 0 || (accepted == 1 && !repeats_anchor(w)))
        return accepted;
    int are_signed = sv_signatures_check(w, faults);
    w->price += are_signed == 1 ? price_of(w) : w->price - before;
    return are_signed == 1 ? accepted : are_signed;
}
