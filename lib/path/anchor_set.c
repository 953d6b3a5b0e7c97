/* SPDX-License-Identifier: MIT */
#include "path/anchor_set.h"

#include <stdlib.h>
#include <string.h>

#include "x509/name.h"

void sv_anchor_set_unref(struct sv_anchor_set *set)
{
    if (!set || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < set->count; i++)
        sv_anchor_unref(set->items[i]);
    for (size_t i = 0; i < set->crl_count; i++)
        sv_crl_unref(set->crls[i]);
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
    const struct sv_certificate *x = &(*(struct sv_anchor *const *)a)->node.certificate;
    const struct sv_certificate *y = &(*(struct sv_anchor *const *)b)->node.certificate;
    int order = sv_name_order(x->subject, y->subject);
    return order != 0 ? order : compare_spans(x->der, y->der);
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
}

static struct sv_anchor_set *set_new(size_t count, size_t crl_count)
{
    struct sv_anchor_set *set;
    set = malloc(sizeof(*set) + (count + crl_count) * sizeof(void *));
    if (!set)
        return NULL;
    atomic_init(&set->references, 1);
    set->count = count;
    set->crl_count = crl_count;
    set->crls = (struct sv_crl **)(void *)(set->items + count);
    return set;
}

struct sv_anchor_set *sv_anchor_set_with(const struct sv_anchor_set *old,
                                         const struct sv_additions *added, size_t memory)
{
    size_t old_count = old ? old->count : 0, old_crls = old ? old->crl_count : 0;
    struct sv_anchor_set *set = set_new(old_count + added->count, old_crls + added->crl_count);
    if (!set)
        return NULL;
    for (size_t i = 0; i < old_count; i++) {
        set->items[i] = old->items[i];
        atomic_fetch_add_explicit(&set->items[i]->references, 1, memory_order_relaxed);
    }
    for (size_t i = 0; i < old_crls; i++) {
        set->crls[i] = old->crls[i];
        atomic_fetch_add_explicit(&set->crls[i]->references, 1, memory_order_relaxed);
    }
    for (size_t i = 0; i < added->count; i++)
        set->items[old_count + i] = added->anchors[i];
    for (size_t i = 0; i < added->crl_count; i++)
        set->crls[old_crls + i] = added->crls[i];
    qsort(set->items, set->count, sizeof(set->items[0]), compare_anchors);
    remove_duplicates(set);
    set->memory = s2sv_memory_new(memory);
    return set;
}
