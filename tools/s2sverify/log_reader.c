/* SPDX-License-Identifier: MIT */
#include "log_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

enum { PIECE = 64 * 1024, PAUSE_MS = 250, IDLE_MS = 1000 };

struct log_reader {
    const char *path;
    int follow, is_stdin, fd;
    int waited; /* milliseconds since the last octet */
    char piece[PIECE];
    size_t at, end; /* of piece: what isn't used yet */
    char line[LOG_LINE];
    size_t length;
};

static volatile sig_atomic_t is_stopped;

void log_reader_stop(void)
{
    is_stopped = 1;
}

static int open_log(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(fd);
        errno = EISDIR;
        return -1;
    }
    return fd;
}

struct log_reader *log_reader_new(const char *path, int follow)
{
    struct log_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        complain("out of memory");
        return NULL;
    }
    reader->path = path;
    reader->follow = follow;
    reader->is_stdin = strcmp(path, "-") == 0;
    reader->fd = reader->is_stdin ? STDIN_FILENO : open_log(path);
    if (reader->fd < 0) {
        complain("%s: %s", path, strerror(errno));
        free(reader);
        return NULL;
    }
    return reader;
}

void log_reader_free(struct log_reader *reader)
{
    if (reader && !reader->is_stdin && reader->fd >= 0)
        close(reader->fd);
    free(reader);
}

/* 1: there is more in piece; 0: not now; -1: failed. */
static int fill(struct log_reader *reader)
{
    ssize_t count;
    do
        count = read(reader->fd, reader->piece, sizeof reader->piece);
    while (count < 0 && errno == EINTR && !is_stopped);
    if (count < 0 && errno != EINTR)
        return -1;
    reader->at = 0;
    reader->end = count > 0 ? (size_t)count : 0;
    return count > 0;
}

/* Rotated away, or cut down. */
static int is_replaced(const struct log_reader *reader)
{
    struct stat ours, now;
    if (fstat(reader->fd, &ours) != 0 || stat(reader->path, &now) != 0)
        return 0;
    return ours.st_ino != now.st_ino || ours.st_dev != now.st_dev ||
           (S_ISREG(ours.st_mode) && lseek(reader->fd, 0, SEEK_CUR) > ours.st_size);
}

/* What came into the old file until it was replaced is read first. Half a line ends with it. */
static int change_file(struct log_reader *reader)
{
    int filled = fill(reader), fd;
    if (filled != 0 || (fd = open_log(reader->path)) < 0)
        return filled;
    close(reader->fd);
    reader->fd = fd;
    reader->at = 0;
    reader->end = reader->length > 0;
    reader->piece[0] = '\n';
    return 0;
}

/* Takes what is there of a line. Returns 1 if it is whole. */
static int take(struct log_reader *reader)
{
    while (reader->at < reader->end) {
        char c = reader->piece[reader->at++];
        if (c == '\n')
            return 1;
        if (reader->length < sizeof reader->line - 1)
            reader->line[reader->length++] = c == '\0' ? ' ' : c;
    }
    return 0;
}

static enum log_read give(struct log_reader *reader, const char **ret_line)
{
    if (reader->length > 0 && reader->line[reader->length - 1] == '\r')
        reader->length--;
    reader->line[reader->length] = '\0';
    reader->length = 0;
    *ret_line = reader->line;
    return LOG_READ_LINE;
}

/* At the end of a file that is followed. What is there may be half a line. */
static enum log_read wait_for_more(struct log_reader *reader)
{
    if (is_replaced(reader))
        return change_file(reader) < 0 ? LOG_READ_FAILED : LOG_READ_LINE;
    poll(NULL, 0, PAUSE_MS);
    reader->waited += PAUSE_MS;
    if (reader->waited < IDLE_MS)
        return LOG_READ_LINE;
    reader->waited = 0;
    return LOG_READ_IDLE;
}

static enum log_read failed(const struct log_reader *reader)
{
    complain("%s: %s", reader->path, strerror(errno));
    return LOG_READ_FAILED;
}

enum log_read log_reader_next(struct log_reader *reader, const char **ret_line)
{
    while (!is_stopped) {
        if (take(reader))
            return give(reader, ret_line);
        int filled = fill(reader);
        if (filled < 0)
            return failed(reader);
        if (filled) {
            reader->waited = 0;
        } else if (!reader->follow || reader->is_stdin) {
            return reader->length > 0 ? give(reader, ret_line) : LOG_READ_END;
        } else {
            enum log_read state = wait_for_more(reader);
            if (state != LOG_READ_LINE)
                return state == LOG_READ_FAILED ? failed(reader) : state;
        }
    }
    return LOG_READ_END;
}
