/* SPDX-License-Identifier: MIT
 * Usage by usage, any one is enough: first DANE-EE, which costs a hash; then DANE-TA; then those
 * that need a path to a trust anchor. */
#include "dane.h"

#include <stdlib.h>
#include <string.h>

#include "pin.h"
#include "pkix.h"
#include "x509/bare_key.h"
#include "x509/certificate_reader.h"

/* The anchors that records name; the set is theirs while they are tried. */
struct named {
    struct sv_anchor_set *set;
    struct sv_anchor *anchors[2 * SV_MAX_RECORDS];
    size_t records[2 * SV_MAX_RECORDS]; /* which record named each */
    size_t count;
};

static int fail(struct sv_work *w, enum s2sv_reason reason, const char *text)
{
    sv_faults_add(&w->faults, reason, -1, "%s", text);
    return SV_FAILS;
}

static void note_record(struct sv_work *w, size_t record)
{
    w->verdict->record = record;
    sv_tlsa_text(&w->peer->records[record], w->verdict->record_text);
}

/* ---- DANE-EE(3) ------------------------------------------------------------------------------*/

/* RFC 7671 5.1 (D-5, D-14): the record is all that counts. Names, dates, purposes, constraints,
 * signatures and the rest of the chain are not looked at; the key must be strong enough. */
static int judge_ee(struct sv_work *w, const struct sv_tlsa_set *set,
                    const struct sv_certificate *leaf)
{
    size_t record;
    int matches = sv_tlsa_matches(set, SV_DANE_EE, leaf, &record);
    if (matches != 1)
        return matches;
    note_record(w, record);
    w->verdict->valid_from = INT64_MIN;
    w->verdict->valid_until = INT64_MAX;
    return sv_leaf_keep(w, leaf);
}

/* ---- DANE-TA(2) ------------------------------------------------------------------------------*/

/* What isn't a certificate, or has no room, names nobody. Returns a status. */
static int name(struct named *named, const struct s2sv_backend *backend, struct sv_span der,
                size_t record, int is_bare_key)
{
    struct sv_misread misread;
    if (named->count == sizeof named->anchors / sizeof named->anchors[0])
        return S2SV_DECIDED;
    int status =
        sv_anchor_new(backend, der.data, der.len, NULL, &misread, &named->anchors[named->count]);
    if (status == S2SV_DECIDED) {
        named->anchors[named->count]->node.is_bare_key = is_bare_key;
        named->records[named->count++] = record;
    }
    return status == S2SV_ERR_INVALID ? S2SV_DECIDED : status;
}

/* D-6: CA certificates that the peer sent. Never the leaf: it isn't issued by itself. */
static int name_presented(struct sv_work *w, const struct sv_tlsa_set *set, struct named *named)
{
    int status = S2SV_DECIDED;
    for (size_t i = 1; i < w->count && status == S2SV_DECIDED; i++) {
        const struct sv_certificate *x = &w->nodes[i].certificate;
        size_t record;
        if (sv_span_equal(x->der, w->nodes[0].certificate.der))
            continue;
        int matches = sv_tlsa_matches(set, SV_DANE_TA, x, &record);
        status = matches == 1 ? name(named, set->backend, x->der, record, 0) : matches;
    }
    return status;
}

/* D-8: where the peer sent a CA certificate with that key, what it says counts. */
static int is_sent(const struct sv_work *w, struct sv_span spki)
{
    for (size_t i = 1; i < w->count; i++)
        if (sv_span_equal(w->nodes[i].certificate.spki, spki))
            return 1;
    return 0;
}

/* D-7: a key as the issuer of whatever the peer sent. */
static int name_key(struct sv_work *w, struct sv_span spki, size_t record, struct named *named)
{
    enum { ROOM = 8192 };
    if (is_sent(w, spki))
        return S2SV_DECIDED;
    unsigned char *buf = malloc(ROOM);
    int status = buf ? S2SV_DECIDED : S2SV_ERR_NOMEM;
    for (size_t i = 0; i < w->count && status == S2SV_DECIDED; i++) {
        size_t len = sv_bare_key_certificate(spki, &w->nodes[i].certificate, buf, ROOM);
        status = name(named, w->given.source->backend, (struct sv_span){ buf, len }, record, 1);
    }
    free(buf);
    return status;
}

/* D-7: those that a record holds whole: 2 0 0 and 2 1 0. */
static int name_held(struct sv_work *w, const struct sv_tlsa_set *set, struct named *named)
{
    int status = S2SV_DECIDED;
    for (size_t i = 0; i < set->count && status == S2SV_DECIDED; i++) {
        const struct sv_tlsa *record = &set->records[i];
        if (!sv_tlsa_counts(set, i, SV_DANE_TA) || record->matching_type != SV_TLSA_FULL)
            continue;
        if (record->selector == SV_TLSA_SPKI)
            status = name_key(w, record->data, i, named);
        else if (!sv_span_equal(record->data, w->nodes[0].certificate.der))
            status = name(named, set->backend, record->data, i, 0);
    }
    return status;
}

static void forget(struct named *named)
{
    sv_anchor_set_unref(named->set);
    while (named->count > 0)
        sv_anchor_unref(named->anchors[--named->count]);
    free(named);
}

/* Which record named the anchor that was found. */
static void note_anchor(struct sv_work *w, const struct named *named)
{
    const struct sv_found *found = &w->search.found;
    const struct sv_anchor *anchor = found->best[found->best_count - 1]->anchor;
    for (size_t i = 0; i < named->count; i++)
        if (sv_span_equal(named->anchors[i]->node.certificate.der, anchor->node.certificate.der)) {
            note_record(w, named->records[i]);
            return;
        }
}

