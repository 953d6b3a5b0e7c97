/* SPDX-License-Identifier: MIT
 * Reads a certificate. */
#ifndef SV_CERTIFICATE_READER_H
#define SV_CERTIFICATE_READER_H

#include "x509/certificate.h"

/* Returns 1, or 0 and fills *ret_misread in. The octets must stay: spans point into them. */
int sv_certificate_read(const void *der, size_t len, struct sv_certificate *ret_certificate,
                        struct sv_misread *ret_misread);

#endif
