/* SPDX-License-Identifier: MIT
 * Extensions; those of a certificate (RFC 5280 section 4.2) read into struct sv_certificate. */
#ifndef SV_EXTENSION_H
#define SV_EXTENSION_H

#include "x509/certificate.h"

/* Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
struct sv_extension {
    struct sv_span oid, value;
    int critical;
};

/* Takes the next extension of anything: a certificate, a list, an entry of it, a response. */
int sv_extension_take(struct sv_span *list, struct sv_extension *ret_extension);

/* Reads Extensions, the content of [3]. Returns 1, or 0 and fills *ret_misread in. */
int sv_extensions_read(struct sv_span extensions, struct sv_certificate *certificate,
                       struct sv_misread *ret_misread);

#endif
