/* SPDX-License-Identifier: MIT
 * Mock backends, each breaking one clause of backend.h: none of them lets anyone in. Only public
 * headers are used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mock.h"
#include "pki.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NOW = 1780000000, DAY = 86400 };

/* ---- one plain chain ----------------------------------------------------------------------- */

static struct pki *pki;

static const char *const specs[][2] = {
    { "root", "ca key=p384" },
    { "int", "ca issuer=root key=p384 eku=serverAuth bc=ca:0" },
    { "leaf", "issuer=int san=dns:leaf.example" },
    { "wrong", "issuer=int san=dns:leaf.example eku=clientAuth" },
    { "twin", "ca subject=O=Test,CN=root" },
    { "cross", "ca same-key=int issuer=twin eku=serverAuth" },
    { "namesake", "ca key=p384 subject=O=Test,CN=root ski=absent" },
    { "other", "ca" },
};

static int make_all(void **state)
{
    char err[256];
    (void)state;
    pki = pki_new(NULL, NOW);
    for (size_t i = 0; i < COUNT(specs); i++) {
        if (pki_make(pki, specs[i][0], specs[i][1], err, sizeof err))
            continue;
        fprintf(stderr, "%s: %s\n", specs[i][0], err);
        return -1;
    }
    return pki_crl(pki, "list", "issuer=int", err, sizeof err) ? 0 : -1;
}

static int free_all(void **state)
{
    (void)state;
    pki_free(pki);
    return 0;
}

static struct s2sv_link certificate(const char *name)
{
    struct s2sv_link link = { NULL, 0, NULL };
    if (name)
        link.der = pki_der(pki_find(pki, name), &link.len);
    return link;
}

static struct mock_certificate given(const char *name, int is_anchor, int with_native)
{
    struct s2sv_link x = certificate(name);
    return (struct mock_certificate){ x.der, x.len, is_anchor, with_native, 0 };
}

static void forget(void)
{
    mock_reset();
    mock_leaf = certificate("leaf");
    mock_anchor = certificate("root");
}

static struct s2sv_trust *new_trust(const char *anchor)
{
    struct s2sv_link x = certificate(anchor);
    struct s2sv_trust *trust = s2sv_trust_new(mock_backend());
    assert_non_null(trust);
    if (x.der)
        assert_int_equal(s2sv_trust_add_der(trust, x.der, x.len), 0);
    return trust;
}

static struct s2sv_peer *new_peer(const char *leaf)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    struct s2sv_link x = certificate(leaf), y = certificate("int");
    assert_int_equal(s2sv_peer_add_certificate(peer, x.der, x.len), 0);
    assert_int_equal(s2sv_peer_add_certificate(peer, y.der, y.len), 0);
    assert_int_equal(s2sv_peer_set_time(peer, NOW), 0);
    assert_int_equal(s2sv_peer_expect(peer, "leaf.example"), 0);
    return peer;
}

/* What came out of a verification, whoever was asked. */
struct outcome {
    int status, trusted, accepted, depth;
    const char *reason; /* "" without a verdict */
};

/* A verdict for which ret_verdict was left as it was. */
static struct s2sv_verdict *const untouched = (struct s2sv_verdict *)&mock_plan;

static struct outcome outcome_of(int status, struct s2sv_verdict *verdict)
{
    struct outcome outcome = { status, 0, 0, -1, "" };
    if (status == S2SV_DECIDED) {
        assert_ptr_not_equal(verdict, untouched);
        assert_non_null(verdict);
        outcome.trusted = s2sv_verdict_trusted(verdict);
        outcome.accepted = s2sv_verdict_accepted(verdict);
        outcome.depth = s2sv_verdict_depth(verdict);
        outcome.reason = s2sv_reason_name(s2sv_verdict_reason(verdict));
        s2sv_verdict_unref(verdict);
    } else {
        assert_ptr_equal(verdict, untouched);
    }
    return outcome;
}

static struct outcome ask(struct s2sv_trust *trust, const struct s2sv_peer *peer)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_verdict *verdict = untouched;
    int status = s2sv_verify(trust, policy, peer, &verdict);
    s2sv_policy_unref(policy);
    return outcome_of(status, verdict);
}

static struct outcome ask_plain(const char *leaf)
{
    struct s2sv_trust *trust = new_trust("root");
    struct s2sv_peer *peer = new_peer(leaf);
    struct outcome outcome = ask(trust, peer);
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
    return outcome;
}

static void assert_refused(struct outcome got, int status, const char *reason)
{
    assert_int_equal(got.status, status);
    assert_string_equal(got.reason, reason);
    assert_false(got.trusted);
    assert_false(got.accepted);
}

