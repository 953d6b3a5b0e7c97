/* SPDX-License-Identifier: MIT
 * DNS by libunbound. One struct dns is used by one thread at a time. */
#ifndef DNS_H
#define DNS_H

#include "net.h"
#include "rdata.h"
#include "tlsa.h"

enum { DNS_MOST = 16, DNS_ERROR = 160 };

struct dns;

enum dns_found {
    DNS_FOUND,
    DNS_NONE,  /* there is no such name, or it has no such record */
    DNS_FAILED /* dns_error() says why */
};

/* resolver: "ADDR:PORT"; NULL: those in resolv.conf. timeout: seconds for each question.
 * trust_anchor: a file with the DS or DNSKEY records by which answers are validated (RFC 4033);
 * NULL: they aren't. NULL after a complaint. */
struct dns *dns_new(const char *resolver, int timeout, const char *trust_anchor);
void dns_free(struct dns *dns);
const char *dns_error(const struct dns *dns);
/* 1: there is a trust anchor; 1: the last answer was secure by it. */
int dns_validates(const struct dns *dns);
int dns_was_secure(const struct dns *dns);

/* In the order in which they are to be tried. ret_list has room for DNS_MOST; more are left out. */
enum dns_found dns_srv(struct dns *dns, const char *name, struct service *ret_list,
                       size_t *ret_count);
enum dns_found dns_mx(struct dns *dns, const char *name, struct service *ret_list,
                      size_t *ret_count);
/* The records of that name, and what DNSSEC says of the answer: one that fails is bogus. */
void dns_tlsa(struct dns *dns, const char *owner, struct tlsa *ret_tlsa);
/* AAAA, then A. An address as text is its own answer. */
enum dns_found dns_addresses(struct dns *dns, const char *host, int port, struct address *ret_list,
                             size_t *ret_count);

#endif
