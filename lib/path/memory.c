/* SPDX-License-Identifier: MIT */
#include "path/memory.h"

#include <s2sverify/backend.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "path/anchor.h"

/* A digest is even by itself: its first octets choose the shard and the bucket. */
enum { SHARDS = 16, FEW = 64, FIRST_BUCKETS = 64 };

/* When it is full, one newcomer of so many is put first in line. The others are put last: they stay
 * if they come back before the next one comes. */
enum { ONE_OF = 8 };

struct entry {
    struct entry *next; /* in the bucket */
    struct entry *newer, *older;
    struct sv_anchor *first; /* NULL: not kept */
    unsigned char digest[SV_DIGEST];
};

/* A part of the table with a lock of its own. */
struct shard {
    pthread_mutex_t lock;
    struct entry **buckets; /* made at the first addition, and as many as there are entries */
    size_t bucket_count, capacity, count;
    size_t newcomers; /* since it is full */
    struct entry *newest, *oldest;
    unsigned char apart[64]; /* from the next one's cache line */
};

struct s2sv_memory {
    size_t shard_count;
    struct shard shards[SHARDS];
};

struct s2sv_memory *s2sv_memory_new(size_t entries)
{
    struct s2sv_memory *memory = entries > 0 ? calloc(1, sizeof *memory) : NULL;
    if (!memory)
        return NULL;
    memory->shard_count = entries < FEW ? 1 : SHARDS;
    for (size_t i = 0; i < memory->shard_count; i++) {
        memory->shards[i].capacity = entries / memory->shard_count;
        pthread_mutex_init(&memory->shards[i].lock, NULL); /* cannot fail without attributes */
    }
    return memory;
}

static void clear(struct shard *shard)
{
    while (shard->oldest) {
        struct entry *entry = shard->oldest;
        shard->oldest = entry->newer;
        sv_anchor_unref(entry->first);
        free(entry);
    }
    free(shard->buckets);
    pthread_mutex_destroy(&shard->lock);
}

void s2sv_memory_free(struct s2sv_memory *memory)
{
    for (size_t i = 0; memory && i < memory->shard_count; i++)
        clear(&memory->shards[i]);
    free(memory);
}

static struct shard *shard_of(struct s2sv_memory *memory, const unsigned char *digest)
{
    return &memory->shards[digest[0] % memory->shard_count];
}

static struct entry **bucket_of(const struct shard *shard, const unsigned char *digest)
{
    size_t number;
    memcpy(&number, digest + 8, sizeof number);
    return &shard->buckets[number % shard->bucket_count];
}

static struct entry *find(const struct shard *shard, const unsigned char *digest)
{
    struct entry *entry = shard->buckets ? *bucket_of(shard, digest) : NULL;
    while (entry && memcmp(entry->digest, digest, SV_DIGEST) != 0)
        entry = entry->next;
    return entry;
}

static void take_out_of_line(struct shard *shard, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &shard->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &shard->oldest) = entry->newer;
}

static void put_first_in_line(struct shard *shard, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = shard->newest;
    *(shard->newest ? &shard->newest->newer : &shard->oldest) = entry;
    shard->newest = entry;
}

int sv_memory_has(struct s2sv_memory *memory, const unsigned char digest[SV_DIGEST],
                  struct sv_anchor **ret_first)
{
    struct shard *shard = shard_of(memory, digest);
    pthread_mutex_lock(&shard->lock);
    struct entry *entry = find(shard, digest);
    if (entry && entry != shard->newest) {
        take_out_of_line(shard, entry);
        put_first_in_line(shard, entry);
    }
    if (ret_first)
        *ret_first = entry ? sv_anchor_ref(entry->first) : NULL;
    pthread_mutex_unlock(&shard->lock);
    return entry != NULL;
}

static void put_last_in_line(struct shard *shard, struct entry *entry)
{
    entry->older = NULL;
    entry->newer = shard->oldest;
    *(shard->oldest ? &shard->oldest->older : &shard->newest) = entry;
    shard->oldest = entry;
}

static void put_in_bucket(struct shard *shard, struct entry *entry)
{
    struct entry **bucket = bucket_of(shard, entry->digest);
    entry->next = *bucket;
    *bucket = entry;
}

/* Twice as many buckets; out of memory those that are there must do. */
static void grow(struct shard *shard)
{
    size_t count = shard->bucket_count > 0 ? 2 * shard->bucket_count : FIRST_BUCKETS;
    struct entry **buckets = calloc(count, sizeof(struct entry *));
    if (!buckets)
        return;
    free(shard->buckets);
    shard->buckets = buckets;
    shard->bucket_count = count;
    for (struct entry *entry = shard->newest; entry; entry = entry->older)
        put_in_bucket(shard, entry);
}

/* 1: there are buckets. */
static int make_buckets(struct shard *shard)
{
    if (shard->count == shard->bucket_count && shard->count < shard->capacity)
        grow(shard);
    return shard->buckets != NULL;
}

static struct entry *remove_oldest(struct shard *shard)
{
    struct entry *entry = shard->oldest;
    struct entry **link = bucket_of(shard, entry->digest);
    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    take_out_of_line(shard, entry);
    sv_anchor_unref(entry->first);
    shard->count--;
    return entry;
}

/* 1: it is new, and there is room. */
static int add(struct shard *shard, const unsigned char *digest, struct sv_anchor *first)
{
    if (!make_buckets(shard) || find(shard, digest))
        return 0;
    int is_full = shard->count == shard->capacity;
    struct entry *entry = is_full ? remove_oldest(shard) : malloc(sizeof *entry);
    if (!entry)
        return 0;
    entry->first = first;
    memcpy(entry->digest, digest, SV_DIGEST);
    put_in_bucket(shard, entry);
    if (is_full && ++shard->newcomers % ONE_OF != 0)
        put_last_in_line(shard, entry);
    else
        put_first_in_line(shard, entry);
    shard->count++;
    return 1;
}

void sv_memory_add(struct s2sv_memory *memory, const unsigned char digest[SV_DIGEST],
                   struct sv_anchor *first)
{
    struct shard *shard = shard_of(memory, digest);
    pthread_mutex_lock(&shard->lock);
    int is_added = add(shard, digest, first);
    pthread_mutex_unlock(&shard->lock);
    if (!is_added)
        sv_anchor_unref(first);
}
