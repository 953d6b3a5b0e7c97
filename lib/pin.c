/* SPDX-License-Identifier: MIT */
#include "pin.h"

#include "trust.h"
#include "x509/certificate_reader.h"

int sv_leaf_read(struct sv_work *w, struct sv_certificate *ret_leaf)
{
    struct sv_misread misread;
    if (sv_certificate_read(w->presented[0].der, w->presented[0].len, ret_leaf, &misread))
        return 1;
    sv_faults_add(&w->faults, misread.reason, 0, "%s", misread.what);
    return 0;
}

/* T-2: whoever vouches for it. */
static int is_distrusted(const struct sv_work *w, const struct sv_certificate *leaf)
{
    struct s2sv_trust *trust = w->given.source->trust;
    struct sv_anchor_set *set = trust ? sv_trust_anchors(trust) : NULL;
    int is = sv_anchor_set_distrusts(set, leaf);
    sv_anchor_set_unref(set);
    return is;
}

int sv_leaf_keep(struct sv_work *w, const struct sv_certificate *leaf)
{
    int status = sv_verdict_set_certificates(w->verdict, &leaf->der, 1);
    if (status != S2SV_DECIDED)
        return status;
    sv_judge_key(&leaf->key, 0, &w->faults);
    if (is_distrusted(w, leaf))
        sv_faults_add(&w->faults, S2SV_REASON_REVOKED, 0, "distrusted by the trust");
    w->verdict->trusted = w->faults.count == 0;
    return w->verdict->trusted ? SV_PROVEN : SV_FAILS;
}

/* RFC 9525 6.6: a pin is prior configuration, so that nothing else about the leaf counts. But it
 * has no end of its own: the leaf's dates count. */
static int judge_pinned(struct sv_work *w, const struct sv_certificate *leaf, size_t pin)
{
    w->verdict->record = pin;
    sv_pin_text(&w->peer->pins[pin], w->verdict->record_text);
    w->verdict->valid_from = leaf->not_before;
    w->verdict->valid_until = leaf->not_after;
    sv_judge_dates(leaf, 0, w->given.time, &w->faults);
    return sv_leaf_keep(w, leaf);
}

int sv_pin_judge(struct sv_work *w)
{
    const struct s2sv_peer *peer = w->peer;
    struct sv_certificate leaf;
    size_t pin;
    if (peer->pin_count == 0)
        return SV_DOES_NOT_APPLY;
    if (peer->pin_count > SV_MAX_RECORDS) {
        sv_faults_add(&w->faults, S2SV_REASON_LIMIT_EXCEEDED, -1, "more than %d pins",
                      SV_MAX_RECORDS);
        return SV_FAILS;
    }
    struct sv_tlsa_set set = sv_tlsa_all(peer->pins, peer->pin_count, w->given.source->backend);
    if (!sv_leaf_read(w, &leaf))
        return SV_FAILS;
    int matches = sv_tlsa_matches(&set, SV_DANE_EE, &leaf, &pin);
    if (matches == 1)
        return judge_pinned(w, &leaf, pin);
    if (matches == 0)
        sv_faults_add(&w->faults, S2SV_REASON_PIN_MISMATCH, 0, "none of its %zu pins matches",
                      peer->pin_count);
    return matches < 0 ? matches : SV_FAILS;
}
