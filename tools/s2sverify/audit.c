/* SPDX-License-Identifier: MIT
 * s2sverify audit: many targets, several at a time, no host bothered by many at once. */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit_page.h"
#include "number.h"
#include "output.h"

enum { JOBS_USUAL = 16, JOBS_MOST = 256, PER_HOST_USUAL = 2, PROFILES = 3, LINE_LONGEST = 1024 };

struct audit {
    struct settings settings;
    struct dial_options dialling;
    long jobs, per_host;
    int wants_csv;
    const char *html_path, *resume_path;
};

/* ---- options ---------------------------------------------------------------------------------*/

static const char *set_jobs(void *target, const char *value)
{
    struct audit *audit = target;
    audit->jobs = parse_number(value, JOBS_MOST);
    return audit->jobs > 0 ? NULL : "a number from 1 to 256";
}

static const char *set_per_host(void *target, const char *value)
{
    struct audit *audit = target;
    audit->per_host = parse_number(value, JOBS_MOST);
    return audit->per_host > 0 ? NULL : "a number from 1 to 256";
}

static const char *set_csv(void *target, const char *value)
{
    (void)value;
    ((struct audit *)target)->wants_csv = 1;
    return NULL;
}

static const char *set_html(void *target, const char *value)
{
    ((struct audit *)target)->html_path = value;
    return NULL;
}

static const char *set_resume(void *target, const char *value)
{
    ((struct audit *)target)->resume_path = value;
    return NULL;
}

static const struct option_row rows[] = {
    { "jobs", "N", "how many targets at a time; default: 16", set_jobs },
    { "per-host", "N", "how many connections to one address at a time; default: 2", set_per_host },
    { "resume", "FILE",
      "remember there what was found, as lines of JSON, and don't ask again what stands there",
      set_resume },
    { "csv", NULL, "print comma-separated values", set_csv },
    { "html", "FILE", "write a page with charts and a table there", set_html },
};

/* ---- the list --------------------------------------------------------------------------------*/

struct task {
    char *text; /* as it is listed */
    struct target target;
};

struct tasks {
    struct task *items;
    size_t count, room;
};

static void tasks_clear(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        free(tasks->items[i].text);
    free(tasks->items);
}

static int add_task(struct tasks *tasks, const char *text, const struct target *target)
{
    if (tasks->count == tasks->room) {
        size_t room = tasks->room ? 2 * tasks->room : 64;
        struct task *items = realloc(tasks->items, room * sizeof *items);
        if (!items)
            return 0;
        tasks->items = items;
        tasks->room = room;
    }
    struct task *task = &tasks->items[tasks->count];
    task->text = strdup(text);
    task->target = *target;
    tasks->count += task->text != NULL;
    return task->text != NULL;
}

/* The line without blanks around it; "" for a comment. */
static char *trim(char *line)
{
    line += strspn(line, " \t");
    line[strcspn(line, "#\r\n")] = '\0';
    for (size_t len = strlen(line); len > 0 && strchr(" \t", line[len - 1]); len--)
        line[len - 1] = '\0';
    return line;
}

/* Targets that are known already, from the list or from an earlier run, are passed over. */
static int read_line(const char *path, size_t number, char *line, json_t *known,
                     struct tasks *tasks)
{
    struct target target;
    const char *text = trim(line), *wrong;
    if (text[0] == '\0' || json_object_get(known, text))
        return 1;
    wrong = target_parse(text, &target);
    if (wrong) {
        complain("%s:%zu: %s: %s", path, number, text, wrong);
        return 0;
    }
    if (json_object_set_new(known, text, json_true()) == 0 && add_task(tasks, text, &target))
        return 1;
    complain("%s:%zu: out of memory, or not UTF-8", path, number);
    return 0;
}

