/* SPDX-License-Identifier: MIT
 * What the files of the GnuTLS backend share. */
#ifndef SVG_INTERNAL_H
#define SVG_INTERNAL_H

#include <gnutls/x509.h>
#include <s2sverify/backend.h>
#include <s2sverify/gnutls.h>

/* The "application" of a source: what counts of an application's credentials. */
struct svg_application {
    gnutls_x509_trust_list_t
        list;       /* its anchors and CRLs; NULL: the anchors are a trust's of ours */
    unsigned flags; /* gnutls_certificate_get_verify_flags() */
};

/* Of a session. */
struct svg_session {
    struct s2sv_policy *policy; /* attached, or NULL */
    struct s2sv_peer *peer;
    struct s2sv_verdict *verdict;
    size_t changes;        /* s2sv_peer_changes() when the verdict was made */
    int ended;             /* the verdict ended the handshake */
    int has_function;      /* attach() put our verify function on the session */
    gnutls_datum_t proven; /* the leaf whose key was proved last; data NULL: none */
};

/* What one session's peer is judged by; the references are ours. */
struct svg_question {
    gnutls_session_t session;
    gnutls_certificate_credentials_t cred;
    struct s2sv_policy *policy; /* attached, else installed, else NULL */
    struct s2sv_trust *trust;   /* NULL: the credentials' anchors */
};

/* The functions of the vtable, one file each; backend.h says what they do. */
int svg_load(struct s2sv_loader *loader, enum s2sv_place place, const char *path);
int svg_anchors(void *application, const struct s2sv_issuer *issuers, size_t count, int all,
                struct s2sv_anchors *anchors);
int svg_validate(void *application, const struct s2sv_path_request *request,
                 struct s2sv_evidence *evidence);
int svg_is_signed_by(const struct s2sv_signed *what, const struct s2sv_link *issuer);
int svg_hash(enum s2sv_hash hash, const struct s2sv_bytes *parts, size_t count,
             unsigned char *ret_digest);

/* lock.c: the only place that names a purpose. */
gnutls_typed_vdata_st svg_lock(void);

/* faults.c: adds a fault for every bit of a verification status but 0. */
void svg_add_faults(struct s2sv_evidence *evidence, unsigned status);

/* credentials.c: what install() put on credentials. unset() and get() return 1 if there is such a
 * thing; get() gives references, or NULLs. */
int svg_credentials_set(gnutls_certificate_credentials_t cred, struct s2sv_policy *policy,
                        struct s2sv_trust *trust);
int svg_credentials_unset(gnutls_certificate_credentials_t cred);
int svg_credentials_get(gnutls_certificate_credentials_t cred, struct s2sv_policy **ret_policy,
                        struct s2sv_trust **ret_trust);

/* session.c: NULL if there is none; svg_session_make() makes it, NULL out of memory. */
struct svg_session *svg_session_get(gnutls_session_t session);
struct svg_session *svg_session_make(gnutls_session_t session);
enum s2sv_direction svg_direction(gnutls_session_t session);
/* What the peer presents, leaf first; a raw public key is none. */
const gnutls_datum_t *svg_presented(gnutls_session_t session, unsigned *ret_count);
/* 1: the peer has proved that it has the key of the certificate that it presents, or presents none;
 * not while a handshake is under way with another one. */
int svg_has_proved(gnutls_session_t session);

/* question.c: who asks what, as a status; the core's answer; and that as the session's record, a
 * failure leaves none. */
int svg_question_set(struct svg_question *q, gnutls_session_t session);
void svg_question_clear(struct svg_question *q);
int svg_ask(const struct svg_question *q, const struct s2sv_policy *policy,
            struct s2sv_verdict **ret_verdict);
void svg_record(struct svg_session *state, const struct svg_question *q);

#endif
