/* SPDX-License-Identifier: MIT
 * NULL, zero and nonsense to every function of s2sverify.h: it refuses, nothing crashes, and what
 * would be returned through a pointer stays as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <s2sverify/backend.h>

#include "core_only.h"
#include "pki.h"

#define COUNT(array) (sizeof array / sizeof((array)[0]))
#define REFUSES(call) assert_int_equal((call), S2SV_ERR_INVALID)
#define WORKS(call) assert_int_equal((call), S2SV_DECIDED)

enum { NOW = 1780000000 };

/* ---- one of each, and one verdict that accepts --------------------------------------------- */

static struct s2sv_policy *policy;
static struct s2sv_trust *trust;
static struct s2sv_peer *peer;
static struct s2sv_verdict *accepted;

static void add_chain(struct pki *pki)
{
    char err[256];
    size_t len;
    const struct pki_cert *root = pki_make(pki, "root", "ca", err, sizeof err);
    const struct pki_cert *leaf =
        pki_make(pki, "leaf", "issuer=root san=dns:leaf.example", err, sizeof err);
    const unsigned char *der = pki_der(root, &len);
    WORKS(s2sv_trust_add_der(trust, der, len));
    der = pki_der(leaf, &len);
    WORKS(s2sv_peer_add_certificate(peer, der, len));
}

static int set_up(void **state)
{
    struct pki *pki = pki_new(NULL, NOW);
    (void)state;
    policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    trust = s2sv_trust_new(core_only_backend());
    peer = s2sv_peer_new(S2SV_INBOUND);
    add_chain(pki);
    WORKS(s2sv_peer_set_time(peer, NOW));
    WORKS(s2sv_peer_expect(peer, "leaf.example"));
    WORKS(s2sv_verify(trust, policy, peer, &accepted));
    pki_free(pki);
    return s2sv_verdict_accepted(accepted) == 1 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    s2sv_verdict_unref(accepted);
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
    return 0;
}

/* ---- policy -------------------------------------------------------------------------------- */

/* The switches, by one name each. */
static int (*const switches[])(struct s2sv_policy *, int) = {
    s2sv_policy_require_eku,
    s2sv_policy_allow_any_eku,
    s2sv_policy_ignore_anchor_eku,
    s2sv_policy_allow_single_label,
    s2sv_policy_insecure_match_common_name,
};

static int set_purpose(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_purpose(p, (enum s2sv_purpose)value);
}

static int set_handshake(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_handshake(p, (enum s2sv_handshake)value);
}

static int set_request(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_request(p, (enum s2sv_request)value);
}

static int set_resumption(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_resumption(p, (enum s2sv_resumption)value);
}

static int set_revocation(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_revocation(p, (enum s2sv_revocation)value);
}

/* Each takes 1 to 3. */
static int (*const setters[])(struct s2sv_policy *, int) = { set_purpose, set_handshake,
                                                             set_request, set_resumption,
                                                             set_revocation };

static void test_policy(void **state)
{
    static const int nonsense[] = { -2147483647, -1, 0, 4, 2147483647 };
    struct s2sv_policy *fresh = s2sv_policy_new(S2SV_PROFILE_SERVER);
    (void)state;
    for (size_t i = 0; i < COUNT(nonsense); i++)
        assert_null(s2sv_policy_new((enum s2sv_profile)(nonsense[i] == 4 ? 5 : nonsense[i])));
    for (size_t i = 0; i < COUNT(setters); i++) {
        REFUSES(setters[i](NULL, 1));
        for (size_t n = 0; n < COUNT(nonsense); n++)
            REFUSES(setters[i](fresh, nonsense[n]));
        for (int value = 1; value <= 3; value++)
            WORKS(setters[i](fresh, value));
    }
    for (size_t i = 0; i < COUNT(switches); i++) {
        REFUSES(switches[i](NULL, 1));
        WORKS(switches[i](fresh, 1));
        WORKS(switches[i](fresh, 0));
    }
    s2sv_policy_unref(fresh);
    assert_null(s2sv_policy_ref(NULL));
    s2sv_policy_unref(NULL);
}

