/* SPDX-License-Identifier: MIT */
#include "pkix.h"

#include <stdlib.h>
#include <string.h>

#include "trust.h"
#include "x509/certificate_reader.h"

/* 1: no other is the same, and another one is its issuer by name, or issued by it. */
static int belongs_to_mesh(const struct sv_work *w, size_t i)
{
    const struct sv_certificate *x = &w->nodes[i].certificate;
    int is_linked = 0;
    for (size_t k = 0; k < w->count; k++) {
        const struct sv_certificate *other = &w->nodes[k].certificate;
        if (k == i)
            continue;
        if (sv_span_equal(other->der, x->der))
            return 0;
        if (sv_span_equal(other->issuer, x->subject) || sv_span_equal(x->issuer, other->subject))
            is_linked = 1;
    }
    return is_linked;
}

/* A chain has up to ten certificates (C-18). More are taken only of a mesh of cross-signed CAs, in
 * which each is another one and each is linked to another. */
static void check_count(struct sv_work *w)
{
    if (w->count <= SV_MAX_PRESENTED)
        return;
    for (size_t i = 1; i < w->count; i++) {
        if (belongs_to_mesh(w, i))
            continue;
        sv_faults_add(&w->faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "more than %d certificates presented, and number %zu is there twice or "
                      "linked to none of them",
                      SV_MAX_PRESENTED, i);
        return;
    }
}

static void read_certificates(struct sv_work *w)
{
    struct sv_misread misread;
    for (size_t i = 0; i < w->count; i++) {
        struct sv_node *node = &w->nodes[i];
        node->native = w->presented[i].native;
        node->is_imported = node->is_anchor = 0;
        node->anchor = NULL;
        if (!sv_certificate_read(w->presented[i].der, w->presented[i].len, &node->certificate,
                                 &misread))
            sv_faults_add(&w->faults, misread.reason, (int)i, "%s", misread.what);
    }
    w->given.presented_count = w->count;
}

int sv_pkix_read(struct sv_work *w)
{
    if (w->are_read)
        return 1;
    read_certificates(w);
    if (w->faults.count == 0)
        check_count(w);
    w->are_read = w->faults.count == 0;
    return w->are_read;
}

static int read_identities(struct sv_work *w)
{
    const struct s2sv_policy *policy = w->given.policy;
    const struct sv_certificate *leaf = &w->nodes[0].certificate;
    struct sv_misread misread;
    w->verdict->has_eku = leaf->has_eku;
    free(w->verdict->identities);
    w->verdict->identities = NULL;
    int status = sv_identities_read(leaf, policy->identifiers, policy->service,
                                    &w->verdict->identities, &misread);
    if (status == 0)
        sv_faults_add(&w->faults, misread.reason, 0, "%s", misread.what);
    return status < 0 ? status : S2SV_DECIDED;
}

/* The path that was found, and how long all of it holds (F-38). A key that is nobody's certificate
 * isn't shown. */
static int keep_path(struct sv_work *w)
{
    struct sv_span spans[SV_MAX_PATH];
    const struct sv_found *found = &w->search.found;
    int64_t from = INT64_MIN, until = INT64_MAX;
    size_t shown = 0;
    for (size_t i = 0; i < found->best_count; i++) {
        const struct sv_certificate *certificate = &found->best[i]->certificate;
        if (!found->best[i]->is_bare_key)
            spans[shown++] = certificate->der;
        if (certificate->not_before > from)
            from = certificate->not_before;
        if (certificate->not_after < until)
            until = certificate->not_after;
    }
    w->verdict->valid_from = from;
    w->verdict->valid_until = until;
    sv_anchor_unref(w->verdict->anchor);
    w->verdict->anchor = NULL;
    if (w->given.source->application && !w->given.named) /* offline nobody asks for it */
        w->verdict->anchor = sv_anchor_ref(found->best[found->best_count - 1]->anchor);
    return sv_verdict_set_certificates(w->verdict, spans, shown);
}

static int search(struct sv_work *w)
{
    struct sv_search *s = &w->search;
    struct sv_anchor_set *anchors =
        w->given.source->trust ? sv_trust_anchors(w->given.source->trust) : NULL;
    w->given.anchors = anchors;
    w->given.identities = w->verdict->identities;
    memset(s, 0, sizeof *s);
    s->walk.given = &w->given;
    s->found.faults = &w->faults;
    int status = sv_search_run(s);
    if (status == S2SV_DECIDED)
        status = keep_path(w);
    w->verdict->trusted = status == S2SV_DECIDED && s->found.accepted && w->faults.count == 0;
    sv_search_clear(s);
    sv_anchor_set_unref(anchors);
    w->given.anchors = NULL;
    return status;
}

/* Names come before the path: what its CAs may speak for is held against them. */
int sv_pkix_judge(struct sv_work *w)
{
    if (!sv_pkix_read(w))
        return SV_FAILS;
    int status = read_identities(w);
    if (status == S2SV_DECIDED)
        status = search(w);
    if (status != S2SV_DECIDED)
        return status;
    return w->verdict->trusted ? SV_PROVEN : SV_FAILS;
}
