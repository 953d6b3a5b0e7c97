/* SPDX-License-Identifier: MIT
 * One s2sv_trust_add_*() that is under way: all or nothing. */
#ifndef SV_LOAD_H
#define SV_LOAD_H

#include <s2sverify/backend.h>

#include "path/anchor_set.h"

struct s2sv_loader {
    const struct s2sv_backend *backend;
    int skips_malformed; /* the system's store: one odd certificate doesn't cost all the others */
    struct sv_additions added;
    const char *path; /* what was asked for */
    const char *file; /* what is read now; NULL: that */
    size_t line;      /* of the file, where what is read now begins; 0: it has no lines */
    size_t seen;      /* certificates so far, those left out as well */
    int failed;       /* a status: one addition failed, so all do, whatever the backend says */
    char error[512];
};

/* Says what is wrong with what was just handed over. */
void sv_loader_complain(struct s2sv_loader *loader, const char *what);

/* A status, but for what is left out of the system's store (T-1): then the error stays, in case
 * that nothing is left. */
int sv_loader_leave_out(const struct s2sv_loader *loader, int status);

/* Each takes one in; a status. */
int sv_loader_certificate(struct s2sv_loader *loader, const void *der, size_t len);
/* No path may pass this one. */
int sv_loader_distrust(struct s2sv_loader *loader, const void *der, size_t len);
int sv_loader_crl(struct s2sv_loader *loader, const void *der, size_t len);

#endif
