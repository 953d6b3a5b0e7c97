/* SPDX-License-Identifier: MIT
 * Input: an octet of options, one with the profile and the purpose, one that says how many of the
 * last certificates are trust anchors, an expected name, and certificates, leaf first. The backend
 * accepts every path, so that what is left is the core's own judgement. */
#include <s2sverify/s2sverify.h>

#include <string.h>

#include "core_only.h"
#include "fuzz.h"

enum { CERTIFICATES = 48, NOW = 1780272000 };

struct given {
    struct sv_span certificates[CERTIFICATES];
    size_t count, anchors;
    char *expected;
};

static struct s2sv_policy *make_policy(unsigned options, unsigned kind)
{
    struct s2sv_policy *policy = s2sv_policy_new((enum s2sv_profile)(1 + kind % 4));
    int status = s2sv_policy_set_purpose(policy, (enum s2sv_purpose)(1 + kind / 4 % 3)) |
                 s2sv_policy_require_eku(policy, options & 1) |
                 s2sv_policy_allow_any_eku(policy, options & 2) |
                 s2sv_policy_ignore_anchor_eku(policy, options & 4) |
                 s2sv_policy_allow_single_label(policy, options & 8) |
                 s2sv_policy_insecure_match_common_name(policy, options & 16);
    FUZZ_CHECK(status == 0);
    return policy;
}

static struct s2sv_trust *make_trust(const struct given *given)
{
    struct s2sv_trust *trust = s2sv_trust_new(core_only_backend());
    for (size_t i = given->count - given->anchors; i < given->count; i++) {
        int status =
            s2sv_trust_add_der(trust, given->certificates[i].data, given->certificates[i].len);
        FUZZ_CHECK(status == S2SV_DECIDED || s2sv_trust_error(trust)[0] != '\0');
        fuzz_check_text(s2sv_trust_error(trust));
    }
    return trust;
}

static struct s2sv_peer *make_peer(const struct given *given, unsigned options)
{
    struct s2sv_peer *peer = s2sv_peer_new(options & 32 ? S2SV_INBOUND : S2SV_OUTBOUND);
    int status = s2sv_peer_set_time(peer, NOW);
    for (size_t i = 0; i < given->count - given->anchors; i++)
        status |= s2sv_peer_add_certificate(peer, given->certificates[i].data,
                                            given->certificates[i].len);
    if (options & 64)
        status |= s2sv_peer_expect(peer, given->expected);
    if (options & 128)
        status |= s2sv_peer_expect_under(peer, given->expected);
    FUZZ_CHECK(status == 0);
    return peer;
}

static void check_explanation(const struct s2sv_verdict *verdict)
{
    static char text[65536];
    char part[40];
    int len = s2sv_verdict_explain(verdict, text, sizeof text);
    FUZZ_CHECK(len > 0 && (size_t)len < sizeof text && strlen(text) == (size_t)len);
    FUZZ_CHECK(s2sv_verdict_explain(verdict, part, sizeof part) == len);
    FUZZ_CHECK(strlen(part) == sizeof part - 1 && strncmp(part, text, sizeof part - 1) == 0);
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        fuzz_check_text(line);
    }
}

static void check_texts(const struct s2sv_verdict *verdict)
{
    const char *text = NULL;
    for (size_t i = 0; i < s2sv_verdict_fault_count(verdict); i++) {
        FUZZ_CHECK(s2sv_verdict_fault(verdict, i, NULL, NULL, &text) == 0);
        fuzz_check_text(text);
    }
    for (size_t i = 0; i < s2sv_verdict_identity_count(verdict); i++) {
        FUZZ_CHECK(s2sv_verdict_identity(verdict, i, NULL, &text) == 0);
        fuzz_check_text(text);
    }
    fuzz_check_text(s2sv_verdict_peer_text(verdict));
    check_explanation(verdict);
}

