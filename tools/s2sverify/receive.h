/* SPDX-License-Identifier: MIT
 * The receiving server: one conversation with one who connects, and what came of it. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include "dial.h"
#include "mint.h"

enum {
    DOMAINS_MOST = 16,
    LISTENERS_MOST = 16,
    SHOWN_MOST = DOMAINS_MOST * (KINDS + 1),
    WORDS = 1024,
    VISIT_LONGEST = 120, /* seconds */
    KIND_GIVEN = KINDS   /* the certificate of --cert */
};

/* A certificate of our own, for one of our domains. */
struct shown {
    const char *domain;
    char ascii[DOMAIN_TEXT];
    int kind; /* enum kind, or KIND_GIVEN */
    struct identity identity;
    struct tls_context *context, *direct; /* direct: with ALPN */
    struct dial_options dial;             /* for answers on a connection of their own */
    struct dialler *dialler;
};

/* What all conversations share. Nothing changes once the first one begins. */
struct receiver {
    enum scheme scheme;
    struct judge *judge;
    const struct tls_methods *methods;
    int timeout;
    int enforces; /* refuses whom s2sverify refuses */
    struct dial_options back;
    struct {
        const char *name;
        int kind; /* by --show; -1: the port's */
    } domains[DOMAINS_MOST];
    size_t domain_count;
    struct shown shown[SHOWN_MOST];
    size_t shown_count;
};

struct visit {
    const struct receiver *receiver;
    int kind; /* of the port */
    struct address peer;
    struct conn conn;
    struct xmpp xmpp;
    const struct shown *shown; /* NULL: no TLS was begun */
    int is_direct, is_secured, is_authenticated, is_bidi;
    int pings, answers;
    char from[DOMAIN_TEXT]; /* who it says it is; "" if it doesn't */
    char to[DOMAIN_TEXT];
    char version[TLS_TEXT], alpn[TLS_TEXT];
    struct chain chain;
    struct s2sv_verdict *verdict; /* of the handshake */
    struct opinions opinions;     /* on the chain, for that name */
    int is_judged;
    char trouble[CONN_ERROR]; /* why it ended, if not as it should; why an answer didn't arrive */
};

/* The certificate to show for that domain, at a port of that kind. NULL: the domain isn't ours. */
const struct shown *receiver_find(const struct receiver *receiver, const char *domain, int kind);

/* Has the conversation; conn is started. */
void receive_xmpp(struct visit *visit);
void receive_smtp(struct visit *visit);
void visit_clear(struct visit *visit);

/* What both kinds of conversation need. */
int visit_start_tls(struct visit *visit, const struct shown *shown);
int visit_judge(struct visit *visit); /* 1, or 0 after conn_fail() */
int visit_accepts(const struct visit *visit);
/* One sentence: "accepted", or what is held against it, and what stock libraries say. */
const char *visit_words(const struct visit *visit, char buf[WORDS]);

#endif
