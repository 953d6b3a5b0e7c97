/* SPDX-License-Identifier: MIT
 * Input: an octet of options, one with the DNSSEC status, one with the number of trust anchors;
 * TLSA records, their number first; a pin; certificates, leaf first. The backend accepts every
 * path, and its hash is the octets themselves, folded. */
#include <s2sverify/s2sverify.h>

#include <string.h>

#include "core_only.h"
#include "fuzz.h"
#include "x509/certificate_reader.h"

enum { CERTIFICATES = 12, RECORDS = 80, NOW = 1780272000 };

struct record {
    unsigned usage, selector, matching_type;
    struct sv_span data;
};

struct given {
    struct record records[RECORDS];
    struct sv_span certificates[CERTIFICATES];
    size_t record_count, count, anchors;
    unsigned options, status;
};

static int fold(enum s2sv_hash hash, const struct s2sv_bytes *parts, size_t count,
                unsigned char *ret_digest)
{
    size_t size = hash == S2SV_HASH_SHA512 ? 64 : 32, at = 0;
    memset(ret_digest, 0, size);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < parts[i].len; k++, at++)
            ret_digest[at % size] =
                (unsigned char)(ret_digest[at % size] * 31 + ((const char *)parts[i].data)[k]);
    return S2SV_DECIDED;
}

static struct s2sv_policy *make_policy(unsigned options)
{
    static const char *const proofs[] = { "proofs=pin,dane,pkix", "proofs=dane", "proofs=dane,pin",
                                          "proofs=pkix" };
    struct s2sv_policy *policy =
        s2sv_policy_new(options & 1 ? S2SV_PROFILE_SMTP : S2SV_PROFILE_XMPP);
    int status = s2sv_policy_set_text(policy, proofs[options >> 1 & 3], NULL, 0) |
                 s2sv_policy_set_tlsa_usages(policy, options & 8 ? 15 : 12) |
                 s2sv_policy_insecure_pkix_despite_dane(policy, options & 16);
    FUZZ_CHECK(status == 0);
    return policy;
}

static struct s2sv_trust *make_trust(const struct given *given, const struct s2sv_backend *backend)
{
    struct s2sv_trust *trust = s2sv_trust_new(backend);
    for (size_t i = given->count - given->anchors; i < given->count; i++)
        (void)!s2sv_trust_add_der(trust, given->certificates[i].data, given->certificates[i].len);
    return trust;
}

static struct s2sv_peer *make_peer(const struct given *given, const char *pin)
{
    struct s2sv_peer *peer = s2sv_peer_new(given->options & 32 ? S2SV_INBOUND : S2SV_OUTBOUND);
    int status = s2sv_peer_set_time(peer, NOW) | s2sv_peer_expect(peer, "leaf.example");
    for (size_t i = 0; i < given->count - given->anchors; i++)
        status |= s2sv_peer_add_certificate(peer, given->certificates[i].data,
                                            given->certificates[i].len);
    for (size_t i = 0; i < given->record_count; i++) {
        const struct record *r = &given->records[i];
        status |= s2sv_peer_add_tlsa(peer, r->usage, r->selector, r->matching_type, r->data.data,
                                     r->data.len);
    }
    if (given->status >= 1 && given->status <= 3)
        status |= s2sv_peer_set_tlsa_status(peer, (enum s2sv_tlsa_status)given->status);
    FUZZ_CHECK(status == 0);
    (void)!s2sv_peer_add_pin(peer, pin);
    return peer;
}

/* RFC 6698 2.1, written down once more. */
static int matches(const struct record *r, struct sv_span der)
{
    struct sv_certificate x;
    struct sv_misread misread;
    unsigned char digest[64];
    if (!sv_certificate_read(der.data, der.len, &x, &misread))
        return 0;
    struct sv_span whole = r->selector == 0 ? x.der : x.spki;
    struct s2sv_bytes part = { whole.data, whole.len };
    if (r->matching_type == 0)
        return sv_span_equal(r->data, whole);
    fold(r->matching_type == 1 ? S2SV_HASH_SHA256 : S2SV_HASH_SHA512, &part, 1, digest);
    return sv_span_equal(r->data, (struct sv_span){ digest, r->matching_type == 1 ? 32 : 64 });
}

/* Whoever is trusted by a record is so by one that was given, in a secure answer, and that matches
 * what its usage says. */
static void check_record(const struct given *given, const struct s2sv_verdict *verdict)
{
    size_t index = SIZE_MAX, presented = given->count - given->anchors;
    const char *text = NULL;
    FUZZ_CHECK(given->status == S2SV_TLSA_SECURE);
    FUZZ_CHECK(s2sv_verdict_record(verdict, &index, &text) == 0 && index < given->record_count);
    fuzz_check_text(text);
    const struct record *r = &given->records[index];
    FUZZ_CHECK(r->usage == 2 || r->usage == 3);
    if (r->usage == 3) {
        FUZZ_CHECK(matches(r, given->certificates[0]));
        return;
    }
    int found = r->matching_type == 0;
    for (size_t i = 1; i < presented; i++)
        found |= matches(r, given->certificates[i]);
    FUZZ_CHECK(found);
}

