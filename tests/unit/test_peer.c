/* SPDX-License-Identifier: MIT
 * Peers: what is kept of what a connection showed. */
#include "peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "x509/bounds.h"

static void copies(void **state)
{
    char der[] = "octets", name[] = "a.example";
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    (void)state;
    assert_int_equal(s2sv_peer_add_certificate(peer, der, 6), 0);
    assert_int_equal(s2sv_peer_expect(peer, name), 0);
    assert_int_equal(s2sv_peer_expect_under(peer, name), 0);
    memset(der, 'x', sizeof der - 1);
    memset(name, 'x', sizeof name - 1);
    assert_int_equal(peer->certificate_count, 1);
    assert_int_equal(peer->certificates[0].len, 6);
    assert_memory_equal(peer->certificates[0].der, "octets", 6);
    assert_null(peer->certificates[0].native);
    assert_int_equal(peer->expected_count, 2);
    assert_string_equal(peer->expected[0].text, "a.example");
    assert_int_equal(peer->expected[0].under, 0);
    assert_int_equal(peer->expected[1].under, 1);
    s2sv_peer_free(peer);
}

static void an_empty_one_is_kept(void **state)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    (void)state;
    assert_int_equal(s2sv_peer_add_certificate(peer, NULL, 0), 0);
    assert_int_equal(s2sv_peer_add_certificate(peer, "", 0), 0);
    assert_int_equal(peer->certificate_count, 2);
    assert_int_equal(peer->certificates[0].len, 0);
    assert_int_equal(s2sv_peer_add_certificate(peer, NULL, 1), S2SV_ERR_INVALID);
    assert_int_equal(peer->certificate_count, 2);
    s2sv_peer_free(peer);
}

/* One more than the limit is kept, so that it is refused, and no more. */
static void bounded_count(void **state)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    (void)state;
    for (int i = 0; i < 3 * SV_MAX_MESH; i++)
        assert_int_equal(s2sv_peer_add_certificate(peer, "x", 1), 0);
    assert_int_equal(peer->certificate_count, SV_MAX_MESH + 1);
    s2sv_peer_free(peer);
}

static void bounded_size(void **state)
{
    static const size_t rows[] = { 1, SV_MAX_OCTETS - 1, SV_MAX_OCTETS, SV_MAX_OCTETS + 1,
                                   4 * SV_MAX_OCTETS };
    char *octets = calloc(1, 4 * SV_MAX_OCTETS);
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(s2sv_peer_add_certificate(peer, octets, rows[i]), 0);
        assert_int_equal(peer->certificates[i].len,
                         rows[i] <= SV_MAX_OCTETS ? rows[i] : SV_MAX_OCTETS + 1);
    }
    free(octets);
    s2sv_peer_free(peer);
}

static void times(void **state)
{
    static const int64_t rows[] = { 0, -1, INT64_MIN, INT64_MAX };
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_OUTBOUND);
    (void)state;
    assert_int_equal(peer->has_time, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(s2sv_peer_set_time(peer, rows[i]), 0);
        assert_int_equal(peer->has_time, 1);
        assert_true(peer->time == rows[i]);
    }
    s2sv_peer_free(peer);
}

static void directions(void **state)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_OUTBOUND);
    (void)state;
    assert_int_equal(peer->direction, S2SV_OUTBOUND);
    assert_int_equal(s2sv_peer_set_direction(peer, S2SV_INBOUND), 0);
    assert_int_equal(s2sv_peer_set_direction(peer, (enum s2sv_direction)0), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_peer_set_direction(peer, (enum s2sv_direction)3), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_peer_set_direction(NULL, S2SV_INBOUND), S2SV_ERR_INVALID);
    assert_int_equal(peer->direction, S2SV_INBOUND);
    s2sv_peer_free(peer);
    s2sv_peer_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies),        cmocka_unit_test(an_empty_one_is_kept),
        cmocka_unit_test(bounded_count), cmocka_unit_test(bounded_size),
        cmocka_unit_test(times),         cmocka_unit_test(directions),
    };
    return cmocka_run_group_tests_name("peer", tests, NULL, NULL);
}
