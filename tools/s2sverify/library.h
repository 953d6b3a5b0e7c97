/* SPDX-License-Identifier: MIT
 * What the command needs of a TLS library: s2sverify's backend for it, what it would say by itself,
 * and what is written in a certificate. Two tables of one shape, for OpenSSL and for GnuTLS. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stddef.h>
#include <stdint.h>

#include <s2sverify/s2sverify.h>

#include "chain.h"
#include "tls.h"

enum { NAME_TEXT = 512, PURPOSES_TEXT = 256, STOCK_TEXT = 256 };

struct certificate_text {
    char subject[NAME_TEXT], issuer[NAME_TEXT]; /* RFC 4514, as the certificate says: unescaped */
    char purposes[PURPOSES_TEXT];               /* "serverAuth, clientAuth"; "" if it has none */
    int has_purposes;                           /* the extended key usage extension is there */
    int64_t not_before, not_after;
};

/* What applications that know nothing of s2sverify are told. */
struct stock_answer {
    int accepted;
    char text[STOCK_TEXT]; /* the library's own words if not */
};

struct stock; /* a TLS library's own store of anchors and lists */

struct stock_setup {
    const char *const *anchor_files; /* none: the system's */
    size_t anchor_count;
    const char *const *crl_files;
    size_t crl_count;
    const int64_t *at; /* NULL: now */
};

struct library {
    const char *name;  /* "openssl": for options and JSON */
    const char *title; /* "OpenSSL" */
    const struct s2sv_backend *(*backend)(void);
    /* Returns 0 if it can't read the certificate. */
    int (*describe)(const void *der, size_t len, struct certificate_text *ret_text);
    struct stock *(*stock_new)(const struct stock_setup *setup); /* NULL: failed */
    void (*stock_free)(struct stock *stock);
    /* Asked as applications do: OpenSSL for the purpose of the peer's role; GnuTLS for none. The
     * name counts for a peer that one connected to. */
    void (*stock_ask)(struct stock *stock, const struct chain *chain, enum s2sv_direction direction,
                      const char *name, struct stock_answer *ret_answer);
    const struct tls_methods *tls;
};

extern const struct library library_openssl, library_gnutls;

enum { LIBRARIES_MOST = 2 };
/* Those that the command was built with, NULL behind the last one. */
extern const struct library *const libraries[LIBRARIES_MOST + 1];

/* By the first library. */
int certificate_describe(const void *der, size_t len, struct certificate_text *ret_text);

#endif
