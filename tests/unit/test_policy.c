/* SPDX-License-Identifier: MIT
 * Policies: what each profile starts with, what freezes, what the second lock follows. */
#include "rules/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array) (sizeof array / sizeof((array)[0]))

static void defaults(void **state)
{
    static const struct {
        enum s2sv_profile profile;
        unsigned identifiers;
        const char *service;
        int server_auth;
    } rows[] = {
        { S2SV_PROFILE_XMPP, 1 | 2 | 4 | 8, "_xmpp-server", 1 },
        { S2SV_PROFILE_SMTP, 1 | 8, "", 1 },
        { S2SV_PROFILE_SIP, 16 | 1 | 8, "", 0 },
        { S2SV_PROFILE_SERVER, 1 | 8, "", 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct s2sv_policy *p = s2sv_policy_new(rows[i].profile);
        assert_int_equal(p->identifiers, rows[i].identifiers);
        assert_string_equal(p->service, rows[i].service);
        assert_int_equal(s2sv_policy_server_auth(p), rows[i].server_auth);
        assert_int_equal(p->purpose, S2SV_PURPOSE_SERVER);
        assert_int_equal(s2sv_policy_handshake(p), S2SV_HANDSHAKE_ENFORCE);
        assert_int_equal(s2sv_policy_request(p), S2SV_REQUEST_REQUIRE);
        assert_int_equal(s2sv_policy_resumption(p), S2SV_RESUMPTION_OFF);
        assert_int_equal(s2sv_policy_revocation(p), S2SV_REVOCATION_IF_AVAILABLE);
        assert_false(p->require_eku || p->allow_any_eku || p->ignore_anchor_eku ||
                     p->allow_single_label);
        s2sv_policy_unref(p);
    }
}

/* No policy is the strictest one. */
static void no_policy(void **state)
{
    (void)state;
    assert_int_equal(s2sv_policy_server_auth(NULL), 1);
    assert_int_equal(s2sv_policy_handshake(NULL), S2SV_HANDSHAKE_ENFORCE);
    assert_int_equal(s2sv_policy_request(NULL), S2SV_REQUEST_REQUIRE);
    assert_int_equal(s2sv_policy_resumption(NULL), S2SV_RESUMPTION_OFF);
    assert_int_equal(s2sv_policy_revocation(NULL), S2SV_REVOCATION_REQUIRE);
    s2sv_policy_freeze(NULL);
}

static void request_follows_handshake(void **state)
{
    static const struct {
        enum s2sv_handshake handshake;
        int request; /* 0: not set */
        enum s2sv_request resolved;
    } rows[] = {
        { S2SV_HANDSHAKE_ENFORCE, 0, S2SV_REQUEST_REQUIRE },
        { S2SV_HANDSHAKE_RECORD, 0, S2SV_REQUEST_ASK },
        { S2SV_HANDSHAKE_CALLBACK, 0, S2SV_REQUEST_ASK },
        { S2SV_HANDSHAKE_ENFORCE, S2SV_REQUEST_ASK, S2SV_REQUEST_ASK },
        { S2SV_HANDSHAKE_RECORD, S2SV_REQUEST_REQUIRE, S2SV_REQUEST_REQUIRE },
        { S2SV_HANDSHAKE_RECORD, S2SV_REQUEST_LEAVE, S2SV_REQUEST_LEAVE },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_SERVER);
        assert_int_equal(s2sv_policy_set_handshake(p, rows[i].handshake), 0);
        if (rows[i].request)
            assert_int_equal(s2sv_policy_set_request(p, (enum s2sv_request)rows[i].request), 0);
        assert_int_equal(s2sv_policy_request(p), rows[i].resolved);
        s2sv_policy_unref(p);
    }
}

