/* SPDX-License-Identifier: MIT
 * Certificates made on the spot, by OpenSSL, to see who notices what is wrong with them. */
#ifndef MINT_H
#define MINT_H

#include "tls.h"

enum kind {
    KIND_SERVER, /* serverAuth, as public CAs issue them now */
    KIND_CLIENT,
    KIND_BOTH,
    KIND_NONE, /* no extended key usage extension */
    KIND_EXPIRED,
    KIND_WRONG_NAME,
    KIND_SELF_SIGNED,
    KINDS
};

/* "server", "client", "both", "none", "expired", "wrong-name", "self-signed" */
const char *kind_name(enum kind kind);
const char *kind_words(enum kind kind); /* "serverAuth only" */
/* 1: one that a server should be taken with. */
int kind_is_good(enum kind kind);
/* KINDS if it is none. */
enum kind kind_of(const char *name);

struct mint;

/* A CA from PEM files; the first certificate is its own, those behind it are shown with it. NULL
 * after a complaint. */
struct mint *mint_new(const char *ca_path, const char *key_path);
void mint_free(struct mint *mint);
/* A key and a certificate for the domain (in A-labels), good for some days unless it is expired.
 * mint may be NULL for a self-signed one. Returns 1, or 0 after a complaint. */
int mint_make(const struct mint *mint, enum kind kind, const char *domain,
              struct identity *ret_identity);

#endif
