/* SPDX-License-Identifier: MIT
 * A depth-first search from the leaf to an anchor, over what the peer presented and the anchors,
 * likely issuers first. Each complete path is judged by the core, then validated, whole, by the TLS
 * library, until one passes both. The first complete path of a plain chain is the right one. Every
 * bound is in limits.h. */
#include "path.h"

#include <stdlib.h>
#include <string.h>

#include "name.h"
#include "revocation.h"

/* What a step of the search says to the one above: 0, 1, or a negative status. */
enum outcome { GO_ON = 0, STOP = 1 };

/* ---- the application's anchors ---------------------------------------------------------------*/

int s2sv_anchors_add(struct s2sv_anchors *anchors, const void *der, size_t len, void *native,
                     int is_anchor)
{
    struct sv_misread misread;
    struct sv_anchor *anchor = NULL;
    int status = sv_anchor_new(anchors->backend, der, len, native, &misread, &anchor);
    if (status == S2SV_ERR_INVALID) /* what can't be read is no anchor */
        return S2SV_DECIDED;
    if (status != S2SV_DECIDED)
        return status;
    anchor->node.is_anchor = is_anchor != 0;
    struct sv_anchor **grown =
        realloc(anchors->items, (anchors->count + 1) * sizeof(struct sv_anchor *));
    if (!grown) {
        sv_anchor_unref(anchor);
        return S2SV_ERR_NOMEM;
    }
    anchors->items = grown;
    grown[anchors->count++] = anchor;
    return S2SV_DECIDED;
}

static void forget_listed(struct s2sv_anchors *anchors)
{
    for (size_t i = 0; i < anchors->count; i++)
        sv_anchor_unref(anchors->items[i]);
    free(anchors->items);
    *anchors = (struct s2sv_anchors){ .backend = anchors->backend };
}

static struct s2sv_link link_of(const struct sv_node *node)
{
    return (struct s2sv_link){ node->certificate.der.data, node->certificate.der.len,
                               node->native };
}

static int import(struct sv_search *s, struct sv_node *node)
{
    if (node->native)
        return S2SV_DECIDED;
    return s->source->backend->import(node->certificate.der.data, node->certificate.der.len,
                                      &node->native);
}

/* Asks for the issuers of a certificate, once per issuer name. */
static int list_issuers(struct sv_search *s, struct sv_node *child)
{
    struct s2sv_anchors *listed = &s->listed;
    const size_t room = sizeof(listed->asked) / sizeof(listed->asked[0]);
    if (s->source->trust)
        return S2SV_DECIDED;
    for (size_t i = 0; i < listed->asked_count; i++)
        if (sv_span_equal(listed->asked[i], child->certificate.issuer))
            return S2SV_DECIDED;
    int status = listed->asked_count < room ? import(s, child) : S2SV_ERR_INVALID;
    if (status != S2SV_DECIDED) /* no anchors for what the TLS library can't read */
        return status == S2SV_ERR_INVALID ? S2SV_DECIDED : status;
    listed->asked[listed->asked_count++] = child->certificate.issuer;
    struct s2sv_link link = link_of(child);
    return s->source->backend->anchors(s->source->application, &link, s->ask_for_all, listed);
}

/* ---- candidates ------------------------------------------------------------------------------*/

/* The i-th anchor that might have issued the child, or NULL past the last one. */
static struct sv_node *anchor_at(struct sv_search *s, const struct sv_node *child, size_t i)
{
    if (!s->source->trust)
        return i < s->listed.count ? &s->listed.items[i]->node : NULL;
    if (!s->anchors)
        return NULL;
    i += sv_anchor_set_find(s->anchors, child->certificate.issuer);
    if (i >= s->anchors->count)
        return NULL;
    struct sv_node *anchor = &s->anchors->items[i]->node;
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
    for (size_t i = 0; i < s->count; i++)
        if (sv_name_equal(s->path[i]->certificate.subject, certificate->subject) &&
            sv_span_equal(s->path[i]->certificate.spki, certificate->spki))
            return 1;
    return 0;
}

