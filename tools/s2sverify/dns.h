/* SPDX-License-Identifier: MIT
 * DNS by libunbound. One struct dns is used by one thread at a time. */
#ifndef DNS_H
#define DNS_H

#include "net.h"
#include "rdata.h"

enum { DNS_MOST = 16, DNS_ERROR = 160 };

struct dns;

enum dns_found {
    DNS_FOUND,
    DNS_NONE,  /* there is no such name, or it has no such record */
    DNS_FAILED /* dns_error() says why */
};

/* resolver: "ADDR:PORT"; NULL: those in resolv.conf. timeout: seconds for each question. NULL after
 * a complaint. */
struct dns *dns_new(const char *resolver, int timeout);
void dns_free(struct dns *dns);
const char *dns_error(const struct dns *dns);

/* In the order in which they are to be tried. ret_list has room for DNS_MOST; more are left out. */
enum dns_found dns_srv(struct dns *dns, const char *name, struct service *ret_list,
                       size_t *ret_count);
enum dns_found dns_mx(struct dns *dns, const char *name, struct service *ret_list,
                      size_t *ret_count);
/* AAAA, then A. An address as text is its own answer. */
enum dns_found dns_addresses(struct dns *dns, const char *host, int port, struct address *ret_list,
                             size_t *ret_count);

#endif