static void test_identifiers_and_service(void **state)
{
    static const char *const bad_services[] = {
        "", "_", "xmpp-server", "_xmpp.server", "_a b", "_\xc3\xa9", "__", "_a_", " _xmpp", "_a\n"
    };
    static const unsigned bad_kinds[] = { 0, S2SV_IDENTIFIER_COMMON_NAME, 64, ~0U,
                                          S2SV_IDENTIFIER_DNS | S2SV_IDENTIFIER_SRV };
    char service[80];
    struct s2sv_policy *fresh = s2sv_policy_new(S2SV_PROFILE_SERVER);
    (void)state;
    for (size_t i = 0; i < COUNT(bad_services); i++)
        REFUSES(s2sv_policy_set_service(fresh, bad_services[i]));
    memset(service, 'a', sizeof service);
    service[0] = '_', service[65] = '\0';
    REFUSES(s2sv_policy_set_service(fresh, service));
    for (size_t i = 0; i < COUNT(bad_kinds); i++)
        REFUSES(s2sv_policy_set_identifiers(fresh, bad_kinds[i]));
    REFUSES(s2sv_policy_set_identifiers(NULL, S2SV_IDENTIFIER_DNS));
    REFUSES(s2sv_policy_set_proofs(NULL, &(enum s2sv_proof){ S2SV_PROOF_DANE }, 1));
    REFUSES(s2sv_policy_set_proofs(fresh, NULL, 1));
    REFUSES(s2sv_policy_set_tlsa_usages(NULL, 8));
    REFUSES(s2sv_policy_set_tlsa_digests(NULL, &(unsigned){ 1 }, 1));
    REFUSES(s2sv_policy_set_tlsa_digests(fresh, NULL, 1));
    REFUSES(s2sv_policy_insecure_pkix_despite_dane(NULL, 1));
    REFUSES(s2sv_policy_set_text(NULL, "purpose=server", NULL, 0));
    REFUSES(s2sv_policy_set_text(fresh, NULL, NULL, 0));
    REFUSES(s2sv_policy_text(NULL, NULL, 0));
    REFUSES(s2sv_policy_set_service(NULL, "_xmpp-server"));
    WORKS(s2sv_policy_set_service(fresh, "_xmpp-server"));
    WORKS(s2sv_policy_set_identifiers(fresh, S2SV_IDENTIFIER_SRV));
    WORKS(s2sv_policy_set_service(fresh, NULL));
    s2sv_policy_unref(fresh);
}

/* The verification in set_up() froze it. */
static void test_frozen(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(setters); i++)
        REFUSES(setters[i](policy, 1));
    for (size_t i = 0; i < COUNT(switches); i++)
        REFUSES(switches[i](policy, 0));
    REFUSES(s2sv_policy_set_service(policy, NULL));
    REFUSES(s2sv_policy_set_identifiers(policy, S2SV_IDENTIFIER_DNS));
}

/* A verification that can't be decided freezes nothing that wasn't frozen. */
static void test_not_frozen_by_nonsense(void **state)
{
    struct s2sv_policy *fresh = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_verdict *verdict = NULL;
    (void)state;
    REFUSES(s2sv_verify(NULL, fresh, peer, &verdict));
    WORKS(s2sv_policy_require_eku(fresh, 1));
    s2sv_policy_unref(fresh);
}

/* ---- trust --------------------------------------------------------------------------------- */

static void test_trust(void **state)
{
    struct s2sv_trust *fresh = s2sv_trust_new(core_only_backend());
    (void)state;
    assert_null(s2sv_trust_new(NULL));
    assert_null(s2sv_trust_ref(NULL));
    s2sv_trust_unref(NULL);
    assert_string_equal(s2sv_trust_error(NULL), "");
    assert_string_equal(s2sv_trust_error(fresh), "");
    REFUSES(s2sv_trust_add_file(NULL, "file"));
    REFUSES(s2sv_trust_add_file(fresh, NULL));
    assert_string_equal(s2sv_trust_error(fresh), "no path was given");
    REFUSES(s2sv_trust_add_dir(NULL, "dir"));
    REFUSES(s2sv_trust_add_dir(fresh, NULL));
    REFUSES(s2sv_trust_add_system(NULL));
    REFUSES(s2sv_trust_add_crl_file(NULL, "file"));
    REFUSES(s2sv_trust_add_crl_file(fresh, NULL));
    REFUSES(s2sv_trust_set_memory(NULL, 1));
    s2sv_trust_unref(fresh);
}

