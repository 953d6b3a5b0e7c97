/* SPDX-License-Identifier: MIT
 * What the files of the OpenSSL backend share. */
#ifndef SVO_INTERNAL_H
#define SVO_INTERNAL_H

#include <s2sverify/backend.h>
#include <s2sverify/openssl.h>

#include "compat.h"

/* The "application" of a source: what counts on an application's SSL. */
struct svo_application {
    X509_STORE *store;
    X509_VERIFY_PARAM *param;
    int level;     /* its security level */
    int own_trust; /* 1: the anchors are those of a trust of ours */
};

/* Of an SSL_CTX, made by install(). */
struct svo_context {
    struct s2sv_policy *policy;
    struct s2sv_trust *trust; /* NULL: the application's */
    int added;                /* bits of the verify mode that the application had not set */
};

enum { SVO_HELLO_SIZE = 64 };

/* Of an SSL. The record belongs to one handshake: the one with these two randoms. */
struct svo_session {
    struct s2sv_policy *policy; /* attached, or NULL */
    int added;                  /* as above, for the attached policy */
    struct s2sv_peer *peer;
    struct s2sv_verdict *verdict;
    int ended; /* the verdict ended the handshake */
    unsigned char hello[SVO_HELLO_SIZE];
};

/* lock.c: the only place that names a purpose or a trust setting. */
int svo_lock_param(X509_VERIFY_PARAM *param, int server_auth);
int svo_lock_context(SSL_CTX *ctx);
int svo_lock_session(SSL *ssl);
int svo_is_rejected(X509 *x);
int svo_is_trusted(X509 *x);

/* The functions of the vtable, one file each; backend.h says what they do. */
int svo_load(struct s2sv_loader *loader, enum s2sv_place place, const char *path);
int svo_anchors(void *application, const struct s2sv_link *child, int all,
                struct s2sv_anchors *anchors);
int svo_validate(void *application, const struct s2sv_demand *demand,
                 struct s2sv_evidence *evidence);

/* faults.c */
enum s2sv_fault svo_fault(long native_code);

/* session.c: NULL if there is none; svo_session_make() makes it, NULL out of memory. */
struct svo_context *svo_context_get(const SSL_CTX *ctx);
int svo_context_set(SSL_CTX *ctx, struct svo_context *context);
void svo_context_free(struct svo_context *context);
struct svo_session *svo_session_get(const SSL *ssl);
struct svo_session *svo_session_make(SSL *ssl);

/* install.c: 1 if this version can do what the policy says. */
int svo_policy_is_supported(const struct s2sv_policy *policy);
/* verify.c: 1 if SSL_dane_enable() was called; the callback that install() sets. */
int svo_has_dane(SSL *ssl);
int svo_installed_callback(X509_STORE_CTX *store_ctx, void *unused);

#endif
