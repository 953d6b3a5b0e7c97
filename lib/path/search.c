/* SPDX-License-Identifier: MIT
 * A depth-first search from the leaf to an anchor, over what the peer presented and the anchors,
 * likely issuers first. Each complete path is judged by the core, then validated, whole, by the TLS
 * library, until one passes both. The first complete path of a plain chain is the right one. Every
 * bound is in bounds.h. */
#include "path/search.h"

#include <string.h>

#include "path/recall.h"
#include "path/validate.h"
#include "x509/name.h"

/* What a step of the search says to the one above: 0, 1, or a negative status. */
enum outcome { GO_ON = 0, STOP = 1 };

/* ---- candidates ------------------------------------------------------------------------------*/

/* Asks for the issuers of a certificate, once per issuer name. */
static int list_issuers(struct sv_search *s, struct sv_node *child)
{
    struct s2sv_anchors *listed = &s->walk.listed;
    const size_t room = sizeof(listed->asked) / sizeof(listed->asked[0]);
    if (s->walk.given->source->trust || sv_listing_was_asked(listed, child->certificate.issuer))
        return S2SV_DECIDED;
    int status = listed->asked_count < room ? sv_import(&s->walk, child) : S2SV_ERR_INVALID;
    if (status != S2SV_DECIDED) /* no anchors for what the TLS library can't read */
        return status == S2SV_ERR_INVALID ? S2SV_DECIDED : status;
    listed->asked[listed->asked_count++] = child->certificate.issuer;
    struct s2sv_link link = sv_link_of(child);
    return sv_status(s->walk.given->source->backend->anchors(s->walk.given->source->application,
                                                             &link, s->walk.ask_for_all, listed));
}

/* The i-th anchor that might have issued the child, or NULL past the last one. */
static struct sv_node *anchor_at(struct sv_search *s, const struct sv_node *child, size_t i)
{
    if (!s->walk.given->source->trust)
        return i < s->walk.listed.count ? &s->walk.listed.items[i]->node : NULL;
    if (!s->walk.given->anchors)
        return NULL;
    i += sv_anchor_set_find(s->walk.given->anchors, child->certificate.issuer);
    if (i >= s->walk.given->anchors->count)
        return NULL;
    struct sv_node *anchor = &s->walk.given->anchors->items[i]->node;
    return sv_name_order(anchor->certificate.subject, child->certificate.issuer) == 0 ? anchor
                                                                                      : NULL;
}

/* RFC 5280 4.2.1.1, [1] and [2]: where given, they name the issuer's own issuer and serial. */
static int issuer_and_serial_fit(const struct sv_certificate *child,
                                 const struct sv_certificate *issuer)
{
    struct sv_span names = child->authority_issuer, directory;
    if (child->authority_serial.data && !sv_span_equal(child->authority_serial, issuer->serial))
        return 0;
    if (!names.data || !sv_der_take(&names, SV_CONTEXT_CONSTRUCTED(4), &directory))
        return 1;
    return sv_name_equal(directory, issuer->issuer);
}

/* The issuer's name, and no key identifier, issuer or serial that speaks against it. */
static int may_have_issued(const struct sv_certificate *issuer, const struct sv_certificate *child)
{
    if (!sv_name_equal(issuer->subject, child->issuer))
        return 0;
    if (child->authority_key_id.data && issuer->key_id.data &&
        !sv_span_equal(child->authority_key_id, issuer->key_id))
        return 0;
    return issuer_and_serial_fit(child, issuer);
}

/* A path passes a subject with a key once (RFC 5280 6.1, RFC 4158 2.4.2). */
static int is_on_path(const struct sv_search *s, const struct sv_certificate *certificate)
{
    for (size_t i = 0; i < s->walk.count; i++)
        if (sv_name_equal(s->walk.path[i]->certificate.subject, certificate->subject) &&
            sv_span_equal(s->walk.path[i]->certificate.spki, certificate->spki))
            return 1;
    return 0;
}

static int is_candidate(const struct sv_search *s, const struct sv_node *issuer, int likely)
{
    const struct sv_certificate *child = &s->walk.path[s->walk.count - 1]->certificate;
    return may_have_issued(&issuer->certificate, child) &&
           sv_is_likely_issuer(&issuer->certificate, s->walk.given->time) == likely &&
           !is_on_path(s, &issuer->certificate);
}

/* ---- one complete path -----------------------------------------------------------------------*/

