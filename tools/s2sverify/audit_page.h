/* SPDX-License-Identifier: MIT
 * An audit as one page that needs nothing else: no script, style or picture from elsewhere. */
#ifndef AUDIT_PAGE_H
#define AUDIT_PAGE_H

#include "audit_row.h"

/* Writes beside the file first, then puts it in its place. Returns 1, or 0 after a complaint. */
int audit_page_write(const char *path, const struct audit_rows *rows,
                     const struct audit_summary *summary, int64_t at);

#endif
