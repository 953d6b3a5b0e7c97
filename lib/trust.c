/* SPDX-License-Identifier: MIT */
#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names/domain.h"
#include "path/memory.h"
#include "rules/faults.h"
#include "x509/bounds.h"
#include "x509/pem.h"
#include "x509/text.h"

/* ---- loading: all or nothing --------------------------------------------------------------- */

struct s2sv_loader {
    const struct s2sv_backend *backend;
    int skips_malformed; /* the system's store: one odd certificate doesn't cost all the others */
    int has_skipped;     /* then the error says why, in case that nothing is left */
    struct sv_additions added;
    const char *path; /* what was asked for */
    const char *file; /* what is read now; NULL: that */
    size_t seen;      /* certificates so far, those left out as well */
    int failed;       /* a status: one addition failed, so all do, whatever the backend says */
    char error[512];
};

void s2sv_loader_error(struct s2sv_loader *loader, const char *path, const char *what)
{
    snprintf(loader->error, sizeof(loader->error), "%s%s%s", path ? path : "", path ? ": " : "",
             what);
    sv_make_printable(loader->error);
}

/* Says what is wrong with what was just handed over. */
static void complain(struct s2sv_loader *loader, const char *what)
{
    s2sv_loader_error(loader, loader->file ? loader->file : loader->path, what);
}

/* Room for one more pointer; NULL out of memory. */
static void *grow(void *array, size_t count)
{
    return realloc(array, (count + 1) * sizeof(void *));
}

static int add_anchor(struct sv_additions *added, struct sv_anchor *anchor)
{
    struct sv_anchor **grown = grow(added->anchors, added->count);
    if (!grown) {
        sv_anchor_unref(anchor);
        return S2SV_ERR_NOMEM;
    }
    added->anchors = grown;
    grown[added->count++] = anchor;
    return S2SV_DECIDED;
}

static int add_crl(struct sv_additions *added, struct sv_crl *crl)
{
    struct sv_crl **grown = grow(added->crls, added->crl_count);
    if (!grown) {
        sv_crl_unref(crl);
        return S2SV_ERR_NOMEM;
    }
    added->crls = grown;
    grown[added->crl_count++] = crl;
    return S2SV_DECIDED;
}

/* The same certificate often comes by several names: a bundle, and a file of its own. */
static int is_loaded(const struct sv_additions *added, const void *der, size_t len)
{
    struct sv_span wanted = { der, len };
    for (size_t i = 0; i < added->count; i++)
        if (sv_span_equal(added->anchors[i]->node.certificate.der, wanted))
            return 1;
    return 0;
}

static int load_certificate(struct s2sv_loader *loader, const void *der, size_t len)
{
    struct sv_misread misread;
    struct sv_anchor *anchor = NULL;
    loader->seen++;
    if (is_loaded(&loader->added, der, len))
        return S2SV_DECIDED;
    int status = sv_anchor_new(loader->backend, der, len, NULL, &misread, &anchor);
    if (status == S2SV_DECIDED)
        return add_anchor(&loader->added, anchor);
    if (status != S2SV_ERR_INVALID)
        return status;
    char what[160];
    snprintf(what, sizeof(what), "certificate %zu: %s: %s", loader->seen,
             s2sv_reason_name(misread.reason), misread.what);
    complain(loader, what);
    loader->has_skipped = loader->skips_malformed;
    return loader->skips_malformed ? S2SV_DECIDED : S2SV_ERR_INVALID;
}

static int load_crl(struct s2sv_loader *loader, const void *der, size_t len)
{
    struct sv_crl *crl = NULL;
    int status = sv_crl_new(der, len, &crl);
    if (status == S2SV_DECIDED)
        return add_crl(&loader->added, crl);
    if (status == S2SV_ERR_INVALID)
        complain(loader, "a certificate revocation list is malformed");
    return status;
}

int s2sv_loader_add_certificate(struct s2sv_loader *loader, const void *der, size_t len)
{
    int status = load_certificate(loader, der, len);
    if (status != S2SV_DECIDED)
        loader->failed = status;
    return status;
}

int s2sv_loader_add_crl(struct s2sv_loader *loader, const void *der, size_t len)
{
    int status = load_crl(loader, der, len);
    if (status != S2SV_DECIDED)
        loader->failed = status;
    return status;
}

/* ---- PEM: one reader for all backends, so that all take the same files ----------------------- */

/* P-27: a certificate, and behind it OpenSSL's settings, which may say that it is no anchor. */
static int load_trusted(struct s2sv_loader *loader, struct sv_span der, s2sv_is_for_servers *asked)
{
    struct sv_span rest = der;
    struct sv_element certificate;
    if (!asked) {
        complain(loader, "the settings of a TRUSTED CERTIFICATE are OpenSSL's alone");
        return S2SV_ERR_INVALID;
    }
    int answer = sv_der_next(&rest, &certificate) ? asked(der.data, der.len) : S2SV_ERR_INVALID;
    if (answer == 1)
        return load_certificate(loader, certificate.whole.data, certificate.whole.len);
    if (answer < 0)
        complain(loader, "a malformed TRUSTED CERTIFICATE");
    return answer;
}

