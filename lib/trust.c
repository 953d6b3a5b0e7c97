/* SPDX-License-Identifier: MIT */
#include "trust.h"

#include <stdlib.h>
#include <string.h>

#include "load.h"

/* ---- adding ---------------------------------------------------------------------------------*/

/* Puts what was loaded into the trust. A new set starts with an empty memory. */
static int commit(struct s2sv_trust *trust, struct s2sv_loader *loader)
{
    pthread_mutex_lock(&trust->lock);
    struct sv_anchor_set *old = trust->set;
    struct sv_anchor_set *set = sv_anchor_set_with(old, &loader->added, trust->memory);
    if (set)
        trust->set = set;
    pthread_mutex_unlock(&trust->lock);
    if (!set)
        return S2SV_ERR_NOMEM;
    sv_anchor_set_unref(old);
    return S2SV_DECIDED;
}

struct sv_error {
    struct sv_error *next;
    char text[];
};

/* Under the lock. The sentence as a string that lives as long as the trust. */
static const char *keep(struct s2sv_trust *trust, const char *text)
{
    struct sv_error *error = trust->errors;
    while (error && strcmp(error->text, text) != 0)
        error = error->next;
    if (error)
        return error->text;
    error = malloc(sizeof *error + strlen(text) + 1);
    if (!error)
        return "out of memory";
    strcpy(error->text, text);
    error->next = trust->errors;
    trust->errors = error;
    return error->text;
}

/* What the last call that added did, for s2sv_trust_error(). */
static void tell(struct s2sv_trust *trust, const char *text)
{
    pthread_mutex_lock(&trust->lock);
    trust->error = text[0] ? keep(trust, text) : "";
    pthread_mutex_unlock(&trust->lock);
}

static int finish(struct s2sv_trust *trust, struct s2sv_loader *loader, int status)
{
    if (status == S2SV_DECIDED)
        status = loader->failed;
    if (status == S2SV_DECIDED && loader->added.count + loader->added.list_count == 0) {
        status = S2SV_ERR_IO;
        if (!loader->error[0])
            s2sv_loader_error(loader, loader->path, "nothing to load in it");
    }
    if (status == S2SV_DECIDED)
        status = commit(trust, loader);
    if (status == S2SV_DECIDED)
        loader->error[0] = '\0';
    if (status == S2SV_ERR_NOMEM)
        s2sv_loader_error(loader, loader->path, "out of memory");
    if (status != S2SV_DECIDED && !loader->error[0])
        s2sv_loader_error(loader, loader->path, "the TLS library failed");
    for (size_t i = 0; i < loader->added.count; i++)
        sv_anchor_unref(loader->added.anchors[i]);
    for (size_t i = 0; i < loader->added.list_count; i++)
        sv_list_unref(loader->added.lists[i]);
    free(loader->added.anchors);
    free(loader->added.lists);
    tell(trust, loader->error);
    return status;
}

static int load(struct s2sv_trust *trust, enum s2sv_place place, const char *path)
{
    int is_system = place == S2SV_PLACE_SYSTEM;
    if (!trust)
        return S2SV_ERR_INVALID;
    struct s2sv_loader loader = { .backend = trust->backend,
                                  .path = is_system ? "system trust store" : path,
                                  .skips_malformed = is_system };
    if (!path && !is_system) {
        s2sv_loader_error(&loader, NULL, "no path was given");
        return finish(trust, &loader, S2SV_ERR_INVALID);
    }
    return finish(trust, &loader, sv_status(trust->backend->load(&loader, place, path)));
}

int s2sv_trust_add_file(struct s2sv_trust *trust, const char *pem_path)
{
    return load(trust, S2SV_PLACE_FILE, pem_path);
}

int s2sv_trust_add_dir(struct s2sv_trust *trust, const char *hashed_dir)
{
    return load(trust, S2SV_PLACE_DIR, hashed_dir);
}

int s2sv_trust_add_system(struct s2sv_trust *trust)
{
    return load(trust, S2SV_PLACE_SYSTEM, NULL);
}

