/* SPDX-License-Identifier: MIT
 * SMTP replies (RFC 5321 section 4.2). */
#ifndef SMTP_H
#define SMTP_H

#include "conn.h"

enum { SMTP_LINE = 2048, SMTP_LINES = 128, SMTP_TEXT = 4096 };

struct smtp_reply {
    int code;             /* 100 to 599 */
    char text[SMTP_TEXT]; /* its lines, each without code and ended by LF; cut if it is long */
};

/* One line: the code, whether it is the last, and where the text begins. 0: it isn't one. */
int smtp_parse(const char *line, int *ret_code, int *ret_is_last, const char **ret_text);
/* Returns 1, or 0 after conn_fail(). */
int smtp_read(struct conn *conn, struct smtp_reply *ret_reply);
/* Sends a line and reads the reply to it. */
int smtp_say(struct conn *conn, struct smtp_reply *ret_reply, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* 1: no, and it will be no again: 5xx, or a matter of security (RFC 3463 section 3.8), which
 * Postfix says with 4xx. */
int smtp_refuses(const struct smtp_reply *reply);
/* 1: a line of the reply to EHLO begins with that keyword. */
int smtp_offers(const struct smtp_reply *reply, const char *keyword);

#endif
