/* SPDX-License-Identifier: MIT
 *
 * An SMTP server that asks for a client certificate, logs the verdict, and relays for the peers on
 * a list. Nobody says who an SMTP client should be, so the names that its certificate proves are
 * compared with the list (RFC 3207 section 4.1). It takes one connection; see usage(). */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "conn.h"
#include "net.h"

struct server {
    const char *domain;         /* we take mail for it from everybody */
    const char *const *trusted; /* these peers may send to other domains */
    size_t trusted_count;
    struct tls_context *tls;
    struct conn conn;
    const char *why_not; /* NULL: the peer may send to other domains */
};

static int usage(void)
{
    fputs("usage: smtp-server -C CHAIN -K KEY [-A ANCHORS] -d DOMAIN [PEER ...]\n\n"
          "Prints the port that the kernel chose, then \"relays for: PEER\" or \"no relay: WHY\".\n"
          "Peers that prove to be one of PEER ... may send to other domains than DOMAIN.\n",
          stderr);
    return 2;
}

static void judge_peer(struct server *server)
{
    const struct s2sv_verdict *verdict = tls_verdict(server->conn.tls);
    size_t i;
    log_verdict(verdict, NULL);
    if (s2sv_verdict_match_any(verdict, server->trusted, server->trusted_count, &i)) {
        server->why_not = NULL;
        printf("relays for: %s\n", server->trusted[i]);
    } else if (s2sv_verdict_trusted(verdict)) {
        server->why_not = "Your name is not on our list.";
        printf("no relay: not on the list\n");
    } else {
        server->why_not = s2sv_verdict_peer_text(verdict);
        printf("no relay: %s\n", s2sv_reason_name(s2sv_verdict_reason(verdict)));
    }
}

/* Everybody may go on after the handshake, also without a certificate: the policy is RECORD. */
static int start_tls(struct server *server)
{
    struct conn *conn = &server->conn;
    if (conn->tls)
        return conn_write(conn, "503 5.5.1 TLS is on already\r\n");
    if (!conn_write(conn, "220 2.0.0 go ahead\r\n"))
        return 0;
    struct tls *tls = tls_accept(server->tls, conn->fd);
    conn->tls = tls;
    if (!tls || !tls_handshake(tls)) {
        fputs("the TLS handshake failed\n", stderr);
        return 0;
    }
    judge_peer(server);
    return 1;
}

/* "RCPT TO:<user@domain>" */
static int is_ours(const char *line, const char *domain)
{
    const char *at = strrchr(line, '@');
    size_t len = strlen(domain);
    return at && strncasecmp(at + 1, domain, len) == 0 && at[1 + len] == '>';
}

static int recipient(struct server *server, const char *line)
{
    if (is_ours(line, server->domain) || !server->why_not)
        return conn_write(&server->conn, "250 2.1.5 fine\r\n");
    return conn_printf(&server->conn, "550 5.7.1 no relay for you: %s\r\n", server->why_not);
}

static int data(struct conn *conn)
{
    char line[2048];
    if (!conn_write(conn, "354 end with a dot\r\n"))
        return 0;
    do
        if (!conn_read_to(conn, '\n', line, sizeof line))
            return 0;
    while (strcmp(line, ".\r\n") != 0);
    return conn_write(conn, "250 2.0.0 taken\r\n");
}

static int starts_with(const char *line, const char *command)
{
    return strncasecmp(line, command, strlen(command)) == 0;
}

/* Returns 0 to close the connection. */
static int answer(struct server *server, const char *line)
{
    struct conn *conn = &server->conn;
    if (starts_with(line, "EHLO") || starts_with(line, "HELO"))
        return conn_printf(conn, !conn->tls ? "250-%s\r\n250 STARTTLS\r\n" : "250 %s\r\n",
                           server->domain);
    if (starts_with(line, "STARTTLS"))
        return start_tls(server);
    if (starts_with(line, "MAIL FROM:"))
        return conn_write(conn, "250 2.1.0 fine\r\n");
    if (starts_with(line, "RCPT TO:"))
        return recipient(server, line);
    if (starts_with(line, "DATA"))
        return data(conn);
    if (starts_with(line, "RSET") || starts_with(line, "NOOP"))
        return conn_write(conn, "250 2.0.0 fine\r\n");
    if (!starts_with(line, "QUIT"))
        return conn_write(conn, "502 5.5.1 unknown command\r\n");
    conn_write(conn, "221 2.0.0 bye\r\n");
    return 0;
}

static int serve_one(struct server *server)
{
    char line[2048];
    int port, listener = net_listen(&port);
    if (listener < 0)
        return 1;
    printf("%d\n", port);
    fflush(stdout);
    server->conn.fd = net_accept(listener);
    close(listener);
    if (server->conn.fd < 0)
        return 1;
    if (conn_printf(&server->conn, "220 %s ESMTP\r\n", server->domain))
        while (conn_read_to(&server->conn, '\n', line, sizeof line) && answer(server, line))
            ;
    conn_close(&server->conn);
    return 0;
}

static struct tls_context *make_context(const struct tls_files *files)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_SMTP);
    struct tls_context *tls = NULL;
    if (s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_RECORD) == S2SV_DECIDED)
        tls = tls_context_new(files, policy);
    s2sv_policy_unref(policy);
    return tls;
}

int main(int argc, char **argv)
{
    struct server server = { .conn = { .fd = -1 }, .why_not = "Use STARTTLS." };
    struct tls_files files = { 0 };
    int option;
    while ((option = getopt(argc, argv, "C:K:A:d:")) != -1) {
        if (option == 'd')
            server.domain = optarg;
        else if (!files_option(option, optarg, &files))
            return usage();
    }
    if (!files.chain || !files.key || !server.domain)
        return usage();
    server.trusted = (const char *const *)argv + optind;
    server.trusted_count = (size_t)(argc - optind);
    signal(SIGPIPE, SIG_IGN);
    server.tls = make_context(&files);
    int status = server.tls ? serve_one(&server) : 1;
    tls_context_free(server.tls);
    return status;
}
