/* SPDX-License-Identifier: MIT */
#include "smtp.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

int smtp_parse(const char *line, int *ret_code, int *ret_is_last, const char **ret_text)
{
    for (int i = 0; i < 3; i++)
        if (line[i] < '0' || line[i] > '9')
            return 0;
    if (line[0] < '1' || line[0] > '5' || (line[3] != '\0' && line[3] != ' ' && line[3] != '-'))
        return 0;
    *ret_code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    *ret_is_last = line[3] != '-';
    *ret_text = line[3] != '\0' ? line + 4 : line + 3;
    return 1;
}

static void add_line(struct smtp_reply *reply, const char *text)
{
    size_t used = strlen(reply->text);
    if (used + strlen(text) + 2 > sizeof reply->text)
        return;
    snprintf(reply->text + used, sizeof reply->text - used, "%s\n", text);
}

int smtp_read(struct conn *conn, struct smtp_reply *ret_reply)
{
    memset(ret_reply, 0, sizeof *ret_reply);
    for (int i = 0; i < SMTP_LINES; i++) {
        char line[SMTP_LINE];
        const char *text;
        int code, is_last;
        if (!conn_read_line(conn, line, sizeof line))
            return 0;
        if (!smtp_parse(line, &code, &is_last, &text) ||
            (ret_reply->code != 0 && code != ret_reply->code))
            return conn_fail(conn, "the peer doesn't speak SMTP");
        ret_reply->code = code;
        add_line(ret_reply, text);
        if (is_last)
            return 1;
    }
    return conn_fail(conn, "the peer's reply has more than %d lines", SMTP_LINES);
}

int smtp_say(struct conn *conn, struct smtp_reply *ret_reply, const char *format, ...)
{
    char line[SMTP_LINE];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof line || strpbrk(line, "\r\n"))
        return conn_fail(conn, "what would have to be said is no SMTP line");
    conn_step(conn);
    return conn_printf(conn, "%s\r\n", line) && smtp_read(conn, ret_reply);
}

int smtp_refuses(const struct smtp_reply *reply)
{
    return reply->code / 100 == 5 || strncmp(reply->text, "4.7.", 4) == 0;
}

int smtp_offers(const struct smtp_reply *reply, const char *keyword)
{
    size_t len = strlen(keyword);
    for (const char *line = reply->text; *line != '\0'; line += strcspn(line, "\n") + 1)
        if (strncasecmp(line, keyword, len) == 0 && (line[len] == '\n' || line[len] == ' '))
            return 1;
    return 0;
}
