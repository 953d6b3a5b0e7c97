/* SPDX-License-Identifier: MIT
 * What the environment says, read once. */
#ifndef SVP_SETTINGS_H
#define SVP_SETTINGS_H

#include <s2sverify/s2sverify.h>

struct svp_settings {
    const char *profile, *purpose;
    struct s2sv_policy *server; /* serverAuth, both ways */
    struct s2sv_policy *wide;   /* inbound clientAuth too; NULL: serverAuth alone counts */
};

/* NULL out of memory. */
const struct svp_settings *svp_settings(void);

#endif
