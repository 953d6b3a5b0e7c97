/* SPDX-License-Identifier: MIT */
/* TLSA records and pins that are given to the peer: before the handshake, after it, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "openssl_tls.h"
#include "tlsa.h"

static struct pki *pki;

static void give(const struct tlsa_row *row, SSL *ssl)
{
    size_t len = 0;
    unsigned char *data = NULL;
    if (row->of)
        data = proofs_data(pki_find(pki, row->of), row->usage != 2, 1, &len);
    if (row->is_flipped)
        data[7] ^= 0x10;
    assert_int_equal(tlsa_give(row, data, len, s2sv_openssl_peer(ssl)), 0);
    free(data);
}

static void check(const struct tlsa_row *row, SSL *ssl, const char *reason, enum s2sv_proof proof)
{
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(ssl);
    int good = proof != S2SV_PROOF_NONE;
    assert_string_equal(tls_reason(verdict), reason);
    assert_int_equal(s2sv_verdict_proof(verdict), proof);
    assert_int_equal(s2sv_verdict_is_for(verdict, TLSA_NAME), good);
    assert_int_equal(s2sv_verdict_accepted(verdict), good);
    assert_int_equal(s2sv_verdict_is_for(verdict, "other.example"), 0);
    assert_int_equal(s2sv_verdict_is_for(verdict, "bank.example"), 0);
    assert_int_equal(SSL_get_verify_result(ssl) == X509_V_OK, good);
    assert_ptr_equal(verdict, s2sv_openssl_verdict(ssl)); /* judged once */
    (void)row;
}

enum { UNKNOWN_SETTING = 2 }; /* the application's anchors, and a flag of which we know nothing */

static SSL_CTX *ours_new(int version, enum s2sv_handshake handshake, int own_trust, int dane)
{
    SSL_CTX *us = tls_ctx(pki, "ours int", version);
    struct s2sv_trust *trust = own_trust == 1 ? tls_trust(pki, "root") : NULL;
    struct s2sv_policy *policy = tls_policy(handshake);
    X509 *root = tls_x509(pki, "root");
    if (own_trust != 1)
        assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(us), root), 1);
    if (own_trust == UNKNOWN_SETTING)
        X509_STORE_set_flags(SSL_CTX_get_cert_store(us), X509_V_FLAG_POLICY_CHECK);
    if (dane)
        assert_int_equal(SSL_CTX_dane_enable(us), 1);
    assert_int_equal(s2sv_openssl_install(us, policy, trust), 0);
    X509_free(root);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
    return us;
}

static struct tls tls_of(const struct tlsa_row *row, SSL_CTX *us, int inbound)
{
    char chain[40];
    snprintf(chain, sizeof chain, "%s%s%s", row->leaf, row->chain[0] ? " " : "", row->chain);
    SSL_CTX *peer = tls_ctx(pki, chain, 0);
    struct tls tls = inbound ? tls_new(us, peer) : tls_new(peer, us);
    SSL_CTX_free(peer);
    return tls;
}

/* The records are there first: ENFORCE heeds them. */
static void before(const struct tlsa_row *row, int version, int inbound, int own_trust)
{
    SSL_CTX *us = ours_new(version, S2SV_HANDSHAKE_ENFORCE, own_trust, 0);
    struct tls tls = tls_of(row, us, inbound);
    SSL *ssl = inbound ? tls.server : tls.client;
    int good = row->proof != S2SV_PROOF_NONE;
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(ssl), TLSA_NAME), 0);
    give(row, ssl);
    tls_connect(&tls);
    assert_int_equal(inbound ? tls.server_ok : tls.client_ok, good);
    check(row, ssl, row->reason, row->proof);
    tls_free(&tls);
    SSL_CTX_free(us);
}

/* They come when the peer has named itself: what it presented is judged again. */
static void after(const struct tlsa_row *row, int version, int inbound, int own_trust)
{
    SSL_CTX *us = ours_new(version, S2SV_HANDSHAKE_RECORD, own_trust, 0);
    struct tls tls = tls_of(row, us, inbound);
    SSL *ssl = inbound ? tls.server : tls.client;
    tls_connect(&tls);
    assert_int_equal(inbound ? tls.server_ok : tls.client_ok, 1);
    assert_string_equal(tls_reason(s2sv_openssl_verdict(ssl)), row->before);
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(ssl), TLSA_NAME), 0);
    give(row, ssl);
    check(row, ssl, row->reason, row->proof);
    tls_free(&tls);
    SSL_CTX_free(us);
}

