/* SPDX-License-Identifier: MIT */
#include "log_tally.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_PLACES = 256 };

/* FNV-1a */
static size_t hash_of(const char *name)
{
    unsigned hash = 2166136261u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

static size_t *place_of(const struct log_tally *tally, const char *name)
{
    size_t i = hash_of(name) % tally->place_count;
    while (tally->places[i] != 0 && strcmp(tally->peers[tally->places[i] - 1].name, name) != 0)
        i = (i + 1) % tally->place_count;
    return &tally->places[i];
}

/* There are always twice as many places as peers. */
static int make_room(struct log_tally *tally)
{
    if (tally->count < tally->room)
        return 1;
    size_t room = tally->room ? 2 * tally->room : FIRST_PLACES / 2;
    struct log_peer *peers = realloc(tally->peers, room * sizeof *peers);
    if (!peers)
        return 0;
    tally->peers = peers;
    size_t *places = calloc(2 * room, sizeof *places);
    if (!places)
        return 0;
    free(tally->places);
    tally->places = places;
    tally->place_count = 2 * room;
    tally->room = room;
    for (size_t i = 0; i < tally->count; i++)
        *place_of(tally, peers[i].name) = i + 1;
    return 1;
}

static struct log_peer *peer_of(struct log_tally *tally, const char *name)
{
    if (!make_room(tally))
        return NULL;
    size_t *place = place_of(tally, name);
    if (*place == 0 && tally->count >= LOG_PEERS_MOST)
        place = place_of(tally, name = "");
    if (*place == 0) {
        char *copy = strdup(name);
        if (!copy)
            return NULL;
        tally->peers[tally->count++] = (struct log_peer){ .name = copy };
        *place = tally->count;
    }
    return &tally->peers[*place - 1];
}

static struct log_count *count_of(struct log_peer *peer, const struct fault *fault)
{
    for (size_t i = 0; i < peer->count; i++)
        if (peer->counts[i].fault == fault)
            return &peer->counts[i];
    struct log_count *counts = realloc(peer->counts, (peer->count + 1) * sizeof *counts);
    if (!counts)
        return NULL;
    peer->counts = counts;
    counts[peer->count] = (struct log_count){ fault, 0 };
    return &counts[peer->count++];
}

long log_tally_add(struct log_tally *tally, const char *name, const struct fault *fault)
{
    struct log_peer *peer = peer_of(tally, name);
    struct log_count *count = peer ? count_of(peer, fault) : NULL;
    if (!count)
        return -1;
    tally->lines++;
    peer->lines++;
    return (long)count->lines++;
}

static int compare_peers(const void *a, const void *b)
{
    const struct log_peer *x = a, *y = b;
    if (x->lines != y->lines)
        return x->lines < y->lines ? 1 : -1;
    return strcmp(x->name, y->name);
}

static int compare_counts(const void *a, const void *b)
{
    const struct log_count *x = a, *y = b;
    if (x->lines != y->lines)
        return x->lines < y->lines ? 1 : -1;
    return strcmp(x->fault->name, y->fault->name);
}

void log_tally_sort(struct log_tally *tally)
{
    for (size_t i = 0; i < tally->count; i++)
        qsort(tally->peers[i].counts, tally->peers[i].count, sizeof(struct log_count),
              compare_counts);
    if (tally->count > 0)
        qsort(tally->peers, tally->count, sizeof(struct log_peer), compare_peers);
}

void log_tally_clear(struct log_tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        free(tally->peers[i].name);
        free(tally->peers[i].counts);
    }
    free(tally->peers);
    free(tally->places);
    memset(tally, 0, sizeof *tally);
}
