/* SPDX-License-Identifier: MIT */
#include "path/anchor_set.h"

#include <stdlib.h>
#include <string.h>

#include "x509/name.h"

struct sv_anchor_set *sv_anchor_set_ref(struct sv_anchor_set *set)
{
    if (set)
        atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void sv_anchor_set_unref(struct sv_anchor_set *set)
{
    if (!set || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < set->count; i++)
        sv_anchor_unref(set->items[i]);
    sv_crl_set_unref(set->crls);
    s2sv_memory_free(set->memory);
    free(set);
}

static int compare_spans(struct sv_span a, struct sv_span b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_anchors(const void *a, const void *b)
{
    const struct sv_node *x = &(*(struct sv_anchor *const *)a)->node;
    const struct sv_node *y = &(*(struct sv_anchor *const *)b)->node;
    int order = sv_name_order(x->certificate.subject, y->certificate.subject);
    if (order == 0)
        order = compare_spans(x->certificate.der, y->certificate.der);
    return order != 0 ? order : x->is_distrusted - y->is_distrusted;
}

size_t sv_anchor_set_find(const struct sv_anchor_set *set, struct sv_span subject)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sv_name_order(set->items[middle]->node.certificate.subject, subject) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* By what is signed: of a signature there may be other forms that anybody can make. */
int sv_anchor_set_distrusts(const struct sv_anchor_set *set, const struct sv_certificate *x)
{
    if (!set || !set->has_distrusted)
        return 0;
    for (size_t i = sv_anchor_set_find(set, x->subject); i < set->count; i++) {
        const struct sv_node *node = &set->items[i]->node;
        if (!sv_span_equal(node->certificate.subject, x->subject))
            break;
        if (node->is_distrusted && sv_span_equal(node->certificate.tbs, x->tbs))
            return 1;
    }
    return 0;
}

/* Drops the second of two equal neighbours. */
static void remove_duplicates(struct sv_anchor_set *set)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (kept > 0 && compare_anchors(&set->items[kept - 1], &set->items[i]) == 0)
            sv_anchor_unref(set->items[i]);
        else
            set->items[kept++] = set->items[i];
    }
    set->count = kept;
    set->has_distrusted = 0;
    for (size_t i = 0; i < kept; i++)
        set->has_distrusted |= set->items[i]->node.is_distrusted;
}

/* What the old one has and what is added, sorted. */
static struct sv_anchor_set *set_of(const struct sv_anchor_set *old,
                                    const struct sv_additions *added)
{
    size_t old_count = old ? old->count : 0;
    struct sv_anchor_set *set =
        malloc(sizeof *set + (old_count + added->count) * sizeof(struct sv_anchor *));
    if (!set)
        return NULL;
    atomic_init(&set->references, 1);
    set->count = old_count + added->count;
    for (size_t i = 0; i < old_count; i++)
        set->items[i] = sv_anchor_ref(old->items[i]);
    for (size_t i = 0; i < added->count; i++)
        set->items[old_count + i] = sv_anchor_ref(added->anchors[i]);
    if (added->count > 0)
        qsort(set->items, set->count, sizeof set->items[0], compare_anchors);
    remove_duplicates(set);
    return set;
}

struct sv_anchor_set *sv_anchor_set_with(struct sv_anchor_set *old,
                                         const struct sv_additions *added, size_t memory)
{
    struct s2sv_lists *before = old ? old->crls : NULL, *crls = sv_crl_set_ref(before);
    if (added->list_count > 0) {
        sv_crl_set_unref(crls);
        crls = sv_crl_set_with(before, added->lists, added->list_count);
        if (!crls)
            return NULL;
    }
    int is_new = !old || added->count > 0 || added->list_count == 0 || crls != before;
    struct sv_anchor_set *set = is_new ? set_of(old, added) : sv_anchor_set_ref(old);
    if (!is_new || !set) {
        sv_crl_set_unref(crls);
        return set;
    }
    set->crls = crls;
    set->memory = s2sv_memory_new(memory);
    return set;
}
