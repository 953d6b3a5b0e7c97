/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LONGEST_WRITE = 16384 };

void conn_start(struct conn *conn, int fd, int timeout)
{
    memset(conn, 0, sizeof *conn);
    conn->fd = fd;
    conn->timeout = timeout;
    conn->allowance = CONN_ALLOWANCE;
    conn_step(conn);
}

void conn_close(struct conn *conn)
{
    if (conn->tls) {
        conn->methods->bye(conn->tls);
        conn->methods->free(conn->tls);
        conn->tls = NULL;
    }
    if (conn->fd >= 0)
        close(conn->fd);
    conn->fd = -1;
}

void conn_step(struct conn *conn)
{
    conn->deadline = net_now() + (int64_t)conn->timeout * 1000;
    if (conn->end != 0 && conn->deadline > conn->end)
        conn->deadline = conn->end;
}

int conn_fail(struct conn *conn, const char *format, ...)
{
    va_list arguments;
    if (conn->error[0] != '\0')
        return 0;
    va_start(arguments, format);
    vsnprintf(conn->error, sizeof conn->error, format, arguments);
    va_end(arguments);
    return 0;
}

/* ---- waiting ----------------------------------------------------------------------------------*/

static int wait_for(struct conn *conn, short events)
{
    int ready = net_wait(conn->fd, events, conn->deadline);
    if (ready > 0)
        return 1;
    if (ready < 0)
        return conn_fail(conn, "%s", strerror(errno));
    return conn_fail(conn, "no answer within %d seconds", conn->timeout);
}

/* Goes on with what TLS waits for. Returns 1: call again. */
static int wait_for_tls(struct conn *conn, enum tls_state state)
{
    switch (state) {
    case TLS_WANT_READ:
        return wait_for(conn, POLLIN);
    case TLS_WANT_WRITE:
        return wait_for(conn, POLLOUT);
    case TLS_DONE:
        return 1;
    case TLS_CLOSED:
        conn->is_closed = 1;
        return conn_fail(conn, "the peer closed the connection");
    case TLS_FAILED:
        break;
    }
    return conn_fail(conn, "TLS: %s", conn->methods->error(conn->tls));
}

static enum tls_state plain_state(ssize_t count, enum tls_state wanted)
{
    if (count > 0)
        return TLS_DONE;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return wanted;
    return count == 0 || errno == ECONNRESET || errno == EPIPE ? TLS_CLOSED : TLS_FAILED;
}

static enum tls_state read_some(struct conn *conn, char *buf, size_t size, size_t *ret_len)
{
    if (conn->tls)
        return conn->methods->read(conn->tls, buf, size, ret_len);
    ssize_t count = recv(conn->fd, buf, size, 0);
    *ret_len = count > 0 ? (size_t)count : 0;
    return plain_state(count, TLS_WANT_READ);
}

static enum tls_state write_some(struct conn *conn, const char *data, size_t len, size_t *ret_len)
{
    if (conn->tls)
        return conn->methods->write(conn->tls, data, len, ret_len);
    ssize_t count = send(conn->fd, data, len, MSG_NOSIGNAL);
    *ret_len = count > 0 ? (size_t)count : 0;
    return plain_state(count, TLS_WANT_WRITE);
}

/* Without TLS there is nobody to ask what failed. */
static int go_on(struct conn *conn, enum tls_state state)
{
    if (state == TLS_FAILED && !conn->tls)
        return conn_fail(conn, "%s", strerror(errno));
    return wait_for_tls(conn, state);
}

/* ---- reading and writing ----------------------------------------------------------------------*/

int conn_fill(struct conn *conn)
{
    size_t len = 0;
    if (conn->in_start == conn->in_end)
        conn->in_start = conn->in_end = 0;
    if (conn->in_end == sizeof conn->in)
        return conn_fail(conn, "the peer sends more than fits");
    for (;;) {
        if (net_now() >= conn->deadline)
            return conn_fail(conn, "no answer within %d seconds", conn->timeout);
        enum tls_state state =
            read_some(conn, conn->in + conn->in_end, sizeof conn->in - conn->in_end, &len);
        if (state == TLS_DONE)
            break;
        if (!go_on(conn, state))
            return 0;
    }
    if (len > conn->allowance)
        return conn_fail(conn, "the peer sends more than %d octets", CONN_ALLOWANCE);
    conn->allowance -= len;
    conn->in_end += len;
    return 1;
}

int conn_write(struct conn *conn, const char *text, size_t len)
{
    while (len > 0) {
        size_t written = 0;
        enum tls_state state = write_some(conn, text, len, &written);
        if (!go_on(conn, state))
            return 0;
        if (state != TLS_DONE)
            continue;
        text += written;
        len -= written;
    }
    return 1;
}

int conn_printf(struct conn *conn, const char *format, ...)
{
    char text[LONGEST_WRITE];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof text)
        return conn_fail(conn, "what would have to be said is too long");
    return conn_write(conn, text, (size_t)len);
}

int conn_read_line(struct conn *conn, char *buf, size_t size)
{
    for (size_t used = 0;;) {
        if (conn->in_start == conn->in_end && !conn_fill(conn))
            return 0;
        char c = conn->in[conn->in_start++];
        if (c == '\n') {
            buf[used > 0 && buf[used - 1] == '\r' ? used - 1 : used] = '\0';
            return 1;
        }
        if (c == '\0' || used + 1 >= size)
            return conn_fail(conn, "the peer sends a line that is too long, or a NUL");
        buf[used++] = c;
    }
}

int conn_is_drained(struct conn *conn)
{
    return conn->in_start == conn->in_end ||
           conn_fail(conn, "the peer sends in the clear what should come after TLS");
}

int conn_start_tls(struct conn *conn, const struct tls_methods *methods, struct tls *tls)
{
    conn->methods = methods;
    conn->tls = tls;
    if (!tls)
        return conn_fail(conn, "out of memory");
    for (;;) {
        enum tls_state state = methods->handshake(tls);
        if (state == TLS_DONE)
            return 1;
        if (net_now() >= conn->deadline)
            return conn_fail(conn, "the TLS handshake takes more than %d seconds", conn->timeout);
        if (state == TLS_CLOSED)
            return conn_fail(conn, "the peer closed the connection in the TLS handshake");
        if (!wait_for_tls(conn, state))
            return 0;
    }
}
