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

static void free_records(struct sv_tlsa *records, size_t count)
{
    while (count > 0)
        free((void *)records[--count].data.data);
    free(records);
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
    free_records(peer->records, peer->record_count);
    free_records(peer->pins, peer->pin_count);
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
    peer->changes += peer->changes > 0;
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

/* More than the limit is remembered as one too many. */
static int add_record(struct s2sv_peer *peer, struct sv_tlsa **records, size_t *count,
                      const struct sv_tlsa *record)
{
    if (*count > SV_MAX_RECORDS)
        return S2SV_DECIDED;
    struct sv_tlsa *grown = realloc(*records, (*count + 1) * sizeof *grown);
    if (!grown)
        return S2SV_ERR_NOMEM;
    *records = grown;
    unsigned char *copy = malloc(record->data.len + 1);
    if (!copy)
        return S2SV_ERR_NOMEM;
    if (record->data.len > 0)
        memcpy(copy, record->data.data, record->data.len);
    grown[*count] = *record;
    grown[(*count)++].data.data = copy;
    peer->changes++;
    return S2SV_DECIDED;
}

/* One that is too long is no record that could match: what is kept of it is one octet too many. */
int s2sv_peer_add_tlsa(struct s2sv_peer *peer, unsigned usage, unsigned selector,
                       unsigned matching_type, const void *data, size_t len)
{
    if (!peer || usage > 255 || selector > 255 || matching_type > 255 || (!data && len > 0))
        return S2SV_ERR_INVALID;
    size_t kept = len <= SV_MAX_OCTETS ? len : SV_MAX_OCTETS + 1;
    struct sv_tlsa record = {
        (unsigned char)usage, (unsigned char)selector, (unsigned char)matching_type, { data, kept }
    };
    return add_record(peer, &peer->records, &peer->record_count, &record);
}

int s2sv_peer_set_tlsa_status(struct s2sv_peer *peer, enum s2sv_tlsa_status status)
{
    if (!peer || status < S2SV_TLSA_SECURE || status > S2SV_TLSA_BOGUS)
        return S2SV_ERR_INVALID;
    peer->tlsa_status = (int)status;
    peer->changes++;
    return S2SV_DECIDED;
}

int s2sv_peer_add_pin(struct s2sv_peer *peer, const char *pin)
{
    unsigned char digest[64];
    struct sv_tlsa record;
    if (!peer || !pin || !sv_pin_read(pin, digest, &record))
        return S2SV_ERR_INVALID;
    return add_record(peer, &peer->pins, &peer->pin_count, &record);
}

size_t s2sv_peer_changes(const struct s2sv_peer *peer)
{
    return peer ? peer->changes : 0;
}

int s2sv_peer_has_tlsa(const struct s2sv_peer *peer)
{
    return peer && (peer->record_count > 0 || peer->tlsa_status != 0);
}

int s2sv_peer_set_time(struct s2sv_peer *peer, int64_t seconds_since_1970)
{
    if (!peer)
        return S2SV_ERR_INVALID;
    peer->has_time = 1;
    peer->time = seconds_since_1970;
    peer->changes += peer->changes > 0;
    return S2SV_DECIDED;
}

int s2sv_peer_set_direction(struct s2sv_peer *peer, enum s2sv_direction direction)
{
    if (!peer || !is_direction(direction))
        return S2SV_ERR_INVALID;
    peer->direction = direction;
    return S2SV_DECIDED;
}
