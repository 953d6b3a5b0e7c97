/* SPDX-License-Identifier: MIT */
/* What the application set on its own SSL_CTX still holds: anchors, lists, depth, hosts, flags. */
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "openssl_tls.h"

static const char *const specs[] = {
    "leaf: issuer=int san=dns:peer.example",
    "sub: ca issuer=int",
    "deep: issuer=sub san=dns:peer.example",
    "self: san=dns:peer.example",
    /* whoever looks for the issuer of "below" meets many names before that of "int" */
    "below: issuer=sub aki=absent san=dns:peer.example",
    "d: ca subject=O=Test,CN=sub issuer-dn=O=Test,CN=root",
    "d00: ca subject=O=Test,CN=sub issuer-dn=CN=x0",
    "d01: ca subject=O=Test,CN=sub issuer-dn=CN=x1",
    "d02: ca subject=O=Test,CN=sub issuer-dn=CN=x2",
    "d03: ca subject=O=Test,CN=sub issuer-dn=CN=x3",
    "d04: ca subject=O=Test,CN=sub issuer-dn=CN=x4",
    "d05: ca subject=O=Test,CN=sub issuer-dn=CN=x5",
    "d06: ca subject=O=Test,CN=sub issuer-dn=CN=x6",
    "d07: ca subject=O=Test,CN=sub issuer-dn=CN=x7",
    "d08: ca subject=O=Test,CN=sub issuer-dn=CN=x8",
    "d09: ca subject=O=Test,CN=sub issuer-dn=CN=x9",
    "d10: ca subject=O=Test,CN=sub issuer-dn=CN=x10",
    "d11: ca subject=O=Test,CN=sub issuer-dn=CN=x11",
    "d12: ca subject=O=Test,CN=sub issuer-dn=CN=x12",
    "d13: ca subject=O=Test,CN=sub issuer-dn=CN=x13",
    "d14: ca subject=O=Test,CN=sub issuer-dn=CN=x14",
    "d15: ca subject=O=Test,CN=sub issuer-dn=CN=x15",
    "d16: ca subject=O=Test,CN=sub issuer-dn=CN=x16",
    "d17: ca subject=O=Test,CN=sub issuer-dn=CN=x17",
    "d18: ca subject=O=Test,CN=sub issuer-dn=CN=x18",
    "d19: ca subject=O=Test,CN=sub issuer-dn=CN=x19",
    "d20: ca subject=O=Test,CN=sub issuer-dn=CN=x20",
    "d21: ca subject=O=Test,CN=sub issuer-dn=CN=x21",
    "d22: ca subject=O=Test,CN=sub issuer-dn=CN=x22",
    "d23: ca subject=O=Test,CN=sub issuer-dn=CN=x23",
    "rsa-int: ca issuer=root key=rsa2048",
    "plain: issuer=rsa-int san=dns:peer.example",
    NULL,
};

struct world {
    struct pki *pki;
    SSL_CTX *us;
};

typedef void prepare_fn(struct world *);

static void add_anchor(struct world *world, const char *name)
{
    X509 *x = tls_x509(world->pki, name);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(world->us), x), 1);
    X509_free(x);
}

static void set_flags(struct world *world, unsigned long flags)
{
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(world->us), flags);
}

static void add_crl(struct world *world, const char *name, const char *spec)
{
    char err[200] = "";
    struct pki_crl *made = pki_crl(world->pki, name, spec, err, sizeof err);
    size_t len;
    assert_non_null(made);
    const unsigned char *der = pki_crl_der(made, &len);
    X509_CRL *crl = d2i_X509_CRL(NULL, &der, (long)len);
    assert_int_equal(X509_STORE_add_crl(SSL_CTX_get_cert_store(world->us), crl), 1);
    X509_CRL_free(crl);
}

static void nothing(struct world *world)
{
    (void)world;
}

static void root(struct world *world)
{
    add_anchor(world, "root");
}

