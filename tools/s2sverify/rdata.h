/* SPDX-License-Identifier: MIT
 * What DNS answers say about where a service is: RFC 2782, RFC 7505. */
#ifndef RDATA_H
#define RDATA_H

#include <stddef.h>

enum { HOST_TEXT = 256 };

struct service {
    int priority, weight, port; /* MX: weight and port are 0 */
    char host[HOST_TEXT];       /* without the last dot; "" is the root: there is no service */
};

/* From the data of one record. Return 1; 0: malformed, or no host name (RFC 1123 section 2.1, and
 * underscores). */
int rdata_srv(const void *data, size_t len, struct service *ret_service);
int rdata_mx(const void *data, size_t len, struct service *ret_service);

#endif
