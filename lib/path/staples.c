/* SPDX-License-Identifier: MIT */
#include "path/staples.h"

#include "path/distrust.h"
#include "path/signatures.h"
#include "path/validate.h"
#include "x509/certificate_reader.h"
#include "x509/ocsp.h"

enum { HASHES = S2SV_HASH_SHA512 + 1, MAX_HASH = 64 };

static const size_t hash_len[HASHES] = {
    [S2SV_HASH_SHA1] = 20, [S2SV_HASH_SHA256] = 32, [S2SV_HASH_SHA384] = 48, [S2SV_HASH_SHA512] = 64
};

/* ---- names by hash ---------------------------------------------------------------------------*/

/* An issuer as each hash names it, made when it is first asked for. */
struct names {
    const struct s2sv_backend *backend;
    const struct sv_certificate *issuer;
    int is_made[HASHES];
    unsigned char name[HASHES][MAX_HASH], key[HASHES][MAX_HASH];
};

/* The octets of subjectPublicKey, without what says how many bits are unused. */
static struct sv_span key_octets(const struct sv_certificate *x)
{
    struct sv_span body, algorithm, bits, octets = { NULL, 0 };
    if (sv_der_only(x->spki, SV_SEQUENCE, &body) && sv_der_take(&body, SV_SEQUENCE, &algorithm) &&
        sv_der_only(body, SV_BIT_STRING, &bits))
        (void)sv_der_bit_octets(bits, &octets);
    return octets;
}

static int digest(const struct s2sv_backend *backend, enum s2sv_hash hash, struct sv_span octets,
                  unsigned char *ret_digest)
{
    struct s2sv_bytes part = { octets.data, octets.len };
    return sv_status(backend->hash(hash, &part, 1, ret_digest));
}

static int make_names(struct names *n, enum s2sv_hash hash)
{
    if (n->is_made[hash])
        return S2SV_DECIDED;
    int status = digest(n->backend, hash, n->issuer->subject, n->name[hash]);
    if (status == S2SV_DECIDED)
        status = digest(n->backend, hash, key_octets(n->issuer), n->key[hash]);
    n->is_made[hash] = status == S2SV_DECIDED;
    return status;
}

/* CertID (RFC 6960 4.1.1): the serial number, and the issuer by a hash of its name and its key.
 * Returns 1, 0, or a status: what can't be hashed may be the one that revokes. */
static int is_about(const struct sv_ocsp_single *single, const struct sv_certificate *x,
                    struct names *issuer)
{
    enum s2sv_hash hash = single->hash;
    if (hash == S2SV_HASH_NONE || !sv_span_equal(single->serial, x->serial))
        return 0;
    int status = make_names(issuer, hash);
    if (status != S2SV_DECIDED)
        return status;
    struct sv_span name = { issuer->name[hash], hash_len[hash] };
    struct sv_span key = { issuer->key[hash], hash_len[hash] };
    return sv_span_equal(single->name_hash, name) && sv_span_equal(single->key_hash, key);
}

/* ---- who signed it (OCSP-2) ------------------------------------------------------------------*/

/* ResponderID (RFC 6960 4.2.1): by name, or by SHA-1 of the key. 1, 0, or a status. */
static int is_responder(const struct sv_staples *s, const struct sv_ocsp *r,
                        const struct sv_certificate *x)
{
    unsigned char key[MAX_HASH];
    struct sv_span made = { key, hash_len[S2SV_HASH_SHA1] };
    if (r->responder_name.data)
        return sv_span_equal(r->responder_name, x->subject);
    int status = digest(s->walk->given->source->backend, S2SV_HASH_SHA1, key_octets(x), key);
    return status != S2SV_DECIDED ? status : sv_span_equal(r->responder_key, made);
}

/* RFC 6960 4.2.2.2: the issuer made it, for this. */
static int may_respond(const struct sv_certificate *x, const struct sv_certificate *issuer,
                       int64_t time)
{
    return (x->eku & SV_EKU_OCSP) && x->not_before <= time && time <= x->not_after &&
           !x->unsupported_critical.data &&
           (!x->has_key_usage || (x->key_usage & SV_KU_DIGITAL_SIGNATURE)) &&
           sv_span_equal(x->issuer, issuer->subject);
}

/* Asks, and counts what turns out to be forged. */
static int is_signed(struct sv_staples *s, struct sv_span octets,
                     const struct sv_signature *signature, struct sv_node *by)
{
    if (s->forged > SV_MAX_FORGED)
        return 0;
    int answer = sv_is_signed_by(s->walk, octets, signature, by);
    s->forged += answer == 0;
    return answer;
}