static void check(const struct given *given, const struct s2sv_verdict *verdict)
{
    char text[16384];
    enum s2sv_proof proof = s2sv_verdict_proof(verdict);
    FUZZ_CHECK((proof != S2SV_PROOF_NONE) == s2sv_verdict_trusted(verdict));
    FUZZ_CHECK(s2sv_verdict_reason(verdict) != S2SV_REASON_INTERNAL_ERROR);
    if (proof == S2SV_PROOF_DANE || proof == S2SV_PROOF_PIN)
        FUZZ_CHECK(s2sv_verdict_identity_count(verdict) == 0);
    FUZZ_CHECK(proof == S2SV_PROOF_PKIX || !s2sv_verdict_is_for(verdict, "other.example"));
    FUZZ_CHECK(s2sv_verdict_explain(verdict, text, sizeof text) > 0);
    if (proof == S2SV_PROOF_DANE)
        check_record(given, verdict);
    if (proof == S2SV_PROOF_PKIX)
        FUZZ_CHECK(given->anchors > 0);
    if (given->status == S2SV_TLSA_BOGUS && (given->options >> 1 & 3) == 1)
        FUZZ_CHECK(!s2sv_verdict_trusted(verdict));
}

static void judge(const struct given *given, const char *pin)
{
    struct s2sv_backend folding = *core_only_backend();
    folding.hash = fold;
    struct s2sv_policy *policy = make_policy(given->options);
    struct s2sv_trust *trust = make_trust(given, &folding);
    struct s2sv_peer *peer = make_peer(given, pin);
    struct s2sv_verdict *verdict = NULL;
    FUZZ_CHECK(s2sv_verify(trust, policy, peer, &verdict) == S2SV_DECIDED);
    check(given, verdict);
    s2sv_verdict_unref(verdict);
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sv_span input = { data, len };
    struct given given = { .options = fuzz_octet(&input), .status = fuzz_octet(&input) };
    given.anchors = fuzz_octet(&input);
    given.record_count = fuzz_octet(&input) % (RECORDS + 1);
    for (size_t i = 0; i < given.record_count; i++) {
        struct record *r = &given.records[i];
        r->usage = fuzz_octet(&input);
        r->selector = fuzz_octet(&input);
        r->matching_type = fuzz_octet(&input);
        r->data = fuzz_block(&input);
    }
    struct sv_span pin = fuzz_block(&input), rest = pin;
    char *text = fuzz_string(&rest);
    while (input.len > 0 && given.count < CERTIFICATES)
        given.certificates[given.count++] = fuzz_block(&input);
    if (given.anchors > given.count)
        given.anchors = given.count;
    judge(&given, text);
    for (size_t i = 0; i < given.count; i++)
        free((void *)given.certificates[i].data);
    for (size_t i = 0; i < given.record_count; i++)
        free((void *)given.records[i].data.data);
    free((void *)pin.data);
    free(text);
    return 0;
}

/* A record of each kind, of a certificate. */
static void put_records(struct out *out, unsigned usage, const unsigned char *der, size_t len)
{
    struct sv_certificate x;
    struct sv_misread misread;
    int reads = sv_certificate_read(der, len, &x, &misread);
    for (unsigned kind = 0; kind < 6; kind++) {
        unsigned char digest[64] = { 0 };
        struct sv_span whole = kind < 3 || !reads ? (struct sv_span){ der, len } : x.spki;
        struct s2sv_bytes part = { whole.data, whole.len };
        out_byte(out, usage);
        out_byte(out, kind / 3);
        out_byte(out, kind % 3);
        if (kind % 3 > 0)
            fold(kind % 3 == 1 ? S2SV_HASH_SHA256 : S2SV_HASH_SHA512, &part, 1, digest);
        if (kind % 3 == 0)
            fuzz_put_block(out, whole.data, whole.len);
        else
            fuzz_put_block(out, digest, kind % 3 == 1 ? 32 : 64);
    }
}

void fuzz_seed(struct fuzz_corpus *corpus, const struct case_record *record,
               const struct case_chain *chain)
{
    static const char pin[] = "cert-sha256:00";
    if (record->tlsa.count == 0 || chain->present_count == 0)
        return;
    for (unsigned usage = 0; usage < 4; usage++) {
        const struct pki_cert *of = chain->present[usage % 2 ? 0 : chain->present_count - 1];
        struct out out = { 0 };
        size_t len = 0;
        const unsigned char *der = pki_der(of, &len);
        out_byte(&out, 8);
        out_byte(&out, S2SV_TLSA_SECURE);
        out_byte(&out, (unsigned)chain->trust_count);
        out_byte(&out, 6);
        put_records(&out, usage, der, len);
        fuzz_put_block(&out, pin, usage == 0 ? sizeof pin - 1 : 0);
        for (size_t i = 0; i < chain->present_count + chain->trust_count; i++) {
            der = pki_der(i < chain->present_count ? chain->present[i]
                                                   : chain->trust[i - chain->present_count],
                          &len);
            fuzz_put_block(&out, der, len);
        }
        fuzz_add(corpus, out.data, out.len);
        out_free(&out);
    }
}
