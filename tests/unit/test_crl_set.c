/* SPDX-License-Identifier: MIT
 * Sets of revocation lists: none twice, the newest of each line first; and what is remembered of
 * signatures. */
#include "path/crl_set.h"

#include <stdio.h>
#include <string.h>

#include "given.h"

static int set_up(void **state)
{
    (void)state;
    given_certificate("root", "ca");
    given_certificate("other", "ca");
    return 0;
}

static struct sv_list *list_of(const char *spec)
{
    struct sv_span der = given_crl("list", spec);
    struct sv_list *list = NULL;
    assert_int_equal(sv_list_new(der.data, der.len, &list), S2SV_DECIDED);
    return list;
}

/* The set with one more list; the old one goes. */
static struct s2sv_lists *with(struct s2sv_lists *old, struct sv_list *list)
{
    struct s2sv_lists *set = sv_crl_set_with(old, &list, 1);
    assert_non_null(set);
    sv_list_unref(list);
    sv_crl_set_unref(old);
    return set;
}

static void once(void **state)
{
    struct sv_span der = given_crl("list", "issuer=root many=3");
    struct s2sv_lists *set = NULL, *first = NULL;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct sv_list *list = NULL;
        assert_int_equal(sv_list_new(der.data, der.len, &list), S2SV_DECIDED);
        set = with(set, list);
        first = first ? first : set;
        assert_ptr_equal(set, first); /* and so is all that was remembered of it */
    }
    assert_int_equal(set->count, 1);
    sv_crl_set_unref(set);
}

static void newest_first(void **state)
{
    static const char *const specs[] = { "issuer=root number=2", "issuer=other number=9",
                                         "issuer=root number=10", "issuer=root number=1",
                                         "issuer=root number=3 ext=2.5.29.28:critical:30038101ff" };
    struct s2sv_lists *set = NULL;
    struct sv_span root = given_read("reader", "issuer=root").issuer;
    (void)state;
    for (size_t i = 0; i < 5; i++)
        set = with(set, list_of(specs[i]));
    assert_int_equal(set->count, 5);
    size_t at = sv_crl_set_find(set, root), lines = 0, numbers = 0;
    for (size_t i = at; i < set->count && sv_span_equal(set->items[i]->crl.issuer, root); i++) {
        if (i == at || set->ends[i - 1] == i)
            lines++;
        else
            assert_true(sv_crl_order(&set->items[i - 1]->crl, &set->items[i]->crl) < 0);
        numbers++;
    }
    assert_int_equal(numbers, 4);
    assert_int_equal(lines, 2);
    assert_int_equal(set->ends[set->count - 1], set->count);
    sv_crl_set_unref(set);
}

static void remembered(void **state)
{
    struct sv_list *list = list_of("issuer=root");
    struct sv_signer a = { .key = { (const unsigned char *)"a", 1 } };
    struct sv_signer b = { .key = { (const unsigned char *)"a", 1 },
                           .above = { (const unsigned char *)"b", 1 } };
    char key[2] = "0";
    (void)state;
    assert_int_equal(sv_list_recall(list, &a), -1);
    sv_list_remember(list, &a, 1);
    sv_list_remember(list, &b, 0);
    assert_int_equal(sv_list_recall(list, &a), 1);
    assert_int_equal(sv_list_recall(list, &b), 0);
    for (int i = 0; i < 100; i++) { /* bounded; the first ones stay */
        struct sv_signer more = { .key = { (unsigned char *)key, 1 } };
        key[0] = (char)('A' + i % 26);
        sv_list_remember(list, &more, 1);
    }
    assert_int_equal(sv_list_recall(list, &a), 1);
    assert_int_equal(sv_list_recall(list, &b), 0);
    sv_list_unref(sv_list_ref(list));
    sv_list_unref(list);
    sv_list_unref(NULL);
}

/* What a backend hands over: malformed ones are left out. */
static void from_backend(void **state)
{
    struct sv_span der = given_crl("list", "issuer=root");
    struct s2sv_bytes all[] = { { "junk", 4 },
                                { der.data, der.len },
                                { NULL, 0 },
                                { der.data, der.len - 1 },
                                { der.data, der.len } };
    struct s2sv_lists *set = s2sv_lists_new(all, 5), *none = s2sv_lists_new(NULL, 0);
    (void)state;
    assert_int_equal(set->count, 1);
    assert_int_equal(none->count, 0);
    s2sv_lists_unref(s2sv_lists_ref(set));
    s2sv_lists_unref(set);
    s2sv_lists_unref(none);
    s2sv_lists_unref(NULL);
    assert_null(s2sv_lists_ref(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once),
        cmocka_unit_test(newest_first),
        cmocka_unit_test(remembered),
        cmocka_unit_test(from_backend),
    };
    return cmocka_run_group_tests_name("crl set", tests, set_up, given_free);
}