static int load_block(struct s2sv_loader *loader, const struct sv_pem *block,
                      s2sv_is_for_servers *asked)
{
    struct sv_span der = { NULL, 0 }, label = block->label;
    int is_malformed, status = S2SV_ERR_INVALID;
    unsigned char *buf = sv_pem_decode(block, &der.len, &is_malformed);
    der.data = buf;
    if (!buf && !is_malformed)
        status = S2SV_ERR_NOMEM;
    else if (buf && sv_span_is(label, "X509 CRL"))
        status = load_crl(loader, der.data, der.len);
    else if (buf && (sv_span_is(label, "CERTIFICATE") || sv_span_is(label, "X509 CERTIFICATE")))
        status = load_certificate(loader, der.data, der.len);
    else if (buf && sv_span_is(label, "TRUSTED CERTIFICATE"))
        status = load_trusted(loader, der, asked);
    else
        complain(loader, "malformed PEM");
    free(buf);
    return status;
}

static int is_wanted(struct sv_span label, enum s2sv_place place)
{
    struct sv_span kind = sv_span_of(place == S2SV_PLACE_CRL_FILE ? "CRL" : "CERTIFICATE");
    return label.len >= kind.len && sv_span_equal(sv_span_skip(label, label.len - kind.len), kind);
}

static int load_pem(struct s2sv_loader *loader, enum s2sv_place place, struct sv_span text,
                    s2sv_is_for_servers *asked)
{
    struct sv_pem block;
    size_t count = 0;
    int more, status = S2SV_DECIDED;
    while (status == S2SV_DECIDED && (more = sv_pem_next(&text, &block)) != 0) {
        if (more < 0) {
            complain(loader, "malformed PEM");
            return S2SV_ERR_INVALID;
        }
        if (!is_wanted(block.label, place))
            continue;
        count++;
        status = load_block(loader, &block, asked);
    }
    if (status == S2SV_DECIDED && count == 0) {
        complain(loader,
                 place == S2SV_PLACE_CRL_FILE ? "no PEM CRL in it" : "no PEM certificate in it");
        return S2SV_ERR_IO;
    }
    return status;
}

int s2sv_loader_add_pem(struct s2sv_loader *loader, enum s2sv_place place, const char *path,
                        const void *pem, size_t len, s2sv_is_for_servers *is_for_servers)
{
    loader->file = path;
    loader->seen = 0;
    int status = load_pem(loader, place, (struct sv_span){ pem, len }, is_for_servers);
    loader->file = NULL;
    if (status != S2SV_DECIDED)
        loader->failed = status;
    return status;
}

/* Puts what was loaded into the trust; the loader's references go with it. A new set starts with an
 * empty memory. */
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
    loader->added.count = loader->added.crl_count = 0;
    sv_anchor_set_unref(old);
    return S2SV_DECIDED;
}

static int finish(struct s2sv_trust *trust, struct s2sv_loader *loader, int status)
{
    if (status == S2SV_DECIDED)
        status = loader->failed;
    if (status == S2SV_DECIDED && loader->added.count + loader->added.crl_count == 0) {
        status = loader->has_skipped ? S2SV_ERR_INVALID : S2SV_ERR_IO;
        if (!loader->has_skipped)
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
    for (size_t i = 0; i < loader->added.crl_count; i++)
        sv_crl_unref(loader->added.crls[i]);
    free(loader->added.anchors);
    free(loader->added.crls);
    pthread_mutex_lock(&trust->lock);
    strcpy(trust->error, loader->error);
    pthread_mutex_unlock(&trust->lock);
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

/* ---- the trust ----------------------------------------------------------------------------- */

/* sha256 may be missing: then nothing is remembered. */
static int is_whole(const struct s2sv_backend *b)
{
    return b && b->version == S2SV_BACKEND_VERSION && b->name && b->now && b->import &&
           b->release && b->load && b->anchors && b->validate && b->crl_is_signed_by;
}

struct s2sv_trust *s2sv_trust_new(const struct s2sv_backend *backend)
{
    if (!is_whole(backend))
        return NULL;
    struct s2sv_trust *trust = calloc(1, sizeof(*trust));
    if (!trust)
        return NULL;
    if (pthread_mutex_init(&trust->lock, NULL) != 0) {
        free(trust);
        return NULL;
    }
    atomic_init(&trust->references, 1);
    trust->backend = backend;
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
    return trust ? trust->error : "";
}

const struct s2sv_backend *s2sv_trust_backend(const struct s2sv_trust *trust)
{
    return trust ? trust->backend : NULL;
}

struct sv_anchor_set *sv_trust_anchors(struct s2sv_trust *trust)
{
    pthread_mutex_lock(&trust->lock);
    struct sv_anchor_set *set = trust->set;
    if (set)
        atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    pthread_mutex_unlock(&trust->lock);
    return set;
}
