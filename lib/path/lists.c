/* SPDX-License-Identifier: MIT */
#include "path/lists.h"

#include "path/distrust.h"
#include "path/signatures.h"
#include "x509/name.h"

/* Certificates of an issuer's name, made by others, that a peer may have us look at. */
enum { MAX_STRANGERS = 4 };

struct asking {
    const struct sv_walk *walk;
    const struct s2sv_lists *set;
    int is_listed; /* the certificate may be on one of them */
    unsigned strangers;
};

/* ---- who signed it (CRL-4) -------------------------------------------------------------------*/

/* CRL-2: asked once for each key. */
static int is_signed_by_key(const struct asking *a, struct sv_node *node, struct sv_list *list)
{
    const struct sv_certificate *x = &node->certificate;
    struct sv_signer signer = { .key = x->spki };
    if (x->has_key_usage && !(x->key_usage & SV_KU_CRL_SIGN))
        return 0;
    int is_signed = sv_list_recall(list, &signer);
    if (is_signed >= 0)
        return is_signed;
    is_signed = sv_is_signed_by(a->walk, list->crl.tbs, &list->crl.signature, node);
    if (is_signed >= 0)
        sv_list_remember(list, &signer, is_signed);
    return is_signed;
}

/* The i-th certificate that may be another one of that name; NULL past the last. */
static struct sv_node *other_at(const struct sv_walk *w, struct sv_span name, size_t i)
{
    const struct sv_given *given = w->given;
    if (i < given->presented_count)
        return &given->presented[i];
    i -= given->presented_count;
    if (i < w->listed.count)
        return &w->listed.items[i]->node;
    i -= w->listed.count;
    if (!given->anchors)
        return NULL;
    i += sv_anchor_set_find(given->anchors, name);
    struct sv_node *anchor = i < given->anchors->count ? &given->anchors->items[i]->node : NULL;
    return anchor && sv_name_order(anchor->certificate.subject, name) == 0 ? anchor : NULL;
}

static int is_on_path(const struct sv_walk *w, const struct sv_certificate *x)
{
    for (size_t i = 0; i < w->count; i++)
        if (sv_span_equal(w->path[i]->certificate.spki, x->spki))
            return 1;
    return 0;
}

/* A certificate of the issuer's name, with a key of its own, that is for signing lists. */
static int may_sign_lists(const struct sv_walk *w, const struct sv_certificate *x,
                          struct sv_span name)
{
    return x->has_key_usage && (x->key_usage & SV_KU_CRL_SIGN) && !x->unsupported_critical.data &&
           x->not_before <= w->given->time && w->given->time <= x->not_after &&
           sv_span_equal(x->subject, name) && !is_on_path(w, x) && !sv_is_distrusted(w, x);
}

static int ask(struct asking *a, const struct sv_certificate *x, size_t issuer, int is_deep,
               struct sv_answer *ret_answer);

/* 1: that other certificate made the list, and the path's certificate of that depth made it. Of two
 * answers that hold for the same octets only the first is asked for anew. */
static int is_signed_through(struct asking *a, struct sv_node *other, size_t depth,
                             struct sv_list *list)
{
    const struct sv_certificate *x = &other->certificate;
    struct sv_node *above = a->walk->path[depth];
    struct sv_signer signer = { x->der, above->certificate.spki };
    struct sv_answer answer;
    int is_signed = sv_list_recall(list, &signer);
    if (is_signed < 0) {
        is_signed = sv_is_signed_by(a->walk, x->tbs, &x->signature, above);
        a->strangers += is_signed == 0;
        if (is_signed != 1)
            return is_signed;
        is_signed = sv_is_signed_by(a->walk, list->crl.tbs, &list->crl.signature, other);
        if (is_signed >= 0)
            sv_list_remember(list, &signer, is_signed);
    }
    if (is_signed != 1)
        return is_signed;
    struct asking about = { .walk = a->walk,
                            .set = a->set,
                            .is_listed = sv_crl_set_may_have(a->set, x->serial) };
    int status = ask(&about, x, depth, 0, &answer);
    return status != S2SV_DECIDED ? status : answer.told < SV_TOLD_UNCHECKED;
}

/* Another certificate of the issuer's name, which itself leads to the path's anchor: that of a new
 * or an old key, or one for lists only (RFC 5280 6.3.3 (f)). */
static int is_signed_by_other(struct asking *a, size_t issuer, struct sv_list *list)
{
    const struct sv_walk *w = a->walk;
    struct sv_span name = w->path[issuer]->certificate.subject;
    struct sv_node *other;
    int is_signed = 0;
    for (size_t i = issuer + 1; i < w->count && is_signed == 0; i++)
        if (sv_span_equal(w->path[i]->certificate.subject, name))
            is_signed = is_signed_by_key(a, w->path[i], list);
    for (size_t i = 0; is_signed == 0 && (other = other_at(w, name, i)); i++) {
        if (!may_sign_lists(w, &other->certificate, name))
            continue;
        for (size_t k = issuer; k < w->count && is_signed == 0 && a->strangers < MAX_STRANGERS; k++)
            if (sv_span_equal(w->path[k]->certificate.subject, other->certificate.issuer))
                is_signed = is_signed_through(a, other, k, list);
    }
    return is_signed;
}

