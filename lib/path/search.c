/* SPDX-License-Identifier: MIT
 * A depth-first search from the leaf to an anchor, over what the peer presented and the anchors,
 * likely issuers first. Each complete path is judged by the core, then validated, whole, by the TLS
 * library, until one passes both. The first complete path of a plain chain is the right one. Every
 * bound is in bounds.h. */
#include "path/search.h"

#include <string.h>

#include "path/distrust.h"
#include "path/recall.h"
#include "path/price.h"
#include "path/revocation.h"
#include "path/signatures.h"
#include "path/validate.h"

/* What a step of the search says to the one above: 0, 1, or a negative status. */
enum outcome { GO_ON = 0, STOP = 1 };

/* ---- candidates ------------------------------------------------------------------------------*/

/* Those of a set that have the issuer's name. */
static void add_those_of(struct sv_walk *w, const struct sv_anchor_set *set, struct sv_span issuer)
{
    size_t i = set ? sv_anchor_set_find(set, issuer) : 0;
    for (; set && i < set->count; i++) {
        struct sv_node *anchor = &set->items[i]->node;
        if (!sv_span_equal(anchor->certificate.subject, issuer))
            break;
        if (!anchor->is_distrusted)
            sv_graph_add(&w->graph, anchor, w->given->time);
    }
}

/* Those of the application that it listed. */
static void add_listed(struct sv_walk *w)
{
    for (size_t i = 0; i < w->listed.count; i++)
        if (!w->listed.items[i]->node.is_distrusted)
            sv_graph_add(&w->graph, &w->listed.items[i]->node, w->given->time);
}

/* Looks for the issuers of a certificate among the anchors, once. */
static int look_up_anchors(struct sv_search *s, unsigned child)
{
    const struct sv_certificate *certificate = &s->walk.graph.nodes[child]->certificate;
    int status = S2SV_DECIDED;
    if (s->asked & SV_BIT(child))
        return status;
    s->asked |= SV_BIT(child);
    const struct sv_given *given = s->walk.given;
    if (!given->source->trust) /* for what is distrusted, too */
        status = sv_listing_ask(&s->walk.listed, given->source, certificate, child == 0);
    if (given->named)
        add_those_of(&s->walk, given->named, certificate->issuer);
    else if (given->source->trust)
        add_those_of(&s->walk, given->anchors, certificate->issuer);
    else
        add_listed(&s->walk);
    return status;
}

/* ---- one complete path -----------------------------------------------------------------------*/

static void keep_best(struct sv_search *s, enum sv_quality quality, const struct sv_faults *faults)
{
    if (quality <= s->found.quality)
        return;
    s->found.quality = quality;
    memcpy(s->found.best, s->walk.path, s->walk.count * sizeof s->walk.path[0]);
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
                         &s->walk.compared };
    sv_judge(&c, faults);
    sv_judge_distrust(&s->walk, faults);
}

/* A round over what is remembered sees the likeliest paths only. */
static int is_over_bounds(const struct sv_search *s)
{
    return s->walk.paths > (s->walk.only_remembered ? SV_MAX_RECALLED : SV_MAX_PATHS) ||
           s->walk.steps > (s->walk.only_remembered ? SV_MAX_QUICK_STEPS : SV_MAX_STEPS) ||
           s->walk.compared > SV_MAX_COMPARED || s->walk.price > SV_MAX_PRICE ||
           s->walk.wrong > SV_MAX_WRONG;
}

/* 1: no path can mend it. */
static int is_leaf_bad(const struct sv_search *s)
{
    const struct sv_certificate *leaf = &s->walk.given->presented[0].certificate;
    size_t compared = 0;
    struct sv_case c = { &leaf,
                         1,
                         0,
                         s->walk.given->policy,
                         s->walk.given->direction,
                         s->walk.given->time,
                         s->walk.given->identities,
                         &compared };
    struct sv_faults faults;
    faults.count = faults.left_out = 0;
    sv_judge(&c, &faults);
    return s->walk.count > 1 && s->found.faults->count + faults.count > 0;
}

