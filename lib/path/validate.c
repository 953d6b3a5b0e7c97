/* SPDX-License-Identifier: MIT
 * Asks the TLS library about one complete path, unless the memory has the answer. */
#include <string.h>

#include "path/memory.h"
#include "path/revocation.h"
#include "path/search.h"

struct s2sv_link sv_link_of(const struct sv_node *node)
{
    return (struct s2sv_link){ node->certificate.der.data, node->certificate.der.len,
                               node->native };
}

int sv_import(const struct sv_search *s, struct sv_node *node)
{
    if (node->native)
        return S2SV_DECIDED;
    int status = sv_import_der(s->source->backend, node->certificate.der, &node->native);
    node->is_imported = status == S2SV_DECIDED;
    return status;
}

/* ---- the TLS library -------------------------------------------------------------------------*/

static int make_links(const struct sv_search *s, size_t count, struct s2sv_link *links,
                      struct s2sv_evidence *evidence)
{
    for (size_t i = 0; i < count; i++) {
        int status = sv_import(s, s->path[i]);
        if (status == S2SV_ERR_INVALID)
            s2sv_evidence_add(evidence, S2SV_FAULT_MALFORMED, (int)i, 0, "it can't be read");
        if (status != S2SV_DECIDED)
            return status;
        links[i] = sv_link_of(s->path[i]);
    }
    return S2SV_DECIDED;
}

/* A trust of ours has its own lists, and the core judges them. */
static enum s2sv_revocation native_revocation(const struct sv_search *s)
{
    return s->source->trust ? S2SV_REVOCATION_OFF : s->policy->revocation;
}

/* Asks about the path's first certificates, the last of them as the anchor. Returns 1, 0 with
 * faults, or a status. */
static int ask(struct sv_search *s, size_t count, struct sv_faults *faults)
{
    struct s2sv_link links[SV_MAX_PATH];
    struct s2sv_evidence evidence = { faults, 0, 0 };
    int status = make_links(s, count, links, &evidence);
    if (status != S2SV_DECIDED)
        return status == S2SV_ERR_INVALID ? 0 : status;
    struct s2sv_demand demand = { links,
                                  count,
                                  s->time,
                                  s->time_is_given,
                                  s2sv_policy_server_auth(s->policy),
                                  native_revocation(s) };
    s->signatures += (unsigned)count;
    int accepted = s->source->backend->validate(s->source->application, &demand, &evidence);
    s->not_revoked = evidence.not_revoked;
    if (accepted < 0)
        return accepted;
    if ((accepted == 1) != (evidence.count == 0)) { /* a backend that contradicts itself */
        s2sv_evidence_add(&evidence, S2SV_FAULT_INTERNAL, -1, accepted, "contradictory evidence");
        return 0;
    }
    return accepted == 1;
}

int sv_validate(struct sv_search *s, struct sv_faults *faults)
{
    return ask(s, s->count, faults);
}

/* ---- the memory ------------------------------------------------------------------------------*/

static struct s2sv_memory *memory_of(const struct sv_search *s)
{
    if (s->source->forgets || s->listed.have_lists || !s->source->backend->sha256)
        return NULL;
    if (!s->source->trust)
        return s->source->memory;
    return s->anchors ? s->anchors->memory : NULL;
}

/* The digest of what is asked about path[from..]: every octet, and whatever else the TLS library's
 * answer depends on. */
static int digest_path(const struct sv_search *s, size_t from, unsigned char digest[SV_DIGEST])
{
    const unsigned char question[] = { from > 0, (unsigned char)s2sv_policy_server_auth(s->policy),
                                       (unsigned char)native_revocation(s) };
    unsigned char lengths[SV_MAX_PATH][4];
    struct s2sv_bytes parts[2 + 2 * SV_MAX_PATH] = {
        { question, sizeof(question) }, { s->source->stamp, sizeof(s->source->stamp) }
    };
    size_t count = 2;
    for (size_t i = from; i < s->count; i++) {
        struct sv_span der = s->path[i]->certificate.der;
        for (unsigned octet = 0; octet < 4; octet++)
            lengths[i][octet] = (unsigned char)(der.len >> 8 * octet);
        parts[count++] = (struct s2sv_bytes){ lengths[i], 4 };
        parts[count++] = (struct s2sv_bytes){ der.data, der.len };
    }
    return s->source->backend->sha256(parts, count, digest) == S2SV_DECIDED;
}

