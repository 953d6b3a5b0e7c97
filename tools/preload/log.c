/* SPDX-License-Identifier: MIT
 * Writes lines. A file is opened anew for each line, so that it can be rotated; a descriptor is
 * kept for when its path can't be reached any more, after chroot() or with fewer rights. A daemon
 * closes descriptors that it doesn't know, so the kept one counts only as long as it is that file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "x509/certificate_reader.h"
#include "log.h"
#include "x509/text.h"
#include "verdict.h"

enum { LINE = 1024, HIGH = 200 };

static const char *target = "syslog";

/* The kept descriptor, out of the way of the daemon's own, and the file that it must be. */
static atomic_flag is_keeping = ATOMIC_FLAG_INIT;
static atomic_int kept = -1;
static dev_t kept_device;
static ino_t kept_file;

void svp_log_to(const char *where)
{
    target = where;
}

/* In syslog a line goes under the name and facility that the daemon chose. */
static void to_syslog(int priority, const char *text)
{
    syslog(priority, "s2sverify: %s", text);
}

/* 1: written without waiting. Poll() says of a pipe that a whole line fits. */
static int write_now(int fd, const char *line, size_t len)
{
    struct pollfd ready = { .fd = fd, .events = POLLOUT };
    const struct timespec at_once = { 0, 0 };
    sigset_t pipe, old;
    if (poll(&ready, 1, 0) != 1 || ready.revents != POLLOUT)
        return 0;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &old);
    ssize_t written = write(fd, line, len);
    if (written < 0 && errno == EPIPE)
        sigtimedwait(&pipe, NULL, &at_once);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return written == (ssize_t)len;
}

static int write_line(int fd, const char *text)
{
    char line[LINE + 64], now[32];
    time_t seconds = time(NULL);
    struct tm tm;
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &tm));
    int len = snprintf(line, sizeof line, "%s s2sverify[%ld]: %s\n", now, (long)getpid(), text);
    return write_now(fd, line, (size_t)len);
}

static int is_kept_file(int fd)
{
    struct stat file;
    return fd >= 0 && fstat(fd, &file) == 0 && file.st_dev == kept_device &&
           file.st_ino == kept_file;
}

/* A regular file only. After a rotation the new one. */
static void keep(int fd)
{
    struct stat file;
    if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode) || atomic_flag_test_and_set(&is_keeping))
        return;
    int old = atomic_load(&kept);
    if (!is_kept_file(old) || file.st_dev != kept_device || file.st_ino != kept_file) {
        atomic_store(&kept, -1);
        if (is_kept_file(old))
            close(old);
        kept_device = file.st_dev;
        kept_file = file.st_ino;
        atomic_store(&kept, fcntl(fd, F_DUPFD_CLOEXEC, HIGH));
    }
    atomic_flag_clear(&is_keeping);
}

static int to_file(const char *text)
{
    int fd =
        open(target, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
             0640);
    if (fd < 0) {
        fd = atomic_load(&kept);
        return is_kept_file(fd) && write_line(fd, text);
    }
    int done = write_line(fd, text);
    keep(fd);
    close(fd);
    return done;
}

/* 1: somebody may read it, and it isn't syslog. */
static int to_target(const char *text)
{
    if (*target == '/')
        return to_file(text);
    return strcmp(target, "stderr") == 0 && write_line(STDERR_FILENO, text);
}

static void __attribute__((format(printf, 3, 0)))
log_line(int priority, int is_loud, const char *format, va_list arguments)
{
    char text[LINE];
    int saved = errno;
    vsnprintf(text, sizeof text, format, arguments);
    if (!to_target(text) || is_loud)
        to_syslog(priority, text);
    errno = saved;
}

void svp_log(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_line(LOG_NOTICE, 0, format, arguments);
    va_end(arguments);
}

void svp_log_loudly(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_line(LOG_ERR, 1, format, arguments);
    va_end(arguments);
}

/* ---- refusals --------------------------------------------------------------------------------*/

/* So many lines at once, and one more after so many milliseconds. */
enum { BURST = 20, EACH = 10000 };

static atomic_llong spent_until = -(long long)BURST * EACH;
static atomic_uint left_out;

int svp_log_has_room(void)
{
    struct timespec clock;
    long long now, from, old = atomic_load(&spent_until);

    clock_gettime(CLOCK_MONOTONIC, &clock);
    now = (long long)clock.tv_sec * 1000 + clock.tv_nsec / 1000000;
    do {
        from = old > now - (long long)BURST * EACH ? old : now - (long long)BURST * EACH;
        if (from + EACH > now) {
            atomic_fetch_add(&left_out, 1);
            return 0;
        }
    } while (!atomic_compare_exchange_weak(&spent_until, &old, from + EACH));
    return 1;
}

static const char *subject_of(const struct s2sv_verdict *verdict, char buf[SV_NAME_TEXT])
{
    struct sv_certificate certificate;
    struct sv_misread misread;
    const void *der;
    size_t len;
    if (s2sv_verdict_certificate(verdict, 0, &der, &len) != 0 ||
        !sv_certificate_read(der, len, &certificate, &misread))
        return "(unreadable subject)";
    return sv_name_text(certificate.subject, buf);
}

/* The first few names that it presents, with commas. */
static const char *names_of(const struct s2sv_verdict *verdict, char *buf, size_t size)
{
    size_t used = 0;
    const char *name;
    buf[0] = '\0';
    for (size_t i = 0; i < 4 && s2sv_verdict_identity(verdict, i, NULL, &name) == 0 && used < size;
         i++)
        used += (size_t)snprintf(buf + used, size - used, ", %s", name);
    return buf;
}

static const char *side_of(const struct s2sv_verdict *verdict)
{
    if (!verdict)
        return "in question";
    return verdict->direction == S2SV_INBOUND ? "that connected" : "that we connected to";
}

/* How many before this one aren't written. */
static const char *count_left_out(char *buf, size_t size)
{
    unsigned count = atomic_exchange(&left_out, 0);
    buf[0] = '\0';
    if (count > 0)
        snprintf(buf, size, " (%u more before it)", count);
    return buf;
}

void svp_log_refusal(const struct s2sv_verdict *verdict, const char *outcome)
{
    char subject[SV_NAME_TEXT], names[256], more[40];
    const char *text;
    int depth;
    if (s2sv_verdict_fault(verdict, 0, NULL, &depth, &text) != S2SV_DECIDED) {
        depth = -1;
        text = s2sv_reason_text(s2sv_verdict_reason(verdict));
    }
    svp_log("refused: %s at depth %d: the peer %s, %s%s: %s; %s%s",
            s2sv_reason_name(s2sv_verdict_reason(verdict)), depth, side_of(verdict),
            subject_of(verdict, subject), names_of(verdict, names, sizeof names), text, outcome,
            count_left_out(more, sizeof more));
}
