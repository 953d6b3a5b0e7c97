/* SPDX-License-Identifier: MIT
 * The application's anchors, listed for one verification. */
#include "path/app_anchors.h"

#include <stdlib.h>

int s2sv_anchors_add(struct s2sv_anchors *anchors, const void *der, size_t len, void *native,
                     int is_anchor)
{
    struct sv_misread misread;
    struct sv_anchor *anchor = NULL;
    int status = sv_anchor_new(anchors->backend, der, len, native, &misread, &anchor);
    if (status == S2SV_ERR_INVALID) /* what can't be read is no anchor */
        return S2SV_DECIDED;
    if (status != S2SV_DECIDED)
        return status;
    anchor->node.is_anchor = is_anchor != 0;
    struct sv_anchor **grown =
        realloc(anchors->items, (anchors->count + 1) * sizeof(struct sv_anchor *));
    if (!grown) {
        sv_anchor_unref(anchor);
        return S2SV_ERR_NOMEM;
    }
    anchors->items = grown;
    grown[anchors->count++] = anchor;
    return S2SV_DECIDED;
}

void s2sv_anchors_have_crls(struct s2sv_anchors *anchors)
{
    anchors->have_crls = 1;
}

int sv_listing_was_asked(const struct s2sv_anchors *anchors, struct sv_span issuer)
{
    for (size_t i = 0; i < anchors->asked_count; i++)
        if (sv_span_equal(anchors->asked[i], issuer))
            return 1;
    return 0;
}

void sv_listing_clear(struct s2sv_anchors *anchors)
{
    for (size_t i = 0; i < anchors->count; i++)
        sv_anchor_unref(anchors->items[i]);
    free(anchors->items);
    *anchors = (struct s2sv_anchors){ .backend = anchors->backend };
}
