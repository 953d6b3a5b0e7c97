/* SPDX-License-Identifier: MIT
 * The verdict in words: snprintf's rules, and nothing of the peer's that a terminal would obey. */
#include "given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char text[16384];

/* Explains into a buffer of exactly that size, and checks what snprintf() promises. */
static void check_size(const struct s2sv_verdict *verdict, size_t size, int length)
{
    char *buf = malloc(size > 0 ? size : 1);
    memset(buf, 'x', size > 0 ? size : 1);
    assert_int_equal(s2sv_verdict_explain(verdict, buf, size), length);
    if (size == 0)
        assert_int_equal(buf[0], 'x');
    else if (size > (size_t)length)
        assert_string_equal(buf, text);
    else {
        assert_memory_equal(buf, text, size - 1);
        assert_int_equal(buf[size - 1], '\0');
    }
    free(buf);
}

static void check_all_sizes(const struct s2sv_verdict *verdict)
{
    int length = s2sv_verdict_explain(verdict, text, sizeof text);
    assert_int_equal(length, (int)strlen(text));
    assert_int_equal(s2sv_verdict_explain(verdict, NULL, 0), length);
    assert_int_equal(s2sv_verdict_explain(verdict, NULL, 100), length);
    for (size_t size = 0; size <= (size_t)length + 2; size++)
        check_size(verdict, size, length);
}

static void sizes(void **state)
{
    struct s2sv_verdict *good = given_verdict("san=dns:a.example", "a.example", NULL);
    struct s2sv_verdict *bad = given_verdict("san=dns:a.example eku=clientAuth", "b.example", NULL);
    (void)state;
    check_all_sizes(good);
    check_all_sizes(bad);
    check_all_sizes(NULL);
    s2sv_verdict_unref(good);
    s2sv_verdict_unref(bad);
}

static void says(const char *leaf, const char *expected, const char *const *wanted)
{
    struct s2sv_verdict *verdict = given_verdict(leaf, expected, NULL);
    s2sv_verdict_explain(verdict, text, sizeof text);
    for (; *wanted; wanted++)
        if (!strstr(text, *wanted))
            fail_msg("no \"%s\" in:\n%s", *wanted, text);
    s2sv_verdict_unref(verdict);
}

