/* SPDX-License-Identifier: MIT
 * What we keep with an SSL_CTX. What install() puts there never changes: installing again puts
 * another in its place, and whoever reads holds a reference, so that both can happen at once. */
#include <openssl/crypto.h>

#include "internal.h"

/* Made once for each SSL_CTX, since OpenSSL guards no ex_data. The lock is held while a pointer is
 * read or replaced, and never while anybody is judged. */
struct slot {
    CRYPTO_RWLOCK *lock;
    struct svo_context *context; /* NULL until the first is complete */
};

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int slot_index = -1;

struct svo_context *svo_context_new(struct s2sv_policy *policy, struct s2sv_trust *trust)
{
    struct svo_context *context = OPENSSL_zalloc(sizeof *context);
    if (!context)
        return NULL;
    atomic_init(&context->references, 1);
    context->policy = s2sv_policy_ref(policy);
    context->trust = s2sv_trust_ref(trust);
    return context;
}

static struct svo_context *ref(struct svo_context *context)
{
    if (context)
        atomic_fetch_add_explicit(&context->references, 1, memory_order_relaxed);
    return context;
}

void svo_context_unref(struct svo_context *context)
{
    if (!context || atomic_fetch_sub_explicit(&context->references, 1, memory_order_acq_rel) != 1)
        return;
    s2sv_policy_unref(context->policy);
    s2sv_trust_unref(context->trust);
    s2sv_memory_free(context->memory);
    svo_lists_free(context->lists);
    X509_STORE_free(context->store);
    OPENSSL_free(context);
}

static void slot_free(struct slot *slot)
{
    svo_context_unref(slot->context);
    CRYPTO_THREAD_lock_free(slot->lock);
    OPENSSL_free(slot);
}

static void on_free(void *parent, void *data, CRYPTO_EX_DATA *ad, int index, long argl, void *argp)
{
    (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
    if (data)
        slot_free(data);
}

static void make_context_index(void)
{
    slot_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_free);
}

static struct slot *slot_get(const SSL_CTX *ctx)
{
    int ready = CRYPTO_THREAD_run_once(&once, make_context_index) && slot_index >= 0;
    return ready ? SSL_CTX_get_ex_data(ctx, slot_index) : NULL;
}

static struct slot *slot_make(SSL_CTX *ctx)
{
    struct slot *slot = slot_get(ctx);
    if (slot || slot_index < 0)
        return slot;
    slot = OPENSSL_zalloc(sizeof *slot);
    if (!slot)
        return NULL;
    slot->lock = CRYPTO_THREAD_lock_new();
    if (!slot->lock || !SSL_CTX_set_ex_data(ctx, slot_index, slot)) {
        slot_free(slot);
        return NULL;
    }
    return slot;
}

struct svo_context *svo_context_get(const SSL_CTX *ctx)
{
    struct slot *slot = slot_get(ctx);
    if (!slot || !CRYPTO_THREAD_read_lock(slot->lock))
        return NULL;
    struct svo_context *context = ref(slot->context);
    CRYPTO_THREAD_unlock(slot->lock);
    return context;
}

int svo_context_put(SSL_CTX *ctx, struct svo_context *context, svo_prepare *prepare)
{
    struct slot *slot = slot_make(ctx);
    if (!slot || !CRYPTO_THREAD_write_lock(slot->lock))
        return S2SV_ERR_NOMEM;
    struct svo_context *old = slot->context;
    int status = prepare(ctx, context, old);
    if (status == S2SV_DECIDED)
        slot->context = ref(context);
    CRYPTO_THREAD_unlock(slot->lock);
    if (status == S2SV_DECIDED)
        svo_context_unref(old);
    return status;
}
