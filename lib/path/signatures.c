/* SPDX-License-Identifier: MIT */
#include "path/signatures.h"

#include "path/price.h"

/* 1, 0 or a status. */
static int ask(const struct sv_walk *w, const struct sv_certificate *child, struct sv_node *issuer)
{
    struct s2sv_signed what = sv_signed_of(child->tbs, &child->signature);
    int answer = sv_node_import(w->given->source->backend, issuer);
    if (answer == S2SV_ERR_INVALID)
        return 1;
    if (answer != S2SV_DECIDED)
        return answer;
    struct s2sv_link link = sv_link_of(issuer);
    answer = w->given->source->backend->is_signed_by(&what, &link);
    return answer > 1 ? S2SV_ERR_BACKEND : answer;
}

static void remember(struct sv_walk *w, size_t depth, int is_good)
{
    unsigned price = sv_signature_price(&w->path[depth + 1]->certificate.key);
    sv_set *known = is_good ? w->graph.good : w->graph.bad;
    known[w->at[depth]] |= SV_BIT(w->at[depth + 1]);
    w->signatures++;
    w->price += price;
    w->wrong += is_good ? 0 : price;
}

/* The certificate at that depth: 1, 0 or a status. */
static int is_signed(struct sv_walk *w, size_t depth)
{
    const struct sv_certificate *child = &w->path[depth]->certificate;
    struct sv_node *issuer = w->path[depth + 1];
    const struct sv_key *key = &issuer->certificate.key;
    if (w->graph.good[w->at[depth]] & SV_BIT(w->at[depth + 1]))
        return 1;
    if (w->graph.bad[w->at[depth]] & SV_BIT(w->at[depth + 1]))
        return 0;
    if (child->signature.unfit || key->unfit || sv_signature_misfit(&child->signature, key))
        return 1;
    int answer = ask(w, child, issuer);
    if (answer >= 0)
        remember(w, depth, answer);
    return answer;
}

int sv_signatures_check(struct sv_walk *w, struct sv_faults *faults)
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

int sv_may_be_signed_by_itself(const struct sv_walk *w, struct sv_node *node)
{
    const struct sv_certificate *x = &node->certificate;
    if (x->signature.unfit || x->key.unfit)
        return 1;
    return !sv_signature_misfit(&x->signature, &x->key) && ask(w, x, node) == 1;
}
