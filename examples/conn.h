/* SPDX-License-Identifier: MIT
 * A connection that starts in the clear and goes on over TLS, and what the examples log. */
#ifndef EXAMPLES_CONN_H
#define EXAMPLES_CONN_H

#include <stddef.h>
#include <stdint.h>

#include "tls.h"

struct conn {
    int fd;
    struct tls *tls; /* NULL: in the clear */
};

/* Reads up to and with the octet `end`, and not one octet more: so nothing that came in the clear
 * is left to be taken for something that came over TLS. Returns 1 and a string, or 0 at the end, on
 * an error, or if it doesn't fit. */
int conn_read_to(struct conn *conn, char end, char *buf, size_t size);

/* Returns 1 when there is something to read, or 0 at that time, in seconds since 1970. */
int conn_wait(struct conn *conn, int64_t until);

/* Returns 1, or 0 on an error. */
int conn_write(struct conn *conn, const char *text);
int conn_printf(struct conn *conn, const char *format, ...) __attribute__((format(printf, 2, 3)));

void conn_close(struct conn *conn);

/* Gives the peer its TLSA records, a line each: "3 1 1 9f86d0...". A server has them from a
 * resolver that validates, which also says whether they are secure; here they stand in a file.
 * NULL: none were looked up. Returns 0 on an error. */
int give_records(struct s2sv_peer *peer, const char *path);

/* Takes the options -C, -K, -A and -T. Returns 0 for another one. */
int files_option(int option, const char *value, struct tls_files *files);

/* Writes the whole explanation to standard error, beginning with what it says of that domain, or of
 * the expected ones if domain is NULL. No verdict: the other side ended the handshake. */
void log_verdict(const struct s2sv_verdict *verdict, const char *domain);

#endif
