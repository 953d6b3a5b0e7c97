/* SPDX-License-Identifier: MIT
 * Sockets on the loopback interface, for the examples. Nothing here is about certificates. */
#ifndef EXAMPLES_NET_H
#define EXAMPLES_NET_H

/* Listens on 127.0.0.1, on a port that the kernel chooses. Returns the socket, or -1. */
int net_listen(int *ret_port);

/* Both return a connected socket, or -1. No read or write on it waits longer than ten seconds. */
int net_accept(int listener);
int net_connect(int port);

#endif
