/* SPDX-License-Identifier: MIT
 *
 * The seam between the core and a TLS library. Applications don't need this header; it is for those
 * who write a backend, and it may change with every release.
 *
 * A backend collects evidence, the core judges it. A backend imports certificates, loads anchors,
 * lists an application's anchors, says who made a signature and validates one exact path as a
 * second lock. It never chooses a path, and it never decides what the core can read from DER:
 * names, purposes, key usage, dates, keys and how signatures are written.
 *
 * The house's own words:
 *   policy         what a peer must prove
 *   trust          a set of trust anchors, and revocation lists, of our own
 *   anchor         a trust anchor: any certificate whose holder's signatures count (RFC 5280 6.1.1)
 *   trust source   a trust, or an application's own anchors on its TLS object; with it a backend
 *   peer           what one connection showed and claimed, and whom we expect
 *   link           a certificate, as DER and in the TLS library's form
 *   path           links from the leaf to an anchor; a presented chain is what a path is made of
 *   walk           the search for a path: from the leaf on, one issuer after the other
 *   path request   one path that the TLS library is asked to validate, and how
 *   finding        what the TLS library holds against a path, in our classes
 *   evidence       all findings on one path request
 *   fault          a reason, the depth of a certificate and a sentence, in a verdict
 *   reason         why a peer is refused: stable numbers and names
 *   verdict        what was decided and why; it never changes
 *   memory         digests of paths that were validated before
 *   lock           the second lock: the TLS library is asked for serverAuth too, beside the core
 */
#ifndef S2SVERIFY_BACKEND_H
#define S2SVERIFY_BACKEND_H

#include <s2sverify/s2sverify.h>