static int read_list(const char *path, json_t *known, struct tasks *tasks)
{
    int is_stdin = strcmp(path, "-") == 0, is_fine = 1;
    FILE *file = is_stdin ? stdin : fopen(path, "r");
    char line[LINE_LONGEST];
    if (!file) {
        complain("%s: %s", path, strerror(errno));
        return 0;
    }
    for (size_t number = 1; is_fine && fgets(line, sizeof line, file); number++)
        is_fine = read_line(path, number, line, known, tasks);
    if (ferror(file)) {
        complain("%s: %s", path, strerror(errno));
        is_fine = 0;
    }
    if (!is_stdin)
        fclose(file);
    return is_fine;
}

/* ---- what an earlier run found ---------------------------------------------------------------*/

/* The last line may have been cut when that run was ended: that target is asked again. */
static int read_found(FILE *file, const char *path, json_t *known, struct audit_rows *found)
{
    char *line = NULL;
    size_t size = 0;
    int is_fine = 1;
    while (is_fine && getline(&line, &size, file) > 0) {
        struct audit_row row;
        json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        if (object && audit_row_read(object, &row))
            is_fine = json_object_set_new(known, row.target, json_true()) == 0 &&
                      audit_rows_add(found, &row);
        json_decref(object);
    }
    free(line);
    if (!is_fine)
        complain("%s: out of memory", path);
    return is_fine;
}

/* Opened for adding to it, after whole lines. NULL after a complaint. */
static FILE *open_found(const char *path, json_t *known, struct audit_rows *found)
{
    FILE *file = fopen(path, "a+");
    if (!file) {
        complain("%s: %s", path, strerror(errno));
        return NULL;
    }
    rewind(file);
    if (!read_found(file, path, known, found)) {
        fclose(file);
        return NULL;
    }
    if (fseek(file, -1, SEEK_END) == 0 && getc(file) != '\n') {
        fseek(file, 0, SEEK_END);
        putc('\n', file);
    }
    fseek(file, 0, SEEK_END);
    return file;
}

/* ---- running ---------------------------------------------------------------------------------*/

/* Where somebody connects to just now. */
struct busy {
    struct address address;
    long count;
};

/* Looked up, and put off because its host was busy. */
struct waiting {
    size_t task;
    struct endpoints endpoints;
};

struct run {
    const struct audit *audit;
    const struct tasks *tasks;
    struct judge *judges[PROFILES];
    struct dialler *diallers[PROFILES];
    int64_t at;
    FILE *found_file; /* NULL: none */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a host became free, or a task ended */
    /* under the lock */
    size_t next; /* task */
    struct waiting **waiting;
    size_t waiting_count;
    struct busy *busy;
    size_t busy_count;
    struct audit_rows rows; /* those of an earlier run first */
    size_t done;            /* tasks */
    int has_bar, is_broken;
};

struct worker {
    struct run *run;
    struct dns *dns;
    pthread_t thread;
    int is_started;
};

static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
    (void)number;
    is_interrupted = 1;
}

static int is_same_host(const struct address *a, const struct address *b)
{
    const struct sockaddr_in *a4 = (const void *)&a->storage, *b4 = (const void *)&b->storage;
    const struct sockaddr_in6 *a6 = (const void *)&a->storage, *b6 = (const void *)&b->storage;
    if (a->storage.ss_family != b->storage.ss_family)
        return 0;
    if (a->storage.ss_family == AF_INET)
        return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
    return memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr) == 0;
}

static struct busy *find_busy(struct run *run, const struct address *address)
{
    for (size_t i = 0; i < run->busy_count; i++)
        if (is_same_host(&run->busy[i].address, address))
            return &run->busy[i];
    return NULL;
}

/* Takes a place at the host. There are never more hosts than workers. Returns 0 if it is busy. */
static int enter_host(struct run *run, const struct address *address)
{
    struct busy *busy = find_busy(run, address);
    if (!busy) {
        busy = &run->busy[run->busy_count++];
        *busy = (struct busy){ *address, 0 };
    } else if (busy->count >= run->audit->per_host) {
        return 0;
    }
    busy->count++;
    return 1;
}

static void leave_host(struct run *run, const struct address *address)
{
    struct busy *busy = find_busy(run, address);
    if (--busy->count == 0)
        *busy = run->busy[--run->busy_count];
}

