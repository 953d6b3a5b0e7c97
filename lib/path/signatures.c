/* SPDX-License-Identifier: MIT */
#include "path/signatures.h"

#include "path/price.h"

/* Nothing in how the two are written speaks against it. */
static int may_have_made(const struct sv_key *key, const struct sv_signature *signature)
{
    return !signature->unfit && !key->unfit && !sv_signature_misfit(signature, key);
}

/* Returns 1, 0 or a status; S2SV_ERR_INVALID: the TLS library can't read the issuer. */
static int ask(const struct sv_walk *w, struct sv_span octets, const struct sv_signature *signature,
               struct sv_node *issuer)
{
    const struct s2sv_backend *backend = w->given->source->backend;
    int status = sv_node_import(backend, issuer);
    if (status != S2SV_DECIDED)
        return status;
    struct s2sv_signed what = sv_signed_of(octets, signature);
    struct s2sv_link link = sv_link_of(issuer);
    int is_signed = backend->is_signed_by(&what, &link);
    return is_signed > 1 ? S2SV_ERR_BACKEND : is_signed;
}

/* Short of memory, a TLS library may say no; a second no is believed. */
int sv_is_signed_by(const struct sv_walk *w, struct sv_span octets,
                    const struct sv_signature *signature, struct sv_node *issuer)
{
    if (!may_have_made(&issuer->certificate.key, signature))
        return 0;
    int answer = ask(w, octets, signature, issuer);
    if (answer == 0)
        answer = ask(w, octets, signature, issuer);
    return answer == S2SV_ERR_INVALID ? 0 : answer;
}

int sv_may_be_signed_by_itself(const struct sv_walk *w, struct sv_node *node)
{
    const struct sv_certificate *x = &node->certificate;
    if (x->signature.unfit || x->key.unfit)
        return 1;
    if (!may_have_made(&x->key, &x->signature))
        return 0;
    int answer = ask(w, x->tbs, &x->signature, node);
    return answer == 1 || answer == S2SV_ERR_INVALID;
}

/* ---- of a path -------------------------------------------------------------------------------*/

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
    if (w->graph.good[w->at[depth]] & SV_BIT(w->at[depth + 1]))
        return 1;
    if (w->graph.bad[w->at[depth]] & SV_BIT(w->at[depth + 1]))
        return 0;
    if (!may_have_made(&issuer->certificate.key, &child->signature))
        return 1;
    int answer = ask(w, child->tbs, &child->signature, issuer);
    if (answer >= 0)
        remember(w, depth, answer);
    return answer == S2SV_ERR_INVALID ? 1 : answer;
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
