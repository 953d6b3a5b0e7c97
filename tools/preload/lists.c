/* SPDX-License-Identifier: MIT
 * Lists are renewed every few days, and a daemon runs for months: the files are looked at once a
 * minute. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "path/anchor.h"
#include "x509/bounds.h"
#include "x509/certificate_reader.h"
#include "rules/faults.h"
#include "lists.h"
#include "log.h"
#include "path/revocation.h"
#include "trust.h"

enum { LOOK_EACH = 60, PATH = 512 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Another thread may have held it when this process was forked. */
static void unlock_in_child(void)
{
    pthread_mutex_init(&lock, NULL);
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, unlock_in_child);
}

/* The next path of a list. Returns where the rest begins, or NULL at the end. */
static const char *next_path(const char *paths, char path[PATH])
{
    size_t len = strcspn(paths, ":");
    if (*paths == '\0')
        return NULL;
    if (len >= PATH)
        len = 0; /* which can't be opened */
    memcpy(path, paths, len);
    path[len] = '\0';
    paths += strcspn(paths, ":");
    return *paths == ':' ? paths + 1 : paths;
}

/* Changes when a file does. A file that can't be seen, after chroot() for example, doesn't count.
 */
static uint64_t state_of(const char *paths)
{
    uint64_t state = 0;
    char path[PATH];
    struct stat file;
    while ((paths = next_path(paths, path))) {
        if (stat(path, &file) != 0)
            return 0;
        state = state * 31 + (uint64_t)file.st_ino;
        state = state * 31 + (uint64_t)file.st_mtim.tv_sec;
        state = state * 31 + (uint64_t)file.st_mtim.tv_nsec + (uint64_t)file.st_size;
    }
    return state | 1;
}

/* All lists that can be read. */
static struct sv_anchor_set *read_all(const struct svp_lists *lists, int *ret_failed)
{
    struct s2sv_trust *trust = s2sv_trust_new(lists->backend);
    struct sv_anchor_set *set = NULL;
    const char *rest = lists->paths;
    char path[PATH];
    *ret_failed = !trust;
    while (trust && (rest = next_path(rest, path))) {
        if (s2sv_trust_add_crl_file(trust, path) == 0)
            continue;
        svp_log_loudly("crl-file: %s", s2sv_trust_error(trust));
        *ret_failed = 1;
    }
    if (trust)
        set = sv_trust_anchors(trust);
    s2sv_trust_unref(trust);
    return set;
}

static void replace(struct svp_lists *lists, struct sv_anchor_set *set)
{
    pthread_mutex_lock(&lock);
    struct sv_anchor_set *old = lists->set;
    lists->set = set;
    pthread_mutex_unlock(&lock);
    sv_anchor_set_unref(old);
}

void svp_lists_open(struct svp_lists *lists, const struct s2sv_backend *backend, const char *paths)
{
    int failed;
    lists->backend = backend;
    lists->paths = paths;
    if (*paths == '\0')
        return;
    pthread_once(&once, watch_forks);
    lists->state = state_of(paths);
    replace(lists, read_all(lists, &failed));
}

/* 1: it is this thread's turn to look. */
static int is_due(struct svp_lists *lists)
{
    struct timespec now;
    long long due = atomic_load(&lists->next_look);

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec >= due &&
           atomic_compare_exchange_strong(&lists->next_look, &due, now.tv_sec + LOOK_EACH);
}

/* A file that is half written stays unread until it changes again; the old lists stay. */
static void look(struct svp_lists *lists)
{
    uint64_t state = state_of(lists->paths);
    int failed;
    if (state == 0 || state == lists->state)
        return;
    lists->state = state;
    struct sv_anchor_set *set = read_all(lists, &failed);
    if (failed)
        sv_anchor_set_unref(set);
    else
        replace(lists, set);
}

static struct sv_anchor_set *set_of(struct svp_lists *lists)
{
    pthread_mutex_lock(&lock);
    struct sv_anchor_set *set = lists->set;
    if (set)
        atomic_fetch_add(&set->references, 1);
    pthread_mutex_unlock(&lock);
    return set;
}

/* The verdict's path. Returns a status. */
static int read_path(const struct s2sv_verdict *verdict, struct sv_node nodes[SV_MAX_PATH],
                     struct sv_walk *walk)
{
    struct sv_misread misread;
    const void *der;
    size_t len;
    while (walk->count < SV_MAX_PATH &&
           s2sv_verdict_certificate(verdict, (int)walk->count, &der, &len) == S2SV_DECIDED) {
        struct sv_node *node = &nodes[walk->count];

        if (!sv_certificate_read(der, len, &node->certificate, &misread))
            return S2SV_ERR_INVALID;
        walk->path[walk->count++] = node;
    }
    return S2SV_DECIDED;
}

static int judge(const struct svp_lists *lists, const struct sv_anchor_set *set,
                 const struct s2sv_verdict *verdict, struct sv_faults *faults)
{
    struct sv_node nodes[SV_MAX_PATH] = { 0 };
    struct s2sv_trust_source source = { .backend = lists->backend };
    struct s2sv_policy policy = { .revocation = S2SV_REVOCATION_IF_AVAILABLE };
    struct sv_given given = {
        .source = &source, .policy = &policy, .time = lists->backend->now(), .anchors = set
    };
    struct sv_walk walk = { .given = &given };
    int status = read_path(verdict, nodes, &walk);
    if (status == S2SV_DECIDED && set)
        status = sv_judge_revocation(&walk, faults);
    for (int i = 0; i < SV_MAX_PATH; i++)
        if (nodes[i].native)
            lists->backend->release(nodes[i].native);
    return status;
}

void svp_lists_judge(struct svp_lists *lists, struct s2sv_verdict **verdict)
{
    struct sv_faults faults = { .count = 0 };
    if (*lists->paths == '\0' || !s2sv_verdict_trusted(*verdict))
        return;
    if (is_due(lists))
        look(lists);
    struct sv_anchor_set *set = set_of(lists);
    int status = judge(lists, set, *verdict, &faults);
    sv_anchor_set_unref(set);
    if (status < 0)
        sv_faults_add(&faults, S2SV_REASON_INTERNAL_ERROR, -1, "its revocation can't be judged");
    if (faults.count == 0 ||
        s2sv_verdict_add_fault(*verdict, faults.items[0].reason, faults.items[0].depth,
                               faults.items[0].text) == S2SV_DECIDED)
        return;
    s2sv_verdict_unref(*verdict); /* none refuses, too */
    *verdict = NULL;
}
