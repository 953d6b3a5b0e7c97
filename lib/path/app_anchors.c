/* SPDX-License-Identifier: MIT
 * The application's anchors, listed for one verification. */
#include "path/app_anchors.h"

#include <stdlib.h>

static int is_listed(const struct s2sv_anchors *anchors, const struct sv_node *node)
{
    for (size_t i = 0; i < anchors->count; i++) {
        const struct sv_node *old = &anchors->items[i]->node;
        if (old->is_distrusted == node->is_distrusted &&
            sv_span_equal(old->certificate.der, node->certificate.der))
            return 1;
    }
    return 0;
}

/* Takes it over. */
static int list(struct s2sv_anchors *anchors, struct sv_anchor *anchor)
{
    if (is_listed(anchors, &anchor->node)) {
        sv_anchor_unref(anchor);
        return S2SV_DECIDED;
    }
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
    return list(anchors, anchor);
}

int s2sv_anchors_distrust(struct s2sv_anchors *anchors, const void *der, size_t len)
{
    struct sv_misread misread;
    struct sv_anchor *anchor = NULL;
    int status = sv_distrusted_new(anchors->backend, der, len, &misread, &anchor);
    if (status == S2SV_ERR_INVALID) /* what can't be read is on no path */
        return S2SV_DECIDED;
    return status == S2SV_DECIDED ? list(anchors, anchor) : status;
}

/* By what is signed, as in a trust. */
int sv_listing_distrusts(const struct s2sv_anchors *anchors, const struct sv_certificate *x)
{
    for (size_t i = 0; i < anchors->count; i++)
        if (anchors->items[i]->node.is_distrusted &&
            sv_span_equal(anchors->items[i]->node.certificate.tbs, x->tbs))
            return 1;
    return 0;
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

/* Unless it was asked for before. There is room for every certificate's issuer. */
static void note(struct s2sv_anchors *anchors, struct sv_span name, struct sv_span key_id)
{
    struct s2sv_issuer issuer = { { name.data, name.len }, { key_id.data, key_id.len } };
    const size_t room = sizeof anchors->asked / sizeof anchors->asked[0];
    if (anchors->asked_count < room && !was_asked(anchors, &issuer))
        anchors->asked[anchors->asked_count++] = issuer;
}

int sv_listing_ask(struct s2sv_anchors *anchors, const struct s2sv_trust_source *source,
                   const struct sv_certificate *child, int is_leaf)
{
    const struct sv_span no_key_id = { NULL, 0 };
    int is_quick = source->backend->quick_anchors;
    size_t before = anchors->asked_count;
    note(anchors, child->issuer, child->authority_key_id);
    if (is_leaf && !is_quick)
        note(anchors, child->subject, no_key_id);
    size_t count = anchors->asked_count - before;
    if (count == 0)
        return S2SV_DECIDED;
    return sv_status(source->backend->anchors(source->application, &anchors->asked[before], count,
                                              !is_quick, anchors));
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
