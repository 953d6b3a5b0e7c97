/* SPDX-License-Identifier: MIT
 * s2sverify listen: the receiving server, which tells everybody what their certificate is worth. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "number.h"
#include "output.h"
#include "receive.h"
#include "report.h"
#include "when.h"

enum { CONNECTIONS_USUAL = 32, CONNECTIONS_MOST = 1024, NEXT_LOOK = 500 /* milliseconds */ };

struct question {
    struct settings settings;
    struct receiver receiver;
    struct {
        struct address address;
        int kind; /* -1: the usual one */
        int fd;
    } listeners[LISTENERS_MOST];
    size_t listener_count;
    struct {
        const char *domain;
        size_t len;
        int kind;
    } shows[DOMAINS_MOST];
    size_t show_count;
    const char *cert, *key, *ca_cert, *ca_key, *user;
    long most_at_once, count; /* count: 0 for no end */
};

/* ---- options ----------------------------------------------------------------------------------*/

#define TEXT_OPTION(name)                                          \
    static const char *set_##name(void *target, const char *value) \
    {                                                              \
        struct question *question = target;                        \
        question->name = value;                                    \
        return NULL;                                               \
    }

TEXT_OPTION(cert)
TEXT_OPTION(key)
TEXT_OPTION(ca_cert)
TEXT_OPTION(ca_key)
TEXT_OPTION(user)

static const char *add_domain(void *target, const char *value)
{
    struct receiver *receiver = &((struct question *)target)->receiver;
    char ascii[DOMAIN_TEXT];
    if (receiver->domain_count == DOMAINS_MOST)
        return "one of the first 16";
    if (!domain_to_ascii(value, ascii))
        return "a domain name";
    receiver->domains[receiver->domain_count].name = value;
    receiver->domains[receiver->domain_count++].kind = -1;
    return NULL;
}

static const char *const wanted_kind =
    "server, client, both, none, expired, wrong-name or self-signed behind the \"=\"";

static const char *add_listener(void *target, const char *value)
{
    struct question *question = target;
    const char *equals = strchr(value, '=');
    char address[ADDRESS_TEXT];
    size_t len = equals ? (size_t)(equals - value) : strlen(value);
    if (question->listener_count == LISTENERS_MOST)
        return "one of the first 16";
    int kind = equals ? (int)kind_of(equals + 1) : -1;
    if (kind == KINDS)
        return wanted_kind;
    snprintf(address, sizeof address, "%.*s", (int)(len < ADDRESS_TEXT ? len : 0), value);
    if (!address_parse(address, &question->listeners[question->listener_count].address))
        return "192.0.2.1:5269 or [::]:5269";
    question->listeners[question->listener_count].fd = -1;
    question->listeners[question->listener_count++].kind = kind;
    return NULL;
}

static const char *add_show(void *target, const char *value)
{
    struct question *question = target;
    const char *equals = strchr(value, '=');
    int kind = equals ? (int)kind_of(equals + 1) : KINDS;
    if (kind == KINDS)
        return wanted_kind;
    if (question->show_count == DOMAINS_MOST)
        return "one of the first 16";
    question->shows[question->show_count].domain = value;
    question->shows[question->show_count].len = (size_t)(equals - value);
    question->shows[question->show_count++].kind = kind;
    return NULL;
}

static const char *set_enforce(void *target, const char *value)
{
    (void)value;
    ((struct question *)target)->receiver.enforces = 1;
    return NULL;
}

static const char *set_answer_to(void *target, const char *value)
{
    struct dial_options *back = &((struct question *)target)->receiver.back;
    back->has_address = address_parse(value, &back->address);
    return back->has_address ? NULL : "192.0.2.1:5269 or [2001:db8::1]:5269";
}

static const char *set_timeout(void *target, const char *value)
{
    struct dial_options *back = &((struct question *)target)->receiver.back;
    back->timeout = (int)parse_number(value, 3600);
    return back->timeout > 0 ? NULL : "a number of seconds from 1 to 3600";
}

static const char *set_resolver(void *target, const char *value)
{
    struct address address;
    ((struct question *)target)->receiver.back.resolver = value;
    return address_parse(value, &address) ? NULL : "192.0.2.53:53 or [2001:db8::53]:53";
}

