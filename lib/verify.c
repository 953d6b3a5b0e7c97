/* SPDX-License-Identifier: MIT
 * The one question: limits, reading, path, names, verdict. */
#include <stdlib.h>
#include <string.h>

#include "path/search.h"
#include "peer.h"
#include "trust.h"
#include "verdict.h"
#include "x509/certificate_reader.h"

#define STRING(x) #x
#define VERSION(a, b, c) STRING(a) "." STRING(b) "." STRING(c)

const char *s2sv_version(void)
{
    return VERSION(S2SV_VERSION_MAJOR, S2SV_VERSION_MINOR, S2SV_VERSION_PATCH);
}

/* One call of s2sv_backend_verify(). */
struct work {
    const struct s2sv_peer *peer;
    const struct s2sv_link *presented;
    size_t count;
    struct s2sv_verdict *verdict;
    struct sv_faults faults;
    struct sv_node nodes[SV_MAX_MESH]; /* of what was presented */
    struct s2sv_bytes *staples;        /* the peer's and the connection's */
    struct sv_given given;
    struct sv_search search;
};

/* C-18: before anything is parsed, here or by the TLS library. */
static void check_limits(struct work *w)
{
    size_t octets = 0;
    for (size_t i = 0; i < w->count && octets <= SV_MAX_OCTETS; i++)
        octets += w->presented[i].len;
    if (w->count == 0)
        sv_faults_add(&w->faults, S2SV_REASON_NO_CERTIFICATE, -1, "the peer showed no certificate");
    if (w->count > SV_MAX_MESH)
        sv_faults_add(&w->faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "more than %d certificates presented", SV_MAX_MESH);
    if (octets > SV_MAX_OCTETS)
        sv_faults_add(&w->faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "the presented certificates have more than %d octets", SV_MAX_OCTETS);
}

/* Where nobody looks at them, they cost nothing. */
static void check_staples(struct work *w)
{
    size_t octets = 0;
    for (size_t i = 0; i < w->given.staple_count && octets <= SV_MAX_OCTETS; i++)
        octets += w->staples[i].len;
    if (octets > SV_MAX_OCTETS && w->given.policy->revocation != S2SV_REVOCATION_OFF)
        sv_faults_add(&w->faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "the OCSP responses have more than %d octets", SV_MAX_OCTETS);
}

/* Those that were added to the peer, and those that came in the handshake. */
static int gather_staples(struct work *w)
{
    const struct s2sv_trust_source *source = w->given.source;
    size_t count = w->peer->staple_count + source->staple_count;
    w->given.asked_status = w->peer->asked_status || source->asked_status;
    if (count == 0)
        return S2SV_DECIDED;
    w->staples = malloc(count * sizeof *w->staples);
    if (!w->staples)
        return S2SV_ERR_NOMEM;
    for (size_t i = 0; i < w->peer->staple_count; i++)
        w->staples[w->given.staple_count++] = w->peer->staples[i];
    for (size_t i = 0; i < source->staple_count; i++)
        w->staples[w->given.staple_count++] = source->staples[i];
    w->given.staples = w->staples;
    return S2SV_DECIDED;
}

/* 1: no other is the same, and another one is its issuer by name, or issued by it. */
static int belongs_to_mesh(const struct work *w, size_t i)
{
    const struct sv_certificate *x = &w->nodes[i].certificate;
    int is_linked = 0;
    for (size_t k = 0; k < w->count; k++) {
        const struct sv_certificate *other = &w->nodes[k].certificate;
        if (k == i)
            continue;
        if (sv_span_equal(other->der, x->der))
            return 0;
        if (sv_span_equal(other->issuer, x->subject) || sv_span_equal(x->issuer, other->subject))
            is_linked = 1;
    }
    return is_linked;
}

/* A chain has up to ten certificates (C-18). More are taken only of a mesh of cross-signed CAs, in
 * which each is another one and each is linked to another. */
static void check_count(struct work *w)
{
    if (w->count <= SV_MAX_PRESENTED)
        return;
    for (size_t i = 1; i < w->count; i++) {
        if (belongs_to_mesh(w, i))
            continue;
        sv_faults_add(&w->faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "more than %d certificates presented, and number %zu is there twice or "
                      "linked to none of them",
                      SV_MAX_PRESENTED, i);
        return;
    }
}

static void read_certificates(struct work *w)
{
    struct sv_misread misread;
    for (size_t i = 0; i < w->count; i++) {
        struct sv_node *node = &w->nodes[i];
        node->native = w->presented[i].native;
        node->is_imported = node->is_anchor = 0;
        node->anchor = NULL;
        if (!sv_certificate_read(w->presented[i].der, w->presented[i].len, &node->certificate,
                                 &misread))
            sv_faults_add(&w->faults, misread.reason, (int)i, "%s", misread.what);
    }
    w->given.presented_count = w->count;
}

static int read_identities(struct work *w)
{
    const struct s2sv_policy *policy = w->given.policy;
    const struct sv_certificate *leaf = &w->nodes[0].certificate;
    struct sv_misread misread;
    w->verdict->has_eku = leaf->has_eku;
    int status = sv_identities_read(leaf, policy->identifiers, policy->service,
                                    &w->verdict->identities, &misread);
    if (status == 0)
        sv_faults_add(&w->faults, misread.reason, 0, "%s", misread.what);
    return status < 0 ? status : S2SV_DECIDED;
}

