/* SPDX-License-Identifier: MIT
 * The extensions of a certificate (RFC 5280 section 4.2), read into struct sv_certificate. */
#ifndef SV_EXTENSION_H
#define SV_EXTENSION_H

#include "x509/certificate.h"

/* Reads Extensions, the content of [3]. Returns 1, or 0 and fills *ret_misread in. */
int sv_extensions_read(struct sv_span extensions, struct sv_certificate *certificate,
                       struct sv_misread *ret_misread);

#endif
