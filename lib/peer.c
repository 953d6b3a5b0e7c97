/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <stdlib.h>
#include <string.h>

#include "x509/bounds.h"

static int is_direction(enum s2sv_direction direction)
{
    return direction == S2SV_OUTBOUND || direction == S2SV_INBOUND;
}

struct s2sv_peer *s2sv_peer_new(enum s2sv_direction direction)
{
    struct s2sv_peer *peer = is_direction(direction) ? calloc(1, sizeof *peer) : NULL;
    if (peer)
        peer->direction = direction;
    return peer;
}

void s2sv_peer_free(struct s2sv_peer *peer)
{
    if (!peer)
        return;
    for (size_t i = 0; i < peer->certificate_count; i++)
        free((void *)peer->certificates[i].der);
    for (size_t i = 0; i < peer->expected_count; i++)
        free(peer->expected[i].text);
    for (size_t i = 0; i < peer->staple_count; i++)
        free((void *)peer->staples[i].data);
    free(peer->certificates);
    free(peer->staples);
    free(peer->expected);
    free(peer);
}

/* More than the limit is remembered as one too many: enough to be refused, bounded in memory. */
int s2sv_peer_add_certificate(struct s2sv_peer *peer, const void *der, size_t len)
{
    if (!peer || (!der && len > 0))
        return S2SV_ERR_INVALID;
    if (peer->certificate_count > SV_MAX_MESH)
        return S2SV_DECIDED;
    size_t count = peer->certificate_count;
    struct s2sv_link *grown = realloc(peer->certificates, (count + 1) * sizeof *grown);
    if (!grown)
        return S2SV_ERR_NOMEM;
    peer->certificates = grown;
    size_t kept = len <= SV_MAX_OCTETS ? len : SV_MAX_OCTETS + 1;
    unsigned char *copy = malloc(kept + 1);
    if (!copy)
        return S2SV_ERR_NOMEM;
    if (kept > 0)
        memcpy(copy, der, kept);
    grown[count] = (struct s2sv_link){ copy, kept, NULL };
    peer->certificate_count++;
    return S2SV_DECIDED;
}

/* One over the limit is remembered as one octet too many. */
int s2sv_peer_add_staple(struct s2sv_peer *peer, const void *der, size_t len)
{
    if (!peer || (!der && len > 0))
        return S2SV_ERR_INVALID;
    size_t count = peer->staple_count, kept = len <= SV_MAX_OCTETS ? len : SV_MAX_OCTETS + 1;
    struct s2sv_bytes *grown = realloc(peer->staples, (count + 1) * sizeof *grown);
    if (!grown)
        return S2SV_ERR_NOMEM;
    peer->staples = grown;
    unsigned char *copy = malloc(kept + 1);
    if (!copy)
        return S2SV_ERR_NOMEM;
    if (kept > 0)
        memcpy(copy, der, kept);
    grown[count] = (struct s2sv_bytes){ copy, kept };
    peer->staple_count++;
    peer->asked_status = 1;
    return S2SV_DECIDED;
}

static int add_expected(struct s2sv_peer *peer, const char *domain, int under)
{
    if (!peer || !domain)
        return S2SV_ERR_INVALID;
    size_t count = peer->expected_count;
    struct sv_expected *grown = realloc(peer->expected, (count + 1) * sizeof *grown);
    if (!grown)
        return S2SV_ERR_NOMEM;
    peer->expected = grown;
    char *copy = strdup(domain);
    if (!copy)
        return S2SV_ERR_NOMEM;
    grown[count] = (struct sv_expected){ copy, under };
    peer->expected_count++;
    return S2SV_DECIDED;
}

int s2sv_peer_expect(struct s2sv_peer *peer, const char *domain)
{
    return add_expected(peer, domain, 0);
}

int s2sv_peer_expect_under(struct s2sv_peer *peer, const char *domain)
{
    return add_expected(peer, domain, 1);
}

int s2sv_peer_set_time(struct s2sv_peer *peer, int64_t seconds_since_1970)
{
    if (!peer)
        return S2SV_ERR_INVALID;
    peer->has_time = 1;
    peer->time = seconds_since_1970;
    return S2SV_DECIDED;
}

int s2sv_peer_set_direction(struct s2sv_peer *peer, enum s2sv_direction direction)
{
    if (!peer || !is_direction(direction))
        return S2SV_ERR_INVALID;
    peer->direction = direction;
    return S2SV_DECIDED;
}
