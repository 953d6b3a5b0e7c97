/* SPDX-License-Identifier: MIT
 * Matching: rules N-11, N-12, N-20 to N-38, N-62. */
#include "names/match.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>

static struct octets san;
static const struct sv_match_rules plain, sip = { .no_wildcards = 1, .uri_beats_dns = 1 };

static int ask(const char *reference, const struct sv_match_rules *rules, int under)
{
    struct sv_reference r;
    size_t index = 0;
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    (void)sv_reference_read(reference, SV_REFERENCE_SINGLE_LABEL, &r);
    int found = under ? sv_match_under(list, &r, rules, &index) : sv_match(list, &r, rules, &index);
    if (found)
        assert_true(index < list->count);
    free(list);
    return found ? (int)index + 1 : 0;
}

struct row {
    const char *rule, *presented, *reference;
    int matches;
};

static void run(const struct row *rows, size_t count, void (*add)(struct octets *, const char *))
{
    for (size_t i = 0; i < count; i++) {
        san.len = 0;
        add(&san, rows[i].presented);
        if (ask(rows[i].reference, &plain, 0) != rows[i].matches)
            fail_msg("%s: %s, %s", rows[i].rule, rows[i].presented, rows[i].reference);
    }
}

static void dns(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "N-20", "LEAF.Example.COM", "leaf.example.com", 1 },
        { "N-20", "leaf.example.com", "LEAF.example.com.", 1 },
        { "N-20", "leaf.example.com", "leaf.example.org", 0 },
        { "N-20", "leaf.example.com", "leafxexample.com", 0 },
        { "N-20", "leaf.example.com", "xleaf.example.com", 0 },
        { "N-21", "*.example.com", "a.example.com", 1 },
        { "N-22", "*.example.com", "example.com", 0 },
        { "N-22", "*.example.com", "a.b.example.com", 0 },
        { "N-23", "*foo.example.com", "xfoo.example.com", 0 },
        { "N-23", "foo*.example.com", "foox.example.com", 0 },
        { "N-24", "a.*.example.com", "a.b.example.com", 0 },
        { "N-24", "*.*.example.com", "a.b.example.com", 0 },
        { "N-24", "*", "localhost", 0 },
        { "N-25", "*.com", "example.com", 0 },
        { "N-26", "*.xn--bcher-kva.example", "a.xn--bcher-kva.example", 1 },
        { "N-27", "*.example.com", "xn--bcher-kva.example.com", 1 },
        { "N-28", "leaf.example.com.", "leaf.example.com", 0 },
        { "N-29", "b\303\274cher.example", "xn--bcher-kva.example", 0 },
        { "N-31", "192.0.2.1", "192.0.2.1", 0 },
        { "R-3", "a.example.com", ".example.com", 0 },
        { "R-4", "*.example.com", "*.example.com", 0 },
        { "R-7", "*.example.com", "_a.example.com", 1 },
        { "R-12", "localhost", "localhost", 1 },

#ifdef SV_HAVE_IDN2
        { "I-7", "xn--a.example", "xn--a.example", 0 }, /* no reference can be that */
        { "N-26", "*.xn--bcher-kva.example", "a.b\303\274cher.example", 1 },
        { "N-29", "b\303\274cher.example", "b\303\274cher.example", 0 },
#endif
    };
    run(rows, sizeof rows / sizeof *rows, put_dns);
}

static void srv(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "N-2", "_xmpp-server.example.com", "example.com", 1 },
        { "N-32", "_XMPP-Server.Example.com", "example.com", 1 },
        { "N-3", "_xmpp-client.example.com", "example.com", 0 },
        { "N-4", "_xmpps-server.example.com", "example.com", 0 },
        { "N-33", "_xmpp-server.*.example.com", "a.example.com", 1 },
        { "N-33", "_xmpp-server.*.example.com", "example.com", 0 },
        { "N-34", "_xmpp-server._tcp.example.com", "example.com", 0 },
        { "N-2", "_xmpp-server.example.com", "_xmpp-server.example.com", 0 },
        { "N-2", "_xmpp-server.example.com", "a.example.com", 0 },
    };
    run(rows, sizeof rows / sizeof *rows, put_srv);
}

