/* SPDX-License-Identifier: MIT
 * Compares the library's matcher with the slow one: on every pair of names over small alphabets up
 * to a length, and on random names. "matcher [LENGTH [ROUNDS]]"; exits with 1 at a difference. */
#include "names/match.h"
#include "names.h"
#include "slow.h"

#ifdef SV_HAVE_IDN2
#include <unistr.h>
#endif

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long compared, matched, differences;

/* ---- one entry, as both see it ---- */

enum form { DNS, SRV, XMPP_ADDR };

struct presented {
    enum form form;
    char text[1400];
    size_t len;
    struct sv_identities *list; /* NULL: the certificate is refused */
    struct slow_name slow;
};

static void present(struct presented *p)
{
    static struct octets san;
    struct sv_misread misread;
    san.len = 0;
    p->list = NULL;
    if (p->form == DNS)
        put(&san, 0x82, p->text, p->len);
    else if (p->form == SRV)
        put_other(&san, OID_SRV_NAME, SV_IA5_STRING, p->text, p->len);
    else
        put_other(&san, OID_XMPP_ADDR, SV_UTF8_STRING, p->text, p->len);
    (void)read_names(&san, NULL, ALL_KINDS, &p->list, &misread);
    (p->form == DNS   ? slow_dns
     : p->form == SRV ? slow_srv
                      : slow_xmpp_addr)(p->text, p->len, &p->slow);
}

static void show(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        printf(text[i] > ' ' && text[i] < 0x7f ? "%c" : "\\x%02x", (unsigned char)text[i]);
}

static void differ(const struct presented *p, const char *reference, const char *what, int real)
{
    if (++differences > 20)
        return;
    printf("%s of form %d: the library says %d: ", what, p->form, real);
    show(p->text, p->len);
    printf(" and ");
    show(reference, strlen(reference));
    printf("\n");
}

static void compare(const struct presented *p, const char *text, const struct sv_reference *r,
                    const struct slow_name *slow)
{
    static const struct sv_match_rules rules;
    size_t index;
    int real = p->list && sv_match(p->list, r, &rules, &index);
    compared++;
    matched += (unsigned long)real;
    if (real != slow_match(&p->slow, slow))
        differ(p, text, "match", real);
    if (p->form != DNS)
        return;
    real = p->list && sv_match_under(p->list, r, &rules, &index);
    if (real != slow_under(&p->slow, slow))
        differ(p, text, "under", real);
}

/* ---- every name over an alphabet ---- */

struct space {
    const char *alphabet; /* '0' stands for NUL in what is presented, \1 in references */
    size_t max;
};

static uint64_t names_in(const struct space *space)
{
    uint64_t total = 0, power = 1;
    for (size_t i = 0; i <= space->max; i++, power *= strlen(space->alphabet))
        total += power;
    return total;
}

/* The n-th name, shorter ones first. */
static size_t name_at(const struct space *space, uint64_t n, char nul, char *buf)
{
    size_t base = strlen(space->alphabet), len = 0;
    for (uint64_t power = 1; n >= power; power *= base, len++)
        n -= power;
    for (size_t i = 0; i < len; i++, n /= base) {
        char c = space->alphabet[n % base];
        buf[i] = c == '0' ? nul : c;
    }
    buf[len] = '\0';
    return len;
}

struct reference {
    char text[16];
    struct sv_reference real;
    struct slow_name slow;
};

/* Most names are no references. Those count once, beside one that both take as bad. */
static size_t references(const struct space *space, struct reference **ret_list)
{
    size_t count = 0, room = 0;
    struct reference *list = NULL;
    for (uint64_t i = 0; i < names_in(space); i++) {
        if (count == room) {
            room = room ? room * 2 : 64;
            list = realloc(list, room * sizeof *list);
            assert_non_null(list);
        }
        struct reference *r = &list[count];
        name_at(space, i, '\1', r->text);
        int real = sv_reference_read(r->text, SV_REFERENCE_SINGLE_LABEL, &r->real) == 0 &&
                   r->real.kind == SV_REFERENCE_NAME;
        slow_reference(r->text, &r->slow);
        if (real != r->slow.ok) {
            differences++;
            printf("reference %s: the library says %d\n", r->text, real);
        }
        if (real || r->slow.ok || count == 0)
            count++;
    }
    *ret_list = list;
    return count;
}

static void exhaust(const char *alphabet, size_t max, enum form form, const char *prefix)
{
    struct space space = { alphabet, max };
    struct reference *list;
    size_t count = references(&space, &list);
    static struct presented p;
    p.form = form;
    for (uint64_t i = 0; i < names_in(&space); i++) {
        size_t len = strlen(prefix);
        memcpy(p.text, prefix, len);
        p.len = len + name_at(&space, i, '\0', p.text + len);
        present(&p);
        for (size_t k = 0; k < count; k++)
            compare(&p, list[k].text, &list[k].real, &list[k].slow);
        free(p.list);
    }
    printf("\"%s\" to length %zu, form %d, prefix \"%s\": %llu presented, %zu references\n",
           alphabet, max, form, prefix, (unsigned long long)names_in(&space), count);
    free(list);
}

/* ---- random names ---- */

static uint64_t seed = 1;