static void assert_accepted(struct outcome got)
{
    assert_int_equal(got.status, S2SV_DECIDED);
    assert_string_equal(got.reason, "none");
    assert_true(got.trusted);
    assert_true(got.accepted);
}

/* ---- validate() and import() --------------------------------------------------------------- */

/* One broken clause and what must become of it; reason "" stands for no verdict. */
struct clause {
    const char *name;
    struct mock_plan plan;
    int status;
    const char *reason;
};

static const struct clause clauses[] = {
    { "validate returns 1 with evidence",
      { .faults = { { S2SV_FINDING_EXPIRED, 0 } } },
      0,
      "expired" },
    { "validate returns 1 with internal evidence",
      { .faults = { { S2SV_FINDING_INTERNAL, 0 } } },
      0,
      "internal-error" },
    { "validate returns 0 without evidence", { .refuses = 1 }, 0, "internal-error" },
    { "validate returns 2", { .validate_returns = 2 }, 0, "internal-error" },
    { "validate returns INT_MAX with evidence",
      { .validate_returns = 0x7fffffff, .faults = { { S2SV_FINDING_REVOKED, 0 } } },
      0,
      "revoked" },
    { "validate is out of memory", { .validate_returns = S2SV_ERR_NOMEM }, S2SV_ERR_NOMEM, "" },
    { "validate finds its argument wrong",
      { .validate_returns = S2SV_ERR_INVALID },
      S2SV_ERR_INVALID,
      "" },
    { "validate can't read", { .validate_returns = S2SV_ERR_IO }, S2SV_ERR_IO, "" },
    { "validate fails", { .validate_returns = S2SV_ERR_BACKEND }, S2SV_ERR_BACKEND, "" },
    { "validate fails with evidence",
      { .validate_returns = S2SV_ERR_BACKEND, .faults = { { S2SV_FINDING_EXPIRED, 0 } } },
      S2SV_ERR_BACKEND,
      "" },
    { "evidence of no known class",
      { .refuses = 1, .faults = { { (enum s2sv_finding)99, 0 } } },
      0,
      "internal-error" },
    { "evidence of a negative class",
      { .refuses = 1, .faults = { { (enum s2sv_finding) - 1, 0 } } },
      0,
      "internal-error" },
    { "import can't read",
      { .import_returns = S2SV_ERR_INVALID, .import_fails_after = 1 },
      0,
      "malformed-certificate" },
    { "import is out of memory",
      { .import_returns = S2SV_ERR_NOMEM, .import_fails_after = 1 },
      S2SV_ERR_NOMEM,
      "" },
    { "import fails",
      { .import_returns = S2SV_ERR_BACKEND, .import_fails_after = 1 },
      S2SV_ERR_BACKEND,
      "" },
    { "import returns 1 and makes nothing",
      { .import_returns = 1, .import_fails_after = 1 },
      S2SV_ERR_BACKEND,
      "" },
};

/* The trust's own anchor is imported first; only the peer's certificates meet a broken import(). */
static void test_clause(void **state)
{
    const struct clause *c = *state;
    forget();
    struct s2sv_trust *trust = new_trust("root");
    struct s2sv_peer *peer = new_peer("leaf");
    mock_plan = c->plan;
    mock_plan.signed_returns = 1;
    assert_refused(ask(trust, peer), c->status, c->reason);
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
    assert_int_equal(mock_log.imports, mock_log.releases);
}

/* Every class of fault has its own reason. */
static const struct {
    enum s2sv_finding fault;
    const char *reason;
} classes[] = {
    { S2SV_FINDING_UNTRUSTED, "untrusted" },
    { S2SV_FINDING_SIGNATURE, "bad-signature" },
    { S2SV_FINDING_NOT_YET_VALID, "not-yet-valid" },
    { S2SV_FINDING_EXPIRED, "expired" },
    { S2SV_FINDING_REVOKED, "revoked" },
    { S2SV_FINDING_REVOCATION_UNKNOWN, "revocation-unknown" },
    { S2SV_FINDING_CONSTRAINT, "constraint-violated" },
    { S2SV_FINDING_ALGORITHM, "weak-algorithm" },
    { S2SV_FINDING_MALFORMED, "malformed-certificate" },
    { S2SV_FINDING_LIMIT, "limit-exceeded" },
    { S2SV_FINDING_PURPOSE, "wrong-purpose" },
    { S2SV_FINDING_NAME, "name-mismatch" },
    { S2SV_FINDING_INTERNAL, "internal-error" },
};