static const char *set_most(void *target, const char *value)
{
    struct question *question = target;
    question->most_at_once = parse_number(value, CONNECTIONS_MOST);
    return question->most_at_once > 0 ? NULL : "a number from 1 to 1024";
}

static const char *set_count(void *target, const char *value)
{
    struct question *question = target;
    question->count = parse_number(value, 1000000000);
    return question->count > 0 ? NULL : "a number from 1 on";
}

static const struct option_row rows[] = {
    { "domain", "DOMAIN", "who we are; may be repeated", add_domain },
    { "cert", "CHAIN.pem", "our certificate, its issuers behind it", set_cert },
    { "key", "KEY.pem", "its private key", set_key },
    { "listen", "ADDR:PORT[=KIND]",
      "where; may be repeated; default: port 5269 or 25 of every address", add_listener },
    { "show", "DOMAIN=KIND", "the kind of certificate for that domain", add_show },
    { "ca-cert", "FILE",
      "a CA that makes certificates of every KIND: server, client, both, none, "
      "expired, wrong-name; self-signed needs none",
      set_ca_cert },
    { "ca-key", "FILE", "that CA's private key", set_ca_key },
    { "enforce", NULL, "refuse as a real server does; otherwise everybody may come in, and is told",
      set_enforce },
    { "answer-to", "ADDR:PORT", "send answers to pings there, without looking anything up",
      set_answer_to },
    { "resolver", "ADDR:PORT", "ask this name server, not those of the system", set_resolver },
    { "timeout", "SECONDS", "how long each step may take; default: 10", set_timeout },
    { "connections", "NUMBER", "how many at once; default: 32", set_most },
    { "count", "NUMBER", "end after so many connections", set_count },
    { "user", "NAME", "who to become when started as root; default: nobody", set_user },
};

/* ---- what we show -----------------------------------------------------------------------------*/

static int open_contexts(struct receiver *receiver, struct shown *shown)
{
    const struct library *library = judge_library(receiver->judge);
    struct tls_setup setup = { 1, &shown->identity, NULL, judge_policy(receiver->judge),
                               judge_trust(receiver->judge, library) };
    const char *why = NULL;
    shown->context = library->tls->context_new(&setup, &why);
    setup.alpn = "xmpp-server";
    if (shown->context)
        shown->direct = library->tls->context_new(&setup, &why);
    if (!shown->direct) {
        complain("%s: %s", shown->domain, why);
        return 0;
    }
    shown->dial = receiver->back;
    shown->dial.from = shown->domain;
    shown->dialler = dialler_new(receiver->judge, &shown->dial, &shown->identity);
    return shown->dialler != NULL;
}

static int add_shown(struct question *question, const struct mint *mint, const char *domain,
                     int kind)
{
    struct receiver *receiver = &question->receiver;
    if (receiver_find(receiver, domain, kind))
        return 1;
    struct shown *shown = &receiver->shown[receiver->shown_count++];
    shown->domain = domain;
    shown->kind = kind;
    domain_to_ascii(domain, shown->ascii);
    if (kind == KIND_GIVEN && !identity_load(&shown->identity, question->cert, question->key))
        return 0;
    if (kind != KIND_GIVEN && !mint && kind != KIND_SELF_SIGNED) {
        complain("listen: to show a certificate of the kind \"%s\" --ca-cert and --ca-key are "
                 "needed",
                 kind_name((enum kind)kind));
        return 0;
    }
    if (kind != KIND_GIVEN && !mint_make(mint, (enum kind)kind, shown->ascii, &shown->identity))
        return 0;
    return open_contexts(receiver, shown);
}

static int add_all_shown(struct question *question, const struct mint *mint)
{
    struct receiver *receiver = &question->receiver;
    for (size_t d = 0; d < receiver->domain_count; d++)
        for (size_t i = 0; i < question->listener_count; i++) {
            int kind = receiver->domains[d].kind >= 0 ? receiver->domains[d].kind
                                                      : question->listeners[i].kind;
            if (!add_shown(question, mint, receiver->domains[d].name, kind))
                return 0;
        }
    return 1;
}

