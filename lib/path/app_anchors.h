/* SPDX-License-Identifier: MIT
 * Certificates that the application's anchors were asked for, by issuer name. */
#ifndef SV_APP_ANCHORS_H
#define SV_APP_ANCHORS_H

#include "path/anchor.h"
#include "x509/bounds.h"

struct s2sv_anchors {
    const struct s2sv_backend *backend;
    struct sv_anchor **items;
    size_t count;
    struct sv_span asked[SV_MAX_PRESENTED * 2]; /* names that were asked for */
    size_t asked_count;
    int have_crls; /* the application has revocation lists: nothing is remembered */
};

int sv_listing_was_asked(const struct s2sv_anchors *anchors, struct sv_span issuer);
void sv_listing_clear(struct s2sv_anchors *anchors);

#endif
