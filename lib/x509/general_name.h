/* SPDX-License-Identifier: MIT
 * GeneralName (RFC 5280 section 4.2.1.6) and the subject's common name. */
#ifndef SV_GENERAL_NAME_H
#define SV_GENERAL_NAME_H

#include "x509/der.h"

enum {
    SV_GN_OTHER = SV_CONTEXT_CONSTRUCTED(0),
    SV_GN_RFC822 = SV_CONTEXT(1),
    SV_GN_DNS = SV_CONTEXT(2),
    SV_GN_X400 = SV_CONTEXT_CONSTRUCTED(3),
    SV_GN_DIRECTORY = SV_CONTEXT_CONSTRUCTED(4),
    SV_GN_EDI_PARTY = SV_CONTEXT_CONSTRUCTED(5),
    SV_GN_URI = SV_CONTEXT(6),
    SV_GN_IP = SV_CONTEXT(7),
    SV_GN_REGISTERED_ID = SV_CONTEXT(8)
};

struct sv_general_name {
    unsigned tag;           /* SV_GN_* */
    struct sv_span content; /* of an otherName: its value's content */
    struct sv_span type;    /* otherName: the type-id */
    unsigned value_tag;     /* otherName: the value's tag */
};

/* Takes the next GeneralName. Returns 0 if it is malformed. */
int sv_general_name_next(struct sv_span *cursor, struct sv_general_name *ret_name);

/* 1: an empty dNSName, rfc822Name, URI or iPAddress. One TLS library doesn't read a certificate
 * with such a name at all. */
int sv_general_name_is_empty(const struct sv_general_name *name);

int sv_is_srv_name(const struct sv_general_name *name);  /* RFC 4985 section 2 */
int sv_is_xmpp_addr(const struct sv_general_name *name); /* RFC 6120 section 13.7.1.4 */

struct sv_common_name {
    unsigned count;       /* how many the subject has */
    unsigned tag;         /* of the last */
    struct sv_span value; /* of the last */
};

/* Reads the common names of a Name, header included. Returns 0 if it is malformed. */
int sv_common_name_read(struct sv_span name, struct sv_common_name *ret_common_name);

#endif
