/* SPDX-License-Identifier: MIT
 * A certificate that says nothing but a key, for a trust anchor of which nothing else is known: a
 * TLSA record 2 1 0 (RFC 7671 section 5.2.3). */
#ifndef SV_BARE_KEY_H
#define SV_BARE_KEY_H

#include "x509/certificate.h"

/* Writes a CA certificate of the child's issuer with that key: without limits, and with whatever
 * serial number and issuer the child says that it has. Returns its length, or 0: it doesn't fit. */
size_t sv_bare_key_certificate(struct sv_span spki, const struct sv_certificate *child,
                               unsigned char *buf, size_t size);

#endif
