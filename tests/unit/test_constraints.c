/* SPDX-License-Identifier: MIT
 * Name constraints: rules N-40 to N-46. */
#include "rules/name_constraints.h"
#include "x509/bounds.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>

/* One CA's constraints and one leaf, built by the functions below and reset by check(). */
static struct octets san, permitted, excluded, subject;
static unsigned kinds;

static int setup(void **state)
{
    (void)state;
    san.len = permitted.len = excluded.len = subject.len = 0;
    put_subject(&subject, SV_UTF8_STRING, "", 0);
    kinds = ALL_KINDS;
    return 0;
}

static void put_subtree(struct octets *to, unsigned tag, const void *base, size_t len)
{
    struct octets *inner = calloc(1, sizeof *inner);
    put(inner, tag, base, len);
    put(to, SV_SEQUENCE, inner->data, inner->len);
    free(inner);
}

static void dns_subtree(struct octets *to, const char *base)
{
    put_subtree(to, 0x82, base, strlen(base));
}

static void srv_subtree(struct octets *to, const char *base)
{
    struct octets *inner = calloc(1, sizeof *inner);
    put_srv(inner, base);
    put(to, SV_SEQUENCE, inner->data, inner->len);
    free(inner);
}

static void common_name(unsigned tag, const char *text, unsigned count)
{
    subject.len = 0;
    put_subject(&subject, tag, text, count);
}

/* Checks leaf, intermediate, root with the given constraints in the certificate at that depth. */
static int check_at(struct sv_span constraints, int depth, struct sv_violation *ret_violation)
{
    struct sv_certificate certificates[3] = { { .version = 3 } };
    const struct sv_certificate *path[3] = { &certificates[0], &certificates[1], &certificates[2] };
    struct sv_identities *list = NULL;
    struct sv_misread misread;
    certificates[0].subject = span_of(&subject);
    certificates[0].subject_alt_name = san.len ? span_of(&san)
                                               : (struct sv_span){
                                                     NULL,
                                                     0,
                                                 };
    certificates[depth].name_constraints = constraints;
    assert_int_equal(sv_identities_read(&certificates[0], kinds, "_xmpp-server", &list, &misread),
                     1);
    size_t compared = 0; /* the list that ends it counts whole */
    int ok = sv_constraints_check(path, 3, list, &compared, ret_violation);
    assert_true(compared <= SV_MAX_COMPARED + SV_READING * (size_t)SV_MAX_OCTETS);
    if (!ok && ret_violation->name) { /* for the message only: the list goes */
        static char name[64];
        strncpy(name, ret_violation->name, sizeof name - 1);
        ret_violation->name = name;
    }
    free(list);
    return ok;
}

static enum s2sv_reason check(void)
{
    struct octets *constraints = calloc(1, sizeof *constraints);
    struct sv_violation violation;
    if (permitted.len)
        put(constraints, 0xa0, permitted.data, permitted.len);
    if (excluded.len)
        put(constraints, 0xa1, excluded.data, excluded.len);
    int ok = check_at(span_of(constraints), 1, &violation);
    int again = check_at(span_of(constraints), 2, &violation);
    assert_int_equal(ok, again);
    if (!ok) {
        assert_int_equal(violation.depth, 2);
        assert_non_null(violation.what);
    }
    free(constraints);
    setup(NULL);
    return ok ? S2SV_REASON_NONE : violation.reason;
}

#define OK S2SV_REASON_NONE
#define NO S2SV_REASON_CONSTRAINT_VIOLATED
#define BAD S2SV_REASON_MALFORMED_EXTENSION

static void no_constraints(void **state)
{
    (void)state;
    struct sv_violation violation;
    put_dns(&san, "a.example");
    assert_int_equal(check_at((struct sv_span){ NULL, 0 }, 1, &violation), 1);
}

