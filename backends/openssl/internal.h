/* SPDX-License-Identifier: MIT
 * What the files of the OpenSSL backend share. */
#ifndef SVO_INTERNAL_H
#define SVO_INTERNAL_H

#include <stdatomic.h>

#include <s2sverify/backend.h>
#include <s2sverify/openssl.h>

#include "compat.h"

/* The "application" of a source: what counts on an application's SSL. */
struct svo_question;
struct svo_application {
    X509_STORE *store;
    X509_VERIFY_PARAM *param;
    int level;               /* its security level */
    int own_trust;           /* 1: the anchors are those of a trust of ours */
    struct svo_lists *lists; /* what was read of the store's revocation lists; NULL: not kept */
    unsigned long suite_b;   /* flags that libssl adds for it */
    /* 1: not all of it is modelled, so OpenSSL itself is asked as well; its answer, if it was. */
    int asks_openssl, was_asked, code, depth;
    const struct svo_question *question;
};

typedef void svo_info(const SSL *ssl, int where, int value);

/* Of an SSL_CTX, made by install(); shared by threads, and nothing but the count changes. */
struct svo_context {
    atomic_uint references;
    struct s2sv_policy *policy;
    struct s2sv_trust *trust; /* NULL: the application's */
    int added;                /* bits of the verify mode that the application had not set */
    svo_info *info;           /* the application's callback, or NULL */
    /* Without a trust, what was validated with this store, which keeps it from being another one at
     * the same address. */
    X509_STORE *store;
    struct s2sv_memory *memory;
    struct svo_lists *lists; /* without a trust */
};

enum { SVO_HELLO_SIZE = 64 };

/* Of an SSL. The record belongs to one handshake: the one with these two randoms. */
struct svo_session {
    struct s2sv_policy *policy; /* attached, or NULL */
    int added;                  /* as above, for the attached policy */
    struct s2sv_peer *peer;
    struct s2sv_verdict *verdict;
    size_t changes;            /* s2sv_peer_changes() when the verdict was made */
    const SSL_CTX *began_with; /* the SSL's context at the handshake's start; not held */
    int is_told;               /* its info callback is under way */
    int is_asked;       /* a verification is under way: the application's callback may see it */
    int ended;          /* the verdict ended the handshake */
    int awaits_staples; /* it was made before they came: TLS 1.2 */
    unsigned char hello[SVO_HELLO_SIZE];
};

/* What one SSL's peer is judged by. It holds references: the application may replace all of it
 * meanwhile, in another thread or in its own callback. */
struct svo_question {
    SSL *ssl;
    const struct s2sv_policy *policy; /* the caller's, or ours */
    const struct s2sv_policy *ours;   /* the attached one, else the installed one, else NULL */
    struct s2sv_policy *attached;     /* held; or NULL */
    struct svo_context *context;      /* held; NULL: not installed */
    X509_STORE *store;
    X509_VERIFY_PARAM *param;
    X509_STORE_CTX *store_ctx; /* libssl's or the caller's, not used yet; or NULL */
    int was_accepted;          /* it was used, asked for the purpose "server", and accepted */
    X509 *leaf;                /* NULL: no certificate, or a raw public key */
    STACK_OF(X509) * rest;     /* the others as presented; a leading leaf is skipped */
};

/* lists.c: what was read of an application's lists. NULL out of memory, which reads them anew. */
struct svo_lists *svo_lists_new(void);
void svo_lists_free(struct svo_lists *lists);

/* staples.c: the OCSP responses that came in the handshake. */
struct svo_staples {
    struct s2sv_bytes *all;
    size_t count;
    int were_asked; /* and there is nothing more to come */
};
/* 1: they were asked for, and are still to come. */
int svo_awaits_staples(SSL *ssl);
/* Returns a status; released by svo_staples_clear() in any case. */
int svo_staples_take(SSL *ssl, struct svo_staples *ret_staples);
void svo_staples_clear(struct svo_staples *staples);

/* lock.c: the only place that names a purpose or a trust setting. */
int svo_lock_param(X509_VERIFY_PARAM *param, int server_auth);
int svo_lock_context(SSL_CTX *ctx);
int svo_lock_session(SSL *ssl);
int svo_is_rejected(X509 *x);
int svo_is_trusted(X509 *x);

/* The functions of the vtable, one file each; backend.h says what they do. */
int svo_load(struct s2sv_loader *loader, enum s2sv_place place, const char *path);
int svo_anchors(void *application, const struct s2sv_issuer *issuers, size_t count, int all,
                struct s2sv_anchors *anchors);
int svo_lists(void *application, const struct s2sv_link *child, struct s2sv_lists **ret_lists);
int svo_validate(void *application, const struct s2sv_path_request *request,
                 struct s2sv_evidence *evidence);
int svo_is_signed_by(const struct s2sv_signed *what, const struct s2sv_link *issuer);
int svo_hash(enum s2sv_hash hash, const struct s2sv_bytes *parts, size_t count,
             unsigned char *ret_digest);

/* faults.c: an X509_V_ code as a finding; the X509_V_ code of a verdict. */
enum s2sv_finding svo_finding(long native_code);
long svo_code_of(const struct s2sv_verdict *verdict);

