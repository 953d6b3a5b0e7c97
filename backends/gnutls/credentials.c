/* SPDX-License-Identifier: MIT
 * What install() put on credentials, which have no room for it: a table by their address, and the
 * only state. Its parts have locks of their own, held for a look-up, so that neither many
 * credentials nor many threads make a handshake wait. */
#include <pthread.h>
#include <stdlib.h>

#include "internal.h"

enum { SHARD_BITS = 6, SHARDS = 1 << SHARD_BITS, FIRST_BUCKETS = 4 };

struct shard {
    pthread_mutex_t lock;
    struct svg_installed **buckets; /* NULL while there is nothing in it */
    size_t bucket_count, count;
};

#define ONE                                   \
    {                                         \
        PTHREAD_MUTEX_INITIALIZER, NULL, 0, 0 \
    }
#define FOUR ONE, ONE, ONE, ONE
#define SIXTEEN FOUR, FOUR, FOUR, FOUR
static struct shard shards[SHARDS] = { SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN };

/* Addresses are even in their low bits; a product's high bits depend on all. */
static uint64_t hash(gnutls_certificate_credentials_t cred)
{
    return (uint64_t)(uintptr_t)cred * UINT64_C(0x9e3779b97f4a7c15);
}

static struct shard *shard_of(gnutls_certificate_credentials_t cred)
{
    return &shards[hash(cred) >> (64 - SHARD_BITS)];
}

static struct svg_installed **bucket_of(struct svg_installed **buckets, size_t count,
                                        gnutls_certificate_credentials_t cred)
{
    return &buckets[hash(cred) >> 16 & (count - 1)];
}

/* The rest is under the shard's lock. */
static struct svg_installed **credentials_find(struct shard *shard,
                                               gnutls_certificate_credentials_t cred)
{
    struct svg_installed **at;
    if (!shard->buckets)
        return NULL;
    at = bucket_of(shard->buckets, shard->bucket_count, cred);
    while (*at && (*at)->cred != cred)
        at = &(*at)->next;
    return *at ? at : NULL;
}

static void move_all(struct shard *shard, struct svg_installed **buckets, size_t count)
{
    for (size_t i = 0; i < shard->bucket_count; i++)
        while (shard->buckets[i]) {
            struct svg_installed *moved = shard->buckets[i];
            struct svg_installed **to = bucket_of(buckets, count, moved->cred);
            shard->buckets[i] = moved->next;
            moved->next = *to;
            *to = moved;
        }
}

/* Room for one more. Out of memory a table that is there stays as it is, and gets slower. */
static int credentials_grow(struct shard *shard)
{
    size_t count = shard->buckets ? 2 * shard->bucket_count : FIRST_BUCKETS;
    if (shard->count < shard->bucket_count)
        return S2SV_DECIDED;
    struct svg_installed **buckets = calloc(count, sizeof *buckets);
    if (!buckets)
        return shard->buckets ? S2SV_DECIDED : S2SV_ERR_NOMEM;
    if (shard->buckets)
        move_all(shard, buckets, count);
    free(shard->buckets);
    shard->buckets = buckets;
    shard->bucket_count = count;
    return S2SV_DECIDED;
}

/* Gives what was there before. */
static int credentials_put(struct shard *shard, struct svg_installed *installed,
                           struct svg_installed **ret_old)
{
    struct svg_installed **at = credentials_find(shard, installed->cred);
    if (at) {
        *ret_old = *at;
        installed->next = (*at)->next;
        *at = installed;
        return S2SV_DECIDED;
    }
    if (credentials_grow(shard) != S2SV_DECIDED)
        return S2SV_ERR_NOMEM;
    at = bucket_of(shard->buckets, shard->bucket_count, installed->cred);
    installed->next = *at;
    *at = installed;
    shard->count++;
    return S2SV_DECIDED;
}

static struct svg_installed *take(struct shard *shard, gnutls_certificate_credentials_t cred)
{
    struct svg_installed **at = credentials_find(shard, cred), *old = at ? *at : NULL;
    if (!old)
        return NULL;
    *at = old->next;
    if (--shard->count == 0) {
        free(shard->buckets);
        shard->buckets = NULL;
        shard->bucket_count = 0;
    }
    return old;
}

/* ---- without a lock of the caller's ---------------------------------------------------------- */

void svg_installed_unref(struct svg_installed *installed)
{
    if (!installed ||
        atomic_fetch_sub_explicit(&installed->references, 1, memory_order_acq_rel) != 1)
        return;
    s2sv_policy_unref(installed->policy);
    s2sv_trust_unref(installed->trust);
    free(installed);
}

int svg_credentials_set(gnutls_certificate_credentials_t cred, struct s2sv_policy *policy,
                        struct s2sv_trust *trust)
{
    struct svg_installed *installed = calloc(1, sizeof *installed), *old = NULL;
    struct shard *shard = shard_of(cred);
    if (!installed)
        return S2SV_ERR_NOMEM;
    installed->cred = cred;
    installed->policy = s2sv_policy_ref(policy);
    installed->trust = s2sv_trust_ref(trust);
    atomic_init(&installed->references, 1);
    atomic_init(&installed->counts, 0);
    atomic_init(&installed->demands, SVG_UNKNOWN);
    pthread_mutex_lock(&shard->lock);
    int status = credentials_put(shard, installed, &old);
    pthread_mutex_unlock(&shard->lock);
    svg_installed_unref(status == S2SV_DECIDED ? old : installed);
    return status;
}

void svg_credentials_unset(gnutls_certificate_credentials_t cred)
{
    struct shard *shard = shard_of(cred);
    pthread_mutex_lock(&shard->lock);
    struct svg_installed *old = take(shard, cred);
    pthread_mutex_unlock(&shard->lock);
    svg_installed_unref(old);
}

struct svg_installed *svg_credentials_get(gnutls_certificate_credentials_t cred)
{
    struct shard *shard = shard_of(cred);
    pthread_mutex_lock(&shard->lock);
    struct svg_installed **at = credentials_find(shard, cred), *installed = at ? *at : NULL;
    if (installed)
        atomic_fetch_add_explicit(&installed->references, 1, memory_order_relaxed);
    pthread_mutex_unlock(&shard->lock);
    return installed;
}