static void test_fault_classes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(classes); i++) {
        struct outcome got;
        forget();
        mock_plan.refuses = 1;
        mock_plan.faults[0] = (struct mock_fault){ classes[i].fault, 1 };
        got = ask_plain("leaf");
        assert_refused(got, S2SV_DECIDED, classes[i].reason);
        assert_int_equal(got.depth, 1);
    }
}

/* A reason of the core outranks whatever the TLS library says. */
static void test_core_outranks(void **state)
{
    (void)state;
    forget();
    mock_plan.refuses = 1;
    mock_plan.faults[0] = (struct mock_fault){ S2SV_FINDING_LIMIT, 0 };
    assert_refused(ask_plain("wrong"), S2SV_DECIDED, "wrong-purpose");
}

/* More evidence than there is room for refuses as well. */
static void test_much_evidence(void **state)
{
    (void)state;
    forget();
    mock_plan.refuses = 1;
    for (size_t i = 0; i < MOCK_FAULTS; i++)
        mock_plan.faults[i] = (struct mock_fault){ S2SV_FINDING_EXPIRED, (int)i };
    assert_refused(ask_plain("leaf"), S2SV_DECIDED, "expired");
}

/* The good backend: accepted, but never without having been asked about this very path. */
static void test_good_backend(void **state)
{
    (void)state;
    forget();
    assert_accepted(ask_plain("leaf"));
    assert_int_equal(mock_log.validates, 1);
    assert_int_equal(mock_log.count, 3);
    assert_true(mock_log.natives_are_set);
    assert_true(mock_log.is_leaf_first);
    assert_true(mock_log.is_anchor_last);
    assert_null(mock_log.application);
    assert_int_equal(mock_log.imports, mock_log.releases);
}

/* import() says yes and makes nothing: no native form, so no path to ask about. */
static void test_import_makes_nothing(void **state)
{
    (void)state;
    forget();
    struct s2sv_trust *trust = new_trust("root");
    struct s2sv_peer *peer = new_peer("leaf");
    mock_plan.import_makes_nothing = 1;
    struct outcome got = ask(trust, peer);
    assert_false(got.trusted);
    assert_false(got.accepted);
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
}

/* Where the core finds no path, nobody is asked, and nobody gets in. */
static void test_no_path_no_question(void **state)
{
    (void)state;
    forget();
    struct s2sv_trust *trust = new_trust("other");
    struct s2sv_peer *peer = new_peer("leaf");
    assert_refused(ask(trust, peer), S2SV_DECIDED, "untrusted");
    assert_int_equal(mock_log.validates, 0);
    s2sv_trust_unref(trust);
    trust = new_trust(NULL);
    assert_refused(ask(trust, peer), S2SV_DECIDED, "untrusted");
    assert_int_equal(mock_log.validates, 0);
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
}

/* ---- the request ---------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum s2sv_purpose purpose;
    int (*option)(struct s2sv_policy *, int);
    enum s2sv_direction direction;
    int server_auth;
} requests[] = {
    { "default, inbound", S2SV_PURPOSE_SERVER, NULL, S2SV_INBOUND, 1 },
    { "default, outbound", S2SV_PURPOSE_SERVER, NULL, S2SV_OUTBOUND, 1 },
    { "strict", S2SV_PURPOSE_SERVER, s2sv_policy_require_eku, S2SV_INBOUND, 1 },
    { "any EKU", S2SV_PURPOSE_SERVER, s2sv_policy_allow_any_eku, S2SV_INBOUND, 0 },
    { "anchor's EKU", S2SV_PURPOSE_SERVER, s2sv_policy_ignore_anchor_eku, S2SV_INBOUND, 0 },
    { "server or client", S2SV_PURPOSE_SERVER_OR_CLIENT, NULL, S2SV_INBOUND, 0 },
    { "role", S2SV_PURPOSE_TLS_ROLE, NULL, S2SV_OUTBOUND, 0 },
};

static void ask_request(size_t i)
{
    struct s2sv_trust *trust = new_trust("root");
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_peer *peer = new_peer("leaf");
    struct s2sv_verdict *verdict = untouched;
    assert_int_equal(s2sv_policy_set_purpose(policy, requests[i].purpose), 0);
    if (requests[i].option)
        assert_int_equal(requests[i].option(policy, 1), 0);
    assert_int_equal(s2sv_policy_set_revocation(policy, S2SV_REVOCATION_OFF), 0);
    assert_int_equal(s2sv_peer_set_direction(peer, requests[i].direction), 0);
    int status = s2sv_verify(trust, policy, peer, &verdict);
    assert_accepted(outcome_of(status, verdict));
    s2sv_peer_free(peer);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
}

static void test_second_lock(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        forget();
        ask_request(i);
        if (mock_log.server_auth != requests[i].server_auth)
            fail_msg("%s: server_auth is %d", requests[i].name, mock_log.server_auth);
    }
}

/* The caller's time, and the backend's clock otherwise. */
static void test_time(void **state)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    (void)state;
    forget();
    struct s2sv_link x = certificate("leaf");
    struct s2sv_link y = certificate("int");
    struct s2sv_trust *trust = new_trust("root");
    assert_int_equal(s2sv_peer_add_certificate(peer, x.der, x.len), 0);
    assert_int_equal(s2sv_peer_add_certificate(peer, y.der, y.len), 0);
    mock_plan.clock = NOW + DAY;
    assert_string_equal(ask(trust, peer).reason, "none");
    assert_true(mock_log.time == NOW + DAY && !mock_log.time_is_given);
    mock_plan.clock = NOW + 100000LL * DAY;
    assert_refused(ask(trust, peer), S2SV_DECIDED, "expired");
    assert_int_equal(s2sv_peer_set_time(peer, NOW), 0);
    assert_string_equal(ask(trust, peer).reason, "none");
    assert_true(mock_log.time == NOW && mock_log.time_is_given);
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
}

