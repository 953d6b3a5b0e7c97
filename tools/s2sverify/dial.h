/* SPDX-License-Identifier: MIT
 * Connecting to a server as another server would, up to TLS and the first words behind it. */
#ifndef DIAL_H
#define DIAL_H

#include "conn.h"
#include "judge.h"
#include "smtp.h"
#include "target.h"
#include "xmpp.h"

struct dial_options {
    int has_address; /* --connect: no lookup */
    struct address address;
    int is_direct; /* --direct-tls, with --connect or a port */
    int timeout;   /* seconds; 0: USUAL_TIMEOUT */
    const char *resolver;
    const char *trust_anchor; /* --trust-anchor: for DNSSEC; NULL: TLSA records aren't looked up */
    const char *from;         /* --from: who we say we are; NULL: nobody in particular */
    char from_ascii[DOMAIN_TEXT];
    const char *name; /* --name: whose certificate it should be; NULL: by the target */
};

/* Target: struct dial_options. */
extern const struct option_row dial_rows[];
extern const size_t dial_row_count;
int dial_timeout(const struct dial_options *options);

/* What is the same for all connections; shared by threads. */
struct dialler;

/* identity NULL: none is shown. NULL after a complaint. What is given must outlive it. */
struct dialler *dialler_new(struct judge *judge, const struct dial_options *options,
                            const struct identity *identity);
void dialler_free(struct dialler *dialler);
struct judge *dialler_judge(const struct dialler *dialler);

enum stage {
    STAGE_LOOKUP,   /* where the server is */
    STAGE_CONNECT,  /* TCP */
    STAGE_GREETING, /* the first words */
    STAGE_STARTTLS,
    STAGE_HANDSHAKE,
    STAGE_SECURED /* TLS is up */
};

struct dialled {
    enum stage stage; /* reached, and failed in unless it is SECURED */
    /* Why it failed; or, with SECURED, why what comes within TLS failed; else "". */
    char error[CONN_ERROR];
    struct endpoint endpoint;    /* the one that was talked to, or the last one tried */
    char reference[DOMAIN_TEXT]; /* the name that the certificate should have */
    char version[TLS_TEXT], alpn[TLS_TEXT];
    struct chain chain;           /* what the server showed */
    struct s2sv_verdict *verdict; /* from the handshake itself; NULL: none */
    struct conn conn;
    struct xmpp xmpp;
    /* Within TLS. XMPP: the features; SMTP: the reply to EHLO. */
    int offers_external, offers_dialback, offers_bidi;
    struct smtp_reply reply;
};

/* Fills in *ret. Returns 1 if TLS is up; the connection is then open. Release with dialled_close()
 * in any case. */
int dial(struct dialler *dialler, struct dns *dns, const struct target *target,
         struct dialled *ret);
/* Its two halves. Without an endpoint the lookup failed, and its error is why.
 * Both need no lock where dns and *ret are one thread's. */
int dial_look_up(const struct dialler *dialler, struct dns *dns, const struct target *target,
                 struct endpoints *ret_endpoints);
int dial_endpoints(struct dialler *dialler, const struct target *target,
                   const struct endpoints *endpoints, struct dialled *ret);
/* SASL EXTERNAL (XEP-0178 section 3), and the new stream behind it. 1: the peer takes us for
 * `from`. 0: the error is in conn; the condition in xmpp, if the peer named one. */
int dialled_authenticate(struct dialled *dialled, const char *from, const char *domain);
/* Says no goodbye within the protocol. */
void dialled_close(struct dialled *dialled);

/* Judges what the server showed, with the verdict of the handshake where there is one. As
 * judge_ask(). */
int dialled_judge(struct dialler *dialler, const struct dialled *dialled,
                  struct opinions *ret_opinions);
const char *stage_name(enum stage stage); /* "lookup" */
/* RFC 8460 section 4.3: why TLS with that server failed; NULL if it didn't. */
const char *dialled_result_type(const struct dialled *dialled, const struct opinions *opinions);

#endif