static int is_big(const struct sv_walk *w)
{
    size_t octets = 0;
    for (size_t i = 0; i < w->count; i++)
        octets += w->path[i]->certificate.der.len;
    return octets > SV_PLAIN_OCTETS;
}

/* A plain chain goes to the TLS library at once, and costs one pass over its signatures. Once that
 * refused a path, or if it would have much to read, the path is proven before: that ends at the
 * first signature that is wrong. Returns 1, 0 with faults, or a status. */
static int ask(struct sv_search *s, struct sv_faults *faults)
{
    if (s->was_refused || is_big(&s->walk)) {
        int are_signed = sv_signatures_check(&s->walk, faults);
        if (are_signed != 1)
            return are_signed;
    }
    int accepted = sv_validate_and_remember(&s->walk, faults);
    s->was_refused |= accepted == 0;
    return accepted;
}

/* 1: nothing is held against the path; 0 with faults; or a status. */
static int is_unrevoked(const struct sv_walk *w, struct sv_faults *faults)
{
    int status = sv_judge_revocation(w, faults);
    return status == S2SV_DECIDED ? faults->count == 0 : status;
}

/* Usage PKIX-TA, RFC 7671 5.4: 1: none is asked for, or a CA of the path matches; 0 with a fault;
 * or a status. */
static int has_record(const struct sv_walk *w, struct sv_faults *faults)
{
    int has = !w->given->pkix_ta;
    for (size_t i = 1; i < w->count && has == 0; i++)
        has = sv_tlsa_matches(w->given->pkix_ta, SV_PKIX_TA, &w->path[i]->certificate, NULL);
    if (has == 0)
        sv_faults_add(faults, S2SV_REASON_DANE_MISMATCH, -1,
                      "no CA of the path matches a TLSA record");
    return has;
}

/* 1: the TLS library holds nothing else against the path, and doesn't say against which certificate
 * of it: the core does. */
static int is_about_revocation(const struct sv_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        if (faults->items[i].reason != S2SV_REASON_REVOKED &&
            faults->items[i].reason != S2SV_REASON_REVOCATION_UNKNOWN)
            return 0;
    return faults->count > 0;
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
        return is_leaf_bad(s) ? STOP : GO_ON;
    }
    int accepted = sv_is_remembered(&s->walk);
    if (!accepted && s->walk.only_remembered)
        return GO_ON;
    if (!accepted)
        accepted = ask(s, &faults);
    if (accepted == 1 || (accepted == 0 && is_about_revocation(&faults)))
        accepted = is_unrevoked(&s->walk, &faults);
    if (accepted == 1)
        accepted = has_record(&s->walk, &faults);
    if (accepted < 0)
        return accepted;
    keep_best(s, accepted ? SV_ACCEPTED : SV_VALIDATED_BAD, accepted ? NULL : &faults);
    s->found.accepted = accepted;
    return accepted ? STOP : GO_ON;
}

/* ---- the search ------------------------------------------------------------------------------*/

static int extend(struct sv_search *s);

static void put_on_path(struct sv_search *s, unsigned node)
{
    s->walk.path[s->walk.count] = s->walk.graph.nodes[node];
    s->walk.at[s->walk.count++] = (unsigned char)node;
}

static int step(struct sv_search *s, unsigned issuer)
{
    if (is_over_bounds(s))
        return STOP;
    if (s->walk.count == SV_MAX_PATH) {
        s->walk.was_cut = 1;
        return GO_ON;
    }
    s->on_path |= SV_BIT(issuer);
    put_on_path(s, issuer);
    int is_anchor = s->walk.graph.nodes[issuer]->is_anchor;
    int outcome = is_anchor ? complete(s) : extend(s);
    if (is_anchor && outcome == GO_ON && s->walk.given->pkix_ta) /* D-10: on to the root */
        outcome = extend(s);
    s->walk.count--;
    s->on_path &= ~SV_BIT(issuer);
    return outcome;
}