/* ---- anchors(): the application's ---------------------------------------------------------- */

static struct outcome ask_application(const struct s2sv_backend *backend,
                                      enum s2sv_revocation revocation)
{
    static int application;
    struct s2sv_trust_source source = { .backend = backend, .application = &application };
    struct s2sv_link presented[2] = { certificate("leaf"), certificate("int") };
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    struct s2sv_verdict *verdict = untouched;
    assert_int_equal(s2sv_policy_set_revocation(policy, revocation), 0);
    assert_int_equal(s2sv_peer_set_time(peer, NOW), 0);
    assert_int_equal(s2sv_peer_expect(peer, "leaf.example"), 0);
    int status = s2sv_backend_verify(&source, policy, peer, presented, 2, &verdict);
    struct outcome outcome = outcome_of(status, verdict);
    if (mock_log.anchors_calls + mock_log.validates > 0)
        assert_ptr_equal(mock_log.application, &application);
    s2sv_peer_free(peer);
    s2sv_policy_unref(policy);
    assert_int_equal(mock_log.imports, mock_log.releases);
    return outcome;
}

struct listing {
    const char *name;
    const char *anchor; /* NULL: none */
    int is_anchor, with_native, returns, status;
    const char *reason;
};

static const struct listing listings[] = {
    { "the root", "root", 1, 1, 0, 0, "none" },
    { "the root, without its native form", "root", 1, 0, 0, 0, "none" },
    { "anchors lists nothing", NULL, 0, 0, 0, 0, "untrusted" },
    { "anchors lists what nobody asked for", "other", 1, 1, 0, 0, "untrusted" },
    { "anchors lists a link only", "root", 0, 1, 0, 0, "untrusted" },
    { "anchors lists another of that name", "leaf", 1, 1, 0, 0, "untrusted" },
    { "anchors is out of memory", "root", 1, 1, S2SV_ERR_NOMEM, S2SV_ERR_NOMEM, "" },
    { "anchors finds its argument wrong", "root", 1, 1, S2SV_ERR_INVALID, S2SV_ERR_INVALID, "" },
    { "anchors fails", "root", 1, 1, S2SV_ERR_BACKEND, S2SV_ERR_BACKEND, "" },
    { "anchors can't read", "root", 1, 1, S2SV_ERR_IO, S2SV_ERR_IO, "" },
};

static void test_listing(void **state)
{
    const struct listing *l = *state;
    forget();
    if (l->anchor)
        mock_plan.given[0] = given(l->anchor, l->is_anchor, l->with_native);
    mock_plan.anchors_returns = l->returns;
    struct outcome got = ask_application(mock_backend(), S2SV_REVOCATION_OFF);
    assert_int_equal(got.status, l->status);
    assert_string_equal(got.reason, l->reason);
    assert_int_equal(got.trusted, strcmp(l->reason, "none") == 0);
}

/* A number that is no status ends refused, whatever was listed. */
static void test_anchors_returns_one(void **state)
{
    (void)state;
    forget();
    mock_plan.given[0] = given("root", 1, 1);
    mock_plan.anchors_returns = 1;
    assert_false(ask_application(mock_backend(), S2SV_REVOCATION_OFF).trusted);
}