static void every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < TLSA_ROWS; i++)
        for (int way = 0; way < 12; way++) {
            int version = way & 1 ? TLS1_2_VERSION : TLS1_3_VERSION;
            print_message("%s, way %d\n", tlsa_rows[i].name, way);
            before(&tlsa_rows[i], version, way >> 1 & 1, way >> 2);
            after(&tlsa_rows[i], version, way >> 1 & 1, way >> 2);
        }
}

/* SSL_dane_enable() decides until the peer is told of records; then those of the SSL don't count.
 */
static void beside_openssls_own(void **state)
{
    const struct tlsa_row *good = &tlsa_rows[0], *bad = &tlsa_rows[1];
    SSL_CTX *us = ours_new(0, S2SV_HANDSHAKE_RECORD, 0, 1);
    struct tls tls = tls_of(good, us, 0);
    size_t len = 0;
    unsigned char *data = proofs_data(pki_find(pki, "alone"), 1, 1, &len);
    (void)state;
    assert_int_equal(SSL_dane_enable(tls.client, TLSA_NAME), 1);
    SSL_dane_set_flags(tls.client, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    assert_int_equal(SSL_dane_tlsa_add(tls.client, 3, 1, 1, data, len), 1);
    tls_connect(&tls);
    const struct s2sv_verdict *verdict = s2sv_openssl_verdict(tls.client);
    assert_int_equal(s2sv_verdict_proof(verdict), S2SV_PROOF_DANE);
    assert_int_not_equal(s2sv_verdict_record(verdict, NULL, NULL), 0); /* none of ours */
    assert_int_equal(s2sv_peer_expect(s2sv_openssl_peer(tls.client), TLSA_NAME), 0);
    give(bad, tls.client);
    check(bad, tls.client, bad->reason, bad->proof);
    free(data);
    tls_free(&tls);
    SSL_CTX_free(us);
}

/* A pin beside the SSL's own records narrows: it isn't skipped, and they aren't. */
static void pin_beside_openssls_own(void **state)
{
    const struct tlsa_row *rows[] = { &tlsa_rows[TLSA_ROWS - 2], &tlsa_rows[TLSA_ROWS - 1] };
    size_t len = 0;
    unsigned char *data = proofs_data(pki_find(pki, "pinned"), 1, 1, &len);
    (void)state;
    for (int i = 0; i < 2; i++) {
        SSL_CTX *us = ours_new(0, S2SV_HANDSHAKE_RECORD, 0, 1);
        struct tls tls = tls_of(rows[0], us, 0);
        assert_int_equal(SSL_dane_enable(tls.client, TLSA_NAME), 1);
        SSL_dane_set_flags(tls.client, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
        assert_int_equal(SSL_dane_tlsa_add(tls.client, 3, 1, 1, data, len), 1);
        give(rows[i], tls.client);
        tls_connect(&tls);
        assert_string_equal(tls_reason(s2sv_openssl_verdict(tls.client)),
                            i == 0 ? "none" : "pin-mismatch");
        tls_free(&tls);
        SSL_CTX_free(us);
    }
    free(data);
}

static int make(void **state)
{
    static char lines[TLSA_SPECS][120];
    const char *specs[TLSA_SPECS + 1] = { NULL };
    (void)state;
    for (size_t i = 0; i < TLSA_SPECS; i++) {
        snprintf(lines[i], sizeof lines[i], "%s: %s", tlsa_specs[i][0], tlsa_specs[i][1]);
        specs[i] = lines[i];
    }
    pki = tls_pki(specs);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    pki_free(pki);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),
        cmocka_unit_test(beside_openssls_own),
        cmocka_unit_test(pin_beside_openssls_own),
    };
    return cmocka_run_group_tests_name("openssl tlsa", tests, make, drop);
}
