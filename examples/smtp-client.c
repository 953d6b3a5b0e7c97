/* SPDX-License-Identifier: MIT
 *
 * An SMTP client that delivers one message to a mail exchanger that has to prove its name, as
 * MTA-STS asks (RFC 8461 section 4.1); see usage(). */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"
#include "net.h"

struct client {
    const char *mx; /* the host name of the mail exchanger */
    const char *recipient;
    const char *records; /* the MX's TLSA records */
    struct tls_context *tls;
    struct conn conn;
};

static int usage(void)
{
    fputs(
        "usage: smtp-client [-C CHAIN -K KEY] [-A ANCHORS] [-T TLSA] -m MX -r RECIPIENT -p PORT\n\n"
        "Prints \"delivered: MX\", \"refused: WHY (RFC 8460 result type)\" if the mail exchanger\n"
        "doesn't prove its name, or \"failed: REPLY\". Exit status: 0, 1, 1.\n",
        stderr);
    return 2;
}

/* Reads a reply, which may have several lines: "250-..." is followed by another. */
static int reply(struct client *client, char code)
{
    char line[1024];
    do
        if (!conn_read_to(&client->conn, '\n', line, sizeof line)) {
            printf("failed: the connection ended\n");
            return 0;
        }
    while (strlen(line) > 3 && line[3] == '-');
    if (line[0] != code)
        printf("failed: %s", line);
    return line[0] == code;
}

static int command(struct client *client, const char *verb, const char *argument, const char *end)
{
    return conn_printf(&client->conn, "%s%s%s\r\n", verb, argument, end) &&
           reply(client, strcmp(verb, "DATA") == 0 ? '3' : '2');
}

/* Under ENFORCE, the default, the handshake ends unless the peer is the MX. */
static int start_tls(struct client *client)
{
    struct tls *tls = tls_connect(client->tls, client->conn.fd, client->mx);
    client->conn.tls = tls;
    if (!tls || s2sv_peer_expect(tls_peer(tls), client->mx) != S2SV_DECIDED ||
        !give_records(tls_peer(tls), client->records))
        return 0;
    if (tls_handshake(tls) && s2sv_verdict_accepted(tls_verdict(tls)))
        return 1;
    const struct s2sv_verdict *verdict = tls_verdict(tls);
    log_verdict(verdict, NULL);
    if (!verdict) /* the handshake failed, and not for the certificate */
        printf("failed: TLS\n");
    else
        printf("refused: %s (%s)\n", s2sv_reason_name(s2sv_verdict_reason(verdict)),
               s2sv_verdict_tlsrpt(verdict));
    return 0;
}

static int deliver(struct client *client)
{
    return reply(client, '2') && command(client, "EHLO ", "client.example", "") &&
           command(client, "STARTTLS", "", "") && start_tls(client) &&
           command(client, "EHLO ", "client.example", "") &&
           command(client, "MAIL FROM:<", "", ">") &&
           command(client, "RCPT TO:<", client->recipient, ">") &&
           command(client, "DATA", "", "") &&
           command(client, "Subject: test\r\n\r\nHello.\r\n.", "", "") &&
           command(client, "QUIT", "", "");
}

static int connect_and_deliver(struct client *client, int port)
{
    client->conn.fd = net_connect(port);
    int done = client->conn.fd >= 0 && deliver(client);
    conn_close(&client->conn);
    if (done)
        printf("delivered: %s\n", client->mx);
    return done;
}

static struct tls_context *make_context(const struct tls_files *files)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_SMTP);
    struct tls_context *tls = tls_context_new(files, policy);
    s2sv_policy_unref(policy);
    return tls;
}

int main(int argc, char **argv)
{
    struct client client = { .conn = { .fd = -1 } };
    struct tls_files files = { 0 };
    int option, done, port = 0;
    while ((option = getopt(argc, argv, "C:K:A:T:m:r:p:")) != -1) {
        if (option == 'm')
            client.mx = optarg;
        else if (option == 'r')
            client.recipient = optarg;
        else if (option == 'p')
            port = atoi(optarg);
        else if (!files_option(option, optarg, &files))
            return usage();
    }
    if (!client.mx || !client.recipient || port == 0)
        return usage();
    signal(SIGPIPE, SIG_IGN);
    client.records = files.records;
    client.tls = make_context(&files);
    done = client.tls && connect_and_deliver(&client, port);
    tls_context_free(client.tls);
    return done ? 0 : 1;
}