/* Garbage in the application's store is no anchor, and doesn't hide a good one. */
static void test_anchors_lists_garbage(void **state)
{
    (void)state;
    forget();
    mock_plan.given[0] = (struct mock_certificate){ "garbage", 7, 1, 1, 0 };
    mock_plan.given[1] = given("root", 1, 1);
    assert_accepted(ask_application(mock_backend(), S2SV_REVOCATION_OFF));
    forget();
    mock_plan.given[0] = (struct mock_certificate){ "garbage", 7, 1, 1, 0 };
    assert_refused(ask_application(mock_backend(), S2SV_REVOCATION_OFF), 0, "untrusted");
}

/* Where the quick listing has none there is none. The one that it gives is another one's, so it is
 * asked again, once. A plain backend is asked for all at once. */
static void test_quick_listing(void **state)
{
    (void)state;
    forget();
    mock_plan.given[0] = given("root", 1, 1);
    assert_accepted(ask_application(mock_quick_backend(), S2SV_REVOCATION_OFF));
    assert_int_equal(mock_log.all_calls, 0);
    forget();
    mock_plan.given[0] = given("root", 1, 1);
    mock_plan.only_all = 1;
    assert_refused(ask_application(mock_quick_backend(), S2SV_REVOCATION_OFF), 0, "untrusted");
    assert_int_equal(mock_log.all_calls, 0);
    forget();
    mock_plan.given[0] = given("other", 1, 1);
    mock_plan.given[1] = given("root", 1, 1);
    mock_plan.quickly = 1;
    assert_accepted(ask_application(mock_quick_backend(), S2SV_REVOCATION_OFF));
    assert_int_equal(mock_log.all_calls, 1);
    forget();
    mock_plan.given[0] = given("root", 1, 1);
    assert_accepted(ask_application(mock_backend(), S2SV_REVOCATION_OFF));
    assert_int_equal(mock_log.all_calls, mock_log.anchors_calls);
}

static struct mock_certificate distrusted(const char *name)
{
    struct mock_certificate x = given(name, 0, 0);
    x.is_distrusted = 1;
    return x;
}

/* What the application distrusts is on no path, also if it is an anchor as well; the leaf's own
 * name is asked for, but not of a backend that lists quickly. Garbage is on no path. */
