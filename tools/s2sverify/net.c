/* SPDX-License-Identifier: MIT */
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "number.h"

enum { BACKLOG = 64 };

int64_t net_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- addresses --------------------------------------------------------------------------------*/

struct address address_make(const void *octets, size_t len, int port)
{
    struct address address;
    memset(&address, 0, sizeof address);
    if (len == 4) {
        struct sockaddr_in *in = (struct sockaddr_in *)&address.storage;
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)port);
        memcpy(&in->sin_addr, octets, len);
        address.len = sizeof *in;
    } else if (len == 16) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address.storage;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)port);
        memcpy(&in6->sin6_addr, octets, len);
        address.len = sizeof *in6;
    }
    return address;
}

int address_parse(const char *text, struct address *ret_address)
{
    unsigned char octets[16];
    char host[64];
    const char *colon = strrchr(text, ':');
    long port = colon ? parse_number(colon + 1, 65535) : -1;
    int is_bracketed = text[0] == '[';
    size_t len = colon ? (size_t)(colon - text) : 0;
    if (port < 0 || len < 2 || len >= sizeof host || (is_bracketed && colon[-1] != ']'))
        return 0;
    snprintf(host, sizeof host, "%.*s", (int)len - 2 * is_bracketed, text + is_bracketed);
    if (inet_pton(is_bracketed ? AF_INET6 : AF_INET, host, octets) != 1)
        return 0;
    *ret_address = address_make(octets, is_bracketed ? 16 : 4, (int)port);
    return 1;
}

int address_port(const struct address *address)
{
    /* Both kinds have it in the same place. */
    return ntohs(((const struct sockaddr_in *)&address->storage)->sin_port);
}

const char *address_text(const struct address *address, char buf[ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "?";
    if (address->storage.ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->storage;
        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        snprintf(buf, ADDRESS_TEXT, "[%s]:%d", host, address_port(address));
    } else {
        const struct sockaddr_in *in = (const struct sockaddr_in *)&address->storage;
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        snprintf(buf, ADDRESS_TEXT, "%s:%d", host, address_port(address));
    }
    return buf;
}

/* ---- sockets ----------------------------------------------------------------------------------*/

int net_wait(int fd, short events, int64_t deadline)
{
    for (;;) {
        struct pollfd poll_fd = { fd, events, 0 };
        int64_t left = deadline - net_now();
        if (left <= 0)
            return 0;
        int count = poll(&poll_fd, 1, left < 60000 ? (int)left : 60000);
        if (count > 0)
            return 1;
        if (count < 0 && errno != EINTR)
            return -1;
    }
}

/* With errno kept. */
static int close_failed(int fd)
{
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

static int finish_connecting(int fd, int64_t deadline)
{
    int error = 0;
    socklen_t len = sizeof error;
    int ready = net_wait(fd, POLLOUT, deadline);
    if (ready == 0)
        error = ETIMEDOUT;
    else if (ready < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        error = errno;
    errno = error;
    return error == 0;
}

static int open_socket(const struct address *address)
{
    int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        return close_failed(fd);
    return fd;
}

int net_connect(const struct address *address, int64_t deadline)
{
    int fd = open_socket(address);
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&address->storage, address->len) == 0 ||
        (errno == EINPROGRESS && finish_connecting(fd, deadline)))
        return fd;
    return close_failed(fd);
}

int net_listen(const struct address *address)
{
    int on = 1, fd = open_socket(address);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&address->storage, address->len) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    return close_failed(fd);
}