static int is_candidate(const struct sv_search *s, const struct sv_node *issuer, int likely)
{
    const struct sv_certificate *child = &s->path[s->count - 1]->certificate;
    return may_have_issued(&issuer->certificate, child) &&
           sv_is_likely_issuer(&issuer->certificate, s->time) == likely &&
           !is_on_path(s, &issuer->certificate);
}

/* ---- one complete path -----------------------------------------------------------------------*/

static void remember(struct sv_search *s, enum sv_quality quality, const struct sv_faults *faults)
{
    if (quality <= s->quality)
        return;
    s->quality = quality;
    memcpy(s->best, s->path, s->count * sizeof(s->path[0]));
    s->best_count = s->count;
    if (faults)
        s->best_faults = *faults;
}

static void judge(const struct sv_search *s, int has_anchor, struct sv_faults *faults)
{
    const struct sv_certificate *path[SV_MAX_PATH];
    for (size_t i = 0; i < s->count; i++)
        path[i] = &s->path[i]->certificate;
    struct sv_case c = {
        path, s->count, has_anchor, s->policy, s->direction, s->time, s->identities
    };
    sv_judge(&c, faults);
}

static int import_path(struct sv_search *s, struct s2sv_evidence *evidence)
{
    for (size_t i = 0; i < s->count; i++) {
        int status = import(s, s->path[i]);
        if (status == S2SV_ERR_INVALID)
            s2sv_evidence_add(evidence, S2SV_FAULT_MALFORMED, (int)i, 0, "it can't be read");
        if (status != S2SV_DECIDED)
            return status;
    }
    return S2SV_DECIDED;
}

/* Asks the TLS library about the path. Returns 1, 0 with faults, or a status. */
static int validate(struct sv_search *s, struct sv_faults *faults)
{
    struct s2sv_link links[SV_MAX_PATH];
    struct s2sv_evidence evidence = { faults, 0 };
    int status = import_path(s, &evidence);
    if (status != S2SV_DECIDED)
        return status == S2SV_ERR_INVALID ? 0 : status;
    for (size_t i = 0; i < s->count; i++)
        links[i] = link_of(s->path[i]);
    struct s2sv_demand demand = { links,
                                  s->count,
                                  s->time,
                                  s->time_is_given,
                                  s2sv_policy_server_auth(s->policy),
                                  s->source->trust ? S2SV_REVOCATION_OFF : s->policy->revocation };
    s->signatures += (unsigned)s->count;
    int accepted = s->source->backend->validate(s->source->application, &demand, &evidence);
    if (accepted < 0)
        return accepted;
    if ((accepted == 1) != (evidence.count == 0)) { /* a backend that contradicts itself */
        s2sv_evidence_add(&evidence, S2SV_FAULT_INTERNAL, -1, accepted, "contradictory evidence");
        return 0;
    }
    return accepted == 1;
}

/* Lists of a trust of ours; an application's are in its TLS library's hands. 1, 0 or a status. */
static int is_unrevoked(struct sv_search *s, struct sv_faults *faults)
{
    if (!s->source->trust)
        return 1;
    int status = sv_judge_revocation(s->anchors, s->source->backend, s->path, s->count,
                                     s->policy->revocation, s->time, faults);
    return status == S2SV_DECIDED ? faults->count == 0 : status;
}

static int is_over_bounds(const struct sv_search *s)
{
    return s->steps > SV_MAX_STEPS || s->paths > SV_MAX_PATHS || s->signatures > SV_MAX_SIGNATURES;
}

/* The path has come to an anchor. */
static int complete(struct sv_search *s)
{
    struct sv_faults faults;
    faults.count = faults.left_out = 0;
    if (s->faults->count > 0)
        faults = *s->faults;
    s->paths++;
    judge(s, 1, &faults);
    if (faults.count > 0) {
        remember(s, SV_JUDGED_BAD, &faults);
        return GO_ON;
    }
    int accepted = validate(s, &faults);
    if (accepted == 1)
        accepted = is_unrevoked(s, &faults);
    if (accepted < 0)
        return accepted;
    remember(s, accepted ? SV_ACCEPTED : SV_VALIDATED_BAD, accepted ? NULL : &faults);
    s->accepted = accepted;
    return accepted ? STOP : GO_ON;
}

