/* SPDX-License-Identifier: MIT
 * Writes lines. Nothing is kept open: a daemon closes descriptors that it doesn't know, and the
 * number would then be another file's. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "x509/certificate_reader.h"
#include "log.h"
#include "x509/text.h"
#include "verdict.h"

enum { LINE = 1024 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char target[256]; /* "": syslog; "stderr"; or an absolute path */

/* In syslog a line goes under the name and facility that the daemon chose. */
static void to_syslog(const char *text)
{
    syslog(LOG_NOTICE, "s2sverify: %s", text);
}

static void read_target(void)
{
    const char *value = secure_getenv("S2SVERIFY_LOG");

    if (value == NULL || *value == '\0' || strcmp(value, "syslog") == 0)
        return;
    if ((*value == '/' || strcmp(value, "stderr") == 0) && strlen(value) < sizeof target)
        strcpy(target, value);
    else
        to_syslog("S2SVERIFY_LOG: neither syslog nor stderr nor an absolute path; taken as syslog");
}

static int write_line(int fd, const char *text)
{
    char line[LINE + 64], now[32];
    time_t seconds = time(NULL);
    struct tm tm;
    int len;

    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &tm));
    len = snprintf(line, sizeof line, "%s s2sverify[%ld]: %s\n", now, (long)getpid(), text);
    return write(fd, line, (size_t)len) == len;
}

static int to_file(const char *text)
{
    int fd = open(target, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0640);
    int done = fd >= 0 && write_line(fd, text);

    if (fd >= 0)
        close(fd);
    return done;
}

void svp_log(const char *format, ...)
{
    char text[LINE];
    va_list arguments;
    int saved = errno, done = 0;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pthread_once(&once, read_target);
    if (*target == '/')
        done = to_file(text);
    else if (*target != '\0')
        done = write_line(STDERR_FILENO, text);
    if (!done)
        to_syslog(text);
    errno = saved;
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
    size_t i, used = 0;
    const char *name;

    buf[0] = '\0';
    for (i = 0; i < 4 && s2sv_verdict_identity(verdict, i, NULL, &name) == 0 && used < size; i++)
        used += (size_t)snprintf(buf + used, size - used, ", %s", name);
    return buf;
}

static const char *side_of(const struct s2sv_verdict *verdict)
{
    if (verdict == NULL)
        return "in question";
    return verdict->direction == S2SV_INBOUND ? "that connected" : "that we connected to";
}

void svp_log_refusal(const struct s2sv_verdict *verdict, const char *outcome)
{
    char subject[SV_NAME_TEXT], names[256];
    const char *text = s2sv_reason_text(s2sv_verdict_reason(verdict));
    int depth = -1;

    s2sv_verdict_fault(verdict, 0, NULL, &depth, &text);
    svp_log("refused: %s at depth %d: the peer %s, %s%s: %s; %s",
            s2sv_reason_name(s2sv_verdict_reason(verdict)), depth, side_of(verdict),
            subject_of(verdict, subject), names_of(verdict, names, sizeof names), text, outcome);
}
