/* SPDX-License-Identifier: MIT
 * What a stranger can make a TLS library do, counted: how often it is asked to validate, how many
 * signatures it checks, how many certificates it reads. Nobody whom they name signed these
 * certificates, unless it says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "counting.h"

/* Wrong signatures that are checked, by the anchor's key: doc/guide.md, "Limits". */
enum { BY_P384 = 3, BY_P256 = 13 };

#define CA "ca signer=evil aki=absent ski=absent "
#define LEAF "signer=evil aki=absent san=dns:a.example "

static struct pki *pki;
static struct s2sv_policy *policy;

static int set_up(void **state)
{
    (void)state;
    pki = pki_new(NULL, (int64_t)time(NULL));
    policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    make(pki, "root", "ca key=p384");
    make(pki, "small", "ca key=p256");
    make(pki, "evil", "ca");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    s2sv_policy_unref(policy);
    pki_free(pki);
    return 0;
}

/* What a test shows: names, separated by spaces. */
struct shown {
    char names[1024];
    unsigned count;
};

static void show(struct shown *shown, const char *spec)
{
    static unsigned number;
    char name[16];
    snprintf(name, sizeof name, "x%u", number++);
    make(pki, name, spec);
    if (shown->count++ > 0)
        strcat(shown->names, " ");
    strcat(shown->names, name);
}

static struct answer ask_about(const struct shown *shown, const char *anchor, size_t memory)
{
    struct question question = { .trust = trust_of(pki, anchor), .policy = policy };
    assert_int_equal(s2sv_trust_set_memory(question.trust, memory), S2SV_DECIDED);
    present(&question, pki, shown->names);
    struct answer answer = ask(&question);
    s2sv_trust_unref(question.trust);
    return answer;
}

/* With memory and without: so many validations and so many signatures beside them at the most. */
static void costs(const struct shown *shown, const char *anchor, enum s2sv_reason reason,
                  unsigned validations, unsigned signatures)
{
    for (size_t memory = 0; memory <= 4096; memory += 4096) {
        struct answer answer = ask_about(shown, anchor, memory);
        assert_int_equal(answer.reason, reason);
        assert_in_range(answer.validations, 0, validations);
        assert_in_range(answer.signatures, 0, signatures);
        assert_in_range(answer.imports, 0, 11);
    }
}

/* Everybody says that the anchor issued it. */
static void show_claims(struct shown *shown, const char *anchor)
{
    char spec[128];
    snprintf(spec, sizeof spec, CA "subject=CN=c issuer-dn=O=Test,CN=%s", anchor);
    show(shown, LEAF "issuer-dn=CN=c");
    while (shown->count < MAX_CHAIN)
        show(shown, spec);
}

static void claims(void **state)
{
    struct shown p384 = { "", 0 }, p256 = { "", 0 };
    (void)state;
    show_claims(&p384, "root");
    costs(&p384, "root", S2SV_REASON_LIMIT_EXCEEDED, 1, BY_P384);
    show_claims(&p256, "small");
    costs(&p256, "small", S2SV_REASON_LIMIT_EXCEEDED, 1, BY_P256);
}

/* Layers of CAs, each issued by all of the next; the last by the anchor. The keys of none are used,
 * and every pair is asked about once. */
static void show_layers(struct shown *shown, int depth, int width)
{
    char spec[160], issuer[32];
    show(shown, LEAF "issuer-dn=CN=l1");
    for (int layer = 1; layer <= depth; layer++)
        for (int i = 0; i < width; i++) {
            snprintf(issuer, sizeof issuer, "CN=l%d", layer + 1);
            snprintf(spec, sizeof spec, CA "subject=CN=l%d issuer-dn=%s", layer,
                     layer == depth ? "O=Test,CN=small" : issuer);
            show(shown, spec);
        }
}

static void layers(void **state)
{
    struct shown narrow = { "", 0 }, wide = { "", 0 };
    (void)state;
    show_layers(&narrow, 6, 2);
    costs(&narrow, "small", S2SV_REASON_BAD_SIGNATURE, 1, 2);
    show_layers(&wide, 9, 4);
    costs(&wide, "small", S2SV_REASON_LIMIT_EXCEEDED, 1, 4);
}

/* Each issued each. */
static void mesh(void **state)
{
    struct shown shown = { "", 0 };
    (void)state;
    show(&shown, LEAF "issuer-dn=CN=m");
    while (shown.count < MAX_CHAIN)
        show(&shown, CA "subject=CN=m issuer-dn=CN=m");
    costs(&shown, "root", S2SV_REASON_LIMIT_EXCEEDED, 0, 0);
}

/* A big path isn't read before it is proven: the first wrong signature is the only one. */
static void big(void **state)
{
    struct shown shown = { "", 0 };
    char spec[128];
    (void)state;
    show(&shown, LEAF "issuer-dn=CN=b1");
    for (int i = 1; i < 9; i++) {
        snprintf(spec, sizeof spec, CA "pad=1000 subject=CN=b%d issuer-dn=CN=b%d", i, i + 1);
        show(&shown, spec);
    }
    show(&shown, CA "pad=1000 subject=CN=b9 issuer-dn=O=Test,CN=root");
    costs(&shown, "root", S2SV_REASON_BAD_SIGNATURE, 0, 1);
}

/* The way through CAs of one name that no key identifiers tell apart is still found. */
static void one_is_good(void **state)
{
    struct shown shown = { "", 0 };
    (void)state;
    make(pki, "good", "ca issuer=root subject=CN=n ski=absent");
    show(&shown, "issuer=good aki=absent san=dns:a.example");
    for (int i = 0; i < 5; i++)
        show(&shown, "ca issuer=root subject=CN=n ski=absent");
    strcat(shown.names, " good");
    for (size_t memory = 0; memory <= 4096; memory += 4096) {
        struct answer answer = ask_about(&shown, "root", memory);
        assert_int_equal(answer.reason, S2SV_REASON_NONE);
        assert_int_equal(answer.validations, 2);
        assert_in_range(answer.signatures, 4, 2 * 6);
    }
}

/* Refused by the rules, and too much work to show it to the TLS library. */
static void lists(void **state)
{
    struct shown shown = { "", 0 };
    char *spec = calloc(1, 65536);
    (void)state;
    assert_non_null(spec);
    strcpy(spec, LEAF "issuer-dn=O=Test,CN=root ext=2.5.29.31:noncritical:308204d3");
    for (int i = 0; i < 65; i++)
        strcat(spec, "3011a00fa10d300b06035504030c0461616161");
    show(&shown, spec);
    free(spec);
    costs(&shown, "root", S2SV_REASON_LIMIT_EXCEEDED, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims), cmocka_unit_test(layers),      cmocka_unit_test(mesh),
        cmocka_unit_test(big),    cmocka_unit_test(one_is_good), cmocka_unit_test(lists),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