/* RFC 5280 section 4.2.1.10; x509-limbo rfc5280::nc::*, BetterTLS. */
static void dns_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *base;
        enum s2sv_reason if_permitted, if_excluded;
    } rows[] = {
        { "example.com", "example.com", OK, NO },
        { "a.example.com", "example.com", OK, NO },
        { "a.b.example.com", "example.com", OK, NO },
        { "xexample.com", "example.com", NO, OK },
        { "com", "example.com", NO, OK },
        { "a.VICTIM.test", "victim.test", NO, NO }, /* N-43; GnuTLS refuses natively */
        { "a.victim.test", "VICTIM.test", NO, NO },
        { "example.com", "", OK, NO },
        { "a.example.com", ".example.com", OK, NO }, /* NC-1 */
        { "example.com", ".example.com", NO, NO },
        { "a.example.com", "..example.com", BAD, BAD },
        { "*.example.com", "example.com", OK, NO },
        { "*.example.com", "bar.example.com", NO, NO }, /* N-42 */
        { "*.example.com", "x.bar.example.com", NO, OK },
        { "*.bar.example.com", "example.com", OK, NO },
        { "*.example.com", "com", OK, NO },
        { "*.example.com", "bar.example.org", NO, OK },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_dns(&san, rows[i].name);
        dns_subtree(&permitted, rows[i].base);
        enum s2sv_reason reason = check();
        put_dns(&san, rows[i].name);
        dns_subtree(&excluded, rows[i].base);
        enum s2sv_reason inverse = check();
        if (reason != rows[i].if_permitted || inverse != rows[i].if_excluded)
            fail_msg("%s, %s: %d %d", rows[i].name, rows[i].base, reason, inverse);
    }
}

static void several(void **state)
{
    (void)state;
    put_dns(&san, "a.example");
    put_dns(&san, "b.example");
    dns_subtree(&permitted, "a.example");
    assert_int_equal(check(), NO);
    put_dns(&san, "a.example");
    put_dns(&san, "b.example");
    dns_subtree(&permitted, "b.example");
    dns_subtree(&permitted, "a.example");
    assert_int_equal(check(), OK);
    put_dns(&san, "a.example");
    put_dns(&san, "b.example");
    dns_subtree(&permitted, "example");
    dns_subtree(&excluded, "b.example");
    assert_int_equal(check(), NO);
    put_dns(&san, "b.example"); /* GnuTLS heeds what stands beside an empty one */
    dns_subtree(&permitted, "");
    dns_subtree(&permitted, "a.example");
    assert_int_equal(check(), NO);
    put(&san, 0x87, "\1\2\3\4", 4); /* no name of the form: nothing to check */
    dns_subtree(&permitted, "a.example");
    assert_int_equal(check(), OK);
    put_dns(&san, "b.example"); /* its kind doesn't count: the TLS library checks it */
    kinds = S2SV_IDENTIFIER_IP;
    dns_subtree(&permitted, "a.example");
    assert_int_equal(check(), OK);
}

/* N-40 */
static void other_names(void **state)
{
    (void)state;
    static void (*const add[])(struct octets *, const char *) = { put_srv, put_xmpp, put_uri };
    static const char *bad[] = { "_xmpp-server.victim.test", "victim.test", "sip:victim.test" };
    static const char *good[] = { "_xmpp-server.a.example.com", "A.example.com",
                                  "sip:example.com" };
    for (size_t i = 0; i < 3; i++) {
        add[i](&san, bad[i]);
        dns_subtree(&permitted, "example.com");
        assert_int_equal(check(), NO);
        add[i](&san, good[i]);
        dns_subtree(&permitted, "example.com");
        assert_int_equal(check(), OK);
        add[i](&san, bad[i]);
        dns_subtree(&excluded, "VICTIM.test");
        assert_int_equal(check(), NO);
        add[i](&san, good[i]);
        dns_subtree(&excluded, "victim.test");
        assert_int_equal(check(), OK);
    }
    put_srv(&san, "_xmpp-server.*.example.com");
    dns_subtree(&excluded, "bar.example.com");
    assert_int_equal(check(), NO);
#ifdef SV_HAVE_IDN2
    put_xmpp(&san, "b\303\274cher.example");
    dns_subtree(&permitted, "xn--bcher-kva.example");
    assert_int_equal(check(), OK);
    put_xmpp(&san, "a.b\303\234cher.example");
    dns_subtree(&excluded, "xn--bcher-kva.example");
    assert_int_equal(check(), NO);
#endif
}

/* N-41: refused on both, and the name is told first. */
static void srv_names(void **state)
{
    (void)state;
    struct octets *constraints = calloc(1, sizeof *constraints);
    struct sv_violation violation;
    static const struct {
        const char *base;
        int inside;
    } rows[] = { { "example.com", 1 },       { "_xmpp-server.example.com", 1 },
                 { "_XMPP-server", 1 },      { "_mail", 0 },
                 { "_mail.example.com", 0 }, { "_xmpp-server.example.org", 0 },
                 { "b.example.com", 0 } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int exclude = 0; exclude < 2; exclude++) {
            san.len = permitted.len = constraints->len = 0;
            put_srv(&san, "_xmpp-server.a.example.com");
            srv_subtree(&permitted, rows[i].base);
            put(constraints, exclude ? 0xa1 : 0xa0, permitted.data, permitted.len);
            assert_int_equal(check_at(span_of(constraints), 1, &violation), 0);
            assert_int_equal(violation.reason, NO);
            int names_it = violation.name != NULL;
            assert_int_equal(names_it, rows[i].inside == exclude);
        }
    }
    free(constraints);
    setup(NULL);
    put_dns(&san, "a.example");
    srv_subtree(&permitted, "a.example");
    assert_int_equal(check(), NO);
    static const char *bad[] = { "", "_", "_mail.", "_ma il.a", "_mail..", "a..b", "a b" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_dns(&san, "a.example");
        srv_subtree(&permitted, bad[i]);
        assert_int_equal(check(), BAD);
    }
}

