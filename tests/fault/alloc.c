/* SPDX-License-Identifier: MIT */
#include "alloc.h"

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef FAULT_WRAP
#define OUR(name) __wrap_##name
#define REAL(name) __real_##name
#else
#define OUR(name) name
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *old, size_t size);
void REAL(free)(void *block);
void *OUR(malloc)(size_t size);
void *OUR(calloc)(size_t count, size_t size);
void *OUR(realloc)(void *old, size_t size);
void OUR(free)(void *block);
#ifdef FAULT_WRAP
char *OUR(strdup)(const char *text);
char *OUR(strndup)(const char *text, size_t len);
#endif

enum { SLOTS = 1 << 16 };

static _Thread_local int armed, for_good;
static _Thread_local size_t asked, failing;

/* Live blocks, by open addressing; TOMB where one was. */
static void *live[SLOTS];
static size_t live_count;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static char tomb;
#define TOMB ((void *)&tomb)

static size_t slot_of(const void *block)
{
    return (size_t)(((uintptr_t)block >> 4) * 2654435761U) % SLOTS;
}

static void take_lock(void)
{
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) {
    }
}

static void give_lock(void)
{
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

static void remember(void *block)
{
    take_lock();
    if (block && live_count < SLOTS / 2) {
        size_t i = slot_of(block);
        while (live[i] && live[i] != TOMB)
            i = (i + 1) % SLOTS;
        live[i] = block;
        live_count++;
    }
    give_lock();
}

/* Returns 1 if it was a remembered one. */
static int forget(const void *block)
{
    int found = 0;
    if (!block)
        return 0;
    take_lock();
    for (size_t i = slot_of(block); live_count > 0 && live[i] && !found; i = (i + 1) % SLOTS) {
        if (live[i] != block)
            continue;
        live[i] = TOMB;
        live_count--;
        found = 1;
    }
    give_lock();
    return found;
}

#ifndef FAULT_WRAP
/* Whose allocations fail. Not those of the libraries below: GMP and libtasn1 end the process or
 * crash when memory runs out, which is no fault of ours. */
static const char *const victims[] = { "libs2sverify", "libcrypto", "libssl", "libgnutls" };
enum { VICTIMS = sizeof victims / sizeof victims[0] };
static uintptr_t first[VICTIMS * 2], last[VICTIMS * 2];
static size_t found;

static void find_text(const struct dl_phdr_info *info)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) || found == VICTIMS * 2)
            continue;
        first[found] = info->dlpi_addr + part->p_vaddr;
        last[found] = first[found] + part->p_memsz;
        found++;
    }
}

static int find(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    for (size_t i = 0; i < VICTIMS; i++)
        if (strstr(info->dlpi_name, victims[i]))
            find_text(info);
    return 0;
}
#endif

static int is_victim(const void *caller)
{
#ifdef FAULT_WRAP
    (void)caller;
    return 1;
#else
    for (size_t i = 0; i < found; i++)
        if ((uintptr_t)caller >= first[i] && (uintptr_t)caller < last[i])
            return 1;
    return 0;
#endif
}

static int fails(const void *caller)
{
    if (!armed || !is_victim(caller))
        return 0;
    asked++;
    if (failing == 0 || (asked != failing && !(for_good && asked > failing)))
        return 0;
    errno = ENOMEM;
    return 1;
}

static void *tracked(void *block)
{
    if (armed)
        remember(block);
    return block;
}

void *OUR(malloc)(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : tracked(REAL(malloc)(size));
}

void *OUR(calloc)(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : tracked(REAL(calloc)(count, size));
}

void *OUR(realloc)(void *old, size_t size)
{
    if (fails(__builtin_return_address(0)))
        return NULL;
    int was_ours = forget(old);
    void *block = REAL(realloc)(old, size);
    if (block && (was_ours || armed))
        remember(block);
    return block;
}

void OUR(free)(void *block)
{
    forget(block);
    REAL(free)(block);
}

#ifdef FAULT_WRAP
char *OUR(strndup)(const char *text, size_t len)
{
    size_t kept = strnlen(text, len);
    char *copy = OUR(malloc)(kept + 1);
    if (copy) {
        memcpy(copy, text, kept);
        copy[kept] = '\0';
    }
    return copy;
}

char *OUR(strdup)(const char *text)
{
    return OUR(strndup)(text, strlen(text));
}
#endif

void alloc_arm(size_t nth, int stays)
{
#ifndef FAULT_WRAP
    if (found == 0)
        dl_iterate_phdr(find, NULL);
#endif
    asked = 0;
    failing = nth;
    for_good = stays;
    armed = 1;
}

size_t alloc_disarm(void)
{
    armed = 0;
    return asked;
}

size_t alloc_leaked(void)
{
    take_lock();
    size_t count = live_count;
    memset(live, 0, sizeof live);
    live_count = 0;
    give_lock();
    return count;
}