/* --show names one of our domains; what isn't said is --cert, or a good one. */
static const char *settle_kinds(struct question *question)
{
    struct receiver *receiver = &question->receiver;
    for (size_t i = 0; i < question->show_count; i++) {
        int is_ours = 0;
        for (size_t d = 0; d < receiver->domain_count; d++)
            if (strlen(receiver->domains[d].name) == question->shows[i].len &&
                strncmp(receiver->domains[d].name, question->shows[i].domain,
                        question->shows[i].len) == 0) {
                receiver->domains[d].kind = question->shows[i].kind;
                is_ours = 1;
            }
        if (!is_ours)
            return "--show wants one of the domains that --domain names";
    }
    for (size_t i = 0; i < question->listener_count; i++)
        if (question->listeners[i].kind < 0)
            question->listeners[i].kind = question->cert ? KIND_GIVEN : (int)KIND_SERVER;
    return NULL;
}

/* ---- a line for each connection ---------------------------------------------------------------*/

struct job {
    const struct question *question;
    struct visit visit;
    struct job *previous, *next;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t has_ended;
    long running;
    struct job *first; /* those that run */
} crowd = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, NULL };

static volatile sig_atomic_t is_stopping;

static void print_visit_line(const struct visit *visit)
{
    char time_text[WHEN_TEXT], address[ADDRESS_TEXT], words[WORDS];
    print("%s %s %s: ", when_text((int64_t)time(NULL), time_text),
          address_text(&visit->peer, address), visit->from[0] != '\0' ? visit->from : "-");
    print_painted(visit_accepts(visit) ? GOOD : BAD, "%s",
                  visit->is_secured ? visit_words(visit, words) : "no TLS");
    if (visit->is_authenticated)
        print("; let in");
    if (visit->pings > 0)
        print("; %d of %d pings answered", visit->answers, visit->pings);
    print_line("%s%s", visit->trouble[0] != '\0' ? "; " : "", visit->trouble);
}

static void print_visit_json(const struct visit *visit)
{
    char address[ADDRESS_TEXT];
    int64_t now = (int64_t)time(NULL);
    json_t *report = json_report("listen");
    json_t *more = json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:i, s:i, s:o, s:o}", "time", json_time(now),
        "address", address_text(&visit->peer, address), "from",
        json_text(visit->from[0] != '\0' ? visit->from : NULL), "to",
        json_text(visit->to[0] != '\0' ? visit->to : NULL), "shown",
        json_text(!visit->shown                      ? NULL
                  : visit->shown->kind == KIND_GIVEN ? "given"
                                                     : kind_name((enum kind)visit->shown->kind)),
        "tls_version", json_text(visit->version[0] != '\0' ? visit->version : NULL), "direct_tls",
        visit->is_direct, "accepted", visit_accepts(visit), "let_in", visit->is_authenticated,
        "pings", visit->pings, "answers", visit->answers, "error",
        json_text(visit->trouble[0] != '\0' ? visit->trouble : NULL), "verdicts",
        report_json(&visit->opinions, now));
    if (json_object_update(report, more) != 0) {
        json_decref(report);
        report = NULL;
    }
    json_decref(more);
    json_print(report, 0);
}

/* ---- connections ------------------------------------------------------------------------------*/

static void enter(struct job *job)
{
    pthread_mutex_lock(&crowd.lock);
    job->next = crowd.first;
    if (crowd.first)
        crowd.first->previous = job;
    crowd.first = job;
    crowd.running++;
    pthread_mutex_unlock(&crowd.lock);
}

/* With the lock held: its socket is still open, so nobody else has that number. */
static void leave(struct job *job)
{
    if (job->previous)
        job->previous->next = job->next;
    else
        crowd.first = job->next;
    if (job->next)
        job->next->previous = job->previous;
}

static void *serve(void *argument)
{
    struct job *job = argument;
    struct visit *visit = &job->visit;
    if (visit->receiver->scheme == SCHEME_XMPP)
        receive_xmpp(visit);
    else
        receive_smtp(visit);
    pthread_mutex_lock(&crowd.lock);
    if (job->question->settings.wants_json)
        print_visit_json(visit);
    else
        print_visit_line(visit);
    fflush(stdout);
    leave(job);
    pthread_mutex_unlock(&crowd.lock);
    visit_clear(visit);
    free(job);
    pthread_mutex_lock(&crowd.lock);
    crowd.running--;
    pthread_cond_signal(&crowd.has_ended);
    pthread_mutex_unlock(&crowd.lock);
    return NULL;
}

