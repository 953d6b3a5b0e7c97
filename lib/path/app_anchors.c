/* SPDX-License-Identifier: MIT
 * The application's anchors, listed for one verification. */
#include "path/app_anchors.h"

#include <stdlib.h>

static int is_listed(const struct s2sv_anchors *anchors, struct sv_span der)
{
    for (size_t i = 0; i < anchors->count; i++)
        if (sv_span_equal(anchors->items[i]->node.certificate.der, der))
            return 1;
    return 0;
}

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
    if (is_listed(anchors, anchor->node.certificate.der)) {
        sv_anchor_unref(anchor);
        return S2SV_DECIDED;
    }
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

static int are_equal(const struct s2sv_bytes *a, const struct s2sv_bytes *b)
{
    return sv_span_equal((struct sv_span){ a->data, a->len }, (struct sv_span){ b->data, b->len });
}

static int was_asked(const struct s2sv_anchors *anchors, const struct s2sv_issuer *issuer)
{
    for (size_t i = 0; i < anchors->asked_count; i++)
        if (are_equal(&anchors->asked[i].name, &issuer->name) &&
            are_equal(&anchors->asked[i].key_id, &issuer->key_id))
            return 1;
    return 0;
}

int sv_listing_ask(struct s2sv_anchors *anchors, const struct s2sv_trust_source *source,
                   const struct sv_certificate *child)
{
    const size_t room = sizeof anchors->asked / sizeof anchors->asked[0];
    struct s2sv_issuer issuer = { { child->issuer.data, child->issuer.len },
                                  { child->authority_key_id.data, child->authority_key_id.len } };
    if (anchors->asked_count == room || was_asked(anchors, &issuer))
        return S2SV_DECIDED;
    anchors->asked[anchors->asked_count++] = issuer;
    return sv_status(source->backend->anchors(source->application, &issuer, 1,
                                              !source->backend->quick_anchors, anchors));
}

int sv_listing_ask_for_all(struct s2sv_anchors *anchors, const struct s2sv_trust_source *source)
{
    return sv_status(source->backend->anchors(source->application, anchors->asked,
                                              anchors->asked_count, 1, anchors));
}

void sv_listing_clear(struct s2sv_anchors *anchors)
{
    for (size_t i = 0; i < anchors->count; i++)
        sv_anchor_unref(anchors->items[i]);
    free(anchors->items);
    *anchors = (struct s2sv_anchors){ .backend = anchors->backend };
}
