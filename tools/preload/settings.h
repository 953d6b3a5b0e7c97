/* SPDX-License-Identifier: MIT
 * What was set for this program. Read when the library is loaded: a daemon may clean its
 * environment or leave the file system later. */
#ifndef SVP_SETTINGS_H
#define SVP_SETTINGS_H

#include <s2sverify/s2sverify.h>

struct svp_settings {
    const char *profile, *purpose;
    struct s2sv_policy *server; /* serverAuth, both ways */
    struct s2sv_policy *wide;   /* inbound clientAuth too; NULL: serverAuth alone counts */
    unsigned directions;        /* bits of enum s2sv_direction: whom it judges */
    const char *crl_files;      /* "": none; with colons between them */
    int is_off;
};

/* The same each time; the first call says in the log what is wrong with them. NULL out of memory.
 */
const struct svp_settings *svp_settings(void);

#endif