static void intermediate(struct world *world)
{
    add_anchor(world, "int");
}

static void intermediate_partial(struct world *world)
{
    add_anchor(world, "int");
    set_flags(world, X509_V_FLAG_PARTIAL_CHAIN);
}

static void intermediate_partial_store(struct world *world)
{
    add_anchor(world, "int");
    X509_STORE_set_flags(SSL_CTX_get_cert_store(world->us), X509_V_FLAG_PARTIAL_CHAIN);
}

static void self(struct world *world)
{
    add_anchor(world, "self");
}

static void add_with_setting(struct world *world, const char *name, int nid, int trust)
{
    X509 *x = tls_x509(world->pki, name);
    ASN1_OBJECT *use = OBJ_nid2obj(nid);
    assert_int_equal(trust ? X509_add1_trust_object(x, use) : X509_add1_reject_object(x, use), 1);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(world->us), x), 1);
    X509_free(x);
}

static void root_rejected(struct world *world)
{
    add_with_setting(world, "root", NID_server_auth, 0);
}

static void root_for_clients(struct world *world)
{
    add_with_setting(world, "root", NID_client_auth, 1);
}

static void root_for_servers(struct world *world)
{
    add_with_setting(world, "root", NID_server_auth, 1);
}

static void intermediate_for_servers(struct world *world)
{
    add_with_setting(world, "int", NID_server_auth, 1);
}

/* T-2: the peer presents a plain copy of what the store rejects. */
static void intermediate_rejected(struct world *world)
{
    root(world);
    add_with_setting(world, "int", NID_server_auth, 0);
}

static void intermediate_for_none(struct world *world)
{
    root(world);
    add_with_setting(world, "int", NID_anyExtendedKeyUsage, 0);
}

static void intermediate_for_clients(struct world *world)
{
    root(world);
    add_with_setting(world, "int", NID_client_auth, 1);
}

static void leaf_rejected(struct world *world)
{
    root(world);
    add_with_setting(world, "leaf", NID_server_auth, 0);
}

static void host(struct world *world)
{
    root(world);
    X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(world->us), "other.example", 0);
}

static void right_host(struct world *world)
{
    root(world);
    X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(world->us), "peer.example", 0);
}

static void shallow(struct world *world)
{
    root(world);
    SSL_CTX_set_verify_depth(world->us, 0);
}

static void check_without_crl(struct world *world)
{
    root(world);
    set_flags(world, X509_V_FLAG_CRL_CHECK);
}

static void check_with_crl(struct world *world)
{
    check_without_crl(world);
    add_crl(world, "empty", "issuer=int next-update=+9d");
}

static void check_revoked(struct world *world)
{
    check_without_crl(world);
    add_crl(world, "full", "issuer=int next-update=+9d revoked=leaf");
}

/* Without CRL_CHECK a list refuses what it revokes, and is missed nowhere (V-3). */
static void list(struct world *world)
{
    root(world);
    add_crl(world, "list", "issuer=int next-update=+9d revoked=leaf");
}

static void upper_list(struct world *world)
{
    root(world);
    add_crl(world, "upper", "issuer=root next-update=+9d revoked=int");
}

static void list_of_others(struct world *world)
{
    root(world);
    add_crl(world, "others", "issuer=int next-update=+9d revoked=ours");
}

static void old_list(struct world *world)
{
    root(world);
    add_crl(world, "old", "issuer=int this-update=-9d next-update=-1d revoked=leaf");
}

static void forged_list(struct world *world)
{
    root(world);
    add_crl(world, "forged", "issuer=int signer=self next-update=+9d revoked=leaf");
}

/* One junk list costs nobody else anything. */
static void junk_lists(struct world *world)
{
    root(world);
    add_crl(world, "junk",
            "issuer=int next-update=+9d number=9 revoked=leaf mutate=flip-signature");
    add_crl(world, "junk2", "issuer=int signer=self next-update=+9d number=8 revoked=leaf");
    add_crl(world, "good", "issuer=int next-update=+9d number=2");
}

