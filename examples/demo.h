/* SPDX-License-Identifier: MIT
 * One TLS session of the demonstration. demo-openssl.c and demo-gnutls.c each have one. */
#ifndef EXAMPLES_DEMO_H
#define EXAMPLES_DEMO_H

#include <stddef.h>

#include <s2sverify/s2sverify.h>

enum demo_judge {
    DEMO_SHOW = 1,      /* verifies nobody: it is the peer, and shows its certificate */
    DEMO_STOCK = 2,     /* verifies as the TLS library does by itself */
    DEMO_S2SVERIFY = 3, /* verifies with s2sverify's default policy */
};

struct demo {
    int listens; /* 1: the other side connected to us, and we are the TLS server */
    enum demo_judge judge;
    const char *chain, *key; /* our own, PEM */
    const char *anchors;     /* whose signatures count, PEM */
    const char *domain;      /* who the other side has to be */
};

/* What a session came to. Verifying: whether the peer is accepted, or why not. Showing: whether it
 * was greeted. */
struct demo_result {
    int accepted;
    char reason[128];
    char explanation[4096];   /* s2sv_verdict_explain() */
    unsigned char leaf[4096]; /* the certificate that the peer presented, DER */
    size_t leaf_len;          /* 0: it presented none */
};

/* Handshakes and greets the peer if it is accepted. Returns 0, or -1 if it could not be tried. */
int demo_session(const struct demo *demo, int fd, struct demo_result *ret_result);

/* What a verdict says of a peer that has to be that domain: demo-probe.c has it, for both. */
void demo_read(const struct s2sv_verdict *verdict, const char *domain,
               struct demo_result *ret_result);

#endif
