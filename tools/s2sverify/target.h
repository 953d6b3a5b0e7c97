/* SPDX-License-Identifier: MIT
 * Whom to connect to, and where that is. */
#ifndef TARGET_H
#define TARGET_H

#include "dns.h"
#include "settings.h"

enum { ENDPOINTS_MOST = 16, DOMAIN_TEXT = 256, TARGET_ERROR = 512 };

enum scheme { SCHEME_XMPP, SCHEME_SMTP, SCHEME_TLS };

struct target {
    enum scheme scheme;
    char domain[DOMAIN_TEXT]; /* as it was given; so XMPP says it (RFC 7622 section 3.2) */
    char ascii[DOMAIN_TEXT];  /* in A-labels, for DNS and SNI */
    int port;                 /* 0: by scheme or lookup */
};

/* "xmpp:DOMAIN", "smtp:DOMAIN-OR-HOST", "tls:HOST:PORT"; all may have a port, IPv6 addresses are in
 * brackets. Returns NULL, or what is wrong with it. */
const char *target_parse(const char *text, struct target *ret_target);
enum s2sv_profile target_profile(const struct target *target);

struct endpoint {
    char host[HOST_TEXT]; /* what DNS called it; an address is its own name */
    struct address address;
    int is_direct; /* TLS from the first octet on */
    int is_secure; /* the host is what was asked for, or DNSSEC says that it serves that */
};

struct endpoints {
    struct endpoint items[ENDPOINTS_MOST];
    size_t count;
    char error[TARGET_ERROR]; /* why there is none */
};

/* In the order in which they are to be tried: XMPP by SRV records of both kinds (XEP-0368), or port
 * 5269 without any; SMTP by MX records, or the host itself without any (RFC 5321 section 5.1).
 * Returns 1; 0: none, and the error says why. */
int target_look_up(const struct target *target, struct dns *dns, struct endpoints *ret_endpoints);

/* To A-labels (RFC 5891). Returns 1, or 0 if it is no name. */
int domain_to_ascii(const char *domain, char ascii[DOMAIN_TEXT]);

#endif