/* 1: that certificate of the response's is a responder of the issuer, and signed it. */
static int is_signed_by_delegate(struct sv_staples *s, const struct sv_ocsp *r, struct sv_span der,
                                 size_t issuer)
{
    struct sv_node *above = s->walk->path[issuer];
    struct sv_node node = { .native = NULL };
    struct sv_misread unused;
    struct sv_answer lists;
    if (!sv_certificate_read(der.data, der.len, &node.certificate, &unused) ||
        !may_respond(&node.certificate, &above->certificate, s->walk->given->time) ||
        sv_is_distrusted(s->walk, &node.certificate))
        return 0;
    int answer = is_responder(s, r, &node.certificate);
    if (answer == 1)
        answer = is_signed(s, node.certificate.tbs, &node.certificate.signature, above);
    if (answer != 1)
        return answer;
    int status = sv_ask_lists(s->walk, s->lists, &node.certificate, issuer, &lists);
    if (status != S2SV_DECIDED || lists.told >= SV_TOLD_UNCHECKED)
        return status;
    answer = is_signed(s, r->tbs, &r->signature, &node);
    if (node.is_imported)
        s->walk->given->source->backend->release(node.native);
    return answer;
}

static int is_genuine(struct sv_staples *s, const struct sv_ocsp *r, size_t issuer)
{
    struct sv_span certificates = r->certificates;
    struct sv_element element;
    int answer = is_responder(s, r, &s->walk->path[issuer]->certificate);
    if (answer == 1)
        answer = is_signed(s, r->tbs, &r->signature, s->walk->path[issuer]);
    while (answer == 0 && sv_der_next(&certificates, &element))
        answer = is_signed_by_delegate(s, r, element.whole, issuer);
    return answer;
}

/* ---- what it says ----------------------------------------------------------------------------*/

/* OCSP-3: revoked wins, then the newest. */
struct heard {
    int is_revoked, has_newest, is_good;
    int64_t newest;
};

/* OCSP-7: what comes from the future says nothing; revoked needs no end, good does. */
static void hear(struct heard *heard, const struct sv_ocsp_single *single, int has_unknown_critical,
                 int64_t time)
{
    int is_good = single->status == SV_OCSP_GOOD && time < single->next_update &&
                  !has_unknown_critical && !single->has_unknown_critical;
    if (single->this_update > time)
        return;
    if (single->status == SV_OCSP_REVOKED)
        heard->is_revoked = 1;
    else if (!heard->has_newest || single->this_update > heard->newest)
        heard->is_good = is_good;
    else if (single->this_update == heard->newest)
        heard->is_good = heard->is_good && is_good;
    if (!heard->has_newest || single->this_update > heard->newest)
        heard->newest = single->this_update;
    heard->has_newest = 1;
}

/* What one response says about the certificate, if it is genuine. */
static int ask_one(struct sv_staples *s, const struct s2sv_bytes *staple, size_t depth,
                   struct names *issuer, struct heard *heard)
{
    struct heard wider = *heard;
    struct sv_ocsp_single single;
    struct sv_ocsp r;
    int is_of_use = 0;
    if (!sv_ocsp_read(staple->data, staple->len, &r))
        return S2SV_DECIDED;
    while (sv_ocsp_single_take(&r.singles, &single)) {
        int is_ours = is_about(&single, &s->walk->path[depth]->certificate, issuer);
        if (is_ours < 0)
            return is_ours;
        if (!is_ours)
            continue;
        hear(&wider, &single, r.has_unknown_critical, s->walk->given->time);
        is_of_use = 1;
    }
    int answer = is_of_use ? is_genuine(s, &r, depth + 1) : 0;
    if (answer == 1)
        *heard = wider;
    return answer < 0 ? answer : S2SV_DECIDED;
}

int sv_ask_staples(struct sv_staples *s, size_t depth, enum sv_told *ret_told)
{
    const struct sv_given *given = s->walk->given;
    struct names issuer = { .backend = given->source->backend,
                            .issuer = &s->walk->path[depth + 1]->certificate };
    struct heard heard = { .is_revoked = 0 };
    size_t count = given->source->backend->hash ? given->staple_count : 0;
    for (size_t i = 0; i < count; i++) {
        int status = ask_one(s, &given->staples[i], depth, &issuer, &heard);
        if (status != S2SV_DECIDED)
            return status;
    }
    *ret_told = heard.is_revoked ? SV_TOLD_REVOKED : heard.is_good ? SV_TOLD_GOOD : SV_TOLD_NOTHING;
    return S2SV_DECIDED;
}