/* On the way a signature may turn out to be wrong. */
static int try_each(struct sv_search *s, unsigned child, sv_set issuers)
{
    const struct sv_graph *graph = &s->walk.graph;
    int outcome = GO_ON;
    for (; issuers != 0 && outcome == GO_ON; issuers &= issuers - 1) {
        unsigned issuer = sv_set_first(issuers);
        if ((sv_graph_issuers(graph, child) & SV_BIT(issuer)) &&
            !(graph->same[issuer] & s->on_path))
            outcome = step(s, issuer);
    }
    return outcome;
}

/* C-5: a self-issued leaf that is an anchor, octet by octet. Others with one certificate aren't
 * paths (C-4). */
static int try_leaf_alone(struct sv_search *s)
{
    const struct sv_graph *graph = &s->walk.graph;
    const struct sv_certificate *leaf = &graph->nodes[0]->certificate;
    if (!sv_certificate_is_self_issued(leaf))
        return GO_ON;
    for (unsigned i = graph->presented; i < graph->count; i++)
        if (graph->nodes[i]->is_anchor &&
            sv_span_equal(graph->nodes[i]->certificate.der, leaf->der))
            return complete(s);
    return GO_ON;
}

/* Likely issuers first, and of those the anchors. */
static int try_issuers(struct sv_search *s, unsigned child)
{
    const struct sv_graph *graph = &s->walk.graph;
    sv_set presented = SV_BIT(graph->presented) - 1, issuers = sv_graph_issuers(graph, child);
    const sv_set order[] = { graph->likely & ~presented, graph->likely & presented,
                             ~graph->likely & ~presented, ~graph->likely & presented };
    int outcome = GO_ON;
    for (size_t i = 0; i < sizeof order / sizeof order[0] && outcome == GO_ON; i++)
        outcome = try_each(s, child, issuers & order[i]);
    return outcome;
}

/* Tries every issuer of the path's last certificate. */
static int extend(struct sv_search *s)
{
    unsigned child = s->walk.at[s->walk.count - 1];
    int outcome = look_up_anchors(s, child);
    s->walk.steps++;
    if (s->found.quality == SV_NO_PATH && s->walk.count > s->found.best_count)
        memcpy(s->found.best, s->walk.path,
               (s->found.best_count = s->walk.count) * sizeof s->walk.path[0]);
    if (outcome != S2SV_DECIDED)
        return outcome;
    if (is_over_bounds(s))
        return STOP;
    if (s->walk.count == 1)
        outcome = try_leaf_alone(s);
    return outcome == GO_ON ? try_issuers(s, child) : outcome;
}

/* ---- what is reported ------------------------------------------------------------------------*/

/* The leaf is alone, and its own issuer: by name, and by its key as far as that can be said. */
static int is_self_signed(const struct sv_search *s)
{
    struct sv_node *leaf = &s->walk.given->presented[0];
    return s->walk.given->presented_count == 1 &&
           sv_certificate_is_self_issued(&leaf->certificate) &&
           sv_may_be_signed_by_itself(&s->walk, leaf);
}

static void report_self_signed(struct sv_search *s)
{
    sv_faults_add(s->found.faults, S2SV_REASON_SELF_SIGNED, 0,
                  "self-signed, and not a trust anchor itself");
}

static void say_no_path(struct sv_search *s)
{
    if (s->walk.was_cut)
        sv_faults_add(s->found.faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "no path to a trust anchor has %d certificates or fewer", SV_MAX_PATH);
    else if (is_self_signed(s))
        report_self_signed(s);
    else
        sv_faults_add(s->found.faults, S2SV_REASON_UNTRUSTED, (int)s->walk.count - 1,
                      "its issuer is neither presented nor a trust anchor");
}

/* Nothing leads to an anchor: the path as far as it goes. Where that is what is distrusted, this is
 * the reason. */
static void report_no_path(struct sv_search *s, int over)
{
    if (over)
        return;
    if (!sv_is_distrusted(&s->walk, &s->walk.path[s->walk.count - 1]->certificate))
        say_no_path(s);
    judge(s, 0, s->found.faults);
}

static int has_constraints(const struct sv_search *s)
{
    for (size_t i = 0; i < s->walk.count; i++)
        if (s->walk.path[i]->certificate.name_constraints.data)
            return 1;
    return 0;
}