static void words(void **state)
{
    static const struct {
        const char *leaf, *expected;
        const char *wanted[5];
    } rows[] = {
        { "san=dns:a.example",
          "a.example",
          { "accepted: ", "TLS client", "is a.example\n", "presents: DNS-ID a.example\n", NULL } },
        { "san=dns:a.example", NULL, { "trusted: ", "no name was expected", NULL } },
        { "san=dns:a.example eku=clientAuth",
          NULL,
          { "refused: wrong-purpose: ", "fault: wrong-purpose at certificate 0: ", "clientAuth",
            NULL } },
        { "san=dns:a.example",
          "b.example",
          { "refused: name-mismatch: ", "fault: name-mismatch at certificate 0: expected b.example",
            NULL } },
        { "san=srv:_xmpp-server.a.example,xmpp:a.example,ip:192.0.2.1",
          NULL,
          { "SRV-ID _xmpp-server.a.example", "xmppAddr a.example", "IP-ID 192.0.2.1", NULL } },
        { "san=dns:a.example eku=absent", NULL, { "note: ", "extended key usage", NULL } },
        { "subject=CN=server,O=x san=dns:a.example",
          NULL,
          { "certificate 0: CN=server, O=x, until 20", "certificate 1: O=Test, CN=root, until 20",
            NULL } },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        says(rows[i].leaf, rows[i].expected, rows[i].wanted);
}

/* Only newlines at the ends of lines; no C0, no DEL, no C1 in UTF-8. */
static void assert_harmless(const char *line_end_allowed, const char *what)
{
    for (const unsigned char *p = (const unsigned char *)what; *p; p++) {
        if (line_end_allowed && *p == '\n')
            continue;
        if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
            fail_msg("octet %02x in: %s", *p, what);
    }
}

static void assert_verdict_harmless(const struct s2sv_verdict *verdict)
{
    const char *value;
    s2sv_verdict_explain(verdict, text, sizeof text);
    assert_harmless("\n", text);
    assert_harmless(NULL, s2sv_verdict_peer_text(verdict));
    for (size_t i = 0; s2sv_verdict_fault(verdict, i, NULL, NULL, &value) == 0; i++)
        assert_harmless(NULL, value);
    for (size_t i = 0; s2sv_verdict_identity(verdict, i, NULL, &value) == 0; i++)
        assert_harmless(NULL, value);
    for (size_t i = 0; s2sv_verdict_note(verdict, i, &value) == 0; i++)
        assert_harmless(NULL, value);
}

/* ESC [ 2 J, newline, DEL, and U+009B, which is a control sequence introducer too. */
#define EVIL "%1b[2J%0a%7f%c2%9b"

static void control_characters(void **state)
{
    static const char *const leaves[] = {
        ("subject=CN=" EVIL " san=dns:a.example"),
        ("subject=O=" EVIL ",CN.teletex=" EVIL " san=dns:a.example"),
        ("san=dns:" EVIL ".example,dns:a.example"),
        ("san=srv:_xmpp-server." EVIL ".example"),
        ("san=srv:_" EVIL ".a.example"),
        ("san=xmpp:" EVIL ".example,xmpp:a" EVIL "@b.example"),
        ("san=uri:sip:" EVIL ",email:" EVIL "@a.example"),
        ("san=dn:CN=" EVIL),
        "ext=1.2.3:critical:1b5b324a san=dns:a.example",
    };
    struct s2sv_policy *everything = s2sv_policy_new(S2SV_PROFILE_XMPP);
    (void)state;
    assert_int_equal(s2sv_policy_set_identifiers(everything, 31), 0);
    assert_int_equal(s2sv_policy_insecure_match_common_name(everything, 1), 0);
    for (size_t i = 0; i < COUNT(leaves); i++) {
        struct s2sv_verdict *verdict = given_verdict(leaves[i], "x\x1b[31m\n\xc2\x9b", everything);
        assert_verdict_harmless(verdict);
        s2sv_verdict_unref(verdict);
    }
    s2sv_policy_unref(everything);
}

/* A name with a mapping that makes a match keeps no control character in "is ...". */
static void matched_name(void **state)
{
    static const char *const names[] = { "A.EXAMPLE.", "a\xe3\x80\x82"
                                                       "example" };
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct s2sv_verdict *verdict = given_verdict("san=dns:a.example", names[i], NULL);
        assert_verdict_harmless(verdict);
        s2sv_verdict_unref(verdict);
    }
}

static void many_names(void **state)
{
    struct s2sv_verdict *verdict = given_verdict("san=many-dns:100:a.example", NULL, NULL);
    (void)state;
    s2sv_verdict_explain(verdict, text, sizeof text);
    assert_non_null(strstr(text, "presents: 84 more identifiers\n"));
    s2sv_verdict_unref(verdict);
}

/* A name that is claimed after the verdict: the first line is about it. */
static void later_names(void **state)
{
    struct s2sv_verdict *verdict = given_verdict("san=dns:a.example", NULL, NULL);
    struct s2sv_verdict *bad = given_verdict("san=dns:a.example eku=clientAuth", NULL, NULL);
    static const char *const rows[][2] = {
        { "a.example", "accepted: the peer is trusted and is a.example\n" },
        { "b.example", "refused: name-mismatch: the peer isn't shown to be b.example: " },
        { "a..b", "refused: invalid-reference: the peer isn't shown to be a..b: " },
        { "a\x1b[2J", "refused: invalid-reference: the peer isn't shown to be a?[2J: " },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *own = s2sv_verdict_explain_dup(verdict, rows[i][0]);
        int length = s2sv_verdict_explain_for(verdict, rows[i][0], text, sizeof text);
        assert_int_equal(length, (int)strlen(text));
        assert_string_equal(own, text);
        if (strncmp(text, rows[i][1], strlen(rows[i][1])) != 0)
            fail_msg("not \"%s\":\n%s", rows[i][1], text);
        free(own);
    }
    s2sv_verdict_explain_for(bad, "a.example", text, sizeof text);
    assert_ptr_equal(strstr(text, "refused: wrong-purpose: "), text);
    char *own = s2sv_verdict_explain_dup(bad, NULL);
    s2sv_verdict_explain(bad, text, sizeof text);
    assert_string_equal(own, text);
    free(own);
    s2sv_verdict_unref(verdict);
    s2sv_verdict_unref(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),        cmocka_unit_test(words),
        cmocka_unit_test(later_names),  cmocka_unit_test(control_characters),
        cmocka_unit_test(matched_name), cmocka_unit_test(many_names),
    };
    return cmocka_run_group_tests_name("explain", tests, NULL, given_free);
}