static enum s2sv_reason with_ip(int exclude, const char *range, size_t range_len, const char *ip,
                                size_t ip_len)
{
    put(&san, 0x87, ip, ip_len);
    put_subtree(exclude ? &excluded : &permitted, 0x87, range, range_len);
    return check();
}

static void addresses(void **state)
{
    (void)state;
    static const char net[] = "\xc0\x00\x02\x00\xff\xff\xff\x00";
    static const char all[] = "\x00\x00\x00\x00\x00\x00\x00\x00";
    char six[32] = "\x20\x01\x0d\xb8";
    memset(six + 16, 0xff, 4);
    for (int exclude = 0; exclude < 2; exclude++) {
        enum s2sv_reason in = exclude ? NO : OK, out = exclude ? OK : NO;
        assert_int_equal(with_ip(exclude, net, 8, "\xc0\x00\x02\x01", 4), in);
        assert_int_equal(with_ip(exclude, net, 8, "\xc0\x00\x03\x01", 4), out);
        assert_int_equal(with_ip(exclude, all, 8, "\xc0\x00\x03\x01", 4), in);
        assert_int_equal(with_ip(exclude, six, 32, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16),
                         in);
        assert_int_equal(with_ip(exclude, six, 32, "\x20\x01\x0d\xb9\0\0\0\0\0\0\0\0\0\0\0\1", 16),
                         out);
        assert_int_equal(with_ip(exclude, net, 8, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", 16),
                         out); /* the other family is outside */
        assert_int_equal(with_ip(exclude, net, 4, "\xc0\x00\x02\x01", 4), BAD);
        assert_int_equal(with_ip(exclude, net, 0, "\xc0\x00\x02\x01", 4), BAD);
        assert_int_equal(with_ip(exclude, six, 16, "\xc0\x00\x02\x01", 4), BAD);
        assert_int_equal(with_ip(exclude, "\xc0\0\2\0\xff\0\xff\0", 8, "\xc0\0\2\1", 4), BAD);
        assert_int_equal(with_ip(exclude, "\xc0\0\2\0\xff\xff\xff\x01", 8, "\xc0\0\2\1", 4), BAD);
        assert_int_equal(with_ip(exclude, "\xc0\0\2\0\xff\xfe\x80\x00", 8, "\xc0\0\2\1", 4), BAD);
    }
    assert_int_equal(with_ip(0, "\xc0\0\2\0\xff\xff\xff\xfe", 8, "\xc0\0\2\1", 4), OK);
}

/* Any URI constraint against any URI: the TLS libraries disagree. */
static void uris(void **state)
{
    (void)state;
    static const char *uris_of[] = { "sip:a.example.com", "https://a.example.com/" };
    for (int i = 0; i < 8; i++) {
        put_uri(&san, uris_of[i % 2]);
        kinds = i < 4 ? ALL_KINDS : S2SV_IDENTIFIER_DNS;
        put_subtree(i & 2 ? &permitted : &excluded, 0x86, "example.com", 11);
        assert_int_equal(check(), NO);
    }
    put_dns(&san, "a.example.com");
    put_subtree(&permitted, 0x86, "b.example.com", 13);
    assert_int_equal(check(), OK);
}

static enum s2sv_reason with_cn(int exclude, unsigned tag, const char *text, unsigned count)
{
    put_srv(&san, "_xmpp-server.a.example.com");
    common_name(tag, text, count);
    dns_subtree(exclude ? &excluded : &permitted, exclude ? "victim.test" : "example.com");
    return check();
}

/* N-45 */
static void common_names(void **state)
{
    (void)state;
    assert_int_equal(with_cn(0, SV_UTF8_STRING, "zz", 1), NO);
    assert_int_equal(with_cn(0, SV_UTF8_STRING, "A Server", 1), NO);
    assert_int_equal(with_cn(0, SV_UTF8_STRING, "", 1), NO);
    assert_int_equal(with_cn(0, SV_UTF8_STRING, "", 0), OK);
    assert_int_equal(with_cn(0, SV_UTF8_STRING, "a.example.com", 1), OK);
    assert_int_equal(with_cn(0, SV_PRINTABLE_STRING, "a.example.com", 1), OK);
    assert_int_equal(with_cn(0, 0x1e, "a.example.com", 1), NO);
    assert_int_equal(with_cn(0, SV_UTF8_STRING, "a.example.com", 2), NO);
    assert_int_equal(with_cn(1, SV_UTF8_STRING, "A Server", 1), OK);
    assert_int_equal(with_cn(1, SV_UTF8_STRING, "a.Victim.test", 1), NO);
    put_dns(&san, "a.example.com"); /* with a dNSName the common name is no name */
    common_name(SV_UTF8_STRING, "zz", 2);
    dns_subtree(&permitted, "example.com");
    assert_int_equal(check(), OK);
    common_name(SV_UTF8_STRING, "zz", 1); /* nor under constraints on other forms */
    put_subtree(&permitted, 0x81, "example.com", 11);
    assert_int_equal(check(), OK);
    common_name(SV_UTF8_STRING, "cn.example.com", 1);
    kinds |= S2SV_IDENTIFIER_COMMON_NAME;
    dns_subtree(&excluded, "example.com");
    assert_int_equal(check(), NO);
}

static void forms(void **state)
{
    (void)state;
    static const struct {
        unsigned tag;
        const char *base;
        size_t len;
        enum s2sv_reason reason;
    } rows[] = { { 0x81, "example.com", 11, OK },
                 { 0xa4, "\x30\x00", 2, OK },
                 { 0xa3, "", 0, NO },
                 { 0xa5, "", 0, NO },
                 { 0x88, "\x2b\x06", 2, NO },
                 { 0xa0, "\x06\x02\x2b\x06\xa0\x02\x05\x00", 8, NO },
                 { 0xa0, "\x06\x08" OID_SRV_NAME "\xa0\x03\x0c\x01\x61", 15, BAD },
                 { 0xa0, "\x06\x08" OID_XMPP_ADDR "\xa0\x03\x0c\x01\x61", 15, NO },
                 { 0xa0, "", 0, BAD },
                 { 0x89, "", 0, BAD },
                 { 0x82, "*.example.com", 13, BAD },
                 { 0x82, "example.com.", 12, BAD },
                 { 0x82, ".", 1, BAD },
                 { 0x82, "..example.com", 13, BAD },
                 { 0x82, "a\0b", 3, BAD },
                 { 0x82, "b\303\274cher.example", 15, BAD } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(&san, 0x87, "\1\2\3\4", 4);
        put_subtree(&permitted, rows[i].tag, rows[i].base, rows[i].len);
        assert_int_equal(check(), rows[i].reason);
        put(&san, 0x87, "\1\2\3\4", 4);
        put_subtree(&excluded, rows[i].tag, rows[i].base, rows[i].len);
        assert_int_equal(check(), rows[i].reason);
    }
}

static void malformed(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        const char *octets;
    } bad[] = {
        { 1, "\xa0" },                                                      /* no length */
        { 2, "\xa0\x00" },                                                  /* no subtree */
        { 2, "\xa1\x00" },                                                  /* the same, excluded */
        { 2, "\xa2\x00" },                                                  /* no such field */
        { 4, "\xa0\x02\x30\x00" },                                          /* no base */
        { 5, "\xa0\x03\x82\x01\x61" },                                      /* no SEQUENCE */
        { 10, "\xa0\x08\x30\x06\x82\x01\x61\x80\x01\x00" },                 /* minimum 0: not DER */
        { 10, "\xa0\x08\x30\x06\x82\x01\x61\x80\x01\x01" },                 /* minimum 1 */
        { 10, "\xa0\x08\x30\x06\x82\x01\x61\x81\x01\x05" },                 /* maximum */
        { 14, "\xa1\x05\x30\x03\x82\x01\x61\xa0\x05\x30\x03\x82\x01\x61" }, /* wrong order */
        { 14, "\xa0\x05\x30\x03\x82\x01\x61\xa0\x05\x30\x03\x82\x01\x61" }, /* twice */
    };
    struct sv_violation violation;
    put(&san, 0x87, "\1\2\3\4", 4);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sv_span span = { (const unsigned char *)bad[i].octets, bad[i].len };
        assert_int_equal(check_at(span, 1, &violation), 0);
        assert_int_equal(violation.reason, BAD);
        assert_int_equal(violation.depth, 1);
    }
}