static void junk_beside_revoking(struct world *world)
{
    root(world);
    add_crl(world, "junk3", "issuer=int next-update=+9d number=9 mutate=flip-signature");
    add_crl(world, "revoking", "issuer=int next-update=+9d number=2 revoked=leaf");
}

static void lifted(struct world *world)
{
    root(world);
    add_crl(world, "first", "issuer=int next-update=+9d number=1 revoked=leaf");
    add_crl(world, "second", "issuer=int next-update=+9d number=2");
}

static void list_of_anchor(struct world *world)
{
    root(world);
    add_crl(world, "itself", "issuer=root next-update=+9d revoked=root");
}

static void check_leaf_only(struct world *world)
{
    check_with_crl(world);
    add_crl(world, "upper", "issuer=root next-update=+9d revoked=int");
}

static void check_old_crl(struct world *world)
{
    check_without_crl(world);
    add_crl(world, "old", "issuer=int this-update=-9d next-update=-1d");
}

static int forgive(int ok, X509_STORE_CTX *ctx)
{
    (void)ok;
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
    return 1;
}

static int calls;

static int count_calls(int ok, X509_STORE_CTX *ctx)
{
    calls++;
    return forgive(ok, ctx);
}

/* Callbacks that forgive, on the SSL_CTX and on the store. */
static void forgiving(struct world *world)
{
    SSL_CTX_set_verify(world->us, SSL_VERIFY_NONE, count_calls);
    X509_STORE_set_verify_cb(SSL_CTX_get_cert_store(world->us), count_calls);
    SSL_CTX_set_mode(world->us,
                     SSL_MODE_NO_AUTO_CHAIN); /* it would verify our own chain with them */
}

static int verify_nothing(X509_STORE_CTX *ctx)
{
    (void)ctx;
    return 1;
}

/* A store that checks no signature. */
static void blind(struct world *world)
{
    root(world);
    X509_STORE_set_verify(SSL_CTX_get_cert_store(world->us), verify_nothing);
}

/* The functions and the time of a store, by which OpenSSL itself would refuse. */
static int no_issuer(X509 **ret_issuer, X509_STORE_CTX *ctx, tls_given *x)
{
    (void)ret_issuer, (void)ctx, (void)x;
    return 0;
}

static void finds_no_issuer(struct world *world)
{
    root(world);
    X509_STORE_set_get_issuer(SSL_CTX_get_cert_store(world->us), no_issuer);
}

static int never_issued(X509_STORE_CTX *ctx, tls_given *x, tls_given *issuer)
{
    (void)ctx, (void)x, (void)issuer;
    return 0;
}

static void finds_nothing_issued(struct world *world)
{
    root(world);
    X509_STORE_set_check_issued(SSL_CTX_get_cert_store(world->us), never_issued);
}

/* OpenSSL then verifies the path of the list's issuer, on a context that only it knows. */
static void extended_lists(struct world *world)
{
    finds_nothing_issued(world);
    set_flags(world, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_EXTENDED_CRL_SUPPORT);
    add_crl(world, "extended", "issuer=int next-update=+9d");
}

static void time_of_store(struct world *world)
{
    root(world);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(SSL_CTX_get_cert_store(world->us)), 86400);
}

static void time_of_context(struct world *world)
{
    root(world);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(world->us), 86400);
}

static void time_that_fits(struct world *world)
{
    root(world);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(world->us), time(NULL) - 60);
}

static void needs_policy(struct world *world)
{
    root(world);
    set_flags(world, X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_EXPLICIT_POLICY);
}

static void suite_b(struct world *world)
{
    root(world);
    SSL_CTX_set_cert_flags(world->us, SSL_CERT_FLAG_SUITEB_128_LOS);
}

