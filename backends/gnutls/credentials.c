/* SPDX-License-Identifier: MIT
 * What install() put on credentials, which have no room for it. The only state. */
#include <pthread.h>
#include <stdlib.h>

#include "internal.h"

struct entry {
    struct entry *next;
    gnutls_certificate_credentials_t cred;
    struct s2sv_policy *policy;
    struct s2sv_trust *trust; /* NULL: the credentials' own anchors */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *entries;

/* Under the lock. */
static struct entry **find(gnutls_certificate_credentials_t cred)
{
    struct entry **at = &entries;
    while (*at && (*at)->cred != cred)
        at = &(*at)->next;
    return at;
}

static void entry_free(struct entry *entry)
{
    if (!entry)
        return;
    s2sv_policy_unref(entry->policy);
    s2sv_trust_unref(entry->trust);
    free(entry);
}

/* Puts an entry, or none, in the place of the credentials' entry. Returns 1 if there was one. */
static int replace(gnutls_certificate_credentials_t cred, struct entry *entry)
{
    pthread_mutex_lock(&lock);
    struct entry **at = find(cred), *old = *at;
    struct entry *next = old ? old->next : NULL;
    if (entry)
        entry->next = next;
    *at = entry ? entry : next;
    pthread_mutex_unlock(&lock);
    entry_free(old);
    return old != NULL;
}

int svg_credentials_set(gnutls_certificate_credentials_t cred, struct s2sv_policy *policy,
                        struct s2sv_trust *trust)
{
    struct entry *entry = malloc(sizeof *entry);
    if (!entry)
        return S2SV_ERR_NOMEM;
    *entry = (struct entry){ NULL, cred, s2sv_policy_ref(policy), s2sv_trust_ref(trust) };
    replace(cred, entry);
    return S2SV_DECIDED;
}

int svg_credentials_unset(gnutls_certificate_credentials_t cred)
{
    return replace(cred, NULL);
}

int svg_credentials_get(gnutls_certificate_credentials_t cred, struct s2sv_policy **ret_policy,
                        struct s2sv_trust **ret_trust)
{
    pthread_mutex_lock(&lock);
    const struct entry *entry = *find(cred);
    *ret_policy = entry ? s2sv_policy_ref(entry->policy) : NULL;
    *ret_trust = entry ? s2sv_trust_ref(entry->trust) : NULL;
    pthread_mutex_unlock(&lock);
    return entry != NULL;
}
