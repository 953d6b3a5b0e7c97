/* SPDX-License-Identifier: MIT */
#include "path/distrust.h"

int sv_is_distrusted(const struct sv_walk *w, const struct sv_certificate *x)
{
    return w->given->source->trust ? sv_anchor_set_distrusts(w->given->anchors, x)
                                   : sv_listing_distrusts(&w->listed, x);
}

void sv_judge_distrust(const struct sv_walk *w, struct sv_faults *faults)
{
    for (size_t i = 0; i < w->count; i++)
        if (sv_is_distrusted(w, &w->path[i]->certificate))
            sv_faults_add(faults, S2SV_REASON_REVOKED, (int)i, "distrusted by the %s",
                          w->given->source->trust ? "trust" : "application");
}