/* native.c: an X509_V_ code, X509_V_OK if it accepts. On one context; on the application's, for a
 * path that is good otherwise. */
int svo_native_verify(X509_STORE_CTX *ctx, int server_auth);
int svo_native(struct svo_application *app, const struct s2sv_path_request *request);

/* settings.c: 1 if all that the application set is known, and validate() heeds it. */
int svo_is_modelled(const struct svo_application *app);
/* What validate() depends on beside its request, for a memory. 0: nothing may be remembered. */
int svo_settings(const struct svo_application *app, unsigned char ret_settings[32]);

/* context.c: what is installed now, a reference, or NULL. NULL out of memory. */
struct svo_context *svo_context_get(const SSL_CTX *ctx);
struct svo_context *svo_context_new(struct s2sv_policy *policy, struct s2sv_trust *trust);
void svo_context_unref(struct svo_context *context);
/* Puts it in the place of the old one, NULL for none, with a reference of its own, once prepare()
 * has set what the SSL_CTX needs for it. Returns a status, prepare()'s if that isn't 0. One at a
 * time. */
typedef int svo_prepare(SSL_CTX *ctx, struct svo_context *context, const struct svo_context *old);
int svo_context_put(SSL_CTX *ctx, struct svo_context *context, svo_prepare *prepare);

/* session.c: NULL if there is none; svo_session_make() makes it, NULL out of memory. */
struct svo_session *svo_session_get(const SSL *ssl);
struct svo_session *svo_session_make(SSL *ssl);
/* 1 if SSL_dane_enable() was called. */
int svo_has_dane(SSL *ssl);
/* 1: so OpenSSL's own DANE decides, since the peer was told of no TLSA records. */
int svo_dane_decides(SSL *ssl);
void svo_hello(const SSL *ssl, unsigned char *hello);
/* Replaces what is recorded for the present handshake; takes the verdict over. */
void svo_record(SSL *ssl, struct svo_session *session, struct s2sv_verdict *verdict);

/* moments.c: the SSL_CTX's info callback; and for an SSL, that no session be resumed. */
svo_info svo_on_info;
int svo_resume_nothing(SSL *ssl);
/* The verify mode that a policy asks for. */
int svo_mode_of(const struct s2sv_policy *policy);

/* verify.c: what a resumed session carries, judged now and recorded. NULL if there is nothing. */
const struct s2sv_verdict *svo_judge_resumed(SSL *ssl, struct svo_session *session);

/* question.c: a question about the SSL's peer, without its certificates, by the caller's policy or
 * with NULL by ours; svo_question_clear() gives back what it holds. */
struct svo_question svo_question(SSL *ssl, const struct s2sv_policy *policy);
void svo_question_clear(struct svo_question *q);
/* The answer is a status. */
int svo_ask(const struct svo_question *q, struct s2sv_verdict **ret_verdict);
/* The certificates that libssl asks about, or another caller of X509_verify_cert() would. */
void svo_question_take(struct svo_question *q, X509_STORE_CTX *store_ctx);
/* With a peer that isn't kept; ssl may be NULL. */
int svo_ask_about(const struct svo_question *q, const struct s2sv_peer *peer,
                  struct s2sv_verdict **ret_verdict);
/* The same whatever TLSA records there are: for those who looked after them. */
int svo_ask_pkix(const struct svo_question *q, struct s2sv_verdict **ret_verdict);
/* The certificates of a question, leaf first. NULL out of memory, or without a leaf. */
struct s2sv_link *svo_links_new(const struct svo_question *q, size_t *ret_count);
void svo_links_free(struct s2sv_link *links, size_t count);

/* dane.c: asks in the handshake of an SSL with SSL_dane_enable(). */
int svo_ask_dane(X509_STORE_CTX *store_ctx, const struct svo_question *q,
                 struct s2sv_verdict **ret_verdict);

/* resume.c, all of it under CARRY only. Puts the judged path into the session; what is between leaf
 * and anchor, NULL if nothing is carried or it is another policy's; judges a resumed session's peer
 * by it; the SSL_CTX's ticket callback. */
void svo_carry(SSL *ssl, const struct s2sv_policy *policy, const struct s2sv_verdict *verdict);
STACK_OF(X509) * svo_carried(SSL_SESSION *session, const struct s2sv_policy *policy);
int svo_ask_carried(SSL *ssl, SSL_SESSION *session, struct s2sv_verdict **ret_verdict);
SSL_TICKET_RETURN svo_on_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *key_name,
                                size_t len, SSL_TICKET_STATUS status, void *unused);

/* app_callback.c: tells the application's verify callback. 1: it lets the handshake go on. */
int svo_tell_app(X509_STORE_CTX *store_ctx, struct s2sv_verdict **verdict);

/* callback.c: what install() sets. */
/* The result as X509_verify_cert() leaves it; the SSL that asks, or NULL. */
void svo_write_back(X509_STORE_CTX *store_ctx, const struct svo_question *q,
                    const struct s2sv_verdict *verdict);
SSL *svo_ssl_of(X509_STORE_CTX *store_ctx);
int svo_installed_callback(X509_STORE_CTX *store_ctx, void *unused);

#endif
