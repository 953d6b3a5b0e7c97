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
    struct s2sv_issuer asked[SV_MAX_PRESENTED * 2]; /* names that were asked for */
    size_t asked_count;
};

/* Asks for a certificate's issuers, once for each name and key identifier, and for so many of them.
 * Returns a status. */
int sv_listing_ask(struct s2sv_anchors *anchors, const struct s2sv_trust_source *source,
                   const struct sv_certificate *child);
/* Asks a backend that lists quickly for the others that have a name which was asked for. */
int sv_listing_ask_for_all(struct s2sv_anchors *anchors, const struct s2sv_trust_source *source);
void sv_listing_clear(struct s2sv_anchors *anchors);

#endif
