/* SPDX-License-Identifier: MIT */
#include "path/anchor.h"

#include <stdlib.h>
#include <string.h>

#include "x509/bounds.h"
#include "x509/certificate_reader.h"

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

struct s2sv_link sv_link_of(const struct sv_node *node)
{
    return (struct s2sv_link){ node->certificate.der.data, node->certificate.der.len,
                               node->native };
}

/* A native form that is NULL is the backend's fault. Of two threads the first one's stays. */
int sv_node_import(const struct s2sv_backend *backend, struct sv_node *node)
{
    struct sv_span der = node->certificate.der;
    void *native = NULL, *none = NULL;
    if (node->native)
        return S2SV_DECIDED;
    int status = sv_status(backend->import(der.data, der.len, &native));
    if (status == S2SV_DECIDED && !native)
        status = S2SV_ERR_BACKEND;
    if (status != S2SV_DECIDED)
        return status;
    if (atomic_compare_exchange_strong(&node->native, &none, native))
        node->is_imported = !node->anchor;
    else
        backend->release(native);
    return S2SV_DECIDED;
}

int sv_anchor_new(const struct s2sv_backend *backend, const void *der, size_t len, void *native,
                  struct sv_misread *ret_misread, struct sv_anchor **ret_anchor)
{
    *ret_misread = (struct sv_misread){ S2SV_REASON_MALFORMED_CERTIFICATE, "not a certificate" };
    int fits = der && len > 0 && len <= SV_MAX_OCTETS;
    struct sv_anchor *anchor = fits ? calloc(1, sizeof *anchor + len) : NULL;
    if (!anchor) {
        if (native)
            backend->release(native);
        return fits ? S2SV_ERR_NOMEM : S2SV_ERR_INVALID;
    }
    atomic_init(&anchor->references, 1);
    anchor->backend = backend;
    atomic_init(&anchor->node.native, native);
    anchor->node.is_anchor = 1;
    anchor->node.anchor = anchor;
    memcpy(anchor->der, der, len);
    if (!sv_certificate_read(anchor->der, len, &anchor->node.certificate, ret_misread)) {
        sv_anchor_unref(anchor);
        return S2SV_ERR_INVALID;
    }
    *ret_anchor = anchor;
    return S2SV_DECIDED;
}

int sv_distrusted_new(const struct s2sv_backend *backend, const void *der, size_t len,
                      struct sv_misread *ret_misread, struct sv_anchor **ret_anchor)
{
    int status = sv_anchor_new(backend, der, len, NULL, ret_misread, ret_anchor);
    if (status == S2SV_DECIDED) {
        (*ret_anchor)->node.is_anchor = 0;
        (*ret_anchor)->node.is_distrusted = 1;
    }
    return status;
}
