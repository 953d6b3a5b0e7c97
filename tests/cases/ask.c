/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include "proofs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof array / sizeof((array)[0]))

struct word {
    const char *name;
    int value;
};

/* The value of a word; 0 for none or an unknown one. */
static int value_of(const struct word *words, size_t count, const char *name)
{
    for (size_t i = 0; name && i < count; i++)
        if (strcmp(words[i].name, name) == 0)
            return words[i].value;
    return 0;
}

static const struct word profiles[] = { { "xmpp", S2SV_PROFILE_XMPP },
                                        { "smtp", S2SV_PROFILE_SMTP },
                                        { "sip", S2SV_PROFILE_SIP },
                                        { "server", S2SV_PROFILE_SERVER } };
static const struct word purposes[] = { { "server", S2SV_PURPOSE_SERVER },
                                        { "server-or-client", S2SV_PURPOSE_SERVER_OR_CLIENT },
                                        { "tls-role", S2SV_PURPOSE_TLS_ROLE } };
static const struct word revocations[] = { { "off", S2SV_REVOCATION_OFF },
                                           { "if-available", S2SV_REVOCATION_IF_AVAILABLE },
                                           { "require", S2SV_REVOCATION_REQUIRE } };
static const struct word kinds[] = {
    { "dns", S2SV_IDENTIFIER_DNS },        { "srv", S2SV_IDENTIFIER_SRV },
    { "xmpp", S2SV_IDENTIFIER_XMPP_ADDR }, { "ip", S2SV_IDENTIFIER_IP },
    { "uri", S2SV_IDENTIFIER_URI },        { "cn", S2SV_IDENTIFIER_COMMON_NAME }
};

static const struct option {
    const char *name;
    int (*set)(struct s2sv_policy *, int);
} options[] = { { "require-eku", s2sv_policy_require_eku },
                { "allow-any-eku", s2sv_policy_allow_any_eku },
                { "ignore-anchor-eku", s2sv_policy_ignore_anchor_eku },
                { "allow-single-label", s2sv_policy_allow_single_label },
                { "match-common-name", s2sv_policy_insecure_match_common_name } };

static int set_options(const struct case_record *r, struct s2sv_policy *policy)
{
    int status = 0;
    for (size_t i = 0; i < COUNT(options); i++)
        if (case_has_option(r, options[i].name))
            status |= options[i].set(policy, 1);
    return status;
}

static struct s2sv_policy *make_policy(const struct case_record *r)
{
    int profile = value_of(profiles, COUNT(profiles), r->profile ? r->profile : "xmpp");
    int purpose = value_of(purposes, COUNT(purposes), r->purpose);
    int revocation = value_of(revocations, COUNT(revocations), r->revocation);
    struct s2sv_policy *policy = s2sv_policy_new((enum s2sv_profile)profile);
    int status = set_options(r, policy);
    if (purpose)
        status |= s2sv_policy_set_purpose(policy, (enum s2sv_purpose)purpose);
    if (revocation)
        status |= s2sv_policy_set_revocation(policy, (enum s2sv_revocation)revocation);
    if (r->service)
        status |= s2sv_policy_set_service(policy, r->service);
    if (r->policy)
        status |= s2sv_policy_set_text(policy, r->policy, NULL, 0);
    if (status == 0)
        return policy;
    s2sv_policy_unref(policy);
    return NULL;
}

static struct s2sv_trust *make_trust(const struct case_chain *chain,
                                     const struct s2sv_backend *backend)
{
    struct s2sv_trust *trust = s2sv_trust_new(backend);
    for (size_t i = 0; trust && i < chain->trust_count; i++) {
        size_t len;
        const unsigned char *der = pki_der(chain->trust[i], &len);
        if (s2sv_trust_add_der(trust, der, len) == 0)
            continue;
        s2sv_trust_unref(trust);
        return NULL;
    }
    for (size_t i = 0; trust && i < chain->distrust_count; i++) {
        size_t len;
        const unsigned char *der = pki_der(chain->distrust[i], &len);
        if (s2sv_trust_distrust_der(trust, der, len) == 0)
            continue;
        s2sv_trust_unref(trust);
        return NULL;
    }
    for (size_t i = 0; trust && i < chain->crl_count; i++) {
        size_t len;
        const unsigned char *der = pki_crl_der(chain->crls[i], &len);
        if (s2sv_trust_add_crl_der(trust, der, len) == 0)
            continue;
        s2sv_trust_unref(trust);
        return NULL;
    }
    return trust;
}

static struct s2sv_peer *make_peer(const struct case_record *r, const struct case_chain *chain,
                                   enum s2sv_direction direction)
{
    struct s2sv_peer *peer = s2sv_peer_new(direction);
    int status = s2sv_peer_set_time(peer, r->time);
    for (size_t i = 0; i < chain->present_count; i++) {
        size_t len;
        const unsigned char *der = pki_der(chain->present[i], &len);
        status |= s2sv_peer_add_certificate(peer, der, len);
    }
    for (size_t i = 0; i < chain->staple_count; i++) {
        size_t len = 0;
        const unsigned char *der = chain->staples[i] ? pki_ocsp_der(chain->staples[i], &len) : NULL;
        status |= s2sv_peer_add_staple(peer, der, len);
    }
    for (size_t i = 0; i < r->expect_names.count; i++)
        status |= s2sv_peer_expect(peer, r->expect_names.list[i].name);
    for (size_t i = 0; i < r->expect_under.count; i++)
        status |= s2sv_peer_expect_under(peer, r->expect_under.list[i].name);
    status |= proofs_add(r, chain, peer);
    if (status == 0)
        return peer;
    s2sv_peer_free(peer);
    return NULL;
}

