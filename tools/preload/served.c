/* SPDX-License-Identifier: MIT
 * Fills a table. The loader's lock is never taken under ours: a module's constructor may call us.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "real.h"
#include "served.h"

static int was_seen(struct svp_served *served)
{
    int seen;

    pthread_mutex_lock(&served->lock);
    seen = served->path != NULL;
    pthread_mutex_unlock(&served->lock);
    return seen;
}

/* NULL, or what is missing. */
static const char *fill(const struct svp_served *served, const char *path, uintptr_t *ret_table)
{
    void *library = svp_keep(path);

    if (ret_table == NULL)
        return "memory left";
    return library != NULL ? svp_fill(library, served->names, served->count, ret_table)
                           : "file of its own";
}

/* Under the lock. */
static void begin(struct svp_served *served, const char *path, const uintptr_t *table,
                  const char *missing)
{
    served->path = path;
    if (missing != NULL) {
        svp_log("not armed: the %s in use (%s) has no %s", served->what, path, missing);
        return;
    }
    memcpy(served->table, table, served->count * sizeof *table);
    served->is_ready = served->begin(path);
}

int svp_serves(struct svp_served *served, const void *real)
{
    const char *path = svp_path_of(real), *missing = NULL;
    uintptr_t *table = NULL;
    int serves;

    if (!was_seen(served)) {
        table = calloc(served->count, sizeof *table);
        missing = fill(served, path, table);
    }
    pthread_mutex_lock(&served->lock);
    if (served->path == NULL)
        begin(served, path, table, missing);
    serves = served->path == path; /* the loader keeps one text for each file */
    if (!serves && !served->has_told++)
        svp_log("not armed: a second %s (%s beside %s)", served->what, path, served->path);
    serves = serves && served->is_ready;
    pthread_mutex_unlock(&served->lock);
    free(table);
    return serves;
}

int svp_is_serving(struct svp_served *served)
{
    int is_ready;

    pthread_mutex_lock(&served->lock);
    is_ready = served->is_ready;
    pthread_mutex_unlock(&served->lock);
    return is_ready;
}