/* Only what accepts more than serverAuth along the path switches the second lock off. */
static void second_lock(void **state)
{
    static const struct {
        int (*set)(struct s2sv_policy *, int);
        int server_auth;
    } rows[] = {
        { s2sv_policy_require_eku, 1 },
        { s2sv_policy_allow_any_eku, 0 },
        { s2sv_policy_ignore_anchor_eku, 0 },
        { s2sv_policy_allow_single_label, 1 },
        { s2sv_policy_insecure_match_common_name, 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_XMPP);
        assert_int_equal(rows[i].set(p, 5), 0);
        assert_int_equal(s2sv_policy_server_auth(p), rows[i].server_auth);
        assert_int_equal(rows[i].set(p, 0), 0);
        assert_int_equal(s2sv_policy_server_auth(p), 1);
        s2sv_policy_unref(p);
    }
    for (int purpose = S2SV_PURPOSE_SERVER; purpose <= S2SV_PURPOSE_TLS_ROLE; purpose++) {
        struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_XMPP);
        assert_int_equal(s2sv_policy_set_purpose(p, (enum s2sv_purpose)purpose), 0);
        assert_int_equal(s2sv_policy_server_auth(p), purpose == S2SV_PURPOSE_SERVER);
        s2sv_policy_unref(p);
    }
}

/* The service and the kind SRV-ID go together; the common name has its own switch. */
static void identifiers(void **state)
{
    struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_XMPP);
    (void)state;
    assert_int_equal(s2sv_policy_insecure_match_common_name(p, 1), 0);
    assert_int_equal(s2sv_policy_set_identifiers(p, S2SV_IDENTIFIER_DNS), 0);
    assert_int_equal(p->identifiers, S2SV_IDENTIFIER_DNS | S2SV_IDENTIFIER_COMMON_NAME);
    assert_int_equal(s2sv_policy_insecure_match_common_name(p, 0), 0);
    assert_int_equal(p->identifiers, S2SV_IDENTIFIER_DNS);
    assert_int_equal(s2sv_policy_set_service(p, "_a-1"), 0);
    assert_string_equal(p->service, "_a-1");
    assert_int_equal(p->identifiers, S2SV_IDENTIFIER_DNS | S2SV_IDENTIFIER_SRV);
    assert_int_equal(s2sv_policy_set_service(p, NULL), 0);
    assert_string_equal(p->service, "");
    assert_int_equal(p->identifiers, S2SV_IDENTIFIER_DNS);
    assert_int_equal(s2sv_policy_set_identifiers(p, S2SV_IDENTIFIER_SRV), S2SV_ERR_INVALID);
    s2sv_policy_unref(p);
}

static void longest_service(void **state)
{
    char service[66] = "_";
    struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_SERVER);
    (void)state;
    memset(service + 1, 'a', 63);
    assert_int_equal(s2sv_policy_set_service(p, service), 0);
    assert_string_equal(p->service, service);
    service[64] = 'a';
    assert_int_equal(s2sv_policy_set_service(p, service), S2SV_ERR_INVALID);
    s2sv_policy_unref(p);
}

static void frozen(void **state)
{
    struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_XMPP);
    (void)state;
    s2sv_policy_freeze(p);
    s2sv_policy_freeze(p);
    assert_int_equal(s2sv_policy_set_purpose(p, S2SV_PURPOSE_TLS_ROLE), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_service(p, NULL), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_allow_any_eku(p, 1), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_insecure_match_common_name(p, 1), S2SV_ERR_INVALID);
    assert_int_equal(p->purpose, S2SV_PURPOSE_SERVER);
    assert_string_equal(p->service, "_xmpp-server");
    assert_int_equal(p->allow_any_eku, 0);
    s2sv_policy_unref(p);
}

static void references(void **state)
{
    struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_XMPP);
    (void)state;
    assert_ptr_equal(s2sv_policy_ref(p), p);
    s2sv_policy_unref(p);
    assert_int_equal(s2sv_policy_require_eku(p, 1), 0); /* still there */
    s2sv_policy_unref(p);
}

