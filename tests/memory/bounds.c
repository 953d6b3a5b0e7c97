/* SPDX-License-Identifier: MIT
 * The memory alone: never more than it may hold, the oldest unused one out first, and of those that
 * come too late most behind all others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <s2sverify/backend.h>

#include "path/memory.h"

static void digest_of(unsigned number, unsigned char digest[SV_DIGEST])
{
    uint64_t x = number;
    for (size_t i = 0; i < SV_DIGEST; i += sizeof x) { /* splitmix64: even, as a digest is */
        uint64_t z = x += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        z ^= z >> 31;
        memcpy(digest + i, &z, sizeof z);
    }
}

static int has(struct s2sv_memory *memory, unsigned number)
{
    unsigned char digest[SV_DIGEST];
    digest_of(number, digest);
    return sv_memory_has(memory, digest, NULL);
}

static void add(struct s2sv_memory *memory, unsigned number)
{
    unsigned char digest[SV_DIGEST];
    digest_of(number, digest);
    sv_memory_add(memory, digest, NULL);
}

static void never_too_many(void **state)
{
    static const size_t capacities[] = { 1, 2, 7, 63, 64, 65, 1000, 4096 };
    (void)state;
    for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
        struct s2sv_memory *memory = s2sv_memory_new(capacities[i]);
        size_t count = 0;
        assert_non_null(memory);
        for (unsigned number = 0; number < 20000; number++)
            add(memory, number);
        for (unsigned number = 0; number < 20000; number++)
            count += (size_t)has(memory, number);
        assert_true(count >= capacities[i] * 7 / 10 && count <= capacities[i]);
        assert_true(has(memory, 19999));
        assert_false(has(memory, 20000));
        s2sv_memory_free(memory);
    }
}

static void order(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(4);
    (void)state;
    for (unsigned number = 1; number <= 4; number++)
        add(memory, number);
    add(memory, 4); /* there already */
    assert_true(has(memory, 2));
    assert_true(has(memory, 1));
    add(memory, 5);
    assert_false(has(memory, 3));
    add(memory, 6);
    assert_false(has(memory, 5));
    assert_true(has(memory, 6));
    add(memory, 7);
    assert_false(has(memory, 4));
    assert_true(has(memory, 1) && has(memory, 2) && has(memory, 6) && has(memory, 7));
    s2sv_memory_free(memory);
}

/* Peers that nobody knew are taken in as well, one of eight. */
static void newcomers(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(4);
    (void)state;
    for (unsigned number = 1; number <= 4 + 16; number++)
        add(memory, number);
    assert_true(has(memory, 4) && has(memory, 4 + 8) && has(memory, 4 + 16));
    for (unsigned number = 21; number <= 20 + 8 * 4; number++)
        add(memory, number);
    for (unsigned number = 1; number <= 20; number++)
        assert_false(has(memory, number));
    s2sv_memory_free(memory);
}

/* A round of all peers, time and again, in one order or in another each time: a memory that has
 * room for half of them finds at least a third. */
static void rotation(void **state)
{
    enum { ROOM = 1024, PEERS = 2 * ROOM, ROUNDS = 6 };
    (void)state;
    for (unsigned mixes = 0; mixes < 2; mixes++) {
        struct s2sv_memory *memory = s2sv_memory_new(ROOM);
        unsigned found = 0;
        for (unsigned i = 0; i < ROUNDS * PEERS; i++) {
            unsigned round = i / PEERS, peer = i % PEERS;
            if (mixes) /* another order: an odd factor and something more, modulo a power of two */
                peer = (peer * (2 * round + 1) * 157 + 311 * round) % PEERS;
            int is_there = has(memory, peer);
            found += round > 0 && is_there;
            if (!is_there)
                add(memory, peer);
        }
        assert_in_range(found, (ROUNDS - 1) * PEERS / 3, (ROUNDS - 1) * PEERS / 2 + ROOM);
        s2sv_memory_free(memory);
    }
}

/* Digests that meet in one bucket and differ in their last octet. */
static void one_bucket(void **state)
{
    struct s2sv_memory *memory = s2sv_memory_new(8);
    unsigned char digest[SV_DIGEST] = { 0 };
    (void)state;
    for (unsigned char last = 0; last < 12; last++) {
        digest[SV_DIGEST - 1] = last;
        sv_memory_add(memory, digest, NULL);
    }
    for (unsigned char last = 0; last < 14; last++) {
        digest[SV_DIGEST - 1] = last;
        assert_int_equal(sv_memory_has(memory, digest, NULL),
                         (last >= 1 && last < 8) || last == 11);
    }
    s2sv_memory_free(memory);
}

static void nothing(void **state)
{
    (void)state;
    assert_null(s2sv_memory_new(0));
    s2sv_memory_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_too_many), cmocka_unit_test(order),      cmocka_unit_test(newcomers),
        cmocka_unit_test(rotation),       cmocka_unit_test(one_bucket), cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
