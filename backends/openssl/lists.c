/* SPDX-License-Identifier: MIT
 * The application's revocation lists, asked for by issuer, which sees hashed directories too. An
 * X509_STORE doesn't tell when it changes, so what it gives is compared with what was read last,
 * pointer by pointer: our references keep a list's address from being another's. */
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "internal.h"

enum { ISSUERS = 64 };

struct read {
    STACK_OF(X509_CRL) * from;
    struct s2sv_lists *lists;
};

/* The newest comes in place of the oldest. */
struct svo_lists {
    CRYPTO_RWLOCK *lock;
    struct read all[ISSUERS];
    unsigned next;
};

static void crls_free(STACK_OF(X509_CRL) * crls)
{
    sk_X509_CRL_pop_free(crls, X509_CRL_free);
}

struct svo_lists *svo_lists_new(void)
{
    struct svo_lists *kept = OPENSSL_zalloc(sizeof *kept);
    if (kept)
        kept->lock = CRYPTO_THREAD_lock_new();
    if (kept && !kept->lock) {
        OPENSSL_free(kept);
        kept = NULL;
    }
    return kept;
}

void svo_lists_free(struct svo_lists *kept)
{
    if (!kept)
        return;
    for (size_t i = 0; i < ISSUERS; i++) {
        crls_free(kept->all[i].from);
        s2sv_lists_unref(kept->all[i].lists);
    }
    CRYPTO_THREAD_lock_free(kept->lock);
    OPENSSL_free(kept);
}

static int are_same(const STACK_OF(X509_CRL) * a, const STACK_OF(X509_CRL) * b)
{
    int count = sk_X509_CRL_num(a);
    if (!a || sk_X509_CRL_num(b) != count)
        return 0;
    for (int i = 0; i < count; i++) {
        if (sk_X509_CRL_value(a, i) != sk_X509_CRL_value(b, i))
            return 0;
    }
    return 1;
}

/* A reference, or NULL. */
static struct s2sv_lists *recall(struct svo_lists *kept, STACK_OF(X509_CRL) * found)
{
    struct s2sv_lists *lists = NULL;
    if (!kept || !CRYPTO_THREAD_read_lock(kept->lock))
        return NULL;
    for (size_t i = 0; i < ISSUERS && !lists; i++) {
        if (are_same(kept->all[i].from, found))
            lists = s2sv_lists_ref(kept->all[i].lists);
    }
    CRYPTO_THREAD_unlock(kept->lock);
    return lists;
}

/* Takes what was found over. */
static void remember(struct svo_lists *kept, STACK_OF(X509_CRL) * found, struct s2sv_lists *lists)
{
    struct read old = { found, NULL };
    if (kept && CRYPTO_THREAD_write_lock(kept->lock)) {
        old = kept->all[kept->next];
        kept->all[kept->next] = (struct read){ found, s2sv_lists_ref(lists) };
        kept->next = (kept->next + 1) % ISSUERS;
        CRYPTO_THREAD_unlock(kept->lock);
    }
    crls_free(old.from);
    s2sv_lists_unref(old.lists);
}

static void ders_free(struct s2sv_bytes *ders, int count)
{
    for (int i = 0; ders && i < count; i++)
        OPENSSL_free((void *)ders[i].data);
    OPENSSL_free(ders);
}

static struct s2sv_lists *lists_read_all(STACK_OF(X509_CRL) * found)
{
    int ok = 1, count = sk_X509_CRL_num(found);
    struct s2sv_bytes *ders = OPENSSL_zalloc(((size_t)count + 1) * sizeof *ders);
    struct s2sv_lists *lists = NULL;
    for (int i = 0; ders && ok && i < count; i++) {
        unsigned char *der = NULL;
        int len = i2d_X509_CRL(sk_X509_CRL_value(found, i), &der);
        ok = len > 0;
        ders[i] = (struct s2sv_bytes){ der, len > 0 ? (size_t)len : 0 };
    }
    if (ders && ok)
        lists = s2sv_lists_new(ders, (size_t)count);
    ders_free(ders, count);
    return lists;
}

/* *ret_found: the store's, or NULL for none. */
static int lists_find(X509_STORE *store, X509 *child, STACK_OF(X509_CRL) * *ret_found)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    int ok = ctx && X509_STORE_CTX_init(ctx, store, NULL, NULL);
    *ret_found = ok ? X509_STORE_CTX_get1_crls(ctx, X509_get_issuer_name(child)) : NULL;
    ok = ok && (*ret_found || ERR_GET_REASON(ERR_peek_last_error()) != ERR_R_MALLOC_FAILURE);
    X509_STORE_CTX_free(ctx);
    return ok ? S2SV_DECIDED : S2SV_ERR_NOMEM;
}

int svo_lists(void *application, const struct s2sv_link *child, struct s2sv_lists **ret_lists)
{
    const struct svo_application *app = application;
    STACK_OF(X509_CRL) *found = NULL;
    struct s2sv_lists *lists = NULL;
    int status = S2SV_DECIDED;
    ERR_set_mark();
    if (app && app->store)
        status = lists_find(app->store, child->native, &found);
    if (status == S2SV_DECIDED && sk_X509_CRL_num(found) > 0) {
        lists = recall(app->lists, found);
        if (!lists) {
            lists = lists_read_all(found);
            status = lists ? S2SV_DECIDED : S2SV_ERR_NOMEM;
            if (lists)
                remember(app->lists, found, lists);
            else
                crls_free(found);
            found = NULL;
        }
    }
    crls_free(found);
    ERR_pop_to_mark();
    if (status == S2SV_DECIDED)
        *ret_lists = lists;
    return status;
}