static enum s2sv_reason check_many(int names, int subtrees)
{
    for (int i = 0; i < names; i++)
        put_dns(&san, "a.b");
    for (int i = 0; i < subtrees; i++)
        dns_subtree(&excluded, "c.d");
    return check();
}

/* N-46: a comparison counts as 2 octets, and three are compared. */
static void bounded(void **state)
{
    (void)state;
    assert_int_equal(check_many(1024, 110), S2SV_REASON_LIMIT_EXCEEDED);
    assert_int_equal(check_many(1024, 95), OK);
    assert_int_equal(check_many(95, 1024), OK);
    assert_int_equal(check_many(110, 1024), S2SV_REASON_LIMIT_EXCEEDED);
}

/* What one CA permits, or what it constrains, says nothing about another's. */
static void two_cas(void **state)
{
    (void)state;
    static const struct {
        const char *below, *above;
        int ok, depth;
    } rows[] = { { "a.example", "b.example", 0, 2 },
                 { "b.example", "a.example", 0, 1 },
                 { "a.example", "example", 1, 0 } };
    put_dns(&san, "a.example");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct octets *nc = calloc(4, sizeof *nc);
        struct sv_certificate c[3] = { { .version = 3 } };
        const struct sv_certificate *path[3] = { &c[0], &c[1], &c[2] };
        struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
        struct sv_violation violation;
        dns_subtree(&nc[0], rows[i].below);
        put(&nc[1], 0xa0, nc[0].data, nc[0].len);
        dns_subtree(&nc[2], rows[i].above);
        put(&nc[3], 0xa0, nc[2].data, nc[2].len);
        c[0].subject = span_of(&subject);
        c[1].name_constraints = span_of(&nc[1]);
        c[2].name_constraints = span_of(&nc[3]);
        assert_int_equal(sv_constraints_check(path, 3, list, &(size_t){ 0 }, &violation),
                         rows[i].ok);
        if (!rows[i].ok)
            assert_int_equal(violation.depth, rows[i].depth);
        nc[3].len = 0;
        put(&nc[3], 0xa1, (const unsigned char *)"\x30\x03\x82\x01z", 5);
        c[2].name_constraints = span_of(&nc[3]);
        assert_int_equal(sv_constraints_check(path, 3, list, &(size_t){ 0 }, &violation), i != 1);
        free(list);
        free(nc);
    }
}

