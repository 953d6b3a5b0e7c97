/* SPDX-License-Identifier: MIT
 * A connection that starts in the clear and goes on over TLS. */
#define _POSIX_C_SOURCE 200809L

#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "conn.h"

static int read_one(struct conn *conn, char *c)
{
    return conn->tls ? tls_read(conn->tls, c, 1) == 1 : recv(conn->fd, c, 1, 0) == 1;
}

int conn_read_to(struct conn *conn, char end, char *buf, size_t size)
{
    for (size_t len = 0; len + 1 < size && read_one(conn, &buf[len]); len++) {
        if (buf[len] == '\0')
            return 0;
        if (buf[len] == end) {
            buf[len + 1] = '\0';
            return 1;
        }
    }
    return 0;
}

int conn_wait(struct conn *conn, int64_t until)
{
    struct pollfd socket = { .fd = conn->fd, .events = POLLIN };
    int64_t now = time(NULL), left = until > now ? until - now : 0;
    if (left == 0)
        return 0;
    if (left > INT_MAX / 1000)
        left = INT_MAX / 1000;
    return (conn->tls && tls_pending(conn->tls)) || poll(&socket, 1, (int)left * 1000) == 1;
}

int conn_write(struct conn *conn, const char *text)
{
    size_t len = strlen(text);
    if (conn->tls)
        return tls_write(conn->tls, text, len);
    return send(conn->fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;
}

int conn_printf(struct conn *conn, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return len >= 0 && (size_t)len < sizeof text && conn_write(conn, text);
}

/* Closed while something of the peer's is unread, a socket tells the peer that all is lost, and the
 * last that we said, an alert say, may be. */
static void let_peer_read(int fd)
{
    char rest[512];
    shutdown(fd, SHUT_WR);
    while (recv(fd, rest, sizeof rest, 0) > 0)
        ;
}

void conn_close(struct conn *conn)
{
    tls_free(conn->tls);
    if (conn->fd >= 0) {
        let_peer_read(conn->fd);
        close(conn->fd);
    }
    *conn = (struct conn){ .fd = -1 };
}

void log_verdict(const struct s2sv_verdict *verdict, const char *domain)
{
    char *text = s2sv_verdict_explain_dup(verdict, domain);
    if (!verdict)
        fputs("the TLS handshake failed, not for the peer's certificate\n", stderr);
    else if (text)
        fputs(text, stderr);
    free(text);
}

int give_records(struct s2sv_peer *peer, const char *path)
{
    unsigned usage, selector, matching_type;
    int status = S2SV_DECIDED;
    char hex[8192];
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!file)
        return !path;
    while (fscanf(file, "%u %u %u %8191s", &usage, &selector, &matching_type, hex) == 4) {
        unsigned char data[4096] = { 0 };
        size_t len = strlen(hex) / 2;
        for (size_t i = 0; i < len; i++)
            sscanf(hex + 2 * i, "%2hhx", &data[i]);
        status |= s2sv_peer_add_tlsa(peer, usage, selector, matching_type, data, len);
    }
    fclose(file);
    status |= s2sv_peer_set_tlsa_status(peer, S2SV_TLSA_SECURE);
    return status == S2SV_DECIDED;
}

int files_option(int option, const char *value, struct tls_files *files)
{
    if (option == 'C')
        files->chain = value;
    else if (option == 'K')
        files->key = value;
    else if (option == 'A')
        files->anchors = value;
    else if (option == 'T')
        files->records = value;
    else
        return 0;
    return 1;
}