/* ---- the search ------------------------------------------------------------------------------*/

static int extend(struct sv_search *s);

static int step(struct sv_search *s, struct sv_node *issuer)
{
    if (is_over_bounds(s))
        return STOP;
    s->path[s->count++] = issuer;
    int outcome = issuer->is_anchor ? complete(s) : extend(s);
    s->count--;
    return outcome;
}

static int try_anchors(struct sv_search *s, int likely)
{
    struct sv_node *child = s->path[s->count - 1], *anchor;
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
    for (size_t i = 1; i < s->presented_count; i++) {
        if (!is_candidate(s, &s->presented[i], likely))
            continue;
        int outcome = step(s, &s->presented[i]);
        if (outcome != GO_ON)
            return outcome;
    }
    return GO_ON;
}

/* C-5: a self-issued leaf that is an anchor, octet by octet. Others with one certificate aren't
 * paths (C-4). */
static int try_leaf_alone(struct sv_search *s)
{
    struct sv_node *leaf = &s->presented[0], *anchor;
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
    int outcome = list_issuers(s, s->path[s->count - 1]);
    s->steps++;
    if (s->quality == SV_NO_PATH && s->count > s->best_count)
        memcpy(s->best, s->path, (s->best_count = s->count) * sizeof(s->path[0]));
    if (outcome != S2SV_DECIDED)
        return outcome;
    if (is_over_bounds(s))
        return STOP;
    if (s->count == 1)
        outcome = try_leaf_alone(s);
    if (s->count == SV_MAX_PATH)
        return outcome;
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
    const struct sv_certificate *leaf = &s->presented[0].certificate;
    int is_alone = s->presented_count == 1 && sv_certificate_is_self_issued(leaf);
    if (is_over_bounds(s))
        return;
    if (is_alone)
        sv_faults_add(s->faults, S2SV_REASON_SELF_SIGNED, 0,
                      "self-signed, and not a trust anchor itself");
    else
        sv_faults_add(s->faults, S2SV_REASON_UNTRUSTED, (int)s->count - 1,
                      "its issuer is neither presented nor a trust anchor");
    judge(s, 0, s->faults);
}

/* The TLS library's view as well, of a path that the core refused. */
static int report_judged(struct sv_search *s)
{
    *s->faults = s->best_faults;
    if (s->quality != SV_JUDGED_BAD)
        return S2SV_DECIDED;
    int accepted = validate(s, s->faults);
    return accepted < 0 ? accepted : S2SV_DECIDED;
}

static int report(struct sv_search *s)
{
    int status = S2SV_DECIDED, over = is_over_bounds(s);
    memcpy(s->path, s->best, s->best_count * sizeof(s->best[0]));
    s->count = s->best_count;
    if (s->quality == SV_NO_PATH)
        report_no_path(s);
    else
        status = report_judged(s);
    if (over)
        sv_faults_add(s->faults, S2SV_REASON_LIMIT_EXCEEDED, -1,
                      "too many paths: %u tried, %u signatures checked", s->paths, s->signatures);
    sv_faults_rank(s->faults);
    return status;
}

/* A backend with a quick listing is asked for every anchor only if the quick one finds no path. */
int sv_search_run(struct sv_search *s)
{
    int outcome = GO_ON;
    s->listed.backend = s->source->backend;
    s->ask_for_all = s->source->trust || !s->source->backend->lists_quickly;
    for (; outcome == GO_ON; s->ask_for_all++) {
        s->path[0] = &s->presented[0];
        s->count = 1;
        outcome = extend(s);
        if (outcome != GO_ON || s->ask_for_all)
            break;
        forget_listed(&s->listed);
        s->quality = SV_NO_PATH;
        s->best_count = 0;
    }
    return outcome < 0 ? outcome : s->accepted ? S2SV_DECIDED : report(s);
}

void sv_search_clear(struct sv_search *s)
{
    forget_listed(&s->listed);
}