static void test_trust_der(void **state)
{
    static const struct {
        const void *der;
        size_t len;
    } bad[] = { { NULL, 0 },
                { NULL, 5 },
                { "", 0 },
                { "\x30", 1 },
                { "\x30\x00", 2 },
                { "garbage", 7 },
                { "\x30\x84\xff\xff\xff\xff", 6 } };
    struct s2sv_trust *fresh = s2sv_trust_new(core_only_backend());
    unsigned char *big = calloc(1, 1 << 20);
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        REFUSES(s2sv_trust_add_der(fresh, bad[i].der, bad[i].len));
        assert_string_not_equal(s2sv_trust_error(fresh), "");
        REFUSES(s2sv_trust_distrust_der(fresh, bad[i].der, bad[i].len));
        assert_string_not_equal(s2sv_trust_error(fresh), "");
        REFUSES(s2sv_trust_add_crl_der(fresh, bad[i].der, bad[i].len));
        assert_string_not_equal(s2sv_trust_error(fresh), "");
    }
    REFUSES(s2sv_trust_add_der(NULL, "garbage", 7));
    REFUSES(s2sv_trust_distrust_der(NULL, "garbage", 7));
    REFUSES(s2sv_trust_add_crl_der(NULL, "garbage", 7));
    REFUSES(s2sv_trust_add_der(fresh, big, 1 << 20));
    free(big);
    s2sv_trust_unref(fresh);
}

/* ---- peer and verify ----------------------------------------------------------------------- */

static void test_peer(void **state)
{
    struct s2sv_peer *fresh = s2sv_peer_new(S2SV_OUTBOUND);
    (void)state;
    assert_null(s2sv_peer_new((enum s2sv_direction)0));
    assert_null(s2sv_peer_new((enum s2sv_direction)3));
    assert_null(s2sv_peer_new((enum s2sv_direction) - 1));
    s2sv_peer_free(NULL);
    REFUSES(s2sv_peer_add_certificate(NULL, "x", 1));
    REFUSES(s2sv_peer_add_certificate(fresh, NULL, 1));
    REFUSES(s2sv_peer_add_tlsa(NULL, 3, 1, 1, "x", 1));
    REFUSES(s2sv_peer_add_tlsa(fresh, 3, 1, 1, NULL, 1));
    REFUSES(s2sv_peer_add_tlsa(fresh, 256, 1, 1, "x", 1));
    REFUSES(s2sv_peer_add_tlsa(fresh, 3, 256, 1, "x", 1));
    REFUSES(s2sv_peer_add_tlsa(fresh, 3, 1, 256, "x", 1));
    REFUSES(s2sv_peer_set_tlsa_status(NULL, S2SV_TLSA_SECURE));
    REFUSES(s2sv_peer_set_tlsa_status(fresh, (enum s2sv_tlsa_status)0));
    REFUSES(s2sv_peer_set_tlsa_status(fresh, (enum s2sv_tlsa_status)4));
    REFUSES(s2sv_peer_add_pin(NULL, "spki-sha256:00"));
    REFUSES(s2sv_peer_add_pin(fresh, NULL));
    REFUSES(s2sv_peer_add_pin(fresh, "spki-sha256:00"));
    assert_int_equal(s2sv_peer_changes(NULL), 0);
    assert_int_equal(s2sv_peer_changes(fresh), 0);
    assert_int_equal(s2sv_peer_has_tlsa(NULL), 0);
    WORKS(s2sv_peer_add_tlsa(fresh, 3, 1, 1, NULL, 0));
    assert_int_equal(s2sv_peer_has_tlsa(fresh), 1);
    REFUSES(s2sv_peer_add_staple(NULL, "x", 1));
    REFUSES(s2sv_peer_add_staple(fresh, NULL, 1));
    WORKS(s2sv_peer_add_staple(fresh, NULL, 0));
    REFUSES(s2sv_peer_expect(NULL, "leaf.example"));
    REFUSES(s2sv_peer_expect(fresh, NULL));
    REFUSES(s2sv_peer_expect_under(NULL, "leaf.example"));
    REFUSES(s2sv_peer_expect_under(fresh, NULL));
    REFUSES(s2sv_peer_set_time(NULL, NOW));
    s2sv_peer_free(fresh);
}

