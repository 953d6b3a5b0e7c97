/* SPDX-License-Identifier: MIT */
#include "path/anchor.h"

#include <stdlib.h>
#include <string.h>

#include "x509/bounds.h"
#include "x509/name.h"

struct sv_anchor *sv_anchor_ref(struct sv_anchor *anchor)
{
    if (anchor)
        atomic_fetch_add_explicit(&anchor->references, 1, memory_order_relaxed);
    return anchor;
}

void sv_anchor_unref(struct sv_anchor *anchor)
{
    if (!anchor || atomic_fetch_sub_explicit(&anchor->references, 1, memory_order_acq_rel) != 1)
        return;
    if (anchor->node.native)
        anchor->backend->release(anchor->node.native);
    free(anchor);
}

int sv_status(int answer)
{
    return answer > 0 ? S2SV_ERR_BACKEND : answer;
}

int sv_import_der(const struct s2sv_backend *backend, struct sv_span der, void **ret_native)
{
    void *native = NULL;
    int status = sv_status(backend->import(der.data, der.len, &native));
    if (status == S2SV_DECIDED && !native)
        status = S2SV_ERR_BACKEND;
    if (status == S2SV_DECIDED)
        *ret_native = native;
    return status;
}

int sv_anchor_new(const struct s2sv_backend *backend, const void *der, size_t len, void *native,
                  struct sv_misread *ret_misread, struct sv_anchor **ret_anchor)
{
    *ret_misread = (struct sv_misread){ S2SV_REASON_MALFORMED_CERTIFICATE, "not a certificate" };
    int fits = der && len > 0 && len <= SV_MAX_OCTETS;
    struct sv_anchor *anchor = fits ? calloc(1, sizeof(*anchor) + len) : NULL;
    if (!anchor) {
        if (native)
            backend->release(native);
        return fits ? S2SV_ERR_NOMEM : S2SV_ERR_INVALID;
    }
    atomic_init(&anchor->references, 1);
    anchor->backend = backend;
    anchor->node.native = native;
    anchor->node.is_anchor = 1;
    anchor->node.anchor = anchor;
    memcpy(anchor->der, der, len);
    int status = S2SV_ERR_INVALID;
    if (sv_certificate_read(anchor->der, len, &anchor->node.certificate, ret_misread)) {
        ret_misread->what = "the TLS library can't read it";
        status = native
                     ? S2SV_DECIDED
                     : sv_import_der(backend, anchor->node.certificate.der, &anchor->node.native);
    }
    if (status == S2SV_DECIDED)
        *ret_anchor = anchor;
    else
        sv_anchor_unref(anchor);
    return status;
}

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
