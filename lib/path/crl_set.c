/* SPDX-License-Identifier: MIT */
#include "path/crl_set.h"

#include <stdlib.h>

#include "x509/name.h"

struct s2sv_lists *sv_crl_set_ref(struct s2sv_lists *set)
{
    if (set)
        atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void sv_crl_set_unref(struct s2sv_lists *set)
{
    if (!set || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < set->count; i++)
        sv_list_unref(set->items[i]);
    sv_serial_filter_free(set->filter);
    free(set->ends);
    free(set);
}

static int compare_lists(const void *a, const void *b)
{
    return sv_crl_order(&(*(struct sv_list *const *)a)->crl, &(*(struct sv_list *const *)b)->crl);
}

/* Merges two sorted lines into items; of equal ones the first stays. Returns how many there are.
 * Without items it only counts. */
static size_t merge(struct sv_list *const *a, size_t a_count, struct sv_list *const *b,
                    size_t b_count, struct sv_list **items)
{
    struct sv_list *last = NULL;
    size_t count = 0;
    while (a_count + b_count > 0) {
        int takes_a = b_count == 0 || (a_count > 0 && compare_lists(a, b) <= 0);
        struct sv_list *next = takes_a ? *a++ : *b++;
        *(takes_a ? &a_count : &b_count) -= 1;
        if (last && compare_lists(&last, &next) == 0)
            continue;
        if (items)
            items[count] = sv_list_ref(next);
        last = next;
        count++;
    }
    return count;
}

static void find_ends(struct s2sv_lists *set)
{
    for (size_t i = set->count; i-- > 0;) {
        const struct sv_crl *crl = &set->items[i]->crl;
        const struct sv_crl *next = i + 1 < set->count ? &set->items[i + 1]->crl : NULL;
        set->ends[i] = next && sv_crl_same_line(crl, next) ? set->ends[i + 1] : i + 1;
        set->issuer_ends[i] =
            next && sv_span_equal(crl->issuer, next->issuer) ? set->issuer_ends[i + 1] : i + 1;
    }
}

static void filter_in(struct s2sv_lists *set, struct sv_list *const *lists, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < lists[i]->crl.entry_count; k++)
            sv_serial_filter_add(set->filter, sv_crl_serial(&lists[i]->crl, k));
}

/* What is there already is copied, so that many small additions don't cost much. */
static int make_filter(struct s2sv_lists *set, const struct s2sv_lists *old,
                       struct sv_list *const *added, size_t count)
{
    int is_empty;
    for (size_t i = 0; i < set->count; i++)
        set->entry_count += set->items[i]->crl.entry_count;
    set->filter = sv_serial_filter_new(old ? old->filter : NULL, set->entry_count, &is_empty);
    if (!set->filter)
        return 0;
    filter_in(set, is_empty ? set->items : added, is_empty ? set->count : count);
    return 1;
}

/* The references of its lists are still to be taken. */
static struct s2sv_lists *set_new(size_t count)
{
    struct s2sv_lists *set = calloc(1, sizeof *set + count * sizeof(struct sv_list *));
    size_t *ends = malloc((2 * count + 1) * sizeof *ends);
    if (!set || !ends) {
        free(set);
        free(ends);
        return NULL;
    }
    atomic_init(&set->references, 1);
    set->ends = ends;
    set->issuer_ends = ends + count;
    return set;
}

struct s2sv_lists *sv_crl_set_with(struct s2sv_lists *old, struct sv_list **added, size_t count)
{
    struct sv_list *const *before = old ? old->items : NULL;
    size_t old_count = old ? old->count : 0;
    qsort(added, count, sizeof added[0], compare_lists);
    size_t total = merge(before, old_count, added, count, NULL);
    struct s2sv_lists *set = old && total == old_count ? sv_crl_set_ref(old) : set_new(total);
    if (!set)
        return NULL;
    if (set != old) {
        set->count = merge(before, old_count, added, count, set->items);
        find_ends(set);
        if (!make_filter(set, old, added, count)) {
            sv_crl_set_unref(set);
            return NULL;
        }
    }
    return set;
}

int sv_crl_set_may_have(const struct s2sv_lists *set, struct sv_span serial)
{
    return sv_serial_filter_has(set->filter, serial);
}

struct s2sv_lists *s2sv_lists_new(const struct s2sv_bytes *ders, size_t count)
{
    struct sv_list **lists = calloc(count + 1, sizeof *lists);
    size_t read = 0;
    int status = lists ? S2SV_DECIDED : S2SV_ERR_NOMEM;
    for (size_t i = 0; i < count && status != S2SV_ERR_NOMEM; i++) {
        status = sv_list_new(ders[i].data, ders[i].len, &lists[read]);
        read += status == S2SV_DECIDED;
    }
    struct s2sv_lists *set = status != S2SV_ERR_NOMEM ? sv_crl_set_with(NULL, lists, read) : NULL;
    for (size_t i = 0; i < read; i++)
        sv_list_unref(lists[i]);
    free(lists);
    return set;
}

struct s2sv_lists *s2sv_lists_ref(struct s2sv_lists *lists)
{
    return sv_crl_set_ref(lists);
}

void s2sv_lists_unref(struct s2sv_lists *lists)
{
    sv_crl_set_unref(lists);
}

size_t sv_crl_set_find(const struct s2sv_lists *set, struct sv_span issuer)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sv_name_order(set->items[middle]->crl.issuer, issuer) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
