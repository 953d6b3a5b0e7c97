/* SPDX-License-Identifier: MIT
 * A backend that accepts every path: what is left is the core's own judgement. */
#ifndef TESTS_CORE_ONLY_H
#define TESTS_CORE_ONLY_H

#include <s2sverify/backend.h>

const struct s2sv_backend *core_only_backend(void);

#endif