int sv_has_memory(const struct sv_search *s)
{
    return memory_of(s) != NULL;
}

int sv_is_remembered(const struct sv_search *s)
{
    unsigned char digest[SV_DIGEST];
    struct s2sv_memory *memory = memory_of(s);
    return memory && digest_path(s, 0, digest) && sv_memory_has(memory, digest, NULL);
}

/* A validated path above a leaf is as good for another leaf if nothing in it depends on what is
 * below: no name constraints, no policy rules. The leaf is no CA, so that path lengths can't
 * differ; the core has judged the rest. */
static int is_reusable(const struct sv_search *s)
{
    if (!s->source->trust || s->count < 3 || s->path[0]->certificate.is_ca)
        return 0;
    for (size_t i = 1; i < s->count; i++)
        if (s->path[i]->certificate.name_constraints.data ||
            s->path[i]->certificate.has_policy_rules)
            return 0;
    return 1;
}

/* The leaf alone, under an issuer whose path was validated before: 1, or 0 if that isn't so. */
static int validate_leaf(struct sv_search *s, const unsigned char above[SV_DIGEST])
{
    struct sv_node *issuer = s->path[1];
    struct sv_anchor *kept;
    struct sv_faults unused;
    unused.count = unused.left_out = 0;
    if (!sv_memory_has(memory_of(s), above, &kept))
        return 0;
    if (kept && !issuer->native)
        s->path[1] = &kept->node; /* the same octets, read before */
    int accepted = ask(s, 2, &unused);
    s->path[1] = issuer;
    sv_anchor_unref(kept);
    return accepted;
}

/* What the search has read of the issuer, for the memory to keep: it is read again where it is
 * still needed. NULL: it is the application's or an anchor's, or out of memory. */
static struct sv_anchor *give_issuer(const struct sv_search *s)
{
    struct sv_node *issuer = s->path[1];
    struct sv_span der = issuer->certificate.der;
    struct sv_anchor *kept = NULL;
    struct sv_misread unused;
    void *native = issuer->native;
    if (!issuer->is_imported)
        return NULL;
    issuer->is_imported = 0;
    issuer->native = NULL;
    (void)sv_anchor_new(s->source->backend, der.data, der.len, native, &unused, &kept);
    return kept;
}

int sv_validate_and_remember(struct sv_search *s, struct sv_faults *faults)
{
    unsigned char whole[SV_DIGEST], above[SV_DIGEST];
    struct s2sv_memory *memory = memory_of(s);
    int remembers = memory && digest_path(s, 0, whole);
    int reuses = remembers && is_reusable(s) && digest_path(s, 1, above);
    int accepted = reuses ? validate_leaf(s, above) : 0;
    if (accepted == 0)
        accepted = sv_validate(s, faults);
    if (accepted != 1)
        return accepted;
    if (remembers)
        sv_memory_add(memory, whole, NULL);
    if (reuses)
        sv_memory_add(memory, above, give_issuer(s));
    return 1;
}

/* Lists of a trust of ours; an application's are in its TLS library's hands. */
int sv_is_unrevoked(const struct sv_search *s, struct sv_faults *faults)
{
    if (!s->source->trust || !s->anchors || s->policy->revocation == S2SV_REVOCATION_OFF)
        return 1;
    for (size_t i = 1; s->anchors->crl_count > 0 && i < s->count; i++) {
        int status = sv_import(s, s->path[i]);
        if (status != S2SV_DECIDED)
            return status;
    }
    int status = sv_judge_revocation(s->anchors, s->source->backend, s->path, s->count,
                                     s->policy->revocation, s->not_revoked, s->time, faults);
    return status == S2SV_DECIDED ? faults->count == 0 : status;
}
