/* SPDX-License-Identifier: MIT
 * Fills a table. The loader's lock is never taken under ours: a module's constructor may call us.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "real.h"
#include "served.h"

/* Taken once for each TLS library. Another thread may have it when this process is forked. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void unlock_in_child(void)
{
    pthread_mutex_init(&lock, NULL);
}

static void __attribute__((constructor)) watch_forks(void)
{
    pthread_atfork(NULL, NULL, unlock_in_child);
}

/* NULL, or what is missing. */
static const char *fill(const struct svp_served *served, const char *path, uintptr_t *ret_table)
{
    void *library = svp_keep(path);
    if (!ret_table)
        return "memory left";
    return library ? svp_fill(library, served->names, served->count, ret_table) : "file of its own";
}

/* Under the lock. The path last: who sees it finds all the rest done. */
static void begin(struct svp_served *served, const char *path, const uintptr_t *table,
                  const char *missing)
{
    if (missing) {
        svp_log("not armed: the %s in use (%s) has no %s", served->what, path, missing);
    } else {
        memcpy(served->table, table, served->count * sizeof *table);
        atomic_store(&served->is_ready, served->begin(path));
    }
    atomic_store(&served->path, path);
}

static void try_to_begin(struct svp_served *served, const char *path)
{
    uintptr_t *table = calloc(served->count, sizeof *table);
    const char *missing = fill(served, path, table);
    pthread_mutex_lock(&lock);
    if (!atomic_load(&served->path))
        begin(served, path, table, missing);
    pthread_mutex_unlock(&lock);
    free(table);
}

int svp_serves(struct svp_served *served, const void *real)
{
    const char *path = svp_path_of(real), *first;
    if (!atomic_load(&served->path))
        try_to_begin(served, path);
    first = atomic_load(&served->path);
    /* The loader keeps one text for each file. */
    if (first != path && !atomic_exchange(&served->has_told, 1))
        svp_log("not armed: a second %s (%s beside %s)", served->what, path, first);
    return first == path && atomic_load(&served->is_ready);
}

int svp_is_serving(struct svp_served *served)
{
    return atomic_load(&served->is_ready);
}
