/* SPDX-License-Identifier: MIT
 * TLSA records and pins that are given to the peer: before the handshake, after it, both ways. */
#include <stdlib.h>

#include "gnutls_pair.h"
#include "tlsa.h"

/* What a record 3 1 1 or 2 0 1 holds; free() it. */
static unsigned char *digest_of(const char *name, int of_key, size_t *ret_len)
{
    gnutls_datum_t der = der_of(name, NULL);
    unsigned char *digest = malloc(32);
    gnutls_x509_crt_t x;
    gnutls_pubkey_t key;
    gnutls_datum_t spki = { NULL, 0 }, *whole = of_key ? &spki : &der;
    assert_int_equal(gnutls_x509_crt_init(&x), 0);
    assert_int_equal(gnutls_pubkey_init(&key), 0);
    assert_int_equal(gnutls_x509_crt_import(x, &der, GNUTLS_X509_FMT_DER), 0);
    assert_int_equal(gnutls_pubkey_import_x509(key, x, 0), 0);
    assert_int_equal(gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &spki), 0);
    *ret_len = 32;
    assert_int_equal(gnutls_fingerprint(GNUTLS_DIG_SHA256, whole, digest, ret_len), 0);
    gnutls_free(spki.data);
    gnutls_pubkey_deinit(key);
    gnutls_x509_crt_deinit(x);
    return digest;
}

static void give(const struct tlsa_row *row, gnutls_session_t session)
{
    size_t len = 0;
    unsigned char *data = row->of ? digest_of(row->of, row->usage != 2, &len) : NULL;
    if (row->is_flipped)
        data[7] ^= 0x10;
    assert_int_equal(tlsa_give(row, data, len, s2sv_gnutls_peer(session)), 0);
    free(data);
}

static void check(gnutls_session_t session, const char *reason, enum s2sv_proof proof)
{
    const struct s2sv_verdict *verdict = s2sv_gnutls_verdict(session);
    int good = proof != S2SV_PROOF_NONE;
    assert_string_equal(why(verdict), reason);
    assert_int_equal(s2sv_verdict_proof(verdict), proof);
    assert_int_equal(s2sv_verdict_is_for(verdict, TLSA_NAME), good);
    assert_int_equal(s2sv_verdict_accepted(verdict), good);
    assert_int_equal(s2sv_verdict_is_for(verdict, "other.example"), 0);
    assert_int_equal(s2sv_verdict_is_for(verdict, "bank.example"), 0);
    assert_ptr_equal(verdict, s2sv_gnutls_verdict(session)); /* judged once */
}

static gnutls_certificate_credentials_t ours_new(enum s2sv_handshake handshake, int own_trust)
{
    gnutls_certificate_credentials_t cred = cred_new("good");
    struct s2sv_policy *policy = policy_of(handshake);
    struct s2sv_trust *trust = own_trust ? trust_of("root") : NULL;
    if (!own_trust)
        cred_trust(cred, "root");
    assert_int_equal(s2sv_gnutls_install(cred, policy, trust), 0);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
    return cred;
}

static void close_all(struct pair *pair, gnutls_certificate_credentials_t cred)
{
    pair_close(pair);
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
}

static void open_pair(struct pair *pair, const struct tlsa_row *row, int way,
                      gnutls_certificate_credentials_t cred)
{
    const char *others[] = { row->chain[0] ? row->chain : NULL, NULL };
    pair_open(pair, way & 2 ? S2SV_INBOUND : S2SV_OUTBOUND, way & 1 ? TLS12 : TLS13, cred, NULL, 0);
    cred_show(pair->peers_cred, row->leaf, others);
    assert_int_equal(s2sv_gnutls_attach(pair->ours, NULL), 0);
}

/* The records are there first: ENFORCE heeds them. */
static void before(const struct tlsa_row *row, int way)
{
    gnutls_certificate_credentials_t cred = ours_new(S2SV_HANDSHAKE_ENFORCE, way & 4);
    struct pair pair;
    int good = row->proof != S2SV_PROOF_NONE;
    open_pair(&pair, row, way, cred);
    assert_int_equal(s2sv_peer_expect(s2sv_gnutls_peer(pair.ours), TLSA_NAME), 0);
    give(row, pair.ours);
    assert_int_equal(pair_handshake(&pair), good ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR);
    check(pair.ours, row->reason, row->proof);
    close_all(&pair, cred);
}

/* They come when the peer has named itself: what it presented is judged again. */
static void after(const struct tlsa_row *row, int way)
{
    gnutls_certificate_credentials_t cred = ours_new(S2SV_HANDSHAKE_RECORD, way & 4);
    struct pair pair;
    open_pair(&pair, row, way, cred);
    assert_int_equal(pair_handshake(&pair), 0);
    assert_string_equal(why(s2sv_gnutls_verdict(pair.ours)), row->before);
    assert_int_equal(s2sv_peer_expect(s2sv_gnutls_peer(pair.ours), TLSA_NAME), 0);
    give(row, pair.ours);
    check(pair.ours, row->reason, row->proof);
    close_all(&pair, cred);
}

static void every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < TLSA_ROWS; i++)
        for (int way = 0; way < 8; way++) {
            print_message("%s, way %d\n", tlsa_rows[i].name, way);
            before(&tlsa_rows[i], way);
            after(&tlsa_rows[i], way);
        }
}

static int make(void **state)
{
    (void)state;
    make_cas();
    for (size_t i = 0; i < TLSA_SPECS; i++)
        der_of(tlsa_specs[i][0], tlsa_specs[i][1]);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    forget_certificates();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_row) };
    return cmocka_run_group_tests_name("gnutls tlsa", tests, make, drop);
}
