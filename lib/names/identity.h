/* SPDX-License-Identifier: MIT
 * Presented identifiers: what a certificate says its holder is called (N-1 to N-10). */
#ifndef SV_IDENTITY_H
#define SV_IDENTITY_H

#include "x509/certificate.h"

enum { SV_MAX_NAMES = 1024 }; /* GeneralNames of one certificate, of whatever kind */
/* Octets of its xmppAddrs that are internationalised: IDNA costs a thousand times what comparing an
 * octet does. They are some 150 names. */
enum { SV_MAX_INTERNATIONAL = 4096 };

struct sv_identity {
    enum s2sv_identifier kind;
    const char *value; /* as presented, NUL-terminated, no control characters; an address as text */
    /* What is compared: a domain without "*." or service, as A-labels, in any case; an address's
     * 4 or 16 octets. */
    struct sv_span compared;
    unsigned is_wildcard : 1;   /* "*." came before the domain */
    unsigned other_service : 1; /* an SRV-ID of another service: it never matches (N-3, N-4) */
};

/* Things left out or ignored, as bits. */
enum {
    SV_NOTE_DNS = 1 << 0,
    SV_NOTE_SRV = 1 << 1,
    SV_NOTE_XMPP_ADDR = 1 << 2,
    SV_NOTE_XMPP_USER = 1 << 3,
    SV_NOTE_IP = 1 << 4,
    SV_NOTE_URI = 1 << 5,
    SV_NOTE_COMMON_NAME = 1 << 6,
    SV_NOTE_COMMON_NAME_IGNORED = 1 << 7,
    SV_NOTE_LAST = SV_NOTE_COMMON_NAME_IGNORED
};

/* One block of memory, of its own: it doesn't need the certificate. */
struct sv_identities {
    size_t count;
    struct sv_identity *items; /* in the certificate's order */
    size_t skipped;            /* entries of a counting kind that were left out as malformed */
    unsigned notes;            /* SV_NOTE_* */
    enum s2sv_reason no_match; /* the reason if none matches: name-mismatch or no-usable-name */
    unsigned has_dns_name : 1; /* the certificate has a dNSName, well-formed or not */
    unsigned has_uri_name : 1; /* it has a uniformResourceIdentifier of whatever scheme */
    unsigned has_uri : 1;      /* a URI-ID is among the items (N-62) */
};

/* Lists the identifiers whose kinds (enum s2sv_identifier bits) count. The common name counts only
 * with its bit, and only if the subjectAltName has no dNSName, iPAddress, URI, SRVName and xmppAddr
 * (RFC 6125 section 6.4.4, N-38). Without a service ("_xmpp-server"; NULL or "") no SRV-ID counts.
 * Returns 1; 0 and *ret_misread, which may also be limit-exceeded; or S2SV_ERR_NOMEM. Release the
 * list with free(). */
int sv_identities_read(const struct sv_certificate *certificate, unsigned kinds,
                       const char *service, struct sv_identities **ret_identities,
                       struct sv_misread *ret_misread);

/* The sentence for one SV_NOTE_* bit; a constant. */
const char *sv_identity_note(unsigned bit);

#endif
