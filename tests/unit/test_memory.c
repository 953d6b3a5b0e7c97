/* SPDX-License-Identifier: MIT
 * The memory of digests: bounded; who is met again stays. */
#include "path/anchor.h"
#include "path/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <s2sverify/backend.h>

/* A digest for a number; the same first octet for all: one shard. */
static const unsigned char *digest(unsigned n)
{
    static _Thread_local unsigned char octets[SV_DIGEST];
    memset(octets, 0, sizeof octets);
    memcpy(octets + 8, &n, sizeof n);
    return octets;
}

static void remembers(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(10);
    (void)state;
    assert_int_equal(sv_memory_has(memory, digest(1), NULL), 0);
    sv_memory_add(memory, digest(1), NULL);
    sv_memory_add(memory, digest(1), NULL);
    assert_int_equal(sv_memory_has(memory, digest(1), NULL), 1);
    assert_int_equal(sv_memory_has(memory, digest(2), NULL), 0);
    s2sv_memory_free(memory);
}

/* ---- what is kept with a digest ---- */

static unsigned releases;

static void count_release(void *native)
{
    (void)native;
    releases++;
}

static struct sv_anchor *certificate(void)
{
    static const struct s2sv_backend backend = { .release = count_release };
    struct sv_anchor *made = calloc(1, sizeof *made);
    assert_non_null(made);
    atomic_init(&made->references, 1);
    made->backend = &backend;
    made->node.native = made;
    return made;
}

/* Kept as long as the digest is remembered, or a reader needs it. */
static void keeps(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(2);
    struct sv_anchor *first = certificate(), *found = NULL;
    (void)state;
    releases = 0;
    sv_memory_add(memory, digest(1), first);
    sv_memory_add(memory, digest(2), certificate());
    sv_memory_add(memory, digest(2), certificate()); /* known already */
    assert_int_equal(releases, 1);
    assert_int_equal(sv_memory_has(memory, digest(3), &found), 0);
    assert_null(found);
    assert_int_equal(sv_memory_has(memory, digest(1), &found), 1);
    assert_ptr_equal(found, first);
    sv_memory_add(memory, digest(4), NULL); /* 2 goes */
    assert_int_equal(releases, 2);
    sv_memory_add(memory, digest(5), certificate()); /* 4 goes, which nobody has asked for since */
    assert_int_equal(sv_memory_has(memory, digest(4), NULL), 0);
    assert_int_equal(releases, 2);
    s2sv_memory_free(memory);
    assert_int_equal(releases, 3);
    sv_anchor_unref(found); /* it was still needed */
    assert_int_equal(releases, 4);
}

/* ---- how digests are told apart ---- */

/* Every octet counts. */
static void every_octet(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(10);
    (void)state;
    sv_memory_add(memory, digest(1), NULL);
    for (size_t i = 0; i < SV_DIGEST; i++) {
        unsigned char other[SV_DIGEST];
        memcpy(other, digest(1), SV_DIGEST);
        other[i] ^= 0x10;
        assert_int_equal(sv_memory_has(memory, other, NULL), 0);
    }
    s2sv_memory_free(memory);
}

/* Who comes round in turn, twice as many as there is room for, is still met at least a third of the
 * time: a line whose oldest goes would meet nobody. */
static void goes_round(void **state)
{
    (void)state;
    for (unsigned size = 30; size < 60; size += 7) {
        struct s2sv_memory *memory = s2sv_memory_new(size);
        unsigned hits = 0, asked = 0;
        for (unsigned round = 0; round < 60; round++)
            for (unsigned n = 0; n < 2 * size; n++) {
                int hit = sv_memory_has(memory, digest(n), NULL);
                if (!hit)
                    sv_memory_add(memory, digest(n), NULL);
                hits += round >= 20 && hit;
                asked += round >= 20;
            }
        assert_true(hits >= asked / 3);
        s2sv_memory_free(memory);
    }
}

/* Who comes at last, when the others have gone for good, is remembered in the end. */
static void gives_way(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(10);
    unsigned hits = 0;
    (void)state;
    for (unsigned n = 0; n < 10; n++)
        sv_memory_add(memory, digest(n), NULL);
    for (unsigned round = 0; round < 400; round++)
        for (unsigned n = 100; n < 110; n++) {
            if (sv_memory_has(memory, digest(n), NULL))
                hits += round >= 390;
            else
                sv_memory_add(memory, digest(n), NULL);
        }
    assert_true(hits >= 90);
    s2sv_memory_free(memory);
}

static void use_keeps(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(3);
    (void)state;
    for (unsigned n = 0; n < 3; n++)
        sv_memory_add(memory, digest(n), NULL);
    for (unsigned n = 3; n < 50; n++) {
        assert_int_equal(sv_memory_has(memory, digest(0), NULL), 1);
        sv_memory_add(memory, digest(n), NULL);
        assert_int_equal(sv_memory_has(memory, digest(n), NULL), 1);
    }
    assert_int_equal(sv_memory_has(memory, digest(1), NULL), 0);
    s2sv_memory_free(memory);
}

/* Many shards: never more than it was made for. */
static void bounded(void **state)
{
    enum { ENTRIES = 1000 };
    struct s2sv_memory *memory = s2sv_memory_new(ENTRIES);
    size_t kept = 0;
    (void)state;
    for (int round = 0; round < 2; round++)
        for (unsigned n = 0; n < 5 * ENTRIES; n++) {
            unsigned char octets[SV_DIGEST];
            memcpy(octets, digest(n), SV_DIGEST);
            octets[0] = (unsigned char)n;
            if (round == 0)
                sv_memory_add(memory, octets, NULL);
            else
                kept += (size_t)sv_memory_has(memory, octets, NULL);
        }
    assert_true(kept <= ENTRIES && kept > ENTRIES / 2);
    s2sv_memory_free(memory);
}

static void none(void **state)
{
    (void)state;
    assert_null(s2sv_memory_new(0));
    s2sv_memory_free(NULL);
}

static void *work(void *memory)
{
    for (unsigned n = 0; n < 20000; n++) {
        sv_memory_add(memory, digest(n % 97), NULL);
        if (sv_memory_has(memory, digest(1000 + n), NULL))
            return memory;
    }
    return NULL;
}

static void threads(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(50);
    pthread_t thread[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, work, memory), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;
        assert_int_equal(pthread_join(thread[i], &failed), 0);
        assert_null(failed);
    }
    s2sv_memory_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers),  cmocka_unit_test(keeps),     cmocka_unit_test(every_octet),
        cmocka_unit_test(goes_round), cmocka_unit_test(gives_way), cmocka_unit_test(use_keeps),
        cmocka_unit_test(bounded),    cmocka_unit_test(none),      cmocka_unit_test(threads),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