static void release_imported(struct work *w)
{
    for (size_t i = 0; i < w->given.presented_count; i++)
        if (w->nodes[i].is_imported)
            w->given.source->backend->release(w->nodes[i].native);
}

/* The path that was found, and how long all of it holds (F-38). */
static int keep_path(struct work *w)
{
    struct sv_span spans[SV_MAX_PATH];
    int64_t from = INT64_MIN, until = INT64_MAX;
    for (size_t i = 0; i < w->search.found.best_count; i++) {
        const struct sv_certificate *certificate = &w->search.found.best[i]->certificate;
        spans[i] = certificate->der;
        if (certificate->not_before > from)
            from = certificate->not_before;
        if (certificate->not_after < until)
            until = certificate->not_after;
    }
    w->verdict->valid_from = from;
    w->verdict->valid_until = until;
    if (w->given.source->application) /* offline nobody asks for it */
        w->verdict->anchor =
            sv_anchor_ref(w->search.found.best[w->search.found.best_count - 1]->anchor);
    return sv_verdict_set_certificates(w->verdict, spans, w->search.found.best_count);
}

static int search(struct work *w)
{
    struct sv_search *s = &w->search;
    struct sv_anchor_set *anchors =
        w->given.source->trust ? sv_trust_anchors(w->given.source->trust) : NULL;
    w->given.anchors = anchors;
    w->given.identities = w->verdict->identities;
    s->walk.given = &w->given;
    s->found.faults = &w->faults;
    int status = sv_search_run(s);
    if (status == S2SV_DECIDED)
        status = keep_path(w);
    w->verdict->trusted = status == S2SV_DECIDED && s->found.accepted && w->faults.count == 0;
    release_imported(w);
    sv_search_clear(s);
    sv_anchor_set_unref(anchors);
    return status;
}

/* What was presented, as far as the limits go, where no path was searched. */
static int keep_presented(struct work *w)
{
    struct sv_span spans[SV_MAX_PRESENTED];
    size_t count = 0, octets = 0;
    for (; count < w->count && count < SV_MAX_PRESENTED; count++) {
        octets += w->presented[count].len;
        if (octets > SV_MAX_OCTETS)
            break;
        spans[count] = (struct sv_span){ w->presented[count].der, w->presented[count].len };
    }
    return sv_verdict_set_certificates(w->verdict, spans, count);
}

/* Names come before the path: what its CAs may speak for is held against them. */
static int decide(struct work *w)
{
    int status = gather_staples(w);
    if (status != S2SV_DECIDED)
        return status;
    check_limits(w);
    check_staples(w);
    if (w->faults.count == 0)
        read_certificates(w);
    if (w->faults.count == 0)
        check_count(w);
    if (w->faults.count == 0) {
        status = read_identities(w);
        if (status == S2SV_DECIDED)
            status = search(w);
    } else {
        sv_faults_rank(&w->faults);
        status = keep_presented(w);
    }
    if (status == S2SV_DECIDED && w->count > 0)
        status = sv_verdict_expect(w->verdict, w->peer, &w->faults);
    return status == S2SV_DECIDED ? sv_verdict_set_faults(w->verdict, &w->faults) : status;
}

int s2sv_backend_verify(const struct s2sv_trust_source *source, const struct s2sv_policy *policy,
                        const struct s2sv_peer *peer, const struct s2sv_link *presented,
                        size_t count, struct s2sv_verdict **ret_verdict)
{
    if (!source || !source->backend || !policy || !peer || !ret_verdict ||
        (!presented && count > 0) || source->backend->version != S2SV_BACKEND_VERSION)
        return S2SV_ERR_INVALID;
    if (source->trust && s2sv_trust_backend(source->trust) != source->backend)
        return S2SV_ERR_INVALID;
    s2sv_policy_freeze(policy);
    int64_t time = peer->has_time ? peer->time : source->backend->now();
    struct work *w = calloc(1, sizeof *w);
    struct s2sv_verdict *verdict = sv_verdict_new(policy, peer->direction, time);
    int status = S2SV_ERR_NOMEM;
    if (w && verdict) {
        w->peer = peer;
        w->presented = presented;
        w->count = count;
        w->given.presented = w->nodes;
        w->verdict = verdict;
        verdict->no_wildcards = source->no_wildcards;
        verdict->no_addresses = source->no_addresses;
        w->given.source = source;
        w->given.policy = policy;
        w->given.direction = peer->direction;
        w->given.time = time;
        w->given.time_is_given = peer->has_time;
        status = decide(w);
    }
    if (w)
        free(w->staples);
    free(w);
    if (status == S2SV_DECIDED)
        *ret_verdict = verdict;
    else
        s2sv_verdict_unref(verdict);
    return status;
}

int s2sv_verify(struct s2sv_trust *trust, const struct s2sv_policy *policy,
                const struct s2sv_peer *peer, struct s2sv_verdict **ret_verdict)
{
    if (!trust || !peer)
        return S2SV_ERR_INVALID;
    struct s2sv_trust_source source = { .backend = s2sv_trust_backend(trust), .trust = trust };
    return s2sv_backend_verify(&source, policy, peer, peer->certificates, peer->certificate_count,
                               ret_verdict);
}
