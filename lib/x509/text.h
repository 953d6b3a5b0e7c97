/* SPDX-License-Identifier: MIT
 * Times, OIDs and names as text for a log: printable ASCII, cut to fit. */
#ifndef SV_TEXT_H
#define SV_TEXT_H

#include "x509/der.h"

enum { SV_TIME_TEXT = 96, SV_OID_TEXT = 64, SV_NAME_TEXT = 160 };

/* Each fills its buffer and returns it. */
const char *sv_time_text(int64_t seconds, char buf[SV_TIME_TEXT]);  /* 2026-06-01T00:00:00Z */
const char *sv_oid_text(struct sv_span oid, char buf[SV_OID_TEXT]); /* 2.5.29.37 */
/* A Name as "CN=x, O=y"; "(empty subject)" for an empty one. Malformed parts end it. */
const char *sv_name_text(struct sv_span name, char buf[SV_NAME_TEXT]);

/* Replaces octets that aren't printable ASCII by '?', in place. */
void sv_make_printable(char *text);

/* Text that is cut where the buffer ends and counted all the same, as snprintf() does. */
struct sv_output {
    char *buf; /* NULL: size is 0 */
    size_t size;
    size_t length;
};

void sv_put(struct sv_output *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