/* What is written can be read, whatever was set, and says the same. */
static void assert_same_text(const struct s2sv_policy *policy)
{
    char text[512], again[512], error[200] = "";
    int len = s2sv_policy_text(policy, text, sizeof text);
    assert_int_equal(len, (int)strlen(text));
    struct s2sv_policy *other = s2sv_policy_new(S2SV_PROFILE_SERVER);
    if (s2sv_policy_set_text(other, text, error, sizeof error) != S2SV_DECIDED)
        fail_msg("%s: %s", text, error);
    assert_int_equal(s2sv_policy_text(other, again, sizeof again), len);
    assert_string_equal(text, again);
    s2sv_policy_unref(other);
}

static void text_out_and_in(void **state)
{
    (void)state;
    for (int profile = 1; profile <= 4; profile++)
        for (int value = 1; value <= 3; value++)
            for (int on = 0; on <= 1; on++) {
                struct s2sv_policy *p = s2sv_policy_new((enum s2sv_profile)profile);
                assert_same_text(p);
                assert_int_equal(s2sv_policy_set_purpose(p, (enum s2sv_purpose)value), 0);
                assert_int_equal(s2sv_policy_set_handshake(p, (enum s2sv_handshake)value), 0);
                assert_int_equal(s2sv_policy_set_resumption(p, (enum s2sv_resumption)value), 0);
                assert_int_equal(s2sv_policy_set_revocation(p, (enum s2sv_revocation)value), 0);
                assert_int_equal(s2sv_policy_require_eku(p, on), 0);
                assert_int_equal(s2sv_policy_allow_any_eku(p, on), 0);
                assert_int_equal(s2sv_policy_ignore_anchor_eku(p, !on), 0);
                assert_int_equal(s2sv_policy_allow_single_label(p, on), 0);
                assert_int_equal(s2sv_policy_insecure_match_common_name(p, on), 0);
                assert_same_text(p);
                assert_int_equal(s2sv_policy_set_service(p, on ? "_sip" : NULL), 0);
                assert_same_text(p);
                s2sv_policy_unref(p);
            }
}

/* Two policies that differ in anything have two texts: a session of one isn't the other's. */
static void text_tells_apart(void **state)
{
    static const char *const changes[] = {
        "profile=smtp",          "purpose=tls-role",
        "handshake=record",      "request=leave",
        "resumption=carry",      "revocation=require",
        "require-eku=on",        "allow-any-eku=on",
        "ignore-anchor-eku=on",  "identifiers=dns",
        "allow-single-label=on", "service=_sip",
        "identifiers=dns,uri",   "insecure-match-common-name=on",
        "proofs=pin,dane",       "proofs=dane,pin,pkix",
        "tlsa-usages=3",         "tlsa-digests=sha-256,sha-512",
        "tlsa-digests=sha-512",  "insecure-pkix-despite-dane=on",
    };
    char texts[COUNT(changes) + 1][512];
    (void)state;
    for (size_t i = 0; i <= COUNT(changes); i++) {
        struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_XMPP);
        if (i < COUNT(changes))
            assert_int_equal(s2sv_policy_set_text(p, changes[i], NULL, 0), 0);
        assert_true(s2sv_policy_text(p, texts[i], sizeof texts[i]) < (int)sizeof texts[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(texts[i], texts[k]);
        s2sv_policy_unref(p);
    }
}

static void text_errors(void **state)
{
    static const struct {
        const char *text, *named;
    } rows[] = {
        { "purpose", "\"purpose\" has no value" },
        { "purpose=", "purpose: \"\" is none of server, server-or-client, tls-role" },
        { "purpose=client", "\"client\"" },
        { "colour=red", "\"colour\" is no option" },
        { "handshake=record revocation=maybe", "revocation: \"maybe\"" },
        { "purpose=server profile=smtp", "profile: it comes first" },
        { "service=xmpp", "service: \"xmpp\"" },
        { "identifiers=dns,cn", "identifiers: \"cn\"" },
        { "profile=smtp identifiers=srv", "identifiers: " },
        { "proofs=pkix,dane", "proofs: each is named once, and \"pkix\" stands last" },
        { "proofs=dane,dane", "proofs: each" },
        { "proofs=", "proofs: each" },
        { "proofs=posh", "proofs: \"posh\" is none of pin, dane, pkix" },
        { "proofs=pin,dane,pkix,pin,pin,pin,pin,pin,pin", "proofs: too many" },
        { "tlsa-usages=4", "tlsa-usages: \"4\"" },
        { "tlsa-usages=", "tlsa-usages: none" },
        { "tlsa-digests=sha-256,sha-256", "tlsa-digests: each" },
        { "tlsa-digests=", "tlsa-digests: each" },
        { "require-eku=yes", "require-eku: \"yes\" is none of on, off" },
    };
    char error[200], before[512], after[512];
    struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_XMPP);
    (void)state;
    assert_true(s2sv_policy_text(p, before, sizeof before) > 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        error[0] = '\0';
        assert_int_equal(s2sv_policy_set_text(p, rows[i].text, error, sizeof error),
                         S2SV_ERR_INVALID);
        if (!strstr(error, rows[i].named))
            fail_msg("%s: %s", rows[i].text, error);
        assert_int_equal(s2sv_policy_set_text(p, rows[i].text, NULL, 0), S2SV_ERR_INVALID);
        assert_true(s2sv_policy_text(p, after, sizeof after) > 0);
        assert_string_equal(before, after); /* all or nothing */
    }
    assert_int_equal(s2sv_policy_set_text(p, "", NULL, 0), S2SV_DECIDED);
    assert_int_equal(s2sv_policy_set_text(p, " \t handshake=record\n", NULL, 0), S2SV_DECIDED);
    assert_int_equal(s2sv_policy_handshake(p), S2SV_HANDSHAKE_RECORD);
    s2sv_policy_freeze(p);
    assert_int_equal(s2sv_policy_set_text(p, "purpose=server", error, 10), S2SV_ERR_INVALID);
    assert_int_equal(strlen(error), 9);
    assert_int_equal(s2sv_policy_text(p, NULL, 0), s2sv_policy_text(p, before, sizeof before));
    s2sv_policy_unref(p);
}

