/* SPDX-License-Identifier: MIT
 * GeneralNames, Names and NameConstraints for the unit tests, octet by octet. */
#ifndef TEST_NAMES_H
#define TEST_NAMES_H

#include "x509/certificate.h"
#include "names/identity.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#define OID_SRV_NAME "\x2b\x06\x01\x05\x05\x07\x08\x07"
#define OID_XMPP_ADDR "\x2b\x06\x01\x05\x05\x07\x08\x05"
#define OID_UPN "\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03"

enum {
    ALL_KINDS = S2SV_IDENTIFIER_DNS | S2SV_IDENTIFIER_SRV | S2SV_IDENTIFIER_XMPP_ADDR |
                S2SV_IDENTIFIER_IP | S2SV_IDENTIFIER_URI
};

struct octets {
    size_t len;
    unsigned char data[60000];
};

void put(struct octets *to, unsigned tag, const void *content, size_t len);
void put_text(struct octets *to, unsigned tag, const char *text);
void put_dns(struct octets *to, const char *text);
void put_uri(struct octets *to, const char *text);
void put_other(struct octets *to, const char *oid, unsigned tag, const void *value, size_t len);
void put_srv(struct octets *to, const char *text);
void put_xmpp(struct octets *to, const char *text);
/* A Name with that many common names of that text and string tag. */
void put_subject(struct octets *to, unsigned tag, const char *common_name, unsigned count);
struct sv_span span_of(const struct octets *octets);

/* Reads the identifiers of a leaf with that subjectAltName and one common name (NULL: none). */
int read_names(const struct octets *names, const char *common_name, unsigned kinds,
               struct sv_identities **ret_identities, struct sv_misread *ret_misread);
/* The same where it must work. */
struct sv_identities *must_read(const struct octets *names, const char *common_name,
                                unsigned kinds);

#endif
