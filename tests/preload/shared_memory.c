/* SPDX-License-Identifier: MIT */
/* A program whose processes share OpenSSL's memory, as Kamailio's and OpenSIPS's do: one makes the
 * context, another the SSL and its handshake, a third frees it. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "actor.h"

enum { ARENA = 64 << 20 };

struct arena {
    atomic_size_t used;
    SSL_CTX *ctx;
    SSL *ssl;
    int accepted;
};

static struct arena *arena;

static void *allocate(size_t size, const char *file, int line)
{
    size_t *block, room = (size + 31) / 16 * 16, at = atomic_fetch_add(&arena->used, room);
    (void)file, (void)line;
    must(at + room < ARENA);
    block = (size_t *)(void *)((char *)arena + at);
    *block = size;
    return (char *)block + 16;
}

static void *reallocate(void *old, size_t size, const char *file, int line)
{
    size_t had = old ? *(size_t *)(void *)((char *)old - 16) : 0;
    void *made = allocate(size, file, line);
    memcpy(made, old ? old : "", had < size ? had : size);
    return made;
}

static void release(void *old, const char *file, int line)
{
    (void)file, (void)line;
    if (old) /* nobody may use it again */
        memset(old, 0xd5, *(size_t *)(void *)((char *)old - 16));
}

/* Without OpenSSL's own end, which frees what the other processes use. */
static void leave(int status)
{
    fflush(stdout);
    _exit(status);
}

static void in_child(void (*act)(const char *), const char *peer)
{
    pid_t child = fork();
    int status = -1;
    must(child >= 0);
    if (child == 0) {
        act(peer);
        leave(0);
    }
    must(waitpid(child, &status, 0) == child);
    if (status != 0) {
        printf("a process ended with %#x\n", (unsigned)status);
        leave(1);
    }
}

static void meet(const char *peer)
{
    arena->ssl = actor_meet(arena->ctx, peer, &arena->accepted);
}

static void part(const char *unused)
{
    (void)unused;
    SSL_free(arena->ssl);
}

static void check(const char *peer, int accepted)
{
    in_child(meet, peer);
    in_child(part, peer);
    if (arena->accepted == accepted)
        return;
    printf("%s: it is %s\n", peer, accepted ? "refused" : "accepted");
    leave(1);
}

int main(void)
{
    arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(arena != MAP_FAILED);
    arena->used = (sizeof *arena + 15) / 16 * 16;
    must(CRYPTO_set_mem_functions(allocate, reallocate, release));
    actor_make_certificates();
    arena->ctx = actor_context();
    for (int i = 0; i < 2; i++) {
        check("server", 1);
        check("both", 1);
        check("code", 0);
    }
    leave(0);
}