#ifdef __cplusplus
extern "C" {
#endif

#define S2SV_BACKEND_VERSION 2

struct s2sv_loader;   /* one s2sv_trust_add_*() call that is under way */
struct s2sv_anchors;  /* anchors being listed for one verification */
struct s2sv_evidence; /* what the TLS library said about one path */

struct s2sv_memory; /* what was validated before */
struct s2sv_lists;  /* an application's revocation lists, as the core has read them */

struct s2sv_bytes {
    const void *data;
    size_t len;
};

/* Whose certificate is asked for: the child's issuer, a Name in DER, and the key identifier that
 * the child says it has, or NULL. */
struct s2sv_issuer {
    struct s2sv_bytes name, key_id;
};

/* One certificate: DER, and the TLS library's own form of it. */
struct s2sv_link {
    const void *der;
    size_t len;
    void *native;
};

/* SHA1 is for naming certificates in OCSP only, never for signatures. */
enum s2sv_hash {
    S2SV_HASH_NONE = 0, /* Ed25519 and Ed448 have their own */
    S2SV_HASH_SHA1 = 1,
    S2SV_HASH_SHA256 = 2,
    S2SV_HASH_SHA384 = 3,
    S2SV_HASH_SHA512 = 4
};

/* Of RSASSA-PSS there is one set of parameters for each hash: a mask (MGF1) of the same hash, a
 * salt as long as it, the usual trailer. */
enum s2sv_scheme {
    S2SV_SCHEME_NONE = 0,
    S2SV_SCHEME_RSA_PKCS1 = 1, /* RFC 8017 8.2 */
    S2SV_SCHEME_RSA_PSS = 2,   /* RFC 8017 8.1 */
    S2SV_SCHEME_ECDSA = 3,     /* the signature is an ECDSA-Sig-Value */
    S2SV_SCHEME_ED25519 = 4,
    S2SV_SCHEME_ED448 = 5
};

/* Something signed: a certificate, a revocation list or an OCSP response. The core has read how,
 * and that the signature is written as that demands: nothing but the computation is left. */
struct s2sv_signed {
    struct s2sv_bytes octets;    /* what is signed, header included */
    struct s2sv_bytes signature; /* the octets of the BIT STRING */
    enum s2sv_scheme scheme;
    enum s2sv_hash hash;
};

/* What validate() is asked. A backend heeds every field; a test goes red for each one it ignores.
 */
struct s2sv_path_request {
    const struct s2sv_link *path; /* leaf first, trust anchor last; every native is set */
    size_t count;                 /* at least 1; 1 means that the leaf itself is the anchor */
    int64_t time;                 /* the time to validate for */
    int time_is_given;            /* 0: it is the backend's own clock's */
    int server_auth;              /* second lock: ask the TLS library for serverAuth as well */
    int anchor_is_named;          /* 1: by a TLSA record: the path ends there, whatever its issuer,
                                     and whether or not the application has that anchor */
};

/* What the TLS library held against a path. A native code that maps to none is INTERNAL. */
enum s2sv_finding {
    S2SV_FINDING_UNTRUSTED = 1,
    S2SV_FINDING_SIGNATURE = 2,
    S2SV_FINDING_NOT_YET_VALID = 3,
    S2SV_FINDING_EXPIRED = 4,
    S2SV_FINDING_REVOKED = 5,
    S2SV_FINDING_REVOCATION_UNKNOWN = 6,
    S2SV_FINDING_CONSTRAINT = 7,
    S2SV_FINDING_ALGORITHM = 8,
    S2SV_FINDING_MALFORMED = 9,
    S2SV_FINDING_LIMIT = 10,
    S2SV_FINDING_PURPOSE = 11, /* the second lock */
    S2SV_FINDING_NAME = 12,    /* a host name that the application set on its own TLS object */
    S2SV_FINDING_INTERNAL = 13
};

/* Where load() reads from. */
enum s2sv_place {
    S2SV_PLACE_FILE = 1,    /* PEM certificates */
    S2SV_PLACE_DIR = 2,     /* a directory of hashed names */
    S2SV_PLACE_SYSTEM = 3,  /* the TLS library's default; path is NULL */
    S2SV_PLACE_CRL_FILE = 4 /* PEM certificate revocation lists */
};

/* A backend. Static and constant; every function is thread-safe and returns a status unless said
 * otherwise. "application" is the pointer of the source, NULL for offline use. */
struct s2sv_backend {
    unsigned version; /* S2SV_BACKEND_VERSION */
    const char *name; /* for logs: "openssl" */

    /* 1: anchors() with all = 0 is quicker than with all = 1, and may miss some of a name. */
    int quick_anchors;

    /* Seconds since 1970, by the clock that the TLS library uses. */
    int64_t (*now)(void);

    /* Makes the native form of a certificate; S2SV_ERR_INVALID if the TLS library can't read it, or
     * if its key is a point, uncompressed, that isn't on its curve: P-256, P-384 or P-521. */
    int (*import)(const void *der, size_t len, void **ret_native);
    void (*release)(void *native);

    /* Reads certificates or CRLs and hands each to the loader. On failure says why with
     * s2sv_loader_error() and returns S2SV_ERR_IO or S2SV_ERR_INVALID. */
    int (*load)(struct s2sv_loader *loader, enum s2sv_place place, const char *path);

    /* Lists those of the application's anchors whose subject is one of these names, at least one,
     * with s2sv_anchors_add(). all is 0 only if the backend lists quickly: then one of a name is
     * enough, that with the key identifier if there is such a one; but if there are any, there is
     * one. If that leads nowhere it is asked again, about all of the names at once, with all = 1.
     * What the TLS library says not to trust for servers it hands over with
     * s2sv_anchors_distrust(); the leaf's own name is asked for, too, with all = 1. One that lists
     * quickly can't be asked for that: its validate() refuses what the application distrusts.
     * Never called for a source with a trust. */
    int (*anchors)(void *application, const struct s2sv_issuer *issuers, size_t count, int all,
                   struct s2sv_anchors *anchors);

    /* The application's revocation lists of the child's issuer: *ret_lists is a reference, or NULL
     * for none. A backend reads them when they change, not at each call. Never called for a source
     * with a trust. NULL: the TLS library can't tell them, so validate() has it heed them. */
    int (*lists)(void *application, const struct s2sv_link *child, struct s2sv_lists **ret_lists);

    /* Validates exactly this path. Returns 1: the TLS library accepts it; 0: it doesn't, and at
     * least one s2sv_evidence_add() says why; or a negative status. Every signature is checked, but
     * may be left unchecked above a CA that has the anchor's name: there the core asks for each. */
    int (*validate)(void *application, const struct s2sv_path_request *request,
                    struct s2sv_evidence *evidence);

    /* Returns 1: the issuer's key made the signature; 0: it didn't, or can't be used for that; or a
     * status. The scheme is one of the key's; native is set. */
    int (*is_signed_by)(const struct s2sv_signed *what, const struct s2sv_link *issuer);

    /* The hash over the parts, one after the other; as many octets as that hash has: 20 to 64.
     * NULL: nothing is ever remembered. */
    int (*hash)(enum s2sv_hash hash, const struct s2sv_bytes *parts, size_t count,
                unsigned char *ret_digest);
};

/* Where anchors come from and where they are validated. Fields that aren't named are zero. */
struct s2sv_trust_source {
    const struct s2sv_backend *backend;
    struct s2sv_trust *trust; /* NULL: the application's own anchors */
    void *application; /* the backend's: what the application set on its TLS object, or NULL */
    /* 1: the application set on its TLS object that no wildcard, or no IP-ID, matches a name. */
    int no_wildcards, no_addresses;
    int forgets; /* 1: nothing is looked up in a memory or put there */
    /* All that validate()'s answer depends on beside its request: what the application set, and
     * with its own anchors the identity of their store. Zeros for nothing. */
    unsigned char settings[32];
    struct s2sv_memory *memory; /* with the application's own anchors: NULL, or where to remember */
    /* OCSP responses that the peer stapled, for any of its certificates; borrowed for the call. */
    const struct s2sv_bytes *staples;
    size_t staple_count;
    int asked_status; /* 1: a status was asked for, and what came is here (RFC 7633) */
};

/* ---- the core's functions for backends
 * ---------------------------------------------------------*/

/* s2sv_verify() for a live session: the presented certificates are borrowed for the call, leaf
 * first; native may be NULL. The peer says direction, time and expected names; its own certificates
 * are not looked at. */
S2SV_API int s2sv_backend_verify(const struct s2sv_trust_source *source,
                                 const struct s2sv_policy *policy, const struct s2sv_peer *peer,
                                 const struct s2sv_link *presented, size_t count,
                                 struct s2sv_verdict **ret_verdict) S2SV_MUST_USE;

/* What the TLS library's own DANE code said about a peer that has usable TLSA records. Fields that
 * aren't named are zero. */
struct s2sv_dane {
    const struct s2sv_link *path; /* that it judged, leaf first; no native is needed */
    size_t count;
    int usage;               /* of the record that matched: 3 is DANE-EE */
    const char *domain;      /* the TLSA base domain; NULL if that isn't known */
    enum s2sv_finding fault; /* 0: it accepts, and by a TLSA record */
    int depth;
    long native_code;
    const char *text;
    const struct s2sv_backend *backend; /* for its hash() */
};

/* Makes a verdict of that, for the present time. The policy's rules about paths don't apply. Where
 * the peer was given pins and the policy counts them, one of them must match beside it. */
S2SV_API int s2sv_backend_dane(const struct s2sv_policy *policy, const struct s2sv_peer *peer,
                               const struct s2sv_dane *dane, int64_t time,
                               struct s2sv_verdict **ret_verdict) S2SV_MUST_USE;

/* A memory for an application's own anchors; a trust has its own. NULL for 0 entries or out of
 * memory, which is a memory that forgets. Thread-safe in use. */
S2SV_API struct s2sv_memory *s2sv_memory_new(size_t entries);
S2SV_API void s2sv_memory_free(struct s2sv_memory *memory);

/* Revocation lists as an application has them, DER, copied and read once; what is malformed is left
 * out. Immutable, for any number of threads and verifications. NULL out of memory. */
S2SV_API struct s2sv_lists *s2sv_lists_new(const struct s2sv_bytes *ders,
                                           size_t count) S2SV_MUST_USE;
S2SV_API struct s2sv_lists *s2sv_lists_ref(struct s2sv_lists *lists);
S2SV_API void s2sv_lists_unref(struct s2sv_lists *lists);

/* Hands over one certificate or CRL; copied. Returns a status that load() passes on. */
S2SV_API int s2sv_loader_add_certificate(struct s2sv_loader *loader, const void *der, size_t len);
S2SV_API int s2sv_loader_add_crl(struct s2sv_loader *loader, const void *der, size_t len);

/* 1: the settings in a "TRUSTED CERTIFICATE" let it be an anchor for TLS servers; 0: they don't; or
 * a status. */
typedef int s2sv_is_for_servers(const void *data, size_t len);

/* Hands over what is in a PEM file: its certificates or, with S2SV_PLACE_CRL_FILE, its lists; other
 * blocks are passed over. All or nothing, and the same with every backend; of
 * the system's store what can't be read is left out. Whatever begins like a
 * block and isn't one is malformed, so that none is left out without a word. A NULL is_for_servers
 * refuses a "TRUSTED CERTIFICATE". On failure the error is set and names the path. */
S2SV_API int s2sv_loader_add_pem(struct s2sv_loader *loader, enum s2sv_place place,
                                 const char *path, const void *pem, size_t len,
                                 s2sv_is_for_servers *is_for_servers);
/* Sets the line that s2sv_trust_error() gives: "PATH: WHAT". path may be NULL. */
S2SV_API void s2sv_loader_error(struct s2sv_loader *loader, const char *path, const char *what);

/* Adds a listed certificate. der is copied; native now belongs to the core, on failure too, and is
 * released with the backend's release(). is_anchor = 0: not an anchor by itself, only a link. */
S2SV_API int s2sv_anchors_add(struct s2sv_anchors *anchors, const void *der, size_t len,
                              void *native, int is_anchor);

/* Adds one that no path may pass, whoever presents it (T-2). der is copied. */
S2SV_API int s2sv_anchors_distrust(struct s2sv_anchors *anchors, const void *der, size_t len);

/* Adds what the TLS library held against the path. depth -1: none in particular. text: the
 * library's own words, copied; may be NULL. */
S2SV_API void s2sv_evidence_add(struct s2sv_evidence *evidence, enum s2sv_finding fault, int depth,
                                long native_code, const char *text);

/* Freezes a policy, as the first use does. install() and attach() call it. */
S2SV_API void s2sv_policy_freeze(const struct s2sv_policy *policy);
/* What the policy says, defaults resolved: request is REQUIRE under ENFORCE unless set. */
S2SV_API enum s2sv_handshake s2sv_policy_handshake(const struct s2sv_policy *policy);
S2SV_API enum s2sv_request s2sv_policy_request(const struct s2sv_policy *policy);
S2SV_API enum s2sv_resumption s2sv_policy_resumption(const struct s2sv_policy *policy);
S2SV_API enum s2sv_revocation s2sv_policy_revocation(const struct s2sv_policy *policy);
/* 1: the second lock is on, so a TLS object may be set to ask for serverAuth as well. */
S2SV_API int s2sv_policy_server_auth(const struct s2sv_policy *policy);

/* The backend that a trust was made for; NULL for NULL. */
S2SV_API const struct s2sv_backend *s2sv_trust_backend(const struct s2sv_trust *trust);

/* How often records, pins and what goes with them changed; 0: there are no records, no status of
 * them and no pins. Then a verdict that was made before isn't the last word. */
S2SV_API size_t s2sv_peer_changes(const struct s2sv_peer *peer);
/* 1: it was told of TLSA records, or of their status. */
S2SV_API int s2sv_peer_has_tlsa(const struct s2sv_peer *peer);

/* A live session learns late which side it is on. */
S2SV_API int s2sv_peer_set_direction(struct s2sv_peer *peer, enum s2sv_direction direction);

/* 1: under this policy the handshake ends here: ENFORCE, and not trusted, or outbound and of
 * another name than expected. A NULL verdict ends it; under RECORD nothing does. */
S2SV_API int s2sv_verdict_ends_handshake(const struct s2sv_verdict *verdict,
                                         const struct s2sv_policy *policy);
/* Holds one more thing against the peer, so that it isn't trusted. Only whoever made the verdict
 * can do so, before anybody else has a reference; later, and for no reason, S2SV_ERR_INVALID. */
S2SV_API int s2sv_verdict_add_fault(struct s2sv_verdict *verdict, enum s2sv_reason reason,
                                    int depth, const char *text) S2SV_MUST_USE;
/* The TLS library's own form of a certificate of the path, where the verdict has one: that of the
 * trust anchor. Borrowed from the verdict, and shared by threads. NULL: there is none. */
S2SV_API void *s2sv_verdict_native(const struct s2sv_verdict *verdict, int depth);
/* 1: the verdict is about this leaf, byte for byte. */
S2SV_API int s2sv_verdict_is_about(const struct s2sv_verdict *verdict, const void *leaf,
                                   size_t len);

#ifdef __cplusplus
}
#endif

#endif
