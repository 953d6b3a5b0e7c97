/* SPDX-License-Identifier: MIT
 * Name constraints on every name of every certificate of a path, whether it counts or not. OpenSSL
 * checks them all, GnuTLS those of the end-entity certificate (C-23): with this check first, both
 * say the same. */
#ifndef SV_NAME_CONSTRAINTS_ALL_H
#define SV_NAME_CONSTRAINTS_ALL_H

#include "rules/name_constraints.h"

/* *compared counts on, in octets, over all paths. Returns 1, or 0 and the first violation. */
int sv_issued_names_check(const struct sv_certificate *const *path, size_t count, size_t *compared,
                          struct sv_violation *ret_violation);

#endif