/* ---- progress --------------------------------------------------------------------------------*/

enum { BAR_COLUMNS = 30 };

/* On standard error, so that standard output stays clean. */
static void draw_bar(const struct run *run)
{
    char bar[BAR_COLUMNS + 1];
    size_t all = run->tasks->count;
    if (!run->has_bar || all == 0)
        return;
    size_t filled = BAR_COLUMNS * run->done / all;
    memset(bar, '.', BAR_COLUMNS);
    memset(bar, '#', filled);
    bar[BAR_COLUMNS] = '\0';
    fprintf(stderr, "\r[%s] %zu of %zu", bar, run->done, all);
    fflush(stderr);
}

static void clear_bar(const struct run *run)
{
    if (run->has_bar)
        fprintf(stderr, "\r\033[K");
}

static int print_row(const struct run *run, const struct audit_row *row)
{
    const struct audit *audit = run->audit;
    if (audit->settings.wants_json)
        return json_print(audit_row_json(row, run->at), 0);
    if (audit->wants_csv)
        audit_row_print_csv(row, run->at);
    else
        audit_row_print(row, run->at);
    return 1;
}

static int remember(const struct run *run, const struct audit_row *row)
{
    if (!run->found_file)
        return 1;
    json_t *object = audit_row_json(row, run->at);
    int is_fine = object && json_dumpf(object, run->found_file, 0) == 0 &&
                  putc('\n', run->found_file) != EOF && fflush(run->found_file) == 0;
    json_decref(object);
    if (!is_fine)
        complain("%s: can't be written", run->audit->resume_path);
    return is_fine;
}

/* Takes the row. Under the lock. */
static void finish(struct run *run, struct audit_row *row)
{
    run->done++;
    clear_bar(run);
    int is_fine = print_row(run, row) && remember(run, row);
    if (!audit_rows_add(&run->rows, row) || !is_fine)
        run->is_broken = 1;
    draw_bar(run);
}

/* ---- one target ------------------------------------------------------------------------------*/

static size_t profile_index(const struct target *target)
{
    return target->scheme == SCHEME_XMPP ? 0 : target->scheme == SCHEME_SMTP ? 1 : 2;
}

/* endpoints without one: the lookup failed. Without the lock. */
static int ask(const struct worker *worker, size_t task, const struct endpoints *endpoints,
               struct audit_row *ret_row)
{
    const struct task *asked = &worker->run->tasks->items[task];
    struct dialler *dialler = worker->run->diallers[profile_index(&asked->target)];
    struct opinions opinions = { .count = 0 };
    struct dane dane;
    struct dialled *dialled = calloc(1, sizeof *dialled);
    if (!dialled)
        return 0;
    int is_up = dial_endpoints(dialler, &asked->target, endpoints, dialled);
    int is_judged = dialled->chain.count > 0 && dialled_judge(dialler, dialled, &opinions);
    /* Without the handshake's end the server hasn't proved that the certificate is its own. */
    is_judged = is_judged && (is_up || !opinions_accept(&opinions));
    is_judged &= dane_ask(dialler_judge(dialler), worker->dns, &asked->target, dialled, &dane);
    is_judged = is_judged && (is_up || !dane_accepts(&dane));
    int is_made =
        audit_row_make(asked->text, dialled, is_judged ? &opinions : NULL, &dane, ret_row);
    dane_clear(&dane);
    opinions_clear(&opinions);
    dialled_close(dialled);
    free(dialled);
    return is_made;
}

/* Under the lock, which it gives away while it is busy; the place at the host is taken. */
static void ask_and_finish(struct worker *worker, size_t task, const struct endpoints *endpoints)
{
    struct run *run = worker->run;
    struct audit_row row;
    pthread_mutex_unlock(&run->lock);
    int is_made = ask(worker, task, endpoints, &row);
    pthread_mutex_lock(&run->lock);
    if (endpoints->count > 0)
        leave_host(run, &endpoints->items[0].address);
    if (is_made)
        finish(run, &row);
    else
        run->is_broken = 1;
    pthread_cond_broadcast(&run->changed);
}

