/* SPDX-License-Identifier: MIT */
/* A program that uses GnuTLS and knows nothing of s2sverify, with the preload library in front. */
#include <stdlib.h>

#include "gnutls_pair.h"
#include "program.h"

static int strict;

static int make_world(void **state)
{
    const char *purpose = getenv("S2SVERIFY_PURPOSE");
    (void)state;
    strict = purpose && strcmp(purpose, "server") == 0;
    make_cas();
    der_of("server", "issuer=int san=dns:server.example");
    der_of("client", "issuer=root san=dns:client.example eku=clientAuth");
    der_of("client-int", "issuer=int san=dns:client.example eku=clientAuth");
    der_of("code", "issuer=int san=dns:code.example eku=codeSigning");
    der_of("old", "issuer=int san=dns:old.example not-before=-9d not-after=-1d");
    return 0;
}

static int free_world(void **state)
{
    (void)state;
    forget_certificates();
    return 0;
}

static unsigned by_peers(gnutls_session_t session)
{
    unsigned status = 0;
    assert_int_equal(gnutls_certificate_verify_peers(session, NULL, 0, &status), 0);
    return status;
}

static unsigned by_peers2(gnutls_session_t session)
{
    unsigned status = 0;
    assert_int_equal(gnutls_certificate_verify_peers2(session, &status), 0);
    return status;
}

static unsigned by_peers3(gnutls_session_t session)
{
    unsigned status = 0;
    assert_int_equal(gnutls_certificate_verify_peers3(session, NULL, &status), 0);
    return status;
}

/* The program itself demands clientAuth of who connects. */
static unsigned by_purpose(gnutls_session_t session)
{
    gnutls_typed_vdata_st data = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                                   .data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT };
    unsigned status = 0;
    assert_int_equal(gnutls_certificate_verify_peers(session, &data, 1, &status), 0);
    return status;
}

static unsigned (*const ways[])(gnutls_session_t) = { by_peers, by_peers2, by_peers3 };
enum { WAYS = sizeof ways / sizeof ways[0] };

/* NULL: after the handshake. */
static unsigned (*in_handshake)(gnutls_session_t);
static unsigned told;

static int on_verify(gnutls_session_t session)
{
    told = in_handshake(session);
    return told == 0 ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

static void check_way(unsigned (*way)(gnutls_session_t), int is_late, enum s2sv_direction direction,
                      const char *leaf, unsigned status)
{
    gnutls_certificate_credentials_t cred = cred_new("server");
    struct pair pair;
    cred_trust(cred, "root");
    in_handshake = way;
    if (!is_late)
        gnutls_certificate_set_verify_function(cred, on_verify);
    pair_open(&pair, direction, "NORMAL", cred, leaf, 0);
    if (direction == S2SV_INBOUND)
        gnutls_certificate_server_set_request(pair.ours, GNUTLS_CERT_REQUIRE);
    int rc = pair_handshake(&pair);
    assert_int_equal(rc, !is_late && status != 0 ? GNUTLS_E_CERTIFICATE_ERROR : 0);
    assert_int_equal(is_late ? way(pair.ours) : told, status);
    pair_close(&pair);
    gnutls_certificate_free_credentials(cred);
}

static void check(enum s2sv_direction direction, const char *leaf, unsigned status)
{
    for (size_t i = 0; i < WAYS; i++) {
        check_way(ways[i], 0, direction, leaf, status);
        check_way(ways[i], 1, direction, leaf, status);
    }
}

enum { PURPOSE = GNUTLS_CERT_INVALID | GNUTLS_CERT_PURPOSE_MISMATCH };

static void purposes(void **state)
{
    (void)state;
    check(S2SV_INBOUND, "code", PURPOSE); /* first: the log is limited */
    check(S2SV_INBOUND, "server", 0);
    check(S2SV_INBOUND, "client", strict ? PURPOSE : 0);
    check(S2SV_INBOUND, "client-int", PURPOSE);
    check(S2SV_OUTBOUND, "server", 0);
    check(S2SV_OUTBOUND, "client", PURPOSE);
    check(S2SV_OUTBOUND, "code", PURPOSE);
}

static void purpose_of_the_program(void **state)
{
    (void)state;
    check_way(by_purpose, 0, S2SV_INBOUND, "server", 0);
    check_way(by_purpose, 0, S2SV_INBOUND, "client", strict ? PURPOSE : 0);
    check_way(by_purpose, 0, S2SV_INBOUND, "code", PURPOSE);
    check_way(by_purpose, 0, S2SV_OUTBOUND, "server", PURPOSE); /* what it asks there is its own */
}

static void other_refusals_stay(void **state)
{
    (void)state;
    check(S2SV_OUTBOUND, "old", GNUTLS_CERT_INVALID | GNUTLS_CERT_EXPIRED);
}

/* GnuTLS verifies by itself, through the same function. */
static void session_verifies(void **state)
{
    gnutls_certificate_credentials_t cred = cred_new(NULL);
    struct pair pair;
    (void)state;
    cred_trust(cred, "root");
    pair_open(&pair, S2SV_OUTBOUND, "NORMAL", cred, "code", 0);
    gnutls_session_set_verify_cert(pair.ours, "code.example", 0);
    assert_int_equal(pair_handshake(&pair), GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR);
    pair_close(&pair);
    gnutls_certificate_free_credentials(cred);
}

static void log_says(void **state)
{
    int lines = count_in_log("refused: wrong-purpose at depth 0: the peer that connected, "
                             "(empty subject), code.example: extended key usage");
    (void)state;
    assert_int_equal(count_in_log("armed: gnutls_certificate_verify_peers() of GnuTLS"), 1);
    assert_int_equal(lines, 2 * WAYS + 1); /* each is judged once */
    assert_int_equal(count_in_log("server.example"), 0);
}

int program(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purpose_of_the_program),
        cmocka_unit_test(purposes),
        cmocka_unit_test(other_refusals_stay),
        cmocka_unit_test(session_verifies),
        cmocka_unit_test(log_says),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