static void test_verify(void **state)
{
    struct s2sv_verdict *const before = (struct s2sv_verdict *)&trust, *verdict = before;
    (void)state;
    REFUSES(s2sv_verify(NULL, policy, peer, &verdict));
    REFUSES(s2sv_verify(trust, NULL, peer, &verdict));
    REFUSES(s2sv_verify(trust, policy, NULL, &verdict));
    REFUSES(s2sv_verify(trust, policy, peer, NULL));
    REFUSES(s2sv_verify(NULL, NULL, NULL, NULL));
    assert_ptr_equal(verdict, before);
}

/* ---- verdicts: none, and past the end ------------------------------------------------------ */

static void test_no_verdict(void **state)
{
    static const char *const domains[] = { "leaf.example" };
    size_t index = 77;
    char text[100] = "x";
    (void)state;
    assert_null(s2sv_verdict_ref(NULL));
    s2sv_verdict_unref(NULL);
    assert_int_equal(s2sv_verdict_trusted(NULL), 0);
    assert_int_equal(s2sv_verdict_accepted(NULL), 0);
    assert_int_equal(s2sv_verdict_is_for(NULL, "leaf.example"), 0);
    assert_int_equal(s2sv_verdict_match_any(NULL, domains, 1, &index), 0);
    assert_int_equal(s2sv_verdict_identity_for(NULL, "leaf.example", &index), 0);
    assert_int_equal(s2sv_verdict_identity_for(NULL, NULL, NULL), 0);
    assert_int_equal(index, 77);
    assert_int_equal(s2sv_verdict_proof(NULL), S2SV_PROOF_NONE);
    REFUSES(s2sv_verdict_record(NULL, NULL, NULL));
    assert_int_equal(s2sv_same_domain(NULL, NULL), 0);
    assert_int_equal(s2sv_same_domain("a.example", NULL), 0);
    assert_int_equal(s2sv_same_domain("", ""), 0);
    assert_int_equal(s2sv_same_domain("a..example", "a..example"), 0);
    assert_int_equal(s2sv_same_domain("A.example.", "a.example"), 1);
    assert_int_equal(s2sv_same_domain("b\303\274cher.example", "xn--bcher-kva.example"), 1);
    assert_string_equal(s2sv_reason_peer_text(S2SV_REASON_NONE), "Your certificate is accepted");
    assert_null(s2sv_reason_tlsrpt(S2SV_REASON_NONE)); /* NULL: nothing to report */
    assert_int_equal(s2sv_verdict_why_not(NULL, "leaf.example"), S2SV_REASON_INTERNAL_ERROR);
    assert_int_equal(s2sv_verdict_reason(NULL), S2SV_REASON_INTERNAL_ERROR);
    assert_int_equal(s2sv_verdict_depth(NULL), -1);
    assert_int_equal(s2sv_verdict_fault_count(NULL), 1);
    assert_int_equal(s2sv_verdict_note_count(NULL), 0);
    assert_int_equal(s2sv_verdict_identity_count(NULL), 0);
    assert_true(s2sv_verdict_valid_until(NULL) == INT64_MIN);
    assert_true(s2sv_verdict_explain(NULL, text, sizeof text) > 0);
    assert_non_null(strstr(text, "internal-error"));
    assert_true(s2sv_verdict_explain(NULL, NULL, 0) > 0);
    assert_true(s2sv_verdict_explain_for(NULL, "a.example", NULL, 0) > 0);
    assert_true(s2sv_verdict_explain_for(NULL, NULL, text, sizeof text) > 0);
    char *own = s2sv_verdict_explain_dup(NULL, NULL);
    assert_string_equal(own, text);
    free(own);
    assert_int_equal(s2sv_verdict_valid_at(NULL, 0), 0);
    assert_string_not_equal(s2sv_verdict_peer_text(NULL), "");
    assert_string_equal(s2sv_verdict_tlsrpt(NULL), "validation-failure");
}

/* What isn't there: a status, and nothing written. */
static void ask_past_the_end(const struct s2sv_verdict *verdict, size_t i)
{
    enum s2sv_reason reason = S2SV_REASON_APPLICATION;
    enum s2sv_identifier kind = S2SV_IDENTIFIER_URI;
    const char *text = "before";
    const void *der = &kind;
    size_t len = 77;
    int depth = 77;
    REFUSES(s2sv_verdict_fault(verdict, i, &reason, &depth, &text));
    REFUSES(s2sv_verdict_note(verdict, i, &text));
    REFUSES(s2sv_verdict_identity(verdict, i, &kind, &text));
    REFUSES(s2sv_verdict_certificate(verdict, (int)i, &der, &len));
    REFUSES(s2sv_verdict_certificate(verdict, -1, &der, &len));
    assert_null(s2sv_verdict_native(verdict, (int)i));
    assert_null(s2sv_verdict_native(verdict, -1));
    assert_int_equal(reason, S2SV_REASON_APPLICATION);
    assert_int_equal(kind, S2SV_IDENTIFIER_URI);
    assert_string_equal(text, "before");
    assert_ptr_equal(der, &kind);
    assert_true(len == 77 && depth == 77);
}