static void test_distrust(void **state)
{
    static const struct {
        const char *name, *reason;
    } all[] = {
        { "leaf", "revoked" }, { "int", "revoked" },   { "root", "revoked" },
        { "twin", "none" },    { "namesake", "none" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(all); i++) {
        forget();
        mock_plan.given[0] = distrusted(all[i].name);
        mock_plan.given[1] = given("root", 1, 1);
        struct outcome got = ask_application(mock_backend(), S2SV_REVOCATION_OFF);
        assert_string_equal(got.reason, all[i].reason);
        assert_true(mock_log.asked_leaf);
    }
    forget();
    mock_plan.given[0] = (struct mock_certificate){ "garbage", 7, 0, 0, 1 };
    mock_plan.given[1] = given("root", 1, 1);
    assert_accepted(ask_application(mock_quick_backend(), S2SV_REVOCATION_OFF));
    assert_false(mock_log.asked_leaf);
}

/* ---- lists(): the application's ------------------------------------------------------------ */

static struct s2sv_lists *lists_of(const char *spec)
{
    char err[256];
    struct s2sv_bytes der[2] = { { "junk", 4 } };
    der[1].data = pki_crl_der(pki_crl(pki, spec, spec, err, sizeof err), &der[1].len);
    struct s2sv_lists *lists = s2sv_lists_new(der, 2);
    assert_non_null(lists);
    return lists;
}

/* They are the core's to judge, asked for by each certificate but the anchor, and junk beside them
 * changes nothing. */
static void test_lists(void **state)
{
    static const struct {
        const char *spec;
        enum s2sv_revocation revocation;
        const char *reason;
    } rows[] = {
        { NULL, S2SV_REVOCATION_IF_AVAILABLE, "none" },
        { NULL, S2SV_REVOCATION_REQUIRE, "revocation-unknown" },
        { "issuer=int revoked=leaf", S2SV_REVOCATION_IF_AVAILABLE, "revoked" },
        { "issuer=int revoked=leaf", S2SV_REVOCATION_OFF, "none" },
        { "issuer=root revoked=int", S2SV_REVOCATION_IF_AVAILABLE, "revoked" },
        { "issuer=int", S2SV_REVOCATION_IF_AVAILABLE, "none" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct s2sv_lists *lists = rows[i].spec ? lists_of(rows[i].spec) : NULL;
        forget();
        mock_plan.given[0] = given("root", 1, 1);
        mock_plan.lists = lists;
        assert_string_equal(ask_application(mock_backend(), rows[i].revocation).reason,
                            rows[i].reason);
        assert_int_equal(mock_log.lists_calls > 0, rows[i].revocation != S2SV_REVOCATION_OFF);
        s2sv_lists_unref(lists);
    }
}

static void test_lists_fail(void **state)
{
    static const int rows[] = { S2SV_ERR_NOMEM, S2SV_ERR_BACKEND, 7 };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        forget();
        mock_plan.given[0] = given("root", 1, 1);
        mock_plan.lists_returns = rows[i];
        assert_int_equal(ask_application(mock_backend(), S2SV_REVOCATION_IF_AVAILABLE).status,
                         rows[i] < 0 ? rows[i] : S2SV_ERR_BACKEND);
    }
}

/* Of a trust it is never asked; a backend may have none. */
static void test_no_lists(void **state)
{
    struct s2sv_backend other = *mock_backend();
    (void)state;
    forget();
    assert_accepted(ask_plain("leaf"));
    assert_int_equal(mock_log.lists_calls, 0);
    other.lists = NULL;
    mock_plan.given[0] = given("root", 1, 1);
    assert_accepted(ask_application(&other, S2SV_REVOCATION_IF_AVAILABLE));
}

/* A list's signature is asked for once for each key, however many peers there are, and however
 * often the list was added; of whom it doesn't hold it isn't even asked. */
static void test_lists_remembered(void **state)
{
    static const struct {
        const char *spec, *reason;
        unsigned signatures;
    } rows[] = { { "issuer=int many=500", "none", 0 },
                 { "issuer=int many=500 revoked=leaf", "revoked", 1 } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char err[256];
        size_t len;
        forget();
        struct s2sv_trust *trust = new_trust("root");
        struct s2sv_peer *peer = new_peer("leaf");
        const unsigned char *der =
            pki_crl_der(pki_crl(pki, "often", rows[i].spec, err, sizeof err), &len);
        for (int k = 0; k < 1000; k++)
            assert_int_equal(s2sv_trust_add_crl_der(trust, der, len), 0);
        for (int k = 0; k < 10; k++)
            assert_string_equal(ask(trust, peer).reason, rows[i].reason);
        assert_int_equal(mock_log.signature_calls, rows[i].signatures);
        s2sv_peer_free(peer);
        s2sv_trust_unref(trust);
    }
}

/* A path that is refused doesn't end it while there is another one. */
static void test_next_path(void **state)
{
    (void)state;
    forget();
    mock_plan.given[0] = given("root", 1, 1);
    mock_plan.given[1] = given("namesake", 1, 1);
    mock_plan.refuses_first = 1;
    assert_accepted(ask_application(mock_backend(), S2SV_REVOCATION_OFF));
    assert_int_equal(mock_log.validates, 2);
    forget();
    mock_plan.given[0] = given("root", 1, 1);
    mock_plan.given[1] = given("namesake", 1, 1);
    mock_plan.refuses_first = 2;
    assert_refused(ask_application(mock_backend(), S2SV_REVOCATION_OFF), 0, "untrusted");
}

/* ---- load() -------------------------------------------------------------------------------- */

struct loading {
    const char *name;
    const char *first; /* NULL: none */
    int has_garbage, ignores_add, returns;
    const char *error;
    int status, adds;
    const char *says; /* part of s2sv_trust_error() */
};

static const struct loading loadings[] = {
    { "load adds one", "root", 0, 0, 0, NULL, 0, 1, "" },
    { "load adds nothing", NULL, 0, 0, 0, NULL, S2SV_ERR_IO, 0, "some.pem" },
    { "load fails at once", NULL, 0, 0, S2SV_ERR_IO, "no such file", S2SV_ERR_IO, 0,
      "some.pem: no such file" },
    { "load fails half-way", "root", 0, 0, S2SV_ERR_IO, "read error", S2SV_ERR_IO, 0,
      "some.pem: read error" },
    { "load is out of memory", "root", 0, 0, S2SV_ERR_NOMEM, NULL, S2SV_ERR_NOMEM, 0, "some.pem" },
    { "load finds it malformed", "root", 0, 0, S2SV_ERR_INVALID, "line 7", S2SV_ERR_INVALID, 0,
      "some.pem: line 7" },
    { "load fails in the TLS library", "root", 0, 0, S2SV_ERR_BACKEND, "odd", S2SV_ERR_BACKEND, 0,
      "some.pem: odd" },
    { "load meets garbage", "root", 1, 0, 0, NULL, S2SV_ERR_INVALID, 0,
      "some.pem: certificate 2: malformed-certificate" },
    { "load goes on after garbage", "root", 1, 1, 0, NULL, S2SV_ERR_INVALID, 0,
      "some.pem: certificate 2: malformed-certificate" },
    { "load fails without a word", "root", 0, 0, S2SV_ERR_IO, NULL, S2SV_ERR_IO, 0, "some.pem" },
    { "load returns 1", "root", 0, 0, 1, NULL, S2SV_ERR_BACKEND, 0, "some.pem" },
};

static void test_loading(void **state)
{
    const struct loading *l = *state;
    forget();
    struct s2sv_trust *trust = new_trust(NULL);
    struct s2sv_peer *peer = new_peer("leaf");
    if (l->first)
        mock_plan.given[0] = given(l->first, 1, 0);
    if (l->has_garbage)
        mock_plan.given[1] = (struct mock_certificate){ "garbage", 7, 1, 0, 0 };
    mock_plan.ignores_add = l->ignores_add;
    mock_plan.load_returns = l->returns;
    mock_plan.error = l->error;
    assert_int_equal(s2sv_trust_add_file(trust, "some.pem"), l->status);
    if (!strstr(s2sv_trust_error(trust), l->says))
        fail_msg("the error is \"%s\", without \"%s\"", s2sv_trust_error(trust), l->says);
    if (l->status == 0)
        assert_string_equal(s2sv_trust_error(trust), "");
    assert_string_equal(ask(trust, peer).reason, l->adds ? "none" : "untrusted");
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
    assert_int_equal(mock_log.imports, mock_log.releases);
}

/* The error is that of the last call. */
static void test_error_is_forgotten(void **state)
{
    (void)state;
    forget();
    struct s2sv_link root = certificate("root");
    struct s2sv_trust *trust = new_trust(NULL);
    mock_plan.load_returns = S2SV_ERR_IO;
    mock_plan.error = "line\n\x1b[31m";
    assert_int_equal(s2sv_trust_add_file(trust, "some\t.pem"), S2SV_ERR_IO);
    assert_string_equal(s2sv_trust_error(trust), "some?.pem: line??[31m");
    assert_int_equal(s2sv_trust_add_der(trust, root.der, root.len), 0);
    assert_string_equal(s2sv_trust_error(trust), "");
    s2sv_trust_unref(trust);
}

/* ---- is_signed_by() -------------------------------------------------------------------- */

struct crl {
    const char *name;
    int returns;
    enum s2sv_revocation revocation;
    int status;
    const char *reason;
};

/* The list is the intermediate's, so it covers the leaf; nothing covers the intermediate. */
static const struct crl crls[] = {
    { "signed", 1, S2SV_REVOCATION_IF_AVAILABLE, 0, "none" },
    { "not signed", 0, S2SV_REVOCATION_IF_AVAILABLE, 0, "none" },
    { "not signed, required", 0, S2SV_REVOCATION_REQUIRE, 0, "revocation-unknown" },
    { "out of memory", S2SV_ERR_NOMEM, S2SV_REVOCATION_REQUIRE, S2SV_ERR_NOMEM, "" },
    { "fails", S2SV_ERR_BACKEND, S2SV_REVOCATION_REQUIRE, S2SV_ERR_BACKEND, "" },
    { "off", S2SV_ERR_BACKEND, S2SV_REVOCATION_OFF, 0, "none" },
};

static void test_crl(void **state)
{
    const struct crl *c = *state;
    struct s2sv_verdict *verdict = untouched;
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    char err[256];
    size_t len;
    forget();
    mock_plan.signed_returns = c->returns;
    struct s2sv_trust *trust = new_trust("root");
    struct s2sv_peer *peer = new_peer("leaf");
    const struct pki_crl *crl = pki_crl(pki, "list2", "issuer=int", err, sizeof err);
    const unsigned char *der = pki_crl_der(crl, &len);
    assert_int_equal(s2sv_trust_add_crl_der(trust, der, len), 0);
    assert_int_equal(s2sv_policy_set_revocation(policy, c->revocation), 0);
    int status = s2sv_verify(trust, policy, peer, &verdict);
    struct outcome got = outcome_of(status, verdict);
    assert_int_equal(got.status, c->status);
    assert_string_equal(got.reason, c->reason);
    assert_int_equal(got.trusted, strcmp(c->reason, "none") == 0);
    s2sv_peer_free(peer);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
    assert_int_equal(mock_log.imports, mock_log.releases);
}

/* ---- the table itself ---------------------------------------------------------------------- */

static void test_version(void **state)
{
    static const unsigned wrong[] = { 0, S2SV_BACKEND_VERSION + 1, ~0U };
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct s2sv_backend other = *mock_backend();
        struct s2sv_trust_source source = { .backend = &other };
        struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
        struct s2sv_peer *peer;
        struct s2sv_verdict *verdict = untouched;
        forget();
        peer = new_peer("leaf");
        other.version = wrong[i];
        assert_null(s2sv_trust_new(&other));
        int status = s2sv_backend_verify(&source, policy, peer, NULL, 0, &verdict);
        assert_refused(outcome_of(status, verdict), S2SV_ERR_INVALID, "");
        s2sv_peer_free(peer);
        s2sv_policy_unref(policy);
    }
}

