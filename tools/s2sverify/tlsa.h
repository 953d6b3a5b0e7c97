/* SPDX-License-Identifier: MIT
 * TLSA records as DNS gives them (RFC 6698 section 2.1). */
#ifndef TLSA_H
#define TLSA_H

#include <stddef.h>

#include <s2sverify/s2sverify.h>

enum { TLSA_MOST = 16, TLSA_OWNER = 320, TLSA_WHY = 160, TLSA_TEXT = 160 };

struct tlsa {
    char owner[TLSA_OWNER]; /* "_5269._tcp.host.example" */
    enum s2sv_tlsa_status status;
    char why[TLSA_WHY]; /* it isn't secure; else "" */
    struct {
        unsigned usage, selector, matching_type;
        unsigned char *data;
        size_t len;
    } records[TLSA_MOST];
    size_t count;
};

/* From RDATA. Returns 1; 0: malformed, out of memory, or one too many. */
int tlsa_add(struct tlsa *tlsa, const unsigned char *rdata, size_t len);
void tlsa_clear(struct tlsa *tlsa);
/* "3 1 1 9f86d0..."; returns text. */
const char *tlsa_text(const struct tlsa *tlsa, size_t i, char text[TLSA_TEXT]);
/* Gives them to a peer. Returns a status. */
int tlsa_give(const struct tlsa *tlsa, struct s2sv_peer *peer);

#endif