static int start(const struct question *question, int fd, int kind, const struct address *peer)
{
    struct job *job = calloc(1, sizeof *job);
    pthread_t thread;
    if (!job)
        return 0;
    job->question = question;
    job->visit.receiver = &question->receiver;
    job->visit.kind = kind;
    job->visit.peer = *peer;
    conn_start(&job->visit.conn, fd, question->receiver.timeout);
    job->visit.conn.end = net_now() + VISIT_LONGEST * 1000;
    enter(job);
    if (pthread_create(&thread, NULL, serve, job) == 0) {
        pthread_detach(thread);
        return 1;
    }
    pthread_mutex_lock(&crowd.lock);
    leave(job);
    crowd.running--;
    pthread_mutex_unlock(&crowd.lock);
    free(job);
    return 0;
}

static int is_full(const struct question *question)
{
    pthread_mutex_lock(&crowd.lock);
    int full = crowd.running >= question->most_at_once;
    pthread_mutex_unlock(&crowd.lock);
    return full;
}

/* 1: a connection was taken. */
static int take_one(const struct question *question, int listener, int kind)
{
    struct address peer = { .len = sizeof peer.storage };
    int fd = accept(listener, (struct sockaddr *)&peer.storage, &peer.len);
    if (fd < 0)
        return 0;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && start(question, fd, kind, &peer))
        return 1;
    close(fd);
    return 0;
}

/* When there are as many as may be, the others wait in the kernel's queue. */
static void take_all(const struct question *question)
{
    long taken = 0;
    while (!is_stopping && (question->count == 0 || taken < question->count)) {
        struct pollfd fds[LISTENERS_MOST];
        int full = is_full(question);
        for (size_t i = 0; i < question->listener_count; i++)
            fds[i] = (struct pollfd){ question->listeners[i].fd, full ? 0 : POLLIN, 0 };
        if (poll(fds, question->listener_count, full ? 20 : NEXT_LOOK) <= 0)
            continue;
        for (size_t i = 0; i < question->listener_count; i++)
            if (fds[i].revents & POLLIN && !is_full(question) &&
                (question->count == 0 || taken < question->count))
                taken += take_one(question, fds[i].fd, question->listeners[i].kind);
    }
}

/* Whoever is there when we are stopped is sent away, and gets a line. */
static void send_away(void)
{
    for (struct job *job = crowd.first; job; job = job->next)
        shutdown(job->visit.conn.fd, SHUT_RDWR);
}

/* 1: nobody is there any more. */
static int wait_for_all(void)
{
    int64_t end = net_now() + VISIT_LONGEST * 1000;
    struct timespec moment;
    pthread_mutex_lock(&crowd.lock);
    while (crowd.running > 0 && net_now() < end) {
        if (is_stopping)
            send_away();
        if (is_stopping && end > net_now() + 2000)
            end = net_now() + 2000;
        clock_gettime(CLOCK_REALTIME, &moment);
        moment.tv_nsec += 200000000;
        moment.tv_sec += moment.tv_nsec / 1000000000;
        moment.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&crowd.has_ended, &crowd.lock, &moment);
    }
    int all = crowd.running == 0;
    pthread_mutex_unlock(&crowd.lock);
    return all;
}

/* ---- the subcommand ---------------------------------------------------------------------------*/

static int open_listeners(struct question *question)
{
    char text[ADDRESS_TEXT];
    for (size_t i = 0; i < question->listener_count; i++) {
        struct address *address = &question->listeners[i].address;
        question->listeners[i].fd = net_listen(address);
        if (question->listeners[i].fd < 0 ||
            getsockname(question->listeners[i].fd, (struct sockaddr *)&address->storage,
                        &address->len) != 0) {
            complain("%s: can't listen: %s", address_text(address, text), strerror(errno));
            return 0;
        }
    }
    return 1;
}

/* Ports below 1024 are open, keys are read: nothing else needs to be root's. */
static int drop_privileges(const char *name)
{
    if (geteuid() != 0)
        return 1;
    const struct passwd *user = getpwnam(name);
    if (user && user->pw_uid != 0 && setgroups(0, NULL) == 0 && setgid(user->pw_gid) == 0 &&
        setuid(user->pw_uid) == 0 && setuid(0) != 0)
        return 1;
    complain("%s: can't become this user; see --user", name);
    return 0;
}