/* ---- workers ---------------------------------------------------------------------------------*/

/* One of those put off whose host is free now; its place is taken. NULL: none. */
static struct waiting *take_waiting(struct run *run)
{
    for (size_t i = 0; i < run->waiting_count; i++)
        if (enter_host(run, &run->waiting[i]->endpoints.items[0].address)) {
            struct waiting *taken = run->waiting[i];
            run->waiting_count--;
            memmove(&run->waiting[i], &run->waiting[i + 1],
                    (run->waiting_count - i) * sizeof run->waiting[0]);
            return taken;
        }
    return NULL;
}

static size_t waiting_room(const struct run *run)
{
    return 4 * (size_t)run->audit->jobs;
}

/* Looks the next target up, and asks it or puts it off. */
static void start_next(struct worker *worker)
{
    struct run *run = worker->run;
    struct waiting *looked_up = malloc(sizeof *looked_up);
    if (!looked_up) {
        run->is_broken = 1;
        return;
    }
    looked_up->task = run->next++;
    pthread_mutex_unlock(&run->lock);
    dial_look_up(run->diallers[0], worker->dns, &run->tasks->items[looked_up->task].target,
                 &looked_up->endpoints);
    pthread_mutex_lock(&run->lock);
    if (looked_up->endpoints.count > 0 &&
        !enter_host(run, &looked_up->endpoints.items[0].address)) {
        run->waiting[run->waiting_count++] = looked_up;
        return;
    }
    ask_and_finish(worker, looked_up->task, &looked_up->endpoints);
    free(looked_up);
}