static int is_over_limits(const struct sv_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        if (faults->items[i].reason == S2SV_REASON_LIMIT_EXCEEDED)
            return 1;
    return 0;
}

/* The TLS library's view as well, of a path that the core refused; the reason stays the core's. Not
 * of one that is too much work. Nor if there are name constraints: GnuTLS (3.7.9) loses memory over
 * forms unknown to it. */
static int report_judged(struct sv_search *s)
{
    int status = 1;
    *s->found.faults = s->found.best_faults;
    if (s->walk.count > 1 && is_self_signed(s)) /* and an anchor has its name (NAME-3) */
        report_self_signed(s);
    if (s->found.quality != SV_JUDGED_BAD || has_constraints(s) || is_over_limits(s->found.faults))
        return S2SV_DECIDED;
    if (is_big(&s->walk))
        status = sv_signatures_check(&s->walk, s->found.faults);
    if (status == 1)
        status = sv_validate(&s->walk, s->found.faults);
    return status < 0 ? status : S2SV_DECIDED;
}

static int report(struct sv_search *s)
{
    int status = S2SV_DECIDED, over = is_over_bounds(s) || s->walk.graph.was_full;
    s->walk.count = 0;
    for (size_t i = 0; i < s->found.best_count; i++)
        put_on_path(s, sv_graph_find(&s->walk.graph, s->found.best[i]));
    if (s->found.quality == SV_NO_PATH)
        report_no_path(s, over);
    else
        status = report_judged(s);
    if (over)
        sv_faults_add(s->found.faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "too much work: %u paths, %u signatures, %zu octets of names compared",
                      s->walk.paths, s->walk.signatures, s->walk.compared);
    sv_faults_rank(s->found.faults);
    return status;
}

/* What a round costs is counted afresh, so that a verdict doesn't depend on what is remembered or
 * on how a backend lists. Signatures cost most: they are counted over all rounds. The first one
 * checks none. */
static int search_once(struct sv_search *s)
{
    s->walk.steps = s->walk.paths = 0;
    s->walk.compared = 0;
    s->walk.count = 0;
    s->on_path = SV_BIT(0);
    put_on_path(s, 0);
    return extend(s);
}

/* With a backend that lists quickly: again with every anchor of the names that were asked for.
 * Where it found none there is none. */
static int search_more(struct sv_search *s)
{
    const struct s2sv_trust_source *source = s->walk.given->source;
    size_t before = s->walk.listed.count;
    if (source->trust || s->walk.given->named || !source->backend->quick_anchors || before == 0)
        return GO_ON;
    int status = sv_listing_ask_for_all(&s->walk.listed, source);
    if (status != S2SV_DECIDED || s->walk.listed.count == before)
        return status;
    add_listed(&s->walk);
    return search_once(s);
}

/* Up to three rounds, each over more than the one before. The first takes remembered paths only: a
 * peer met before costs hashes and no signature, so it is bounded tightly. The second searches
 * among the anchors that the backend finds quickly, with a trust among all, which is nearly always
 * enough. The third has every anchor of the names that the second met: where several share a name,
 * the quick answer may have been the wrong one. A round that accepts is the last, and so is a
 * second one in which the leaf is beyond help or the work too much. */
int sv_search_run(struct sv_search *s)
{
    const struct sv_given *given = s->walk.given;
    int outcome = GO_ON;
    sv_graph_init(&s->walk.graph, given->presented, given->presented_count, given->time);
    s->walk.listed.backend = given->source->backend;
    s->walk.only_remembered = sv_has_memory(&s->walk);
    if (s->walk.only_remembered)
        outcome = search_once(s);
    s->walk.only_remembered = 0;
    if (outcome >= GO_ON && !s->found.accepted)
        outcome = search_once(s);
    if (outcome == GO_ON)
        outcome = search_more(s);
    return outcome < 0 ? outcome : s->found.accepted ? S2SV_DECIDED : report(s);
}

void sv_search_clear(struct sv_search *s)
{
    sv_listing_clear(&s->walk.listed);
}