static void stop(int number)
{
    (void)number;
    is_stopping = 1;
}

static enum outcome listen_for_all(struct question *question)
{
    struct sigaction action = { .sa_handler = stop };
    char text[ADDRESS_TEXT];
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    for (size_t i = 0; i < question->listener_count; i++)
        fprintf(stderr, "s2sverify: listening on %s\n",
                address_text(&question->listeners[i].address, text));
    take_all(question);
    return OUTCOME_ACCEPTED;
}

static void clear_question(struct question *question)
{
    struct receiver *receiver = &question->receiver;
    for (size_t i = 0; i < question->listener_count; i++)
        if (question->listeners[i].fd >= 0)
            close(question->listeners[i].fd);
    for (size_t i = 0; i < receiver->shown_count; i++) {
        dialler_free(receiver->shown[i].dialler);
        if (receiver->methods) {
            receiver->methods->context_free(receiver->shown[i].context);
            receiver->methods->context_free(receiver->shown[i].direct);
        }
        identity_clear(&receiver->shown[i].identity);
    }
    judge_free(receiver->judge);
}

static enum outcome set_up_and_listen(struct question *question)
{
    struct receiver *receiver = &question->receiver;
    enum s2sv_profile usual =
        receiver->scheme == SCHEME_XMPP ? S2SV_PROFILE_XMPP : S2SV_PROFILE_SMTP;
    struct mint *mint = NULL;
    enum outcome outcome = OUTCOME_UNDECIDED;
    receiver->timeout = dial_timeout(&receiver->back);
    receiver->judge = judge_new(&question->settings,
                                question->settings.profile ? question->settings.profile : usual);
    if (receiver->judge)
        receiver->methods = judge_library(receiver->judge)->tls;
    if (receiver->judge &&
        (!question->ca_cert || (mint = mint_new(question->ca_cert, question->ca_key))) &&
        add_all_shown(question, mint) && open_listeners(question) &&
        drop_privileges(question->user))
        outcome = listen_for_all(question);
    mint_free(mint);
    if (!wait_for_all()) { /* they still use what would be freed */
        fflush(stdout);
        _exit((int)outcome);
    }
    clear_question(question);
    return outcome;
}

static int add_usual_listener(struct question *question)
{
    return !add_listener(question,
                         question->receiver.scheme == SCHEME_XMPP ? "[::]:5269" : "[::]:25");
}

static const char *find_mistake(struct question *question)
{
    if (question->receiver.domain_count == 0)
        return "--domain is needed";
    if (!question->cert != !question->key || !question->ca_cert != !question->ca_key)
        return "--cert goes with --key, and --ca-cert with --ca-key";
    if (!question->cert && !question->ca_cert)
        return "--cert and --key are needed, or --ca-cert and --ca-key";
    if (question->listener_count == 0 && !add_usual_listener(question))
        return "--listen is needed";
    return settle_kinds(question);
}

enum outcome listen_run(const struct command *command, int argc, char **argv)
{
    struct question *question = calloc(1, sizeof *question);
    if (!question) {
        complain("out of memory");
        return OUTCOME_UNDECIDED;
    }
    const struct option_group groups[] = {
        { "Options", OPTION_ROWS(rows), question },
        { "Judgement of those who connect", settings_rows, settings_row_count,
          &question->settings },
        { "Policy", policy_rows, policy_row_count, &question->settings },
    };
    int first;
    question->most_at_once = CONNECTIONS_USUAL;
    question->user = "nobody";
    enum parsed parsed = options_parse(command, groups, 3, argc, argv, &first);
    enum outcome outcome = parsed == PARSED_HELP ? OUTCOME_ACCEPTED : OUTCOME_USAGE;
    if (parsed == PARSED) {
        int is_smtp = argc - first == 1 && strcmp(argv[first], "smtp") == 0;
        question->receiver.scheme = is_smtp ? SCHEME_SMTP : SCHEME_XMPP;
        const char *mistake = argc - first != 1 || (!is_smtp && strcmp(argv[first], "xmpp") != 0)
                                  ? "\"xmpp\" or \"smtp\" is needed"
                                  : find_mistake(question);
        outcome = mistake ? usage_error(command, mistake) : set_up_and_listen(question);
    }
    free(question);
    return outcome;
}
