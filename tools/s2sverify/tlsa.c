/* SPDX-License-Identifier: MIT */
#include "tlsa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int tlsa_add(struct tlsa *tlsa, const unsigned char *rdata, size_t len)
{
    if (len < 3 || tlsa->count == TLSA_MOST)
        return 0;
    unsigned char *data = malloc(len);
    if (!data)
        return 0;
    memcpy(data, rdata + 3, len - 3);
    size_t i = tlsa->count++;
    tlsa->records[i].usage = rdata[0];
    tlsa->records[i].selector = rdata[1];
    tlsa->records[i].matching_type = rdata[2];
    tlsa->records[i].data = data;
    tlsa->records[i].len = len - 3;
    return 1;
}

void tlsa_clear(struct tlsa *tlsa)
{
    while (tlsa->count > 0)
        free(tlsa->records[--tlsa->count].data);
}

const char *tlsa_text(const struct tlsa *tlsa, size_t i, char text[TLSA_TEXT])
{
    enum { SHOWN = 64 };
    size_t len = tlsa->records[i].len;
    int at = snprintf(text, TLSA_TEXT, "%u %u %u ", tlsa->records[i].usage,
                      tlsa->records[i].selector, tlsa->records[i].matching_type);
    for (size_t k = 0; k < len && k < SHOWN; k++)
        at += snprintf(text + at, TLSA_TEXT - (size_t)at, "%02x", tlsa->records[i].data[k]);
    if (len > SHOWN)
        snprintf(text + at, TLSA_TEXT - (size_t)at, "...");
    return text;
}

int tlsa_give(const struct tlsa *tlsa, struct s2sv_peer *peer)
{
    int status = s2sv_peer_set_tlsa_status(peer, tlsa->status);
    for (size_t i = 0; i < tlsa->count; i++)
        status |= s2sv_peer_add_tlsa(peer, tlsa->records[i].usage, tlsa->records[i].selector,
                                     tlsa->records[i].matching_type, tlsa->records[i].data,
                                     tlsa->records[i].len);
    return status;
}