static void keep_best(struct sv_search *s, enum sv_quality quality, const struct sv_faults *faults)
{
    if (quality <= s->found.quality)
        return;
    s->found.quality = quality;
    memcpy(s->found.best, s->walk.path, s->walk.count * sizeof(s->walk.path[0]));
    s->found.best_count = s->walk.count;
    if (faults)
        s->found.best_faults = *faults;
}

static void judge(struct sv_search *s, int has_anchor, struct sv_faults *faults)
{
    const struct sv_certificate *path[SV_MAX_PATH];
    for (size_t i = 0; i < s->walk.count; i++)
        path[i] = &s->walk.path[i]->certificate;
    struct sv_case c = { path,
                         s->walk.count,
                         has_anchor,
                         s->walk.given->policy,
                         s->walk.given->direction,
                         s->walk.given->time,
                         s->walk.given->identities,
                         &s->walk.comparisons };
    sv_judge(&c, faults);
}

static int is_over_bounds(const struct sv_search *s)
{
    return s->walk.steps > SV_MAX_STEPS || s->walk.paths > SV_MAX_PATHS ||
           s->walk.signatures > SV_MAX_SIGNATURES || s->walk.comparisons > SV_MAX_COMPARISONS;
}

/* The path has come to an anchor. */
static int complete(struct sv_search *s)
{
    struct sv_faults faults;
    faults.count = faults.left_out = 0;
    if (s->found.faults->count > 0)
        faults = *s->found.faults;
    s->walk.paths++;
    judge(s, 1, &faults);
    if (faults.count > 0) {
        keep_best(s, SV_JUDGED_BAD, &faults);
        return GO_ON;
    }
    s->walk.not_revoked = 0;
    int accepted = sv_is_remembered(&s->walk);
    if (!accepted && s->walk.only_remembered)
        return GO_ON;
    if (!accepted)
        accepted = sv_validate_and_remember(&s->walk, &faults);
    if (accepted == 1)
        accepted = sv_is_unrevoked(&s->walk, &faults);
    if (accepted < 0)
        return accepted;
    keep_best(s, accepted ? SV_ACCEPTED : SV_VALIDATED_BAD, accepted ? NULL : &faults);
    s->found.accepted = accepted;
    return accepted ? STOP : GO_ON;
}

/* ---- the search ------------------------------------------------------------------------------*/

static int extend(struct sv_search *s);

static int step(struct sv_search *s, struct sv_node *issuer)
{
    if (is_over_bounds(s))
        return STOP;
    if (s->walk.count == SV_MAX_PATH) {
        s->walk.was_cut = 1;
        return GO_ON;
    }
    s->walk.path[s->walk.count++] = issuer;
    int outcome = issuer->is_anchor ? complete(s) : extend(s);
    s->walk.count--;
    return outcome;
}

static int try_anchors(struct sv_search *s, int likely)
{
    struct sv_node *child = s->walk.path[s->walk.count - 1], *anchor;
    for (size_t i = 0; (anchor = anchor_at(s, child, i)) != NULL; i++) {
        if (!is_candidate(s, anchor, likely))
            continue;
        int outcome = step(s, anchor);
        if (outcome != GO_ON)
            return outcome;
    }
    return GO_ON;
}

static int try_presented(struct sv_search *s, int likely)
{
    for (size_t i = 1; i < s->walk.given->presented_count; i++) {
        if (!is_candidate(s, &s->walk.given->presented[i], likely))
            continue;
        int outcome = step(s, &s->walk.given->presented[i]);
        if (outcome != GO_ON)
            return outcome;
    }
    return GO_ON;
}

/* C-5: a self-issued leaf that is an anchor, octet by octet. Others with one certificate aren't
 * paths (C-4). */
static int try_leaf_alone(struct sv_search *s)
{
    struct sv_node *leaf = &s->walk.given->presented[0], *anchor;
    if (!sv_certificate_is_self_issued(&leaf->certificate))
        return GO_ON;
    for (size_t i = 0; (anchor = anchor_at(s, leaf, i)) != NULL; i++)
        if (anchor->is_anchor && sv_span_equal(anchor->certificate.der, leaf->certificate.der))
            return complete(s);
    return GO_ON;
}

