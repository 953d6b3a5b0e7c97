/* SPDX-License-Identifier: MIT
 * Lines of a log, also of one that still grows. */
#ifndef LOG_READER_H
#define LOG_READER_H

struct log_reader;

enum { LOG_LINE = 8192 }; /* longer lines are cut */

/* "-" is standard input. With follow it never ends by itself: it waits for more, and where the file
 * was replaced or made shorter it goes on at the beginning of the new one. NULL after a complaint.
 */
struct log_reader *log_reader_new(const char *path, int follow);
void log_reader_free(struct log_reader *reader);

enum log_read {
    LOG_READ_LINE,
    LOG_READ_END,    /* of the file, or log_reader_stop() was called */
    LOG_READ_FAILED, /* after a complaint */
    LOG_READ_IDLE    /* nothing came for a second */
};

/* The line without its end, good until the next call; NUL octets in it have become blanks. */
enum log_read log_reader_next(struct log_reader *reader, const char **ret_line);
/* For a signal handler: the next call ends. */
void log_reader_stop(void);

#endif