/* RFC 7671 5.2 (D-6 to D-8): all rules about paths hold, up to the anchor that a record names. A
 * peer to which none of them leads matches none. */
static int search_named(struct sv_work *w, struct named *named)
{
    struct sv_additions added = { .anchors = named->anchors, .count = named->count };
    if (named->count == 0)
        return SV_DOES_NOT_APPLY;
    named->set = sv_anchor_set_with(NULL, &added, 0);
    if (!named->set)
        return S2SV_ERR_NOMEM;
    w->given.named = named->set;
    int outcome = sv_pkix_judge(w);
    w->given.named = NULL;
    if (outcome == SV_PROVEN)
        note_anchor(w, named);
    if (outcome == SV_FAILS && w->search.found.quality == SV_NO_PATH) {
        w->faults.count = w->faults.left_out = 0;
        return SV_DOES_NOT_APPLY;
    }
    return outcome;
}

static int judge_ta(struct sv_work *w, const struct sv_tlsa_set *set)
{
    if (!sv_tlsa_has(set, SV_DANE_TA))
        return SV_DOES_NOT_APPLY;
    if (!sv_pkix_read(w))
        return SV_FAILS;
    struct named *named = calloc(1, sizeof *named);
    if (!named)
        return S2SV_ERR_NOMEM;
    int outcome = name_presented(w, set, named);
    if (outcome == S2SV_DECIDED)
        outcome = name_held(w, set, named);
    if (outcome == S2SV_DECIDED)
        outcome = search_named(w, named);
    forget(named);
    return outcome;
}

/* ---- PKIX-EE(1), PKIX-TA(0) ------------------------------------------------------------------*/

/* Which record it was that some CA of the path matched. */
static int find_ta(const struct sv_work *w, const struct sv_tlsa_set *set, size_t *ret_record)
{
    for (size_t i = 1; i < w->verdict->certificate_count; i++) {
        struct sv_span der = w->verdict->certificates[i];
        struct sv_certificate x;
        struct sv_misread misread;
        if (sv_certificate_read(der.data, der.len, &x, &misread) &&
            sv_tlsa_matches(set, SV_PKIX_TA, &x, ret_record) == 1)
            return 1;
    }
    return 0;
}

/* RFC 7671 5.3, 5.4 (D-9, D-10): what PKIX accepts, and a record beside it. */
static int judge_pkix(struct sv_work *w, const struct sv_tlsa_set *set,
                      const struct sv_certificate *leaf)
{
    size_t record;
    int outcome = sv_tlsa_matches(set, SV_PKIX_EE, leaf, &record), by_leaf = outcome == 1;
    if (outcome < 0 || (outcome == 0 && !sv_tlsa_has(set, SV_PKIX_TA)))
        return outcome;
    w->given.pkix_ta = by_leaf ? NULL : set;
    outcome = sv_pkix_judge(w);
    w->given.pkix_ta = NULL;
    if (outcome != SV_PROVEN)
        return outcome;
    w->verdict->proof = S2SV_PROOF_PKIX;
    if (by_leaf || find_ta(w, set, &record))
        note_record(w, record);
    return outcome;
}

/* ---- all of them -----------------------------------------------------------------------------*/

/* Each usage passes what it can't prove on to the next. What is told in the end is the first that
 * found something against the peer beside that nothing matches. */
static int judge_usages(struct sv_work *w, const struct sv_tlsa_set *set)
{
    struct sv_certificate leaf;
    if (!sv_leaf_read(w, &leaf))
        return SV_FAILS;
    int outcome = judge_ee(w, set, &leaf);
    if (outcome == SV_DOES_NOT_APPLY)
        outcome = judge_ta(w, set);
    if (outcome == SV_PROVEN || outcome < 0)
        return outcome;
    struct sv_faults before = w->faults;
    w->faults.count = w->faults.left_out = 0;
    int last = judge_pkix(w, set, &leaf);
    if (last == SV_PROVEN || last < 0)
        return last;
    if (before.count > 0)
        w->faults = before;
    if (w->faults.count == 0)
        sv_faults_add(&w->faults, S2SV_REASON_DANE_MISMATCH, 0,
                      "none of the usable TLSA records matches");
    return SV_FAILS;
}

/* RFC 6698 4.1, RFC 7672 2.2 (D-1 to D-4, D-11). */
int sv_dane_judge(struct sv_work *w)
{
    const struct s2sv_peer *peer = w->peer;
    int is_secure = peer->tlsa_status == S2SV_TLSA_SECURE;
    if (peer->tlsa_status == S2SV_TLSA_BOGUS || (!peer->tlsa_status && peer->record_count > 0))
        return fail(w, S2SV_REASON_DANE_BOGUS,
                    peer->tlsa_status ? "DNSSEC says that the answer is bogus"
                                      : "nobody said what DNSSEC says of the answer");
    if (!is_secure || peer->record_count == 0)
        return SV_DOES_NOT_APPLY;
    if (peer->record_count > SV_MAX_RECORDS)
        return fail(w, S2SV_REASON_LIMIT_EXCEEDED, "too many TLSA records");
    struct sv_tlsa_set set = sv_tlsa_usable(peer->records, peer->record_count, w->given.policy,
                                            w->given.source->backend);
    if (set.counts != 0)
        return judge_usages(w, &set);
    if (w->given.policy->profile != S2SV_PROFILE_SMTP)
        return SV_DOES_NOT_APPLY;
    return fail(w, S2SV_REASON_DANE_UNUSABLE, "none of the TLSA records is usable for mail");
}
