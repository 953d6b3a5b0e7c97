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
    struct s2sv_issuer asked[SV_MAX_NODES + 1]; /* names that were asked for; the leaf's own too */
    size_t asked_count;
};

/* Asks for a certificate's issuers, once for each name and key identifier; of the leaf for its own
 * name as well, which may be distrusted. Returns a status. */
int sv_listing_ask(struct s2sv_anchors *anchors, const struct s2sv_trust_source *source,
                   const struct sv_certificate *child, int is_leaf);
/* Asks a backend that lists quickly for the others that have a name which was asked for. */
int sv_listing_ask_for_all(struct s2sv_anchors *anchors, const struct s2sv_trust_source *source);
/* 1: the application says that no path may pass that certificate. */
int sv_listing_distrusts(const struct s2sv_anchors *anchors,
                         const struct sv_certificate *certificate);
void sv_listing_clear(struct s2sv_anchors *anchors);

#endif
