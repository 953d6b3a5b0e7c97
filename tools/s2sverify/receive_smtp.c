/* SPDX-License-Identifier: MIT
 * SMTP up to RCPT, which is always refused: the answer tells what the certificate is worth. The
 * name that it should have is the one in EHLO, the only one that a client says. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "receive.h"
#include "smtp.h"

enum { COMMANDS_MOST = 100 };

static int say(struct visit *visit, int code, const char *text)
{
    char line[SMTP_LINE];
    size_t len = strcspn(text, "\r\n");
    snprintf(line, sizeof line, "%.*s", (int)(len < 400 ? len : 400), text);
    return conn_printf(&visit->conn, "%d %s\r\n", code, line);
}

static int take_ehlo(struct visit *visit, const char *name)
{
    char ascii[DOMAIN_TEXT];
    visit->from[0] = '\0';
    if (strlen(name) < DOMAIN_TEXT && domain_to_ascii(name, ascii))
        strcpy(visit->from, name);
    if (visit->is_secured && !visit_judge(visit))
        return 0;
    return conn_printf(&visit->conn, "250%s%s\r\n%s", visit->is_secured ? " " : "-",
                       visit->receiver->shown[0].ascii,
                       visit->is_secured ? "" : "250 STARTTLS\r\n");
}

static int take_starttls(struct visit *visit)
{
    const struct receiver *receiver = visit->receiver;
    if (visit->is_secured)
        return say(visit, 503, "5.5.1 TLS is on already");
    return conn_is_drained(&visit->conn) && say(visit, 220, "2.0.0 go ahead") &&
           visit_start_tls(visit,
                           receiver_find(receiver, receiver->domains[0].name, visit->kind)) &&
           visit_judge(visit);
}

static int take_mail(struct visit *visit)
{
    if (!visit->is_secured)
        return say(visit, 530, "5.7.0 STARTTLS first");
    if (visit->receiver->enforces && !visit_accepts(visit))
        return say(visit, 550,
                   visit->is_judged && visit->opinions.count > 0
                       ? s2sv_verdict_peer_text(visit->opinions.items[0].verdict)
                       : "5.7.1 no certificate");
    visit->is_authenticated = visit_accepts(visit);
    return say(visit, 250, "2.1.0 go on");
}

static int take_rcpt(struct visit *visit)
{
    char words[WORDS], text[WORDS + 64];
    snprintf(text, sizeof text, "5.7.1 no mail is taken here; your certificate: %s",
             visit_words(visit, words));
    visit->answers++;
    return say(visit, 550, text);
}

static int starts(const char *line, const char *command)
{
    size_t len = strlen(command);
    return strncasecmp(line, command, len) == 0 && (line[len] == '\0' || line[len] == ' ');
}

/* 0: the end. */
static int take_command(struct visit *visit, const char *line)
{
    if (starts(line, "EHLO") || starts(line, "HELO"))
        return take_ehlo(visit, line[4] == ' ' ? line + 5 : "");
    if (starts(line, "STARTTLS"))
        return take_starttls(visit);
    if (starts(line, "MAIL"))
        return take_mail(visit);
    if (starts(line, "RCPT"))
        return take_rcpt(visit);
    if (starts(line, "RSET") || starts(line, "NOOP"))
        return say(visit, 250, "2.0.0 well");
    if (!starts(line, "QUIT"))
        return say(visit, 502, "5.5.1 not here");
    say(visit, 221, "2.0.0 goodbye");
    return 0;
}

void receive_smtp(struct visit *visit)
{
    char line[SMTP_LINE], greeting[DOMAIN_TEXT + 16];
    snprintf(greeting, sizeof greeting, "%s ESMTP", visit->receiver->shown[0].ascii);
    int goes_on = say(visit, 220, greeting);
    for (int i = 0; i < COMMANDS_MOST && goes_on; i++) {
        conn_step(&visit->conn);
        goes_on = conn_read_line(&visit->conn, line, sizeof line) && take_command(visit, line);
    }
    if (visit->conn.error[0] != '\0' && !(visit->is_secured && visit->conn.is_closed))
        snprintf(visit->trouble, sizeof visit->trouble, "ended: %.400s", visit->conn.error);
}
