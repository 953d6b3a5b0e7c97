/* SPDX-License-Identifier: MIT */
#include "path/recall.h"

#include "path/memory.h"
#include "path/validate.h"

static struct s2sv_memory *memory_of(const struct sv_walk *w)
{
    if (w->given->named || w->given->source->forgets || !w->given->source->backend->hash)
        return NULL;
    if (!w->given->source->trust)
        return w->given->source->memory;
    return w->given->anchors ? w->given->anchors->memory : NULL;
}

/* The digest of what is asked about path[from..]: every octet, and whatever else the TLS library's
 * answer depends on. */
static int digest_path(const struct sv_walk *w, size_t from, unsigned char digest[SV_DIGEST])
{
    const unsigned char question[] = { from > 0,
                                       (unsigned char)s2sv_policy_server_auth(w->given->policy) };
    unsigned char lengths[SV_MAX_PATH][4];
    struct s2sv_bytes parts[2 + 2 * SV_MAX_PATH] = { { question, sizeof question },
                                                     { w->given->source->settings,
                                                       sizeof w->given->source->settings } };
    size_t count = 2;
    for (size_t i = from; i < w->count; i++) {
        struct sv_span der = w->path[i]->certificate.der;
        for (unsigned octet = 0; octet < 4; octet++)
            lengths[i][octet] = (unsigned char)(der.len >> 8 * octet);
        parts[count++] = (struct s2sv_bytes){ lengths[i], 4 };
        parts[count++] = (struct s2sv_bytes){ der.data, der.len };
    }
    return w->given->source->backend->hash(S2SV_HASH_SHA256, parts, count, digest) == S2SV_DECIDED;
}

int sv_has_memory(const struct sv_walk *w)
{
    return memory_of(w) != NULL;
}

int sv_is_remembered(const struct sv_walk *w)
{
    unsigned char digest[SV_DIGEST];
    struct s2sv_memory *memory = memory_of(w);
    return memory && digest_path(w, 0, digest) && sv_memory_has(memory, digest, NULL);
}

/* A validated path above a leaf is as good for another leaf if nothing in it depends on what is
 * below: no name constraints, no policy rules. The leaf is no CA, so that path lengths can't
 * differ; the core has judged the rest. */
static int is_reusable(const struct sv_walk *w)
{
    if (!w->given->source->trust || w->count < 3 || w->path[0]->certificate.is_ca)
        return 0;
    for (size_t i = 1; i < w->count; i++)
        if (w->path[i]->certificate.name_constraints.data ||
            w->path[i]->certificate.has_policy_rules)
            return 0;
    return 1;
}

/* The leaf alone, under an issuer whose path was validated before: 1, or 0 if that isn't so. */
static int validate_leaf(struct sv_walk *w, const unsigned char above[SV_DIGEST])
{
    struct sv_node *issuer = w->path[1];
    struct sv_anchor *kept;
    struct sv_faults unused;
    unused.count = unused.left_out = 0;
    if (!sv_memory_has(memory_of(w), above, &kept))
        return 0;
    if (kept && !issuer->native)
        w->path[1] = &kept->node; /* the same octets, read before */
    int accepted = sv_validate_first(w, 2, &unused);
    w->path[1] = issuer;
    sv_anchor_unref(kept);
    return accepted;
}

/* What the search has read of the issuer, for the memory to keep: it is read again where it is
 * still needed. NULL: it is the application's or an anchor's, or out of memory. */
static struct sv_anchor *give_issuer(const struct sv_walk *w)
{
    struct sv_node *issuer = w->path[1];
    struct sv_span der = issuer->certificate.der;
    struct sv_anchor *kept = NULL;
    struct sv_misread unused;
    void *native = issuer->native;
    if (!issuer->is_imported)
        return NULL;
    issuer->is_imported = 0;
    issuer->native = NULL;
    (void)sv_anchor_new(w->given->source->backend, der.data, der.len, native, &unused, &kept);
    return kept;
}

int sv_validate_and_remember(struct sv_walk *w, struct sv_faults *faults)
{
    unsigned char whole[SV_DIGEST], above[SV_DIGEST];
    struct s2sv_memory *memory = memory_of(w);
    int remembers = memory && digest_path(w, 0, whole);
    int reuses = remembers && is_reusable(w) && digest_path(w, 1, above);
    int accepted = reuses ? validate_leaf(w, above) : 0;
    if (accepted == 0)
        accepted = sv_validate(w, faults);
    if (accepted != 1)
        return accepted;
    if (remembers)
        sv_memory_add(memory, whole, NULL);
    if (reuses)
        sv_memory_add(memory, above, give_issuer(w));
    return 1;
}