/* A trust of one backend isn't validated by another one. */
static void test_another_backend(void **state)
{
    struct s2sv_trust_source source;
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_verdict *verdict = untouched;
    (void)state;
    forget();
    source =
        (struct s2sv_trust_source){ .backend = mock_quick_backend(), .trust = new_trust("root") };
    struct s2sv_peer *peer = new_peer("leaf");
    assert_ptr_equal(s2sv_trust_backend(source.trust), mock_backend());
    int status = s2sv_backend_verify(&source, policy, peer, NULL, 0, &verdict);
    assert_refused(outcome_of(status, verdict), S2SV_ERR_INVALID, "");
    s2sv_peer_free(peer);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(source.trust);
}

/* A table with a hole in it is no backend. */
static void test_holes(void **state)
{
    struct s2sv_backend holes[7];
    (void)state;
    for (size_t i = 0; i < COUNT(holes); i++)
        holes[i] = *mock_backend();
    holes[0].now = NULL;
    holes[1].import = NULL;
    holes[2].release = NULL;
    holes[3].load = NULL;
    holes[4].anchors = NULL;
    holes[5].validate = NULL;
    holes[6].is_signed_by = NULL;
    for (size_t i = 0; i < COUNT(holes); i++) {
        struct s2sv_trust *trust = s2sv_trust_new(&holes[i]);
        if (trust)
            fail_msg("table %zu, which has a hole, makes a trust", i);
    }
}