static void test_past_the_end(void **state)
{
    static const size_t far[] = { 5, 1000, 0x7fffffff, (size_t)-1 };
    (void)state;
    for (size_t i = 0; i < COUNT(far); i++) {
        ask_past_the_end(NULL, far[i]);
        ask_past_the_end(accepted, far[i]);
    }
}

/* Out-parameters may be NULL. */
static void test_no_room(void **state)
{
    static const char *const domains[] = { "leaf.example" };
    (void)state;
    WORKS(s2sv_verdict_fault(NULL, 0, NULL, NULL, NULL));
    WORKS(s2sv_verdict_identity(accepted, 0, NULL, NULL));
    WORKS(s2sv_verdict_certificate(accepted, 0, NULL, NULL));
    WORKS(s2sv_verdict_match(accepted, NULL, NULL));
    assert_int_equal(s2sv_verdict_match_any(accepted, domains, 1, NULL), 1);
    assert_int_equal(s2sv_verdict_identity_for(accepted, domains[0], NULL), 1);
    assert_true(s2sv_verdict_explain(accepted, NULL, 0) > 0);
}

static void test_match(void **state)
{
    const char *reference = "before";
    size_t identity = 77;
    (void)state;
    REFUSES(s2sv_verdict_match(NULL, &reference, &identity));
    assert_string_equal(reference, "before");
    assert_int_equal(identity, 77);
    WORKS(s2sv_verdict_match(accepted, &reference, &identity));
    assert_string_equal(reference, "leaf.example");
    assert_int_equal(identity, 0);
}

/* snprintf's rules: the whole length is told, never more than size octets are written. */
static void test_explain_truncates(void **state)
{
    char whole[4096], part[4096];
    int length = s2sv_verdict_explain(accepted, whole, sizeof whole);
    (void)state;
    assert_int_equal(length, (int)strlen(whole));
    for (size_t size = 1; size < (size_t)length + 2; size++) {
        size_t kept = size <= (size_t)length ? size - 1 : (size_t)length;
        memset(part, 'x', sizeof part);
        assert_int_equal(s2sv_verdict_explain(accepted, part, size), length);
        assert_int_equal(strlen(part), kept);
        assert_memory_equal(part, whole, kept);
        assert_int_equal(part[kept + 1], 'x');
    }
}

/* ---- names that are none ------------------------------------------------------------------- */

static const char *const no_names[] = { NULL,
                                        "",
                                        " ",
                                        ".",
                                        "..",
                                        "*",
                                        "[",
                                        "[]",
                                        "\n",
                                        "*.example",
                                        "leaf.example ",
                                        "-",
                                        "@",
                                        "[::",
                                        "a@b",
                                        "/",
                                        "leaf..example",
                                        "\xff\xfe" };

static void test_no_names(void **state)
{
    size_t index = 77;
    (void)state;
    for (size_t i = 0; i < COUNT(no_names); i++) {
        assert_int_equal(s2sv_verdict_is_for(accepted, no_names[i]), 0);
        assert_int_not_equal(s2sv_verdict_why_not(accepted, no_names[i]), S2SV_REASON_NONE);
    }
    assert_int_equal(s2sv_verdict_match_any(accepted, no_names, COUNT(no_names), &index), 0);
    assert_int_equal(s2sv_verdict_match_any(accepted, NULL, 5, &index), 0);
    assert_int_equal(s2sv_verdict_match_any(accepted, no_names, 0, &index), 0);
    assert_int_equal(index, 77);
}

