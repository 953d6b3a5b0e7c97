/* SPDX-License-Identifier: MIT
 * One certificate as a path sees it; a trust anchor, reference-counted and shared by threads. */
#ifndef SV_ANCHOR_H
#define SV_ANCHOR_H

#include <s2sverify/backend.h>

#include <stdatomic.h>

#include "x509/certificate.h"

/* One certificate as a path sees it. */
struct sv_node {
    struct sv_certificate certificate;
    _Atomic(void *) native;   /* NULL: not imported yet; an anchor's by whichever thread is first */
    int is_imported;          /* the native form is to be released with the search */
    int is_anchor;            /* a path may end here */
    int is_bare_key;          /* made up around a key: it isn't anybody's certificate */
    int is_distrusted;        /* no path may pass here, nor end; never presented (T-2) */
    struct sv_anchor *anchor; /* what it is part of; NULL: the peer presented it */
};

struct sv_anchor {
    atomic_uint references;
    const struct s2sv_backend *backend;
    struct sv_node node;
    unsigned char der[];
};

/* A backend's answer where only 0 or a negative status makes sense; anything else is its fault. */
int sv_status(int answer);

struct s2sv_link sv_link_of(const struct sv_node *node);

/* Makes a node's native form, unless it is there. Returns a status. Thread-safe for an anchor. */
int sv_node_import(const struct s2sv_backend *backend, struct sv_node *node);

/* Copies and reads a certificate. native: its native form, which the anchor takes over, on failure
 * too; NULL: the backend imports one when it is first needed. Returns a status; *ret_misread says
 * what is wrong. */
int sv_anchor_new(const struct s2sv_backend *backend, const void *der, size_t len, void *native,
                  struct sv_misread *ret_misread, struct sv_anchor **ret_anchor);
/* What no path may pass. Returns a status. */
int sv_distrusted_new(const struct s2sv_backend *backend, const void *der, size_t len,
                      struct sv_misread *ret_misread, struct sv_anchor **ret_anchor);
struct sv_anchor *sv_anchor_ref(struct sv_anchor *anchor);
void sv_anchor_unref(struct sv_anchor *anchor);

#endif