/* ---- all of them --------------------------------------------------------------------------- */

enum { MAX_TESTS = 100 };

static struct CMUnitTest tests[MAX_TESTS];
static size_t test_count;

static void add(const char *name, CMUnitTestFunction function, const void *row)
{
    tests[test_count++] = (struct CMUnitTest){ name, function, NULL, NULL, (void *)row };
}

static void add_rows(void)
{
    for (size_t i = 0; i < COUNT(clauses); i++)
        add(clauses[i].name, test_clause, &clauses[i]);
    for (size_t i = 0; i < COUNT(listings); i++)
        add(listings[i].name, test_listing, &listings[i]);
    for (size_t i = 0; i < COUNT(loadings); i++)
        add(loadings[i].name, test_loading, &loadings[i]);
    for (size_t i = 0; i < COUNT(crls); i++)
        add(crls[i].name, test_crl, &crls[i]);
}

int main(void)
{
    add("a good backend", test_good_backend, NULL);
    add("every class of fault", test_fault_classes, NULL);
    add("the core's reason comes first", test_core_outranks, NULL);
    add("much evidence", test_much_evidence, NULL);
    add("import makes nothing", test_import_makes_nothing, NULL);
    add("no path, no question", test_no_path_no_question, NULL);
    add("second lock", test_second_lock, NULL);
    add("time", test_time, NULL);
    add("anchors returns 1", test_anchors_returns_one, NULL);
    add("anchors lists garbage", test_anchors_lists_garbage, NULL);
    add("anchors distrusts", test_distrust, NULL);
    add("quick listing", test_quick_listing, NULL);
    add("lists", test_lists, NULL);
    add("lists fail", test_lists_fail, NULL);
    add("no lists", test_no_lists, NULL);
    add("lists are remembered", test_lists_remembered, NULL);
    add("next path", test_next_path, NULL);
    add("the error is the last call's", test_error_is_forgotten, NULL);
    add("version", test_version, NULL);
    add("another backend", test_another_backend, NULL);
    add("a table with holes", test_holes, NULL);
    add_rows();
    return _cmocka_run_group_tests("contract", tests, test_count, make_all, free_all);
}
