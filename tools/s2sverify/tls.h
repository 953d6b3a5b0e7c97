/* SPDX-License-Identifier: MIT
 * TLS sessions over non-blocking sockets, the same by OpenSSL and by GnuTLS, with s2sverify
 * installed so that it records and hinders nobody. */
#ifndef TLS_H
#define TLS_H

#include <stddef.h>

#include <s2sverify/s2sverify.h>

#include "chain.h"

/* A certificate of our own. */
struct identity {
    struct chain chain;
    char *key; /* PEM */
};

/* Both parts from PEM files. Returns 1, or 0 after a complaint. */
int identity_load(struct identity *identity, const char *chain_path, const char *key_path);
void identity_clear(struct identity *identity);

struct tls_setup {
    int is_server;
    const struct identity *identity; /* NULL: none */
    const char *alpn;                /* NULL: none; offered, or taken if offered */
    struct s2sv_policy *policy;      /* RECORD */
    struct s2sv_trust *trust;        /* of the same library */
};

enum tls_state {
    TLS_DONE,
    TLS_WANT_READ,
    TLS_WANT_WRITE,
    TLS_CLOSED, /* the peer ended the session, or the connection */
    TLS_FAILED  /* error() says why */
};

enum { TLS_TEXT = 160 };

struct tls_context; /* may be shared by threads */
struct tls;

struct tls_methods {
    /* NULL: failed, and *ret_why says why. */
    struct tls_context *(*context_new)(const struct tls_setup *setup, const char **ret_why);
    void (*context_free)(struct tls_context *context);
    struct tls *(*open)(struct tls_context *context, int fd, const char *server_name);
    void (*free)(struct tls *tls);              /* says nothing to the peer */
    struct s2sv_peer *(*peer)(struct tls *tls); /* expect names here, before the handshake */
    enum tls_state (*handshake)(struct tls *tls);
    enum tls_state (*read)(struct tls *tls, void *buf, size_t size, size_t *ret_len);
    enum tls_state (*write)(struct tls *tls, const void *data, size_t len, size_t *ret_len);
    enum tls_state (*bye)(struct tls *tls); /* says that we close; doesn't wait for an answer */
    const char *(*error)(struct tls *tls);
    int (*peer_chain)(struct tls *tls, struct chain *chain); /* adds to it; 1, or 0 */
    const struct s2sv_verdict *(*verdict)(struct tls *tls);
    /* "TLSv1.3", "xmpp-server" ("" if none was agreed on) */
    void (*describe)(struct tls *tls, char version[TLS_TEXT], char alpn[TLS_TEXT]);
};

extern const struct tls_methods tls_openssl, tls_gnutls;

#endif