/* Tries every issuer of the path's last certificate. */
static int extend(struct sv_search *s)
{
    int outcome = list_issuers(s, s->walk.path[s->walk.count - 1]);
    s->walk.steps++;
    if (s->found.quality == SV_NO_PATH && s->walk.count > s->found.best_count)
        memcpy(s->found.best, s->walk.path,
               (s->found.best_count = s->walk.count) * sizeof(s->walk.path[0]));
    if (outcome != S2SV_DECIDED)
        return outcome;
    if (is_over_bounds(s))
        return STOP;
    if (s->walk.count == 1)
        outcome = try_leaf_alone(s);
    for (int likely = 1; likely >= 0 && outcome == GO_ON; likely--) {
        outcome = try_anchors(s, likely);
        if (outcome == GO_ON)
            outcome = try_presented(s, likely);
    }
    return outcome;
}

/* ---- what is reported ------------------------------------------------------------------------*/

/* Nothing leads to an anchor: the path as far as it goes. */
static void report_no_path(struct sv_search *s)
{
    const struct sv_certificate *leaf = &s->walk.given->presented[0].certificate;
    int is_alone = s->walk.given->presented_count == 1 && sv_certificate_is_self_issued(leaf);
    if (is_over_bounds(s))
        return;
    if (s->walk.was_cut)
        sv_faults_add(s->found.faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "no path to a trust anchor has %d certificates or fewer", SV_MAX_PATH);
    else if (is_alone)
        sv_faults_add(s->found.faults, S2SV_REASON_SELF_SIGNED, 0,
                      "self-signed, and not a trust anchor itself");
    else
        sv_faults_add(s->found.faults, S2SV_REASON_UNTRUSTED, (int)s->walk.count - 1,
                      "its issuer is neither presented nor a trust anchor");
    judge(s, 0, s->found.faults);
}

static int has_constraints(const struct sv_search *s)
{
    for (size_t i = 0; i < s->walk.count; i++)
        if (s->walk.path[i]->certificate.name_constraints.data)
            return 1;
    return 0;
}

/* The TLS library's view as well, of a path that the core refused; the reason stays the core's.
 * Not if there are name constraints: GnuTLS (3.7.9) loses memory over forms unknown to it. */
static int report_judged(struct sv_search *s)
{
    *s->found.faults = s->found.best_faults;
    if (s->found.quality != SV_JUDGED_BAD || has_constraints(s))
        return S2SV_DECIDED;
    int accepted = sv_validate(&s->walk, s->found.faults);
    return accepted < 0 ? accepted : S2SV_DECIDED;
}

static int report(struct sv_search *s)
{
    int status = S2SV_DECIDED, over = is_over_bounds(s);
    memcpy(s->walk.path, s->found.best, s->found.best_count * sizeof(s->found.best[0]));
    s->walk.count = s->found.best_count;
    if (s->found.quality == SV_NO_PATH)
        report_no_path(s);
    else
        status = report_judged(s);
    if (over)
        sv_faults_add(s->found.faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "too much work: %u paths, %u signatures, %zu names against constraints",
                      s->walk.paths, s->walk.signatures, s->walk.comparisons);
    sv_faults_rank(s->found.faults);
    return status;
}

/* What a round costs is counted afresh, so that a verdict doesn't depend on what is remembered or
 * on how a backend lists. Signatures cost most: they are counted over all rounds. The first one
 * checks none. */
static int search_once(struct sv_search *s)
{
    s->found.quality = SV_NO_PATH;
    s->found.best_count = 0;
    s->walk.steps = s->walk.paths = 0;
    s->walk.comparisons = 0;
    s->walk.was_cut = 0;
    s->walk.path[0] = &s->walk.given->presented[0];
    s->walk.count = 1;
    return extend(s);
}

/* First what was validated before, then everything, then, with a backend that lists quickly, every
 * anchor there is. */
int sv_search_run(struct sv_search *s)
{
    int outcome = GO_ON;
    s->walk.listed.backend = s->walk.given->source->backend;
    s->walk.ask_for_all =
        s->walk.given->source->trust || !s->walk.given->source->backend->quick_anchors;
    s->walk.only_remembered = sv_has_memory(&s->walk);
    if (s->walk.only_remembered)
        outcome = search_once(s);
    s->walk.only_remembered = 0;
    if (outcome >= GO_ON && !s->found.accepted)
        outcome = search_once(s);
    if (outcome == GO_ON && !s->walk.ask_for_all) {
        s->walk.ask_for_all = 1;
        sv_listing_clear(&s->walk.listed);
        outcome = search_once(s);
    }
    return outcome < 0 ? outcome : s->found.accepted ? S2SV_DECIDED : report(s);
}

void sv_search_clear(struct sv_search *s)
{
    sv_listing_clear(&s->walk.listed);
}