static void xmpp_addr(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "N-5", "Example.com", "example.com", 1 },
        { "N-6", "juliet@example.com", "example.com", 0 },
        { "N-36", "*.example.com", "a.example.com", 0 },
#ifdef SV_HAVE_IDN2
        { "N-36", "b\303\274cher.example", "xn--bcher-kva.example", 1 },
        { "N-36", "B\303\234CHER.example", "xn--bcher-kva.example", 1 },
        { "N-36", "xn--bcher-kva.example", "b\303\274cher.example", 1 },
#endif
    };
    run(rows, sizeof rows / sizeof *rows, put_xmpp);
}

static void ip(void **state)
{
    (void)state;
    san.len = 0;
    put(&san, 0x87, "\xc0\x00\x02\x01", 4);
    put(&san, 0x87, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    put_dns(&san, "1.2.0.192");
    assert_int_equal(ask("192.0.2.1", &plain, 0), 1);
    assert_int_equal(ask("::1", &plain, 0), 2);
    assert_int_equal(ask("[::1]", &plain, 0), 2);
    assert_int_equal(ask("192.0.2.2", &plain, 0), 0);
    assert_int_equal(ask("::ffff:192.0.2.1", &plain, 0), 0);
    assert_int_equal(ask("1.2.0.192", &plain, 0), 0);
    assert_int_equal(ask("192.0.2.1", &plain, 1), 0);
}

/* N-11, N-12 */
static void any_one(void **state)
{
    (void)state;
    san.len = 0;
    put_srv(&san, "_xmpp-client.a.example");
    put_srv(&san, "_xmpp-server.a.example");
    put_dns(&san, "b.example");
    assert_int_equal(ask("a.example", &plain, 0), 2);
    assert_int_equal(ask("b.example", &plain, 0), 3);
    assert_int_equal(ask("_xmpp-server.b.example", &plain, 0), 0);
    assert_int_equal(ask("c.example", &plain, 0), 0);
    assert_int_equal(ask("", &plain, 0), 0);
}

/* N-1, N-62 */
static void sip_rules(void **state)
{
    (void)state;
    san.len = 0;
    put_dns(&san, "a.example");
    put_dns(&san, "*.b.example");
    assert_int_equal(ask("a.example", &sip, 0), 1);
    assert_int_equal(ask("x.b.example", &sip, 0), 0);
    assert_int_equal(ask("x.b.example", &plain, 0), 2);
    assert_int_equal(ask("b.example", &sip, 1), 0);
    put_uri(&san, "sips:c.example");
    put_uri(&san, "sip:bob@c.example");
    assert_int_equal(ask("a.example", &sip, 0), 1);
    put_uri(&san, "sip:c.example");
    assert_int_equal(ask("a.example", &sip, 0), 0);
    assert_int_equal(ask("C.example", &sip, 0), 3);
    assert_int_equal(ask("x.c.example", &sip, 0), 0);
    assert_int_equal(ask("a.example", &plain, 0), 1);
    assert_int_equal(ask("example", &sip, 1), 0);
}

static void under(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "", "a.example.com", "example.com", 1 },   { "", "a.b.Example.com", "example.COM", 1 },
        { "", "example.com", "example.com", 0 },     { "", "xexample.com", "example.com", 0 },
        { "", "*.example.com", "example.com", 1 },   { "", "*.a.example.com", "example.com", 1 },
        { "", "*.example.com", "a.example.com", 0 }, { "", "example.com", "a.example.com", 0 },
        { "", "a.example.com", ".example.com", 0 },  { "", "*.xexample.com", "example.com", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        san.len = 0;
        put_dns(&san, rows[i].presented);
        if (ask(rows[i].reference, &plain, 1) != rows[i].matches)
            fail_msg("%s under %s", rows[i].presented, rows[i].reference);
    }
    san.len = 0;
    put_srv(&san, "_xmpp-server.a.example.com");
    put_xmpp(&san, "a.example.com");
    put_uri(&san, "sip:a.example.com");
    assert_int_equal(ask("example.com", &plain, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns),   cmocka_unit_test(srv),     cmocka_unit_test(xmpp_addr),
        cmocka_unit_test(ip),    cmocka_unit_test(any_one), cmocka_unit_test(sip_rules),
        cmocka_unit_test(under),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