/* An address under a CA that permits only domains, below one that permits only addresses. */
static void forms_of_two_cas(void **state)
{
    (void)state;
    struct octets *nc = calloc(2, sizeof *nc);
    struct sv_certificate c[3] = { { .version = 3 } };
    const struct sv_certificate *path[3] = { &c[0], &c[1], &c[2] };
    struct sv_violation violation;
    put(&san, 0x87, "\1\2\3\4", 4);
    struct sv_identities *list = must_read(&san, NULL, ALL_KINDS);
    put(&nc[0], 0xa0, "\x30\x0a\x87\x08\1\2\3\4\xff\xff\xff\xff", 12);
    put(&nc[1], 0xa0, "\x30\x03\x82\x01z", 5);
    c[0].subject = span_of(&subject);
    c[1].name_constraints = span_of(&nc[0]);
    c[2].name_constraints = span_of(&nc[1]);
    assert_int_equal(sv_constraints_check(path, 3, list, &(size_t){ 0 }, &violation), 1);
    free(list);
    free(nc);
}

static void fails_closed(void **state)
{
    (void)state;
    struct sv_violation violation;
    struct sv_identities *list = must_read(NULL, NULL, ALL_KINDS);
    assert_int_equal(sv_constraints_check(NULL, 0, list, &(size_t){ 0 }, &violation), 0);
    assert_int_equal(violation.reason, S2SV_REASON_INTERNAL_ERROR);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_constraints, setup),
        cmocka_unit_test_setup(dns_names, setup),
        cmocka_unit_test_setup(several, setup),
        cmocka_unit_test_setup(other_names, setup),
        cmocka_unit_test_setup(srv_names, setup),
        cmocka_unit_test_setup(addresses, setup),
        cmocka_unit_test_setup(uris, setup),
        cmocka_unit_test_setup(common_names, setup),
        cmocka_unit_test_setup(forms, setup),
        cmocka_unit_test_setup(malformed, setup),
        cmocka_unit_test_setup(bounded, setup),
        cmocka_unit_test_setup(fails_closed, setup),
        cmocka_unit_test_setup(two_cas, setup),
        cmocka_unit_test_setup(forms_of_two_cas, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
