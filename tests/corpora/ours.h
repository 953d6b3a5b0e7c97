/* SPDX-License-Identifier: MIT
 * A case through the public API. */
#ifndef OURS_H
#define OURS_H

#include <s2sverify/s2sverify.h>

#include "corpus.h"

/* NULL if it can't be decided, which refuses. Release with s2sv_verdict_unref(). */
struct s2sv_verdict *ours_ask(const struct corpus_case *c, const struct s2sv_backend *backend);

/* Trusted and, where names are expected, for each of them. */
int ours_accepts(const struct corpus_case *c, const struct s2sv_verdict *verdict);

#endif