int s2sv_trust_add_crl_file(struct s2sv_trust *trust, const char *pem_path)
{
    return load(trust, S2SV_PLACE_CRL_FILE, pem_path);
}

int s2sv_trust_add_crl_der(struct s2sv_trust *trust, const void *der, size_t len)
{
    if (!trust)
        return S2SV_ERR_INVALID;
    struct s2sv_loader loader = { .backend = trust->backend, .path = "DER" };
    return finish(trust, &loader, s2sv_loader_add_crl(&loader, der, len));
}

int s2sv_trust_add_der(struct s2sv_trust *trust, const void *der, size_t len)
{
    if (!trust)
        return S2SV_ERR_INVALID;
    struct s2sv_loader loader = { .backend = trust->backend, .path = "DER" };
    return finish(trust, &loader, s2sv_loader_add_certificate(&loader, der, len));
}

int s2sv_trust_distrust_der(struct s2sv_trust *trust, const void *der, size_t len)
{
    if (!trust)
        return S2SV_ERR_INVALID;
    struct s2sv_loader loader = { .backend = trust->backend, .path = "DER" };
    return finish(trust, &loader, sv_loader_distrust(&loader, der, len));
}

/* ---- the trust ----------------------------------------------------------------------------- */

/* hash may be missing: then nothing is remembered. */
static int is_whole(const struct s2sv_backend *b)
{
    return b && b->version == S2SV_BACKEND_VERSION && b->name && b->now && b->import &&
           b->release && b->load && b->anchors && b->validate && b->is_signed_by;
}

struct s2sv_trust *s2sv_trust_new(const struct s2sv_backend *backend)
{
    if (!is_whole(backend))
        return NULL;
    struct s2sv_trust *trust = calloc(1, sizeof *trust);
    if (!trust)
        return NULL;
    if (pthread_mutex_init(&trust->lock, NULL) != 0) {
        free(trust);
        return NULL;
    }
    atomic_init(&trust->references, 1);
    trust->backend = backend;
    trust->error = "";
    trust->memory = SV_MEMORY_DEFAULT;
    return trust;
}

struct s2sv_trust *s2sv_trust_ref(struct s2sv_trust *trust)
{
    if (trust)
        atomic_fetch_add_explicit(&trust->references, 1, memory_order_relaxed);
    return trust;
}

void s2sv_trust_unref(struct s2sv_trust *trust)
{
    if (!trust || atomic_fetch_sub_explicit(&trust->references, 1, memory_order_acq_rel) != 1)
        return;
    sv_anchor_set_unref(trust->set);
    while (trust->errors) {
        struct sv_error *error = trust->errors;
        trust->errors = error->next;
        free(error);
    }
    pthread_mutex_destroy(&trust->lock);
    free(trust);
}

int s2sv_trust_set_memory(struct s2sv_trust *trust, size_t entries)
{
    struct s2sv_loader nothing = { 0 };
    if (!trust)
        return S2SV_ERR_INVALID;
    pthread_mutex_lock(&trust->lock);
    trust->memory = entries;
    pthread_mutex_unlock(&trust->lock);
    return commit(trust, &nothing);
}

const char *s2sv_trust_error(const struct s2sv_trust *trust)
{
    struct s2sv_trust *locked = (struct s2sv_trust *)trust; /* no field changes but the lock */
    if (!trust)
        return "";
    pthread_mutex_lock(&locked->lock);
    const char *error = trust->error;
    pthread_mutex_unlock(&locked->lock);
    return error;
}

const struct s2sv_backend *s2sv_trust_backend(const struct s2sv_trust *trust)
{
    return trust ? trust->backend : NULL;
}

struct sv_anchor_set *sv_trust_anchors(struct s2sv_trust *trust)
{
    pthread_mutex_lock(&trust->lock);
    struct sv_anchor_set *set = sv_anchor_set_ref(trust->set);
    pthread_mutex_unlock(&trust->lock);
    return set;
}