struct s2sv_verdict *case_ask(const struct case_record *record, const struct case_chain *chain,
                              const struct s2sv_backend *backend, enum s2sv_direction direction,
                              char *err, size_t errlen)
{
    struct s2sv_verdict *verdict = NULL;
    struct s2sv_policy *policy = make_policy(record);
    struct s2sv_trust *trust = make_trust(chain, backend);
    struct s2sv_peer *peer = make_peer(record, chain, direction);
    int status = S2SV_ERR_INVALID;
    if (policy && trust && peer)
        status = s2sv_verify(trust, policy, peer, &verdict);
    if (status != S2SV_DECIDED)
        snprintf(err, errlen, "policy %s, trust %s, peer %s, status %d", policy ? "ok" : "refused",
                 trust ? "ok" : "refused", peer ? "ok" : "refused", status);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
    s2sv_peer_free(peer);
    return verdict;
}

/* ---- what the case expects ----------------------------------------------------------------- */

static int differs(char *err, size_t errlen, const char *what, const char *got, const char *wanted)
{
    snprintf(err, errlen, "%s: %s, expected %s", what, got, wanted);
    return -1;
}

static int compare_reason(const struct case_record *r, const struct s2sv_verdict *verdict,
                          char *err, size_t errlen)
{
    char wanted[80], got[80];
    const char *name = s2sv_reason_name(s2sv_verdict_reason(verdict));
    int depth = s2sv_verdict_depth(verdict);
    int refused = strcmp(name, "none") != 0;
    if (strcmp(r->reason, "any") == 0 || (strcmp(r->reason, "refused") == 0 && refused))
        return 0;
    if (strcmp(r->reason, name) == 0 && (r->depth == CASE_ANY_DEPTH || r->depth == depth))
        return 0;
    snprintf(wanted, sizeof wanted, "%s %d", r->reason, r->depth);
    snprintf(got, sizeof got, "%s %d", name, depth);
    return differs(err, errlen, "reason", got, wanted);
}

static int compare_question(const struct case_pair *question, const struct s2sv_verdict *verdict,
                            char *err, size_t errlen)
{
    const char *got = s2sv_reason_name(s2sv_verdict_why_not(verdict, question->name));
    int is_for = s2sv_verdict_is_for(verdict, question->name);
    const char *wanted = question->text;
    if (is_for != (strcmp(got, "none") == 0))
        return differs(err, errlen, question->name, "is_for and why_not disagree", got);
    if (strcmp(wanted, "yes") == 0 ? is_for : strcmp(wanted, "no") == 0 ? !is_for : 0)
        return 0;
    return strcmp(wanted, got) == 0 ? 0 : differs(err, errlen, question->name, got, wanted);
}

static int lists_identity(const struct case_pair *pair, const struct s2sv_verdict *verdict)
{
    enum s2sv_identifier kind;
    const char *value;
    for (size_t i = 0; s2sv_verdict_identity(verdict, i, &kind, &value) == 0; i++)
        if ((int)kind == value_of(kinds, COUNT(kinds), pair->name) &&
            strcmp(value, pair->text) == 0)
            return 1;
    return 0;
}

static int compare_identities(const struct case_record *r, const struct s2sv_verdict *verdict,
                              char *err, size_t errlen)
{
    for (size_t i = 0; i < r->identities.count; i++)
        if (!lists_identity(&r->identities.list[i], verdict))
            return differs(err, errlen, r->identities.list[i].text, "not listed", "listed");
    for (size_t i = 0; i < r->no_identities.count; i++)
        if (lists_identity(&r->no_identities.list[i], verdict))
            return differs(err, errlen, r->no_identities.list[i].text, "listed", "not listed");
    return 0;
}

static int compare_valid_until(const struct case_record *r, const struct s2sv_verdict *verdict,
                               char *err, size_t errlen)
{
    char wanted[32], got[32];
    if (r->valid_until == 0 || r->valid_until == s2sv_verdict_valid_until(verdict))
        return 0;
    snprintf(wanted, sizeof wanted, "%" PRId64, r->valid_until);
    snprintf(got, sizeof got, "%" PRId64, s2sv_verdict_valid_until(verdict));
    return differs(err, errlen, "valid until", got, wanted);
}

/* The proof, and which record or pin it is. */
static int compare_proof(const struct case_record *r, const struct s2sv_verdict *verdict, char *err,
                         size_t errlen)
{
    static const char *const proofs[] = { "none", "pkix", "dane", "pin" };
    const char *got = proofs[s2sv_verdict_proof(verdict)], *text = "none";
    size_t index = 0;
    int has = s2sv_verdict_record(verdict, &index, &text) == S2SV_DECIDED;
    if (r->proof && strcmp(r->proof, got) != 0)
        return differs(err, errlen, "proof", got, r->proof);
    if (r->matched_record >= 0 && (!has || index != (size_t)r->matched_record))
        return differs(err, errlen, "record", text, "another one");
    return 0;
}

int case_compare(const struct case_record *record, const struct s2sv_verdict *verdict, char *err,
                 size_t errlen)
{
    if (compare_reason(record, verdict, err, errlen) != 0 ||
        compare_proof(record, verdict, err, errlen) != 0 ||
        compare_identities(record, verdict, err, errlen) != 0)
        return -1;
    for (size_t i = 0; i < record->questions.count; i++)
        if (compare_question(&record->questions.list[i], verdict, err, errlen) != 0)
            return -1;
    return compare_valid_until(record, verdict, err, errlen);
}

enum s2sv_direction case_next_direction(const struct case_record *record, int after)
{
    if (after < S2SV_OUTBOUND && (record->direction & CASE_OUT))
        return S2SV_OUTBOUND;
    if (after < S2SV_INBOUND && (record->direction & CASE_IN))
        return S2SV_INBOUND;
    return (enum s2sv_direction)0;
}