static unsigned roll(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static const char *const pieces[] = {
    "a",
    "b",
    "A",
    "B",
    "example",
    "EXAMPLE",
    "com",
    "test",
    "xn--bcher-kva",
    "XN--BCHER-KVA",
    "b\303\274cher",
    "B\303\234CHER",
    "bu\314\210cher",
    "stra\303\237e",
    "xn--strae-oqa",
    "strasse",
    "xn--a",
    "xn--",
    "xn--n3h",
    "\342\230\203",
    "\302\255",
    "a\302\255",
    "*",
    "f*",
    "*f",
    "**",
    "",
    "-a",
    "a-",
    "a-b",
    "_x",
    "_xmpp-server",
    "1",
    "127",
    "0x7f",
    "0x7g",
    "\357\274\221",
    "a b",
    "a\302\240b",
    "\344\270\255\345\233\275",
    "xn--fiqs8s",
    "XN--FIQS8S",
    "\xff",
    "\xc3",
    "@",
    "a/b",
    "a:b",
    "[",
    "\330\247",
    "\357\274\216",
    "\343\200\202",
    "r3---sn",
    "xn--a_-yka",
    "a_\303\274",
    "012345678901234567890123456789012345678901234567890123456789012",
    "0123456789012345678901234567890123456789012345678901234567890123",
    "\303\274bung\303\274bung\303\274bung\303\274bung\303\274bung\303\274bung\303\274bung",
};

static size_t random_name(char *buf)
{
    size_t len = 0;
    unsigned labels = 1 + roll(5);
    for (unsigned i = 0; i < labels; i++) {
        const char *piece = pieces[roll(roll(3) ? 14 : sizeof pieces / sizeof *pieces)];
        if (i > 0)
            buf[len++] = '.';
        memcpy(buf + len, piece, strlen(piece));
        len += strlen(piece);
    }
    if (roll(20) == 0)
        buf[len++] = '.';
    buf[len] = '\0';
    return len;
}

/* Another name that often still is the same: another case, a star, one label less, a cut. */
static void variant(const char *from, size_t len, char *buf)
{
    size_t start = 0;
    const char *dot = memchr(from, '.', len);
    unsigned what = roll(8);
    if (what == 0 && dot)
        start = (size_t)(dot - from) + 1;
    size_t n = 0;
    if (what == 1)
        n = (size_t)sprintf(buf, "%s.", pieces[roll(14)]);
    if (what == 2 && dot) {
        n = (size_t)sprintf(buf, "%s.", pieces[roll(14)]);
        start = (size_t)(dot - from) + 1;
    }
    for (size_t i = start; i < len; i++) {
        char c = from[i];
        buf[n++] = (char)(what == 3 && c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    if (what == 4 && n > 0)
        buf[roll((unsigned)n)] = "a.*-\303_"[roll(6)];
    if (what == 5)
        buf[n++] = '.';
    buf[n] = '\0';
}

static void random_presented(struct presented *p, const char *name, size_t len)
{
    static const char *const services[] = { "_xmpp-server.", "_XMPP-Server.", "_xmpp-client.", "" };
    p->form = (enum form)roll(3);
    p->len = 0;
    if (p->form == SRV)
        p->len = (size_t)sprintf(p->text, "%s", services[roll(6) < 4 ? 0 : roll(4)]);
    if (roll(6) == 0)
        p->len += (size_t)sprintf(p->text + p->len, "*.");
    memcpy(p->text + p->len, name, len);
    p->len += len;
    if (p->len > 0 && roll(50) == 0)
        p->text[roll((unsigned)p->len)] = '\0';
}

static void random_round(void)
{
    static struct presented p;
    static struct slow_name slow;
    char name[600], reference[1200];
    struct sv_reference real;
    size_t len = random_name(name);
    random_presented(&p, name, len);
    variant(name, len, reference);
    present(&p);
    int ok = sv_reference_read(reference, SV_REFERENCE_SINGLE_LABEL, &real) == 0 &&
             real.kind == SV_REFERENCE_NAME;
    slow_reference(reference, &slow);
    if (ok != slow.ok)
        differ(&p, reference, "reading the reference beside a presented one", ok);
    compare(&p, reference, &real, &slow);
    free(p.list);
}

/* Every character there is, alone and inside. */
static void compare_invisible(void)
{
#ifdef SV_HAVE_IDN2
    for (unsigned long c = 0x80; c < 0x110000; c++) {
        uint8_t text[8] = "a";
        int len = u8_uctomb(text + 1, (ucs4_t)c, 6);
        if (len < 0) /* a surrogate */
            continue;
        text[1 + len] = 'b';
        struct sv_span whole = { text, (size_t)len + 2 }, last = { text, (size_t)len + 1 };
        compared++;
        if (sv_idna_has_invisible(whole) != slow_is_invisible(c) ||
            sv_idna_has_invisible(last) != slow_is_invisible(c)) {
            printf("U+%04lX: is it seen?\n", c);
            differences++;
        }
    }
#endif
}

int main(int argc, char **argv)
{
    size_t length = argc > 1 ? strtoul(argv[1], NULL, 10) : 6;
    unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000;
    exhaust("ab.-*0", length, DNS, "");
    exhaust("a.*", length + 3, DNS, "");
    exhaust("aA._*", length, DNS, "");
    exhaust("1x.a", length, DNS, "");
    exhaust("a.*_0", length, SRV, "_xmpp-server");
    exhaust("ab.*", length, SRV, "_XMPP-Server.");
    exhaust("a.*_-", length, SRV, "_xmpp-client.");
    exhaust("aB.*-0", length - 1, XMPP_ADDR, "");
    compare_invisible();
    for (unsigned long i = 0; i < rounds; i++)
        random_round();
    printf("%lu pairs, %lu matches, %lu differences\n", compared, matched, differences);
    return differences || matched == 0 ? 1 : 0;
}