static void test_expecting_no_name(void **state)
{
    (void)state;
    for (size_t i = 1; i < COUNT(no_names); i++) {
        struct s2sv_peer *fresh = s2sv_peer_new(S2SV_INBOUND);
        struct s2sv_verdict *verdict = NULL;
        const void *der;
        size_t len;
        WORKS(s2sv_verdict_certificate(accepted, 0, &der, &len));
        WORKS(s2sv_peer_add_certificate(fresh, der, len));
        WORKS(s2sv_peer_set_time(fresh, NOW));
        WORKS(s2sv_peer_expect(fresh, no_names[i]));
        WORKS(s2sv_peer_expect_under(fresh, no_names[i]));
        WORKS(s2sv_verify(trust, policy, fresh, &verdict));
        assert_int_equal(s2sv_verdict_trusted(verdict), 1);
        assert_int_equal(s2sv_verdict_accepted(verdict), 0);
        assert_int_equal(s2sv_verdict_reason(verdict), S2SV_REASON_INVALID_REFERENCE);
        s2sv_verdict_unref(verdict);
        s2sv_peer_free(fresh);
    }
}

/* ---- XMPP, reasons, version ---------------------------------------------------------------- */

static void test_xmpp(void **state)
{
    (void)state;
    assert_int_equal(s2sv_xmpp_features(NULL, "leaf.example"), S2SV_XMPP_NO_EXTERNAL);
    assert_int_equal(s2sv_xmpp_features(accepted, NULL), S2SV_XMPP_NO_EXTERNAL);
    assert_int_equal(s2sv_xmpp_auth(NULL, "leaf.example", "="), S2SV_XMPP_NOT_AUTHORIZED);
    assert_int_equal(s2sv_xmpp_auth(accepted, NULL, "="), S2SV_XMPP_NO_EXTERNAL);
    assert_int_equal(s2sv_xmpp_auth(accepted, "leaf.example", NULL), S2SV_XMPP_SEND_CHALLENGE);
    assert_int_equal(s2sv_xmpp_auth_decoded(NULL, "leaf.example", NULL, 0),
                     S2SV_XMPP_NOT_AUTHORIZED);
    assert_int_equal(s2sv_xmpp_auth_decoded(accepted, NULL, NULL, 0), S2SV_XMPP_NO_EXTERNAL);
    assert_int_equal(s2sv_xmpp_auth_decoded(accepted, "leaf.example", NULL, 0), S2SV_XMPP_SUCCESS);
    assert_int_equal(s2sv_xmpp_auth_decoded(accepted, "leaf.example", NULL, 7),
                     S2SV_XMPP_INVALID_AUTHZID);
    for (int step = -1; step < 9; step++)
        assert_true(step == S2SV_XMPP_OFFER_EXTERNAL || step == S2SV_XMPP_SUCCESS ||
                    step == S2SV_XMPP_SEND_CHALLENGE ||
                    s2sv_xmpp_condition((enum s2sv_xmpp_step)step));
    assert_int_equal(s2sv_xmpp_dialback(NULL, NULL, (enum s2sv_dialback)0), 0);
    assert_int_equal(s2sv_xmpp_dialback(NULL, NULL, S2SV_DIALBACK_NEVER), 0);
    assert_int_equal(s2sv_xmpp_dialback(NULL, NULL, (enum s2sv_dialback)99), 0);
    assert_int_equal(s2sv_xmpp_dialback(NULL, NULL, S2SV_DIALBACK_WITHOUT_CERTIFICATE), 0);
}

static void test_reasons(void **state)
{
    static const int unknown[] = { -1, 5, 9, 51, 2147483647 };
    (void)state;
    for (size_t i = 0; i < COUNT(unknown); i++) {
        enum s2sv_reason reason = (enum s2sv_reason)unknown[i];
        assert_string_equal(s2sv_reason_name(reason), "internal-error");
        assert_string_not_equal(s2sv_reason_text(reason), "");
    }
    assert_string_equal(s2sv_reason_name(S2SV_REASON_NONE), "none");
    assert_string_not_equal(s2sv_version(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_identifiers_and_service),
        cmocka_unit_test(test_frozen),
        cmocka_unit_test(test_not_frozen_by_nonsense),
        cmocka_unit_test(test_trust),
        cmocka_unit_test(test_trust_der),
        cmocka_unit_test(test_peer),
        cmocka_unit_test(test_verify),
        cmocka_unit_test(test_no_verdict),
        cmocka_unit_test(test_past_the_end),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_explain_truncates),
        cmocka_unit_test(test_no_names),
        cmocka_unit_test(test_expecting_no_name),
        cmocka_unit_test(test_xmpp),
        cmocka_unit_test(test_reasons),
    };
    return cmocka_run_group_tests_name("null", tests, set_up, tear_down);
}