static const enum s2sv_proof last_is_dane[] = { S2SV_PROOF_PKIX, S2SV_PROOF_DANE };
static const enum s2sv_proof twice[] = { S2SV_PROOF_PIN, S2SV_PROOF_PIN };
static const enum s2sv_proof none[] = { S2SV_PROOF_NONE };
static const enum s2sv_proof all[] = { S2SV_PROOF_DANE, S2SV_PROOF_PIN, S2SV_PROOF_PKIX,
                                       S2SV_PROOF_PKIX };

static void proofs(void **state)
{
    struct s2sv_policy *p = s2sv_policy_new(S2SV_PROFILE_XMPP);
    static const unsigned digests[] = { 2, 1, 0 };
    (void)state;
    assert_int_equal(s2sv_policy_set_proofs(p, all, 3), 0);
    assert_int_equal(s2sv_policy_set_proofs(p, all, 1), 0);
    assert_int_equal(s2sv_policy_set_proofs(p, all, 4), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_proofs(p, all, 0), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_proofs(p, last_is_dane, 2), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_proofs(p, twice, 2), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_proofs(p, none, 1), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_tlsa_usages(p, 0), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_tlsa_usages(p, 16), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_tlsa_usages(p, 15), 0);
    assert_int_equal(s2sv_policy_set_tlsa_digests(p, digests, 2), 0);
    assert_int_equal(s2sv_policy_set_tlsa_digests(p, digests, 3), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_tlsa_digests(p, digests + 1, 2), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_policy_set_tlsa_digests(p, digests, 0), S2SV_ERR_INVALID);
    s2sv_policy_unref(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),        cmocka_unit_test(no_policy),
        cmocka_unit_test(text_out_and_in), cmocka_unit_test(text_tells_apart),
        cmocka_unit_test(text_errors),     cmocka_unit_test(request_follows_handshake),
        cmocka_unit_test(second_lock),     cmocka_unit_test(identifiers),
        cmocka_unit_test(longest_service), cmocka_unit_test(frozen),
        cmocka_unit_test(references),      cmocka_unit_test(proofs),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
