/* SPDX-License-Identifier: MIT
 * Lines for the administrator. None of them ever waits for whoever reads them. */
#ifndef SVP_LOG_H
#define SVP_LOG_H

#include <s2sverify/s2sverify.h>

/* "syslog", "stderr", or an absolute path; borrowed for good. Before the first line. */
void svp_log_to(const char *target);

/* One line, cut to fit: for what happens once. */
void __attribute__((format(printf, 1, 2))) svp_log(const char *format, ...);

/* The same, into syslog as well: the administrator has something to mend. */
void __attribute__((format(printf, 1, 2))) svp_log_loudly(const char *format, ...);

/* 1: one more refusal may be written. They are limited, so that a peer that tries again and again
 * fills no disk; those that weren't are counted in the next line. */
int svp_log_has_room(void);

/* Why a peer isn't trusted, who it says it is, and what came of it. Only if there was room. */
void svp_log_refusal(const struct s2sv_verdict *verdict, const char *outcome);

#endif