/* What holds of every verdict. */
static void check_verdict(const struct s2sv_verdict *verdict, const struct given *given)
{
    int trusted = s2sv_verdict_trusted(verdict), accepted = s2sv_verdict_accepted(verdict);
    enum s2sv_reason reason = s2sv_verdict_reason(verdict);
    int is_for = s2sv_verdict_is_for(verdict, given->expected);
    FUZZ_CHECK(trusted || reason != S2SV_REASON_NONE);
    FUZZ_CHECK(!accepted || (trusted && reason == S2SV_REASON_NONE));
    FUZZ_CHECK(!is_for || trusted);
    FUZZ_CHECK(is_for == (s2sv_verdict_why_not(verdict, given->expected) == S2SV_REASON_NONE));
    FUZZ_CHECK((!s2sv_verdict_tlsrpt(verdict)) == (reason == S2SV_REASON_NONE));
    FUZZ_CHECK(trusted == (s2sv_verdict_valid_until(verdict) > NOW));
    FUZZ_CHECK(!trusted || given->anchors > 0);
    FUZZ_CHECK(reason != S2SV_REASON_INTERNAL_ERROR);
}

static void judge(const struct given *given, unsigned options, unsigned kind)
{
    struct s2sv_policy *policy = make_policy(options, kind);
    struct s2sv_trust *trust = make_trust(given);
    struct s2sv_peer *peer = make_peer(given, options);
    struct s2sv_verdict *verdict = NULL;
    FUZZ_CHECK(s2sv_verify(trust, policy, peer, &verdict) == S2SV_DECIDED);
    check_verdict(verdict, given);
    check_texts(verdict);
    s2sv_verdict_unref(verdict);
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sv_span input = { data, len };
    struct given given = { .count = 0 };
    unsigned options = fuzz_octet(&input), kind = fuzz_octet(&input);
    given.anchors = fuzz_octet(&input);
    struct sv_span name = fuzz_block(&input), rest = name;
    given.expected = fuzz_string(&rest);
    while (input.len > 0 && given.count < CERTIFICATES)
        given.certificates[given.count++] = fuzz_block(&input);
    if (given.anchors > given.count)
        given.anchors = given.count;
    judge(&given, options, kind);
    for (size_t i = 0; i < given.count; i++)
        free((void *)given.certificates[i].data);
    free(given.expected);
    free((void *)name.data);
    return 0;
}

static void put_certificates(struct out *out, const struct pki_cert *const *certs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = 0;
        const unsigned char *der = pki_der(certs[i], &len);
        fuzz_put_block(out, der, len);
    }
}

static unsigned options_of(const struct case_record *record)
{
    return (case_has_option(record, "require-eku") ? 1u : 0) |
           (case_has_option(record, "allow-any-eku") ? 2u : 0) |
           (case_has_option(record, "ignore-anchor-eku") ? 4u : 0) |
           (case_has_option(record, "allow-single-label") ? 8u : 0) |
           (case_has_option(record, "match-common-name") ? 16u : 0) |
           (record->direction & CASE_IN ? 32u : 0) | 64u;
}

void fuzz_seed(struct fuzz_corpus *corpus, const struct case_record *record,
               const struct case_chain *chain)
{
    static const char *const profiles[] = { "xmpp", "smtp", "sip", "server" };
    const char *expected =
        record->questions.count > 0 ? record->questions.list[0].name : "leaf.example";
    struct out out = { 0 };
    unsigned profile = 0;
    while (profile < 3 && strcmp(profiles[profile], record->profile) != 0)
        profile++;
    if (strlen(expected) > 300)
        expected = "leaf.example";
    out_byte(&out, options_of(record));
    out_byte(&out, profile);
    out_byte(&out, (unsigned)chain->trust_count);
    fuzz_put_block(&out, expected, strlen(expected));
    put_certificates(&out, chain->present, chain->present_count);
    put_certificates(&out, chain->trust, chain->trust_count);
    fuzz_add(corpus, out.data, out.len);
    out_free(&out);
}
