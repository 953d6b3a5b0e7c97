/* SPDX-License-Identifier: MIT
 * Trust anchors, and immutable sets of them. Both are reference-counted and shared by threads. */
#ifndef SV_ANCHOR_H
#define SV_ANCHOR_H

#include <s2sverify/backend.h>

#include <stdatomic.h>

#include "x509/certificate.h"
#include "x509/crl.h"

/* One certificate as a path sees it. */
struct sv_node {
    struct sv_certificate certificate;
    void *native;             /* NULL: not imported yet */
    int is_imported;          /* the native form is to be released with the search */
    int is_anchor;            /* a path may end here */
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

/* The backend's import(); a native form that is NULL is its fault too. */
int sv_import_der(const struct s2sv_backend *backend, struct sv_span der, void **ret_native);

/* Copies and reads a certificate. native: its native form, which the anchor takes over, on failure
 * too; NULL: the backend imports one. Returns a status; *ret_misread says what is wrong. */
int sv_anchor_new(const struct s2sv_backend *backend, const void *der, size_t len, void *native,
                  struct sv_misread *ret_misread, struct sv_anchor **ret_anchor);
struct sv_anchor *sv_anchor_ref(struct sv_anchor *anchor);
void sv_anchor_unref(struct sv_anchor *anchor);

/* Anchors sorted by subject, no two with the same DER; and revocation lists. */
struct sv_anchor_set {
    atomic_uint references;
    size_t count, crl_count;
    struct sv_crl **crls;       /* behind the anchors */
    struct s2sv_memory *memory; /* of paths to these anchors; NULL: none */
    struct sv_anchor *items[];
};

/* What is to be added to a set. */
struct sv_additions {
    struct sv_anchor **anchors;
    size_t count;
    struct sv_crl **crls;
    size_t crl_count;
};

/* A new set of what the old one has, NULL for none, and what is added, whose references it takes
 * over, with a new memory of that many entries. NULL out of memory; then they stay the caller's. */
struct sv_anchor_set *sv_anchor_set_with(const struct sv_anchor_set *old,
                                         const struct sv_additions *added, size_t memory);
void sv_anchor_set_unref(struct sv_anchor_set *set);

/* The first anchor that may have that subject, by sv_name_order(): its index, or set->count. Those
 * after it may have it too. */
size_t sv_anchor_set_find(const struct sv_anchor_set *set, struct sv_span subject);

#endif
