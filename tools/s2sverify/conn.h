/* SPDX-License-Identifier: MIT
 * One connection with a peer that may stall, flood or babble: every step has an end, and so has
 * what the peer may send. */
#ifndef CONN_H
#define CONN_H

#include <stddef.h>
#include <stdint.h>

#include "net.h"
#include "tls.h"

enum { CONN_BUFFER = 4096, CONN_ERROR = 512, CONN_ALLOWANCE = 1024 * 1024 /* octets */ };

struct conn {
    int fd; /* -1: none */
    const struct tls_methods *methods;
    struct tls *tls; /* NULL: not yet */
    int timeout;     /* seconds that one step may take */
    int64_t end;     /* of the whole conversation, by net_now(); 0: none */
    int64_t deadline;
    size_t allowance; /* octets that the peer may still send */
    char in[CONN_BUFFER];
    size_t in_start, in_end; /* read and not yet used */
    int is_closed;           /* by the peer */
    char error[CONN_ERROR];  /* why the last call failed; the first reason stays */
};

/* Takes the socket. */
void conn_start(struct conn *conn, int fd, int timeout);
void conn_close(struct conn *conn);

/* A step begins: the time for it runs from now. */
void conn_step(struct conn *conn);
/* Keeps the first reason. Returns 0. */
int conn_fail(struct conn *conn, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* More of what the peer sends into in[]; it must have room, which there is when all was used. These
 * return 1, or 0 after conn_fail(). */
int conn_fill(struct conn *conn);
int conn_write(struct conn *conn, const char *text, size_t len);
int conn_printf(struct conn *conn, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line without its end, LF or CR LF, in buf; 0 also if it doesn't fit or has a NUL. */
int conn_read_line(struct conn *conn, char *buf, size_t size);
/* What came before TLS would be taken for what came within: 0 if there is something. */
int conn_is_drained(struct conn *conn);
/* The TLS handshake; on success all that follows is protected. Expect names before, by
 * methods->peer(). Takes tls, also on failure. */
int conn_start_tls(struct conn *conn, const struct tls_methods *methods, struct tls *tls);

#endif
