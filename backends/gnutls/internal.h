/* SPDX-License-Identifier: MIT
 * What the files of the GnuTLS backend share. */
#ifndef SVG_INTERNAL_H
#define SVG_INTERNAL_H

#include <stdatomic.h>

#include <gnutls/x509.h>
#include <s2sverify/backend.h>
#include <s2sverify/gnutls.h>

/* What a session demands of keys: SVG_PLAIN is no more than our own floor, RSA 2048 (C-15). */
enum svg_demands { SVG_UNKNOWN, SVG_PLAIN, SVG_DEMANDING };

/* What install() put on credentials. */
struct svg_installed {
    struct svg_installed *next;
    gnutls_certificate_credentials_t cred;
    atomic_uint references;
    struct s2sv_policy *policy;
    struct s2sv_trust *trust; /* NULL: the credentials' own anchors */
    atomic_uint counts; /* a bit for each number of certificates that is within their limits */
    atomic_int demands; /* of their sessions: enum svg_demands */
};

/* What GnuTLS said of a session's peer. */
struct svg_answer {
    int is_known, rc;
    unsigned status;
};

/* The "application" of a source: what counts of an application's credentials and session. */
struct svg_application {
    gnutls_x509_trust_list_t
        list;                 /* its anchors and CRLs; NULL: the anchors are a trust's of ours */
    unsigned flags;           /* gnutls_certificate_get_verify_flags() */
    gnutls_session_t session; /* NULL: none; then the rest isn't looked at */
    gnutls_certificate_credentials_t cred;
    const gnutls_datum_t *presented;
    unsigned count;
    struct svg_installed *installed; /* if it has a trust, else NULL; borrowed */
    struct svg_answer answers[2];    /* for any purpose; as a server */
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
    struct svg_installed *installed; /* NULL: nothing */
    struct s2sv_policy *policy;      /* attached, else installed, else NULL */
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
/* What came of a verification: 1; 0 with faults; or a status. */
int svg_tell(int rc, unsigned status, struct s2sv_evidence *evidence);

/* stand_in.c: a certificate in DER, free() it. Returns a status. */
int svg_stand_in(const gnutls_datum_t *name, gnutls_datum_t *ret_der);

/* peers.c: GnuTLS's answer about the peer, by all that the application set. Returns 1; 0 with
 * faults; SVG_MENDABLE: another path than the one that it took may be better; or a status. */
enum { SVG_MENDABLE = 2 };
int svg_peers(struct svg_application *app, int server_auth, struct s2sv_evidence *evidence);
/* With a trust of ours GnuTLS can't be asked by the credentials' own anchors, and about those whom
 * the trust remembers it isn't asked at all. So what it holds against limits, and against keys that
 * a priority string thinks too weak, is asked for once for the credentials: 1 if it is known that
 * nothing would be. Else svg_peers_by() asks, by the anchor of a path, and learns; the same returns
 * as above. */
int svg_is_plain(const struct svg_application *app);
int svg_peers_by(const struct svg_application *app, const struct s2sv_path_request *request,
                 struct s2sv_evidence *evidence);

/* credentials.c: what install() put on credentials. get() gives a reference, or NULL. */
int svg_credentials_set(gnutls_certificate_credentials_t cred, struct s2sv_policy *policy,
                        struct s2sv_trust *trust);
void svg_credentials_unset(gnutls_certificate_credentials_t cred);
struct svg_installed *svg_credentials_get(gnutls_certificate_credentials_t cred);
void svg_installed_unref(struct svg_installed *installed);

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