#define MANY_NAMES                                                                         \
    "below d d00 d01 d02 d03 d04 d05 d06 d07 d08 d09 d10 d11 d12 d13 d14 d15 d16 d17 d18 " \
    "d19 d20 d21 d22 d23 sub int"

static const struct row {
    const char *name;
    prepare_fn *prepare;
    const char *chain, *reason;
} rows[] = {
    { "no anchor", nothing, "leaf int", "untrusted" },
    { "root", root, "leaf int", "none" },
    { "a chain out of order, and more than it takes", root, "leaf ours root int", "none" },
    { "an intermediate is no anchor", intermediate, "leaf int", "untrusted" },
    { "unless the application says so", intermediate_partial, "leaf int", "none" },
    { "or says it of its store", intermediate_partial_store, "leaf", "none" },
    { "or its own settings", intermediate_for_servers, "leaf", "none" },
    { "self-signed, in the store", self, "self", "none" },
    { "rejected for servers", root_rejected, "leaf int", "untrusted" },   /* P-27 */
    { "trusted for clients", root_for_clients, "leaf int", "untrusted" }, /* P-27 */
    { "trusted for servers", root_for_servers, "leaf int", "none" },      /* P-27 */
    { "presented, rejected for servers", root_rejected, "leaf int root", "revoked" },
    { "an intermediate that is rejected", intermediate_rejected, "leaf int", "revoked" },
    { "the same, presented behind others", intermediate_rejected, "leaf ours root int", "revoked" },
    { "the same, above another one", intermediate_rejected, "deep sub int", "revoked" },
    { "rejected for all", intermediate_for_none, "leaf int", "revoked" },
    { "trusted for clients alone", intermediate_for_clients, "leaf int", "revoked" },
    { "a leaf that is rejected", leaf_rejected, "leaf int", "revoked" },
    { "the same behind many names", intermediate_rejected, MANY_NAMES, "bad-signature" },
    { "many names", root, MANY_NAMES, "none" },
    { "another leaf", leaf_rejected, "deep sub int", "none" },
    { "another host", host, "leaf int", "name-mismatch" },
    { "the right host", right_host, "leaf int", "none" },
    { "too deep", shallow, "deep sub int", "limit-exceeded" },
    { "CRL_CHECK without a list", check_without_crl, "leaf int", "revocation-unknown" },
    { "CRL_CHECK with a list", check_with_crl, "leaf int", "none" },
    { "CRL_CHECK, revoked", check_revoked, "leaf int", "revoked" },
    { "CRL_CHECK, the list is old", check_old_crl, "leaf int", "revocation-unknown" },
    { "CRL_CHECK of the leaf, and the intermediate is revoked", check_leaf_only, "leaf int",
      "revoked" },
    { "a list", list, "leaf int", "revoked" },
    { "a list of the root", upper_list, "leaf int", "revoked" },
    { "a list without it", list_of_others, "leaf int", "none" },
    { "an old list", old_list, "leaf int", "revoked" },   /* CRL-6 */
    { "a forged list", forged_list, "leaf int", "none" }, /* CRL-7 */
    { "junk beside a good list", junk_lists, "leaf int", "none" },
    { "junk beside a list that revokes", junk_beside_revoking, "leaf int", "revoked" },
    { "a later list", lifted, "leaf int", "none" }, /* CRL-3 */
    { "an anchor on its own list", list_of_anchor, "leaf int", "none" },
    { "callbacks that forgive", forgiving, "leaf int", "untrusted" },
    { "a store that checks nothing", blind, "leaf int", "internal-error" },
    { "a store that finds no issuer", finds_no_issuer, "leaf int", "untrusted" },
    { "a store by which nobody issued anything", finds_nothing_issued, "leaf int", "untrusted" },
    { "the same, and lists of other paths", extended_lists, "leaf int", "untrusted" },
    { "a store of another time", time_of_store, "leaf int", "not-yet-valid" },
    { "another time", time_of_context, "leaf int", "not-yet-valid" },
    { "a time at which it is valid, too", time_that_fits, "leaf int", "none" },
    { "a policy is needed", needs_policy, "leaf int", "constraint-violated" },
    { "Suite B", suite_b, "leaf int", "none" },
    { "Suite B, and a CA that isn't", suite_b, "plain rsa-int", "weak-algorithm" },
};

