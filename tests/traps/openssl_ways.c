/* SPDX-License-Identifier: MIT */
/* What programs on OpenSSL do about peers with serverAuth, and whom that lets in.
 * usage: openssl_ways DOCUMENT */

#include <openssl/x509v3.h>

#include "openssl_tls.h"
#include "ways.h"

static const char *const specs[] = { WAYS_SPECS, NULL };
static const char *document;

static int forgive_purpose(int ok, X509_STORE_CTX *ctx)
{
    return ok || X509_STORE_CTX_get_error(ctx) == X509_V_ERR_INVALID_PURPOSE;
}

static int accept_all(int ok, X509_STORE_CTX *ctx)
{
    (void)ok, (void)ctx;
    return 1;
}

/* What LuaSec does for "lsec_ignore_purpose". */
static int verify_as_server(X509_STORE_CTX *ctx, void *unused)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    (void)unused;
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_trust(param, X509_TRUST_SSL_SERVER);
    return X509_verify_cert(ctx);
}

static void demand(SSL_CTX *ctx, SSL_verify_cb callback)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, callback);
}

static void nothing(SSL_CTX *ctx)
{
    demand(ctx, NULL);
}

static void set_purpose(SSL_CTX *ctx)
{
    demand(ctx, NULL);
    assert_int_equal(SSL_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER), 1);
}

static void ignore_purpose(SSL_CTX *ctx)
{
    demand(ctx, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, verify_as_server, NULL);
}

static void forgive(SSL_CTX *ctx)
{
    demand(ctx, forgive_purpose);
}

static void answer_one(SSL_CTX *ctx)
{
    demand(ctx, accept_all);
}

static void install(SSL_CTX *ctx)
{
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    assert_int_equal(s2sv_openssl_install(ctx, policy, NULL), 0);
    s2sv_policy_unref(policy);
}

static const struct {
    const char *name;
    void (*set_up)(SSL_CTX *);
} ways[] = {
    { "OpenSSL as it is", nothing },
    { "`SSL_CTX_set_purpose()`, server", set_purpose },
    { "LuaSec's `lsec_ignore_purpose`", ignore_purpose },
    { "a callback that forgives error 26", forgive },
    { "a callback that answers 1", answer_one },
    { "s2sverify on OpenSSL", install },
};

static int accepts(struct pki *pki, void (*set_up)(SSL_CTX *), const char *leaf, int inbound)
{
    char chain[40];
    SSL_CTX *ours = tls_ctx(pki, "ours", 0), *peer;
    X509 *root = tls_x509(pki, "root");
    snprintf(chain, sizeof chain, "%s%s", leaf, strcmp(leaf, "public") == 0 ? " int" : "");
    peer = tls_ctx(pki, chain, 0);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(ours), root), 1);
    set_up(ours);
    struct tls tls = inbound ? tls_new(ours, peer) : tls_new(peer, ours);
    tls_connect(&tls);
    int accepted = inbound ? tls.server_ok : tls.client_ok;
    tls_free(&tls);
    X509_free(root);
    SSL_CTX_free(ours);
    SSL_CTX_free(peer);
    return accepted;
}

static void test_ways(void **state)
{
    struct pki *pki = tls_pki(specs);
    int missing = 0;
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        for (int inbound = 1; inbound >= 0; inbound--) {
            int accepted[WAYS_LEAVES];
            for (int leaf = 0; leaf < WAYS_LEAVES; leaf++)
                accepted[leaf] = accepts(pki, ways[i].set_up, ways_leaves[leaf], inbound);
            missing += !ways_row(document, ways[i].name, inbound ? "peer connects" : "we connect",
                                 accepted);
        }
    }
    pki_free(pki);
    assert_int_equal(missing, 0); /* rows that the document doesn't have */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_ways) };
    document = argc > 1 ? argv[1] : "doc/migration.md";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
