/* SPDX-License-Identifier: MIT
 * Lines for the administrator, to where S2SVERIFY_LOG says. */
#ifndef SVP_LOG_H
#define SVP_LOG_H

#include <s2sverify/s2sverify.h>

/* One line, cut to fit. */
void __attribute__((format(printf, 1, 2))) svp_log(const char *format, ...);

/* Why a peer isn't trusted, who it says it is, and what came of it. */
void svp_log_refusal(const struct s2sv_verdict *verdict, const char *outcome);

#endif