static void check(const struct row *row, const char *anchors)
{
    struct world world = { tls_pki(specs), NULL };
    struct s2sv_trust *trust = anchors ? tls_trust(world.pki, anchors) : NULL;
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    SSL_CTX *peer = tls_ctx(world.pki, row->chain, TLS1_3_VERSION);
    struct s2sv_verdict *verdict = NULL;
    world.us = tls_ctx(world.pki, "ours", TLS1_3_VERSION);
    row->prepare(&world);
    assert_int_equal(s2sv_openssl_install(world.us, policy, trust), 0);
    struct tls tls = tls_new(world.us, peer);
    tls_connect(&tls);
    assert_true(tls.server_ok && tls.client_ok);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.server)), row->reason);
    assert_int_equal(SSL_get_verify_result(tls.server) == X509_V_OK,
                     strcmp(row->reason, "none") == 0);
    assert_int_equal(s2sv_openssl_verify(tls.server, policy, &verdict), 0);
    assert_string_equal(tls_reason(verdict), row->reason);
    s2sv_verdict_unref(verdict);
    tls_free(&tls);
    SSL_CTX_free(world.us);
    SSL_CTX_free(peer);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
    pki_free(world.pki);
}

static void test_own_anchors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s\n", rows[i].name);
        check(&rows[i], NULL);
    }
    assert_int_equal(calls, 0);
}

/* With a trust of ours the application's anchors don't count, the rest still does. */
static void test_own_trust(void **state)
{
    static const struct row with_trust[] = {
        { "the store's anchor doesn't count", self, "self", "self-signed" },
        { "the trust's does", nothing, "leaf int", "none" },
        { "another host", host, "leaf int", "name-mismatch" },
        { "too deep", shallow, "deep sub int", "limit-exceeded" },
        { "CRL_CHECK without a list", check_without_crl, "leaf int", "revocation-unknown" },
        { "CRL_CHECK, revoked", check_revoked, "leaf int", "revoked" },
        { "another time", time_of_context, "leaf int", "not-yet-valid" },
        { "a store of another time", time_of_store, "leaf int", "not-yet-valid" },
        { "a store by which nobody issued anything", finds_nothing_issued, "leaf int",
          "untrusted" },
        { "its search for anchors doesn't count", finds_no_issuer, "leaf int", "none" },
        { "the store's lists don't count", list, "leaf int", "none" },
    };
    static const struct row intermediate_only = { "any may be an anchor", nothing, "leaf", "none" };
    (void)state;
    check(&intermediate_only, "int"); /* C-3 */
    for (size_t i = 0; i < sizeof with_trust / sizeof *with_trust; i++) {
        print_message("%s\n", with_trust[i].name);
        check(&with_trust[i], "root");
    }
}

/* install() adds nothing to the application's store or parameters but the purpose. */
static void test_flags_stay(void **state)
{
    struct pki *pki = tls_pki(NULL);
    SSL_CTX *ctx = tls_ctx(pki, NULL, 0);
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    unsigned long before = X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(ctx));
    X509_STORE *store = SSL_CTX_get_cert_store(ctx);
    (void)state;
    assert_int_equal(s2sv_openssl_install(ctx, policy, NULL), 0);
    assert_int_equal(X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(ctx)), before);
    assert_int_equal(
        X509_VERIFY_PARAM_get_flags(X509_STORE_get0_param(store)) & X509_V_FLAG_PARTIAL_CHAIN, 0);
    s2sv_policy_unref(policy);
    SSL_CTX_free(ctx);
    pki_free(pki);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_anchors),
        cmocka_unit_test(test_own_trust),
        cmocka_unit_test(test_flags_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
