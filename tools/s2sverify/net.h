/* SPDX-License-Identifier: MIT
 * Sockets that never wait longer than they are told. */
#ifndef NET_H
#define NET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { ADDRESS_TEXT = 64 }; /* "[2001:db8::1]:5269" */

struct address {
    struct sockaddr_storage storage;
    socklen_t len;
};

int64_t net_now(void); /* milliseconds of a clock that is never set */

/* "192.0.2.1:25", "[2001:db8::1]:25". Returns 1, or 0. */
int address_parse(const char *text, struct address *ret_address);
/* From 4 or 16 octets. */
struct address address_make(const void *octets, size_t len, int port);
int address_port(const struct address *address);
const char *address_text(const struct address *address, char buf[ADDRESS_TEXT]);

/* Waits for POLLIN or POLLOUT. 1; 0: the deadline passed; -1: failed. */
int net_wait(int fd, short events, int64_t deadline);
/* A connected non-blocking socket; -1 and errno, which is ETIMEDOUT when the deadline passed. */
int net_connect(const struct address *address, int64_t deadline);
/* A listening non-blocking socket; -1 and errno. */
int net_listen(const struct address *address);

#endif