/* ---- what it says ----------------------------------------------------------------------------*/

/* CRL-6: out of date, a list tells no good, but revoked stays revoked; on hold doesn't. */
static enum sv_told tell(const struct asking *a, const struct sv_crl *crl,
                         const struct sv_certificate *x)
{
    int is_current = sv_crl_is_current(crl, a->walk->given->time);
    switch (a->is_listed ? sv_crl_find(crl, x->serial) : SV_NOT_LISTED) {
    case SV_LISTED:
        return SV_TOLD_REVOKED;
    case SV_ON_HOLD:
        return is_current ? SV_TOLD_REVOKED : SV_TOLD_NOTHING;
    case SV_NOT_LISTED:
        break;
    }
    return is_current && sv_crl_covers(crl, x) ? SV_TOLD_GOOD : SV_TOLD_NOTHING;
}

/* CRL-7: what can't be checked still costs those on it their trust, and nobody else anything. */
static struct sv_answer distrust(const struct sv_crl *crl, enum sv_told told)
{
    return (struct sv_answer){ told == SV_TOLD_REVOKED ? SV_TOLD_UNCHECKED : SV_TOLD_NOTHING,
                               crl->signature.algorithm.oid };
}

/* What one list of that issuer says, and whether it takes the place of those behind it (CRL-3). */
static int ask_list(struct asking *a, const struct sv_certificate *x, size_t issuer, int is_deep,
                    size_t at, struct sv_answer *ret_answer, int *ret_rules)
{
    struct sv_list *list = a->set->items[at];
    const struct sv_crl *crl = &list->crl;
    struct sv_answer answer = { .told = tell(a, crl, x) };
    int may_rule = a->set->ends[at] > at + 1 && sv_crl_is_complete(crl) &&
                   crl->this_update <= a->walk->given->time;
    *ret_rules = 0;
    *ret_answer = (struct sv_answer){ .told = SV_TOLD_NOTHING };
    if (crl->signature.unfit) {
        *ret_answer = distrust(crl, answer.told);
        return S2SV_DECIDED;
    }
    if (answer.told == SV_TOLD_NOTHING && !may_rule) /* whoever signed it */
        return S2SV_DECIDED;
    int is_signed = is_signed_by_key(a, a->walk->path[issuer], list);
    if (is_signed == 0 && is_deep)
        is_signed = is_signed_by_other(a, issuer, list);
    if (is_signed < 0)
        return is_signed;
    *ret_rules = is_signed && may_rule;
    if (is_signed)
        *ret_answer = answer;
    return S2SV_DECIDED;
}

/* What the lists of the path's certificate of depth issuer say about a certificate that it made. */
static int ask(struct asking *a, const struct sv_certificate *x, size_t issuer, int is_deep,
               struct sv_answer *ret_answer)
{
    const struct s2sv_lists *set = a->set;
    struct sv_span name = a->walk->path[issuer]->certificate.subject;
    struct sv_answer answer = { .told = SV_TOLD_NOTHING }, one;
    size_t i = sv_crl_set_find(set, name), next;
    int has_some = i < set->count && sv_span_equal(set->items[i]->crl.issuer, name);
    size_t end = has_some ? set->issuer_ends[i] : i;
    for (; i < end; i = next) {
        int rules, status = ask_list(a, x, issuer, is_deep, i, &one, &rules);
        if (status != S2SV_DECIDED)
            return status;
        if (one.told > answer.told)
            answer = one;
        next = rules ? set->ends[i] : i + 1;
    }
    *ret_answer = answer;
    return S2SV_DECIDED;
}

/* Of most certificates the filter knows that they are on no list. Then only where it must be known
 * that they are good the lists themselves are looked at. */
int sv_ask_lists(const struct sv_walk *w, const struct s2sv_lists *set,
                 const struct sv_certificate *x, size_t issuer, struct sv_answer *ret_answer)
{
    struct asking a = { .walk = w, .set = set };
    *ret_answer = (struct sv_answer){ .told = SV_TOLD_NOTHING };
    if (!set)
        return S2SV_DECIDED;
    a.is_listed = sv_crl_set_may_have(set, x->serial);
    if (!a.is_listed && w->given->policy->revocation != S2SV_REVOCATION_REQUIRE)
        return S2SV_DECIDED;
    return ask(&a, x, issuer, 1, ret_answer);
}