static int is_over(const struct run *run)
{
    return run->is_broken || is_interrupted ||
           (run->next == run->tasks->count && run->waiting_count == 0);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct run *run = worker->run;
    pthread_mutex_lock(&run->lock);
    while (!is_over(run)) {
        struct waiting *taken = take_waiting(run);
        if (taken) {
            ask_and_finish(worker, taken->task, &taken->endpoints);
            free(taken);
        } else if (run->next < run->tasks->count && run->waiting_count < waiting_room(run)) {
            start_next(worker);
        } else {
            pthread_cond_wait(&run->changed, &run->lock);
        }
    }
    pthread_cond_broadcast(&run->changed);
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

static int start_workers(struct run *run, struct worker *workers)
{
    const struct audit *audit = run->audit;
    for (long i = 0; i < audit->jobs; i++) {
        workers[i].run = run;
        workers[i].dns = dns_new(audit->dialling.resolver, dial_timeout(&audit->dialling),
                                 audit->dialling.trust_anchor);
        if (!workers[i].dns)
            return 0;
    }
    for (long i = 0; i < audit->jobs; i++)
        workers[i].is_started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    if (!workers[0].is_started)
        complain("no thread could be started");
    return workers[0].is_started;
}

static void end_workers(struct run *run, struct worker *workers)
{
    for (long i = 0; i < run->audit->jobs; i++) {
        if (workers[i].is_started)
            pthread_join(workers[i].thread, NULL);
        dns_free(workers[i].dns);
    }
    for (size_t i = 0; i < run->waiting_count; i++)
        free(run->waiting[i]);
}

static int run_workers(struct run *run)
{
    size_t jobs = (size_t)run->audit->jobs;
    struct worker *workers = calloc(jobs, sizeof *workers);
    /* Every worker may put one off at the same time. */
    run->waiting = calloc(waiting_room(run) + jobs, sizeof *run->waiting);
    run->busy = calloc(jobs, sizeof *run->busy);
    int is_fine = workers && run->waiting && run->busy;
    if (!is_fine)
        complain("out of memory");
    else
        is_fine = start_workers(run, workers);
    if (workers)
        end_workers(run, workers);
    clear_bar(run);
    free(workers);
    free(run->waiting);
    free(run->busy);
    return is_fine && !run->is_broken;
}

/* ---- all of it -------------------------------------------------------------------------------*/

static int make_diallers(struct run *run)
{
    static const enum s2sv_profile profiles[PROFILES] = { S2SV_PROFILE_XMPP, S2SV_PROFILE_SMTP,
                                                          S2SV_PROFILE_SERVER };
    const struct settings *settings = &run->audit->settings;
    for (size_t i = 0; i < PROFILES; i++) {
        run->judges[i] = judge_new(settings, settings->profile ? settings->profile : profiles[i]);
        if (run->judges[i])
            run->diallers[i] = dialler_new(run->judges[i], &run->audit->dialling, NULL);
        if (!run->diallers[i])
            return 0;
    }
    return 1;
}

static void run_clear(struct run *run)
{
    for (size_t i = 0; i < PROFILES; i++) {
        dialler_free(run->diallers[i]);
        judge_free(run->judges[i]);
    }
    if (run->found_file)
        fclose(run->found_file);
    audit_rows_clear(&run->rows);
    pthread_mutex_destroy(&run->lock);
    pthread_cond_destroy(&run->changed);
}

static enum outcome conclude(const struct run *run)
{
    const struct audit *audit = run->audit;
    struct audit_summary summary;
    audit_summarise(&run->rows, run->at, &summary);
    if (audit->settings.wants_json)
        json_print(audit_summary_json(&summary, run->rows.count), 0);
    else if (!audit->wants_csv)
        audit_summary_print(&summary, run->rows.count);
    if (audit->html_path && !audit_page_write(audit->html_path, &run->rows, &summary, run->at))
        return OUTCOME_UNDECIDED;
    if (is_interrupted)
        complain("interrupted: %zu targets were not asked", run->tasks->count - run->done);
    if (summary.outcomes[OUTCOME_REFUSED] > 0)
        return OUTCOME_REFUSED;
    return summary.outcomes[OUTCOME_UNDECIDED] > 0 || is_interrupted ? OUTCOME_UNDECIDED
                                                                     : OUTCOME_ACCEPTED;
}

static enum outcome run_audit(const struct audit *audit, const char *path)
{
    struct tasks tasks = { NULL, 0, 0 };
    struct run run = { .audit = audit, .tasks = &tasks, .at = settings_time(&audit->settings) };
    struct sigaction action = { .sa_handler = interrupt };
    json_t *known = json_object();
    enum outcome outcome = OUTCOME_UNDECIDED;
    pthread_mutex_init(&run.lock, NULL);
    pthread_cond_init(&run.changed, NULL);
    run.has_bar = isatty(STDERR_FILENO) && isatty(STDOUT_FILENO);
    if (audit->resume_path)
        run.found_file = open_found(audit->resume_path, known, &run.rows);
    sigemptyset(&action.sa_mask);
    if ((!audit->resume_path || run.found_file) && read_list(path, known, &tasks) &&
        make_diallers(&run)) {
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        if (audit->wants_csv)
            audit_print_csv_head();
        if (run_workers(&run))
            outcome = conclude(&run);
    }
    json_decref(known);
    run_clear(&run);
    tasks_clear(&tasks);
    return outcome;
}

enum outcome audit_run(const struct command *command, int argc, char **argv)
{
    struct audit audit = { .jobs = JOBS_USUAL, .per_host = PER_HOST_USUAL };
    const struct option_group groups[] = {
        { "Options", OPTION_ROWS(rows), &audit },
        { "Connection", dial_rows, dial_row_count, &audit.dialling },
        { "Judgement", settings_rows, settings_row_count, &audit.settings },
        { "Policy", policy_rows, policy_row_count, &audit.settings },
    };
    int first;
    enum parsed parsed = options_parse(command, groups, 4, argc, argv, &first);
    if (parsed != PARSED)
        return parsed == PARSED_HELP ? OUTCOME_ACCEPTED : OUTCOME_USAGE;
    if (argc - first != 1)
        return usage_error(command, "one list is needed; - is standard input");
    if (audit.wants_csv && audit.settings.wants_json)
        return usage_error(command, "--csv or --json, not both");
    return run_audit(&audit, argv[first]);
}
