/* SPDX-License-Identifier: MIT
 *
 * s2sverify: one certificate policy for server-to-server TLS.
 *
 * A peer server is authenticated by a serverAuth certificate, whichever side opened the
 * connection (XEP-0178 section 3, as its revision 1.3 proposes).
 *
 * Four nouns. A policy says what a peer must prove. A trust says whose signatures count. A peer is
 * what one connection showed and claimed. A verdict says what was decided and why.
 *
 * Rules that hold for every function, unless its comment says otherwise:
 *   - NULL is allowed wherever a pointer to one of our objects goes in. A function that would have
 *     to decide something then refuses; a function that would release something does nothing.
 *   - Functions that return int and say "a status" return 0 or a negative enum s2sv_status.
 *     Out-parameters start with ret_, come last, and are untouched on failure.
 *   - Questions return 1 for yes and 0 for no; an error is a no.
 *   - Times are seconds since 1970-01-01T00:00:00Z. Lengths are octets.
 *   - Strings that go in are copied and end with NUL. Strings that come out belong to the library.
 *   - Nothing is printed, fetched or looked up in DNS. No global state is kept.
 */
#ifndef S2SVERIFY_S2SVERIFY_H
#define S2SVERIFY_S2SVERIFY_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define S2SV_API __attribute__((visibility("default")))
#define S2SV_MUST_USE __attribute__((warn_unused_result))
#else
#define S2SV_API
#define S2SV_MUST_USE
#endif

#define S2SV_VERSION_MAJOR 0
#define S2SV_VERSION_MINOR 2
#define S2SV_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

struct s2sv_policy;
struct s2sv_trust;
struct s2sv_peer;
struct s2sv_verdict;
struct s2sv_backend;

/* Could it be decided? What was decided stands in the verdict. */
enum s2sv_status {
    S2SV_DECIDED = 0,      /* yes; for functions that decide nothing: it worked */
    S2SV_ERR_NOMEM = -1,   /* out of memory */
    S2SV_ERR_INVALID = -2, /* an argument is wrong, or the object is frozen */
    S2SV_ERR_IO = -3,      /* a file could not be read: see s2sv_trust_error() */
    S2SV_ERR_BACKEND = -4  /* the TLS library failed */
};

/* Who opened the connection. It never weakens a rule: the default purpose is the same both ways. */
enum s2sv_direction {
    S2SV_OUTBOUND = 1, /* we connected: the peer is the TLS server */
    S2SV_INBOUND = 2   /* the peer connected: it is the TLS client */
};

/* What the peer is for. It sets the identifier kinds that count (rules N-1 to N-10), the SRV
 * service and the purposes beside serverAuth (P-14). */
enum s2sv_profile {
    S2SV_PROFILE_XMPP = 1,  /* DNS-ID, SRV-ID _xmpp-server, xmppAddr, IP-ID (RFC 6120 13.7.1.2) */
    S2SV_PROFILE_SMTP = 2,  /* DNS-ID, IP-ID (RFC 8461 4.1) */
    S2SV_PROFILE_SIP = 3,   /* sip: URI-ID, else DNS-ID, no wildcards (RFC 5922 7.1, 7.2) */
    S2SV_PROFILE_SERVER = 4 /* any other service: DNS-ID, IP-ID (RFC 9525) */
};

/* Which extended key usage counts. */
enum s2sv_purpose {
    S2SV_PURPOSE_SERVER = 1,           /* serverAuth, both directions: the default */
    S2SV_PURPOSE_SERVER_OR_CLIENT = 2, /* inbound: serverAuth or clientAuth, one of the two along
                                          the whole path; outbound: serverAuth */
    S2SV_PURPOSE_TLS_ROLE = 3 /* what stock TLS libraries ask: clientAuth inbound, serverAuth
                                 outbound. To compare with, and for client certificates */
};

/* What a bad verdict does to a live handshake. */
enum s2sv_handshake {
    S2SV_HANDSHAKE_ENFORCE = 1, /* default: a peer that isn't trusted, or an outbound one of the
                                   wrong name, ends the handshake */
    S2SV_HANDSHAKE_RECORD = 2, /* the handshake goes on; the application decides from the verdict */
    S2SV_HANDSHAKE_CALLBACK = 3 /* the application's own verify callback decides whether the
                                   handshake goes on; it can't change the verdict */
};

/* Whether a receiving server asks for a certificate. */
enum s2sv_request {
    S2SV_REQUEST_REQUIRE = 1, /* ask, and end the handshake without one: default under ENFORCE */
    S2SV_REQUEST_ASK = 2,     /* ask, and go on without one: default otherwise */
    S2SV_REQUEST_LEAVE = 3    /* what the application set stays */
};

/* What becomes of TLS session resumption, which skips the certificate exchange. */
enum s2sv_resumption {
    S2SV_RESUMPTION_OFF = 1,   /* default: sessions are not resumed */
    S2SV_RESUMPTION_CARRY = 2, /* the verdict travels with the session and is judged again */
    S2SV_RESUMPTION_LEAVE = 3  /* what the application set stays; a resumed session has no verdict
                                  where the TLS library keeps no chain (OpenSSL) */
};

/* What to do with the certificate revocation lists that are there: those of a trust, or, without
 * one, those that the application gave to its TLS library. Nothing is ever fetched. */
enum s2sv_revocation {
    S2SV_REVOCATION_OFF = 1,          /* ignore them */
    S2SV_REVOCATION_IF_AVAILABLE = 2, /* default: refuse what a valid list revokes */
    S2SV_REVOCATION_REQUIRE = 3       /* refuse as well what no valid list covers */
};

/* Kinds of identifier, as bits. "Identifier" is RFC 9525's word: a reference identifier is what we
 * expect, a presented identifier is what the certificate says. */
enum s2sv_identifier {
    S2SV_IDENTIFIER_DNS = 1,       /* DNS-ID: dNSName */
    S2SV_IDENTIFIER_SRV = 2,       /* SRV-ID: otherName SRVName (RFC 4985) */
    S2SV_IDENTIFIER_XMPP_ADDR = 4, /* otherName id-on-xmppAddr (RFC 6120 13.7.1.4), a bare domain */
    S2SV_IDENTIFIER_IP = 8,        /* IP-ID: iPAddress */
    S2SV_IDENTIFIER_URI = 16,      /* URI-ID: a sip: URI without user part (RFC 5922 7.1) */
    S2SV_IDENTIFIER_COMMON_NAME = 32 /* CN: only by s2sv_policy_insecure_match_common_name() */
};

/* Why a peer is refused. Numbers and names are stable and never reused. */
enum s2sv_reason {
    S2SV_REASON_NONE = 0,
    S2SV_REASON_NO_CERTIFICATE = 1,
    S2SV_REASON_MALFORMED_CERTIFICATE = 2,
    S2SV_REASON_MALFORMED_EXTENSION = 3,
    S2SV_REASON_UNSUPPORTED_CRITICAL_EXTENSION = 4,
    S2SV_REASON_UNTRUSTED = 10,
    S2SV_REASON_SELF_SIGNED = 11, /* untrusted, and all it showed is one self-signed certificate */
    S2SV_REASON_BAD_SIGNATURE = 12,
    S2SV_REASON_WEAK_ALGORITHM = 13,
    S2SV_REASON_EXPIRED = 14,
    S2SV_REASON_NOT_YET_VALID = 15,
    S2SV_REASON_REVOKED = 16,
    S2SV_REASON_REVOCATION_UNKNOWN = 17,
    S2SV_REASON_UNSUPPORTED_ALGORITHM = 18, /* not weak, but not one that both backends know */
    S2SV_REASON_NOT_A_CA = 20,
    S2SV_REASON_CONSTRAINT_VIOLATED = 21,
    S2SV_REASON_WRONG_PURPOSE = 22,
    S2SV_REASON_WRONG_KEY_USAGE = 23,
    S2SV_REASON_LIMIT_EXCEEDED = 24,
    S2SV_REASON_NAME_MISMATCH = 30,
    S2SV_REASON_NO_USABLE_NAME = 31,
    S2SV_REASON_INVALID_REFERENCE = 32,
    S2SV_REASON_APPLICATION = 40, /* the application's own verify callback set a fault */
    S2SV_REASON_INTERNAL_ERROR = 50,
    S2SV_REASON_PIN_MISMATCH = 60,  /* pins were given, and none is the leaf's */
    S2SV_REASON_DANE_MISMATCH = 61, /* there are usable TLSA records, and none matches */
    S2SV_REASON_DANE_BOGUS = 62,    /* a TLSA answer isn't to be believed: DNSSEC says bogus, or
                                       nobody said anything */
    S2SV_REASON_DANE_UNUSABLE = 63, /* SMTP: there are TLSA records, and none is usable */
    S2SV_REASON_NO_PROOF = 64       /* nothing that the policy counts applies to the peer */
};

/* How a peer was proven to be trusted (RFC 7712 section 7 calls it a prooftype). */
enum s2sv_proof {
    S2SV_PROOF_NONE = 0,
    S2SV_PROOF_PKIX = 1, /* a path to a trust anchor; beside it a TLSA record of usage 0 or 1, if
                            s2sv_verdict_record() tells one */
    S2SV_PROOF_DANE =
        2,             /* a TLSA record of usage 2 or 3. The verdict is for the names whose record
                          it is and for no other: those that were expected, or by the TLS
                          library's own DANE code the TLSA base domain. A record says nothing
                          about other names in the certificate, and none is listed as an identity */
    S2SV_PROOF_PIN = 3 /* a pin of the leaf; the verdict is for the expected names alone, too */
};

/* What DNSSEC says of the answer that TLSA records came in (RFC 4035 section 4.3). */
enum s2sv_tlsa_status {
    S2SV_TLSA_SECURE = 1,   /* validated: the records count; without records, there are none */
    S2SV_TLSA_INSECURE = 2, /* not signed: DANE doesn't apply, whatever the records say */
    S2SV_TLSA_BOGUS = 3     /* bogus, indeterminate, or the look-up failed: the peer is refused */
};

/* ---- policy ------------------------------------------------------------------------------------
 * Set up once, in one thread; frozen by its first use in s2sv_verify() or a backend's install() or
 * attach(), and from then on shared by any number of threads. Setters return a status:
 * S2SV_ERR_INVALID for NULL, a frozen policy or a value that isn't one. */

/* Makes a policy with the profile's defaults. Returns NULL out of memory or for an unknown profile.
 * Release with s2sv_policy_unref(). */
S2SV_API struct s2sv_policy *s2sv_policy_new(enum s2sv_profile profile) S2SV_MUST_USE;
/* Takes a reference and returns the policy. Thread-safe. */
S2SV_API struct s2sv_policy *s2sv_policy_ref(struct s2sv_policy *policy);
/* Gives a reference back; the last one frees. Thread-safe. */
S2SV_API void s2sv_policy_unref(struct s2sv_policy *policy);

/* Which extended key usage the path must allow (XEP-0178 section 3). Default: SERVER. The other two
 * switch the second lock off: the TLS library is then not asked for a purpose, and the core's own
 * rules carry the weight. */
S2SV_API int s2sv_policy_set_purpose(struct s2sv_policy *policy,
                                     enum s2sv_purpose purpose) S2SV_MUST_USE;
/* What a bad verdict does to a handshake. Default: ENFORCE. No matter for s2sv_verify(). */
S2SV_API int s2sv_policy_set_handshake(struct s2sv_policy *policy,
                                       enum s2sv_handshake handshake) S2SV_MUST_USE;
/* Whether a receiving server asks for a certificate. Default: REQUIRE under ENFORCE, else ASK; what
 * is set here stays when the handshake mode is set later. No matter for s2sv_verify(). */
S2SV_API int s2sv_policy_set_request(struct s2sv_policy *policy,
                                     enum s2sv_request request) S2SV_MUST_USE;
/* What becomes of TLS sessions that would be resumed. Default: OFF. openssl.h and gnutls.h say what
 * each TLS library makes of it. No matter for s2sv_verify(). */
S2SV_API int s2sv_policy_set_resumption(struct s2sv_policy *policy,
                                        enum s2sv_resumption resumption) S2SV_MUST_USE;
/* The service that an SRV-ID must name: "_xmpp-server" (RFC 4985 section 2); an underscore and up
 * to 63 letters, digits and hyphens. SRV-IDs then count. NULL: they no longer do. Default: the
 * profile's. */
S2SV_API int s2sv_policy_set_service(struct s2sv_policy *policy,
                                     const char *srv_service) S2SV_MUST_USE;
/* The kinds of presented identifier that count, enum s2sv_identifier bits, at least one. SRV needs
 * a service. The common name can't be among them: it has its own, insecure, switch. Default: the
 * profile's. */
S2SV_API int s2sv_policy_set_identifiers(struct s2sv_policy *policy, unsigned kinds) S2SV_MUST_USE;
/* What revocation lists are asked for (RFC 5280 section 6.3). Default: IF_AVAILABLE. */
S2SV_API int s2sv_policy_set_revocation(struct s2sv_policy *policy,
                                        enum s2sv_revocation revocation) S2SV_MUST_USE;
/* on: refuse a leaf without an extended key usage extension, as XEP-0178 1.3 proposes (P-1).
 * Default: accept it, with a note. */
S2SV_API int s2sv_policy_require_eku(struct s2sv_policy *policy, int on) S2SV_MUST_USE;
/* on: anyExtendedKeyUsage counts as serverAuth, in leaf and CA certificates (P-7, P-23). Switches
 * the second lock off: the TLS library is then not asked for a purpose. */
S2SV_API int s2sv_policy_allow_any_eku(struct s2sv_policy *policy, int on) S2SV_MUST_USE;
/* on: the extended key usage of a trust anchor is not looked at (P-26). Switches the second lock
 * off, as above. */
S2SV_API int s2sv_policy_ignore_anchor_eku(struct s2sv_policy *policy, int on) S2SV_MUST_USE;
/* on: a reference name may have one label only, for private networks. */
S2SV_API int s2sv_policy_allow_single_label(struct s2sv_policy *policy, int on) S2SV_MUST_USE;
/* on: the subject's common name counts as a DNS-ID if there is exactly one and the subjectAltName
 * has no dNSName, iPAddress, URI, SRVName and xmppAddr (RFC 6125 section 6.4.4). RFC 9525 section 2
 * forbids it (N-10). Default: off. */
S2SV_API int s2sv_policy_insecure_match_common_name(struct s2sv_policy *policy,
                                                    int on) S2SV_MUST_USE;

/* Which proofs count, and in which order they are asked. The first one that applies decides, yes or
 * no, and those behind it aren't asked:
 *   - PIN applies if the peer was given pins.
 *   - DANE applies if it was given TLSA records in a secure answer, one of them usable, or a bogus
 *     answer (RFC 6698 section 4.1). So a good path never rescues a peer whose records don't match.
 *   - PKIX always applies, and so it stands last.
 * If none applies the peer is refused: no-proof. So DANE alone is mandatory DANE. Default: PIN,
 * DANE, PKIX. S2SV_ERR_INVALID for none, one that is there twice, PKIX before another one. */
S2SV_API int s2sv_policy_set_proofs(struct s2sv_policy *policy, const enum s2sv_proof *proofs,
                                    size_t count) S2SV_MUST_USE;
/* The certificate usages that make a TLSA record usable: bits, 1 << usage. Default: DANE-TA(2) and
 * DANE-EE(3); RFC 7671 section 4 says that the others beside them gain nothing. 0 and 1 need a path
 * to a trust anchor as well, and are never usable in the SMTP profile (RFC 7672 section 3.1.3). */
S2SV_API int s2sv_policy_set_tlsa_usages(struct s2sv_policy *policy, unsigned usages) S2SV_MUST_USE;
/* The digests that make a TLSA record usable, as matching types, strongest first (RFC 7671 section
 * 9): of the records of one usage and selector only those with the strongest digest count, and
 * those that hold the whole (matching type 0). Default: SHA2-512(2), SHA2-256(1). */
S2SV_API int s2sv_policy_set_tlsa_digests(struct s2sv_policy *policy,
                                          const unsigned *matching_types,
                                          size_t count) S2SV_MUST_USE;
/* on: DANE that fails, but isn't bogus, is as if it didn't apply: PKIX is asked. Against RFC 6698
 * section 4.1 (D-4). Default: off. */
S2SV_API int s2sv_policy_insecure_pkix_despite_dane(struct s2sv_policy *policy,
                                                    int on) S2SV_MUST_USE;

/* Sets what a line of text says: "purpose=server revocation=require", WORD=VALUE with blanks in
 * between, the words that s2sv_policy_text() writes. So a server offers all of these options by one
 * setting of its own. "profile" may only come first: it sets identifiers and service to its
 * defaults. All or nothing. Returns a status; on failure a sentence that names the word is written
 * into error, cut to size octets, the last one a NUL; error may be NULL. */
S2SV_API int s2sv_policy_set_text(struct s2sv_policy *policy, const char *text, char *error,
                                  size_t size) S2SV_MUST_USE;
/* All that a policy says, in one line: equal policies have equal ones, in every process, and
 * s2sv_policy_set_text() reads it. Returns and truncates as snprintf() does; 512 octets are enough.
 * S2SV_ERR_INVALID for NULL. */
S2SV_API int s2sv_policy_text(const struct s2sv_policy *policy, char *buf,
                              size_t size) S2SV_MUST_USE;

/* ---- trust -------------------------------------------------------------------------------------
 * Every certificate in a trust is a trust anchor, also one that isn't self-signed (C-3). A new
 * trust is empty and trusts nobody. Thread-safe: certificates may be added while others verify. */

/* Makes an empty trust whose certificates are validated by the given backend, which must outlive
 * it: s2sv_openssl_backend() or s2sv_gnutls_backend(). NULL out of memory or without a backend.
 * Release with s2sv_trust_unref(). */
S2SV_API struct s2sv_trust *s2sv_trust_new(const struct s2sv_backend *backend) S2SV_MUST_USE;
/* Takes a reference and returns the trust. */
S2SV_API struct s2sv_trust *s2sv_trust_ref(struct s2sv_trust *trust);
/* Gives a reference back; the last one frees. Verdicts don't need the trust they came from. */
S2SV_API void s2sv_trust_unref(struct s2sv_trust *trust);
/* Adds every certificate of a PEM file. All or nothing: S2SV_ERR_IO if the file can't be read or
 * holds no certificate, S2SV_ERR_INVALID if one of them is malformed, or a line that looks like the
 * beginning or end of a block isn't one. s2sv_trust_error() says which file, which line and why. A
 * byte order mark at the head of the file is skipped. OpenSSL's
 * "TRUSTED CERTIFICATE" is honoured by the OpenSSL backend: one that isn't trusted for TLS servers
 * is distrusted, as s2sv_trust_distrust_der() says, and counts as one (P-27). GnuTLS can't read its
 * settings and refuses the file. */
S2SV_API int s2sv_trust_add_file(struct s2sv_trust *trust, const char *pem_path) S2SV_MUST_USE;
/* Adds the certificates of a directory made by "openssl rehash": files named like 1a2b3c4d.0.
 * S2SV_ERR_IO if it can't be read or holds none. */
S2SV_API int s2sv_trust_add_dir(struct s2sv_trust *trust, const char *hashed_dir) S2SV_MUST_USE;
/* Adds the anchors that the backend's TLS library uses by default on this system. What can't be
 * read there, is empty or isn't a certificate is left out; S2SV_ERR_IO if nothing is left (T-1). */
S2SV_API int s2sv_trust_add_system(struct s2sv_trust *trust) S2SV_MUST_USE;
/* Adds one DER certificate, which is copied. Adding one again does nothing. S2SV_ERR_INVALID if it
 * is malformed. */
S2SV_API int s2sv_trust_add_der(struct s2sv_trust *trust, const void *der,
                                size_t len) S2SV_MUST_USE;
/* Distrusts one DER certificate, which is copied: no path passes it or ends there, whoever presents
 * it, whether or not it was added to the trust as well, before or later (T-2). The peer is then
 * S2SV_REASON_REVOKED, unless another path leads round it. That is said of the very certificate,
 * whatever form its signature has; others with its name or key count as before. Nothing takes it
 * back but a new trust. S2SV_ERR_INVALID if it is malformed. With the application's own anchors the
 * TLS library's objects say the same: what an X509_STORE rejects for servers, what was removed from
 * a gnutls_x509_trust_list_t. */
S2SV_API int s2sv_trust_distrust_der(struct s2sv_trust *trust, const void *der,
                                     size_t len) S2SV_MUST_USE;
/* Adds every certificate revocation list of a PEM file. They count only where this trust's anchors
 * do, and are judged by us, the same with every backend (RFC 5280 6.3.3):
 *   - A list counts if its issuer's key signed it, or that of another certificate of the issuer's
 *     name, for signing lists (cRLSign), that leads to the same anchor: one that the peer presents
 *     or that is in the trust. That is checked once for each key; a signature that is wrong makes
 *     it no information, and costs nobody else anything.
 *   - Of the complete lists with one issuer, scope and key the one with the highest number, then
 *     the latest thisUpdate, counts: who is no longer on it isn't revoked any more (5.2.3).
 *   - Out of date, a list tells of nobody that they are good, but who is on it stays revoked,
 *     unless on hold. The same goes for deltas, indirect lists, lists for some reasons, and those
 *     with a critical extension that isn't known, of an entry too; on hold is revoked there.
 *   - Who is on a list whose signature can't be checked for its algorithm is revocation-unknown.
 * A list that was added is there once, however often it is added. That somebody is on none of all
 * the lists costs a verification nothing to speak of; only under S2SV_REVOCATION_REQUIRE those of
 * the issuer are looked at. Lists that a later one took the place of stay in memory as long as the
 * trust: a program that gets new lists now and then had better make a new trust of them.
 * S2SV_ERR_IO if the file can't be read or holds none; S2SV_ERR_INVALID if one is malformed, as
 * s2sv_trust_error() says, and then none is added. */
S2SV_API int s2sv_trust_add_crl_file(struct s2sv_trust *trust, const char *pem_path) S2SV_MUST_USE;
/* Adds one DER certificate revocation list, which is copied. S2SV_ERR_INVALID if it is malformed.
 */
S2SV_API int s2sv_trust_add_crl_der(struct s2sv_trust *trust, const void *der,
                                    size_t len) S2SV_MUST_USE;
/* How many validated paths the trust remembers (default 65,536; 0: none), so that a peer met before
 * costs a hash. Room is taken as paths come. Going round more peers than that, some are found and
 * others not. Only what the TLS library accepted is remembered; dates, names, purposes and
 * revocation are judged afresh on every use. Adding to the trust forgets, and so does this call. */
S2SV_API int s2sv_trust_set_memory(struct s2sv_trust *trust, size_t entries) S2SV_MUST_USE;
/* One line about the last call that added, or "" if it worked. It names the file. Valid as long as
 * the trust, also while other threads add. */
S2SV_API const char *s2sv_trust_error(const struct s2sv_trust *trust);

/* ---- peer --------------------------------------------------------------------------------------
 * What one connection showed and claimed. One connection, one thread. Functions that return int
 * return a status: S2SV_ERR_INVALID for NULL. */

/* Makes a peer that showed and claimed nothing yet. NULL out of memory or for an unknown direction.
 * Release with s2sv_peer_free(). */
S2SV_API struct s2sv_peer *s2sv_peer_new(enum s2sv_direction direction) S2SV_MUST_USE;
/* Not for a peer that a backend lent: that one goes with its connection. */
S2SV_API void s2sv_peer_free(struct s2sv_peer *peer);
/* Adds a presented certificate, leaf first, as the peer sent them. Copied. An empty one or one over
 * the limits is kept and refused later, with its reason, by s2sv_verify(). */
S2SV_API int s2sv_peer_add_certificate(struct s2sv_peer *peer, const void *der,
                                       size_t len) S2SV_MUST_USE;
/* Adds an OCSP response, DER, that the peer stapled or that you got yourself; copied. Any number of
 * them, for any certificates of the path (RFC 6960):
 *   - It counts for whom it is about if the certificate's issuer signed it, or a responder whose
 *     certificate, in the response, that issuer made for OCSPSigning. Others are no information,
 *     and so is what can't be read.
 *   - Revoked refuses, also when it is out of date or has no nextUpdate; not if it comes from the
 *     future. Good counts under S2SV_REVOCATION_REQUIRE while it is in date. Of several answers
 *     revoked wins, then the newest.
 *   - Whoever adds one has asked for it: a leaf that demands a stapled status (RFC 7633) is then
 *     revocation-unknown without a good one. An empty one (NULL, 0) says that it was asked for and
 *     didn't come.
 * The same octets give the same verdict in a handshake, where the backends hand over what the TLS
 * library has; what is added to a connection's peer counts as well. More than 64 KiB altogether,
 * or more than four wrong signatures, are limit-exceeded, later. Returns a status. */
S2SV_API int s2sv_peer_add_staple(struct s2sv_peer *peer, const void *der,
                                  size_t len) S2SV_MUST_USE;
/* Adds a reference name: a domain, an IPv4 dotted quad, an IPv6 address with or without brackets.
 * Any one of them is enough. Bad text is no error here: s2sv_verify() says invalid-reference. */
S2SV_API int s2sv_peer_expect(struct s2sv_peer *peer, const char *domain) S2SV_MUST_USE;
/* Adds a reference that any DNS-ID below the domain satisfies, at any depth; the domain itself
 * doesn't. "example.com", without a leading dot. */
S2SV_API int s2sv_peer_expect_under(struct s2sv_peer *peer, const char *domain) S2SV_MUST_USE;
/* Adds a TLSA record of the expected names (RFC 6698 section 2.1), data being the certificate
 * association data; copied. Whoever adds records looked them up for the names that this peer is
 * expected to be: s2sv_peer_expect(), all of them, the SRV target or the MX host included where DNS
 * says so securely (RFC 7673 section 4.1, RFC 7672 section 3.2.2). Nothing is looked up here.
 *   - DANE-EE(3): the leaf matches. Its names, dates, purposes and issuer don't count (RFC 7671
 *     section 5.1); its key must be strong enough.
 *   - DANE-TA(2): a CA certificate that the peer sent, or that the record holds (2 0 0), or the key
 *     that the record holds (2 1 0), leads to the leaf, by all rules about paths. One of the
 *     expected names must be in the leaf.
 *   - PKIX-EE(1), PKIX-TA(0): what PKIX accepts, and the leaf or a CA of the path matches.
 * One that can't be used for its usage, selector, matching type or data is kept, and doesn't count.
 * More than 64 of them are limit-exceeded, later.
 * S2SV_ERR_INVALID for numbers above 255. For a connection: before the handshake or after it;
 * s2sv_openssl_verdict() and s2sv_gnutls_verdict() then judge again. */
S2SV_API int s2sv_peer_add_tlsa(struct s2sv_peer *peer, unsigned usage, unsigned selector,
                                unsigned matching_type, const void *data, size_t len) S2SV_MUST_USE;
/* What DNSSEC said of the answer, or of the worst one if there were several. Records whose status
 * nobody told are bogus; without records and status DANE doesn't apply. */
S2SV_API int s2sv_peer_set_tlsa_status(struct s2sv_peer *peer,
                                       enum s2sv_tlsa_status status) S2SV_MUST_USE;
/* Adds a pin of the expected names: "cert-sha256:HEX", "cert-sha512:", "spki-sha256:" or
 * "spki-sha512:", the digest of the leaf, DER, or of its subjectPublicKeyInfo; colons between the
 * octets are passed over. One of several is enough, so that keys can roll: add the next one before
 * it is used, take the old one out afterwards. The leaf may be self-signed, and its names, purposes
 * and issuer don't count; but its dates do, since a pin has no end of its own, and its key must be
 * strong enough. Up to 64. S2SV_ERR_INVALID for text that isn't a pin. */
S2SV_API int s2sv_peer_add_pin(struct s2sv_peer *peer, const char *pin) S2SV_MUST_USE;
/* The time to verify for. Default: the backend's clock at each verification. */
S2SV_API int s2sv_peer_set_time(struct s2sv_peer *peer, int64_t seconds_since_1970) S2SV_MUST_USE;

/* ---- the one question ----------------------------------------------------------------------- */

/* Judges a peer. Returns S2SV_DECIDED and a verdict to be released with s2sv_verdict_unref(), or a
 * negative status and no verdict: then refuse. Thread-safe for different peers; freezes the policy.
 * A trust, policy or peer that is NULL is S2SV_ERR_INVALID. */
S2SV_API int s2sv_verify(struct s2sv_trust *trust, const struct s2sv_policy *policy,
                         const struct s2sv_peer *peer,
                         struct s2sv_verdict **ret_verdict) S2SV_MUST_USE;

/* ---- verdict -----------------------------------------------------------------------------------
 * Immutable and reference-counted; every function is thread-safe. NULL is a verdict that refuses:
 * its reason is internal-error. Strings live as long as the verdict and hold no control
 * characters. */

/* Takes a reference and returns the verdict; so a borrowed one is kept. */
S2SV_API struct s2sv_verdict *s2sv_verdict_ref(const struct s2sv_verdict *verdict);
/* Gives a reference back; the last one frees. */
S2SV_API void s2sv_verdict_unref(struct s2sv_verdict *verdict);
/* 1: all but the name is good. Says nothing about who the peer is! */
S2SV_API int s2sv_verdict_trusted(const struct s2sv_verdict *verdict) S2SV_MUST_USE;
/* What the trust rests on; NONE for a verdict that isn't trusted. */
S2SV_API enum s2sv_proof s2sv_verdict_proof(const struct s2sv_verdict *verdict);
/* Which TLSA record or pin matched: its index among those that were added, and its text, "3 1 1
 * 9f86d0…" with data cut after 64 octets, or "spki-sha256:9f86d0…". Out-parameters may be NULL.
 * S2SV_ERR_INVALID if the peer isn't trusted, or by none of ours. */
S2SV_API int s2sv_verdict_record(const struct s2sv_verdict *verdict, size_t *ret_index,
                                 const char **ret_text) S2SV_MUST_USE;
/* 1: trusted, and a presented identifier matches that domain. As of the time that was judged:
 * s2sv_verdict_valid_at() says whether it still holds. Any text may be asked, the peer's own
 * included: it is checked first. Allocates nothing for ASCII names. */
S2SV_API int s2sv_verdict_is_for(const struct s2sv_verdict *verdict,
                                 const char *domain) S2SV_MUST_USE;
/* S2SV_REASON_NONE if is_for. The chain's reason comes first, then invalid-reference,
 * no-usable-name, name-mismatch. */
S2SV_API enum s2sv_reason s2sv_verdict_why_not(const struct s2sv_verdict *verdict,
                                               const char *domain) S2SV_MUST_USE;
/* The same, and *ret_identity says which presented identifier matched (RFC 9525 section 6.6);
 * untouched otherwise. ret_identity may be NULL. */
S2SV_API int s2sv_verdict_identity_for(const struct s2sv_verdict *verdict, const char *domain,
                                       size_t *ret_identity) S2SV_MUST_USE;
/* 1: the verdict is for one of these domains; *ret_index, which may be NULL, is the first that
 * fits. An allow-list for peers of whom no name is expected (N-59, N-61). */
S2SV_API int s2sv_verdict_match_any(const struct s2sv_verdict *verdict, const char *const *domains,
                                    size_t count, size_t *ret_index) S2SV_MUST_USE;
/* 1: trusted, and names what the peer was expected to be. 0 also if nothing was expected. */
S2SV_API int s2sv_verdict_accepted(const struct s2sv_verdict *verdict) S2SV_MUST_USE;
/* The first thing held against the peer, the expected names included; NONE if nothing is. */
S2SV_API enum s2sv_reason s2sv_verdict_reason(const struct s2sv_verdict *verdict) S2SV_MUST_USE;
/* Depth of the certificate that the reason is about: 0 is the leaf; -1: none in particular. */
S2SV_API int s2sv_verdict_depth(const struct s2sv_verdict *verdict);
/* Everything held against it, gravest first. *ret_text is one sentence for our log: what was seen
 * and which rule it breaks. Out-parameters may be NULL. S2SV_ERR_INVALID past the end. */
S2SV_API size_t s2sv_verdict_fault_count(const struct s2sv_verdict *verdict);
S2SV_API int s2sv_verdict_fault(const struct s2sv_verdict *verdict, size_t i,
                                enum s2sv_reason *ret_reason, int *ret_depth,
                                const char **ret_text) S2SV_MUST_USE;
/* Things worth a line in the log that are no faults: an extended key usage that is absent, a
 * common name that doesn't count, an identifier that was skipped as malformed. */
S2SV_API size_t s2sv_verdict_note_count(const struct s2sv_verdict *verdict);
S2SV_API int s2sv_verdict_note(const struct s2sv_verdict *verdict, size_t i,
                               const char **ret_text) S2SV_MUST_USE;
/* The presented identifiers that the policy counts, in the certificate's order. Not authenticated
 * unless the verdict is trusted. IP-IDs are given as text. */
S2SV_API size_t s2sv_verdict_identity_count(const struct s2sv_verdict *verdict);
S2SV_API int s2sv_verdict_identity(const struct s2sv_verdict *verdict, size_t i,
                                   enum s2sv_identifier *ret_kind,
                                   const char **ret_value) S2SV_MUST_USE;
/* Which expected name matched which presented identifier, for an accepted verdict: the reference is
 * the authenticated name (RFC 9525 section 6.6). Otherwise S2SV_ERR_INVALID. */
S2SV_API int s2sv_verdict_match(const struct s2sv_verdict *verdict, const char **ret_reference,
                                size_t *ret_identity) S2SV_MUST_USE;
/* A certificate of the judged path, leaf at depth 0, trust anchor last; without a path, the
 * presented ones. S2SV_ERR_INVALID past the end. */
S2SV_API int s2sv_verdict_certificate(const struct s2sv_verdict *verdict, int depth,
                                      const void **ret_der, size_t *ret_len) S2SV_MUST_USE;
/* The earliest notAfter over the whole judged path, as seconds since 1970. A long stream should end
 * then (RFC 6120 section 13.7.2.3). INT64_MIN if the verdict isn't trusted. */
S2SV_API int64_t s2sv_verdict_valid_until(const struct s2sv_verdict *verdict);
/* 1: trusted, and every certificate of the judged path is in date at that time. A verdict is as of
 * the time that it was judged for, and it never changes: whoever asks it again hours later, for
 * another domain on the same stream, asks this as well. */
S2SV_API int s2sv_verdict_valid_at(const struct s2sv_verdict *verdict,
                                   int64_t seconds_since_1970) S2SV_MUST_USE;
/* Several lines for our log, each ended by a newline. Returns and truncates as snprintf() does: the
 * length of the whole, without the NUL; at most size octets are written, the last one a NUL; buf
 * may be NULL if size is 0. */
S2SV_API int s2sv_verdict_explain(const struct s2sv_verdict *verdict, char *buf, size_t size);
/* The same about a name that was claimed later: the first line tells whether the verdict is for
 * that domain, and why not. domain NULL: as s2sv_verdict_explain(). */
S2SV_API int s2sv_verdict_explain_for(const struct s2sv_verdict *verdict, const char *domain,
                                      char *buf, size_t size);
/* That text as a string of its own, to be released with free(); NULL out of memory. */
S2SV_API char *s2sv_verdict_explain_dup(const struct s2sv_verdict *verdict,
                                        const char *domain) S2SV_MUST_USE;
/* One sentence fit to be told to the peer. It names none of our other hosts. */
S2SV_API const char *s2sv_verdict_peer_text(const struct s2sv_verdict *verdict);
/* The RFC 8460 section 4.3 result type for the reason, or NULL if nothing is held against it. */
S2SV_API const char *s2sv_verdict_tlsrpt(const struct s2sv_verdict *verdict);

/* A reason's stable name for logs and scripts, "wrong-purpose"; "internal-error" for an unknown
 * number. */
S2SV_API const char *s2sv_reason_name(enum s2sv_reason reason);
/* A sentence about a reason, without a full stop; never NULL. */
S2SV_API const char *s2sv_reason_text(enum s2sv_reason reason);

/* ---- XMPP --------------------------------------------------------------------------------------
 * SASL EXTERNAL between servers, the receiving side (XEP-0178 section 3, steps 9 to 11).
 * stream_from is the 'from' of the stream header that came after TLS. Pure functions: what was
 * offered before is the application's to remember. Comparing 'from' with the hosts that the
 * application serves itself is the application's job too. */

/* What to do next. 0 refuses, and no success is 0. */
enum s2sv_xmpp_step {
    S2SV_XMPP_NO_EXTERNAL = 0,       /* don't offer it: close, or go on with dialback */
    S2SV_XMPP_OFFER_EXTERNAL = 1,    /* put EXTERNAL first among the mechanisms */
    S2SV_XMPP_SUCCESS = 2,           /* <success/>: the peer is stream_from, and nobody else */
    S2SV_XMPP_SEND_CHALLENGE = 3,    /* <auth/> came without text: send an empty <challenge/> */
    S2SV_XMPP_NOT_AUTHORIZED = 4,    /* these three: <failure/> with s2sv_xmpp_condition() */
    S2SV_XMPP_INVALID_AUTHZID = 5,   /* it asks to act for another domain, or for no domain */
    S2SV_XMPP_INCORRECT_ENCODING = 6 /* the text isn't base64 */
};

/* Before <stream:features/>: S2SV_XMPP_OFFER_EXTERNAL if the verdict is for stream_from, otherwise
 * S2SV_XMPP_NO_EXTERNAL; that also without a 'from' (NULL or ""). */
S2SV_API enum s2sv_xmpp_step s2sv_xmpp_features(const struct s2sv_verdict *verdict,
                                                const char *stream_from) S2SV_MUST_USE;
/* On <auth mechanism='EXTERNAL'>: initial_response is its text as it came: base64, "=" for an empty
 * one, "" or NULL for none. Asks the verdict again, then compares the authorization identity with
 * stream_from, both normalised; an empty one stands for stream_from. For the <response/> to a
 * challenge pass its text, and "=" if that is empty. S2SV_XMPP_NO_EXTERNAL without a 'from': it
 * can't have been offered. On success remember stream_from: the restarted stream must have the same
 * (F-16). Like s2sv_xmpp_features() it asks as of the time that was judged:
 * s2sv_verdict_valid_at(). */
S2SV_API enum s2sv_xmpp_step s2sv_xmpp_auth(const struct s2sv_verdict *verdict,
                                            const char *stream_from,
                                            const char *initial_response) S2SV_MUST_USE;
/* The same for text that is decoded already; len 0 is an empty one. */
S2SV_API enum s2sv_xmpp_step s2sv_xmpp_auth_decoded(const struct s2sv_verdict *verdict,
                                                    const char *stream_from, const char *authzid,
                                                    size_t len) S2SV_MUST_USE;
/* The SASL failure condition to send (RFC 6120 section 6.5), "not-authorized"; "invalid-mechanism"
 * for S2SV_XMPP_NO_EXTERNAL; NULL for the steps that are no failure. */
S2SV_API const char *s2sv_xmpp_condition(enum s2sv_xmpp_step step);

/* When a peer may fall back to dialback (RFC 6120 section 13.14 warns of the downgrade). */
enum s2sv_dialback {
    S2SV_DIALBACK_NEVER = 1,
    S2SV_DIALBACK_WITHOUT_CERTIFICATE = 2,  /* only a peer that showed no certificate */
    S2SV_DIALBACK_UNLESS_AUTHENTICATED = 3, /* a peer that its certificate doesn't prove */
    S2SV_DIALBACK_ALWAYS = 4
};

/* 1: by that policy dialback may be tried for stream_from. Advice: it proves nothing. */
S2SV_API int s2sv_xmpp_dialback(const struct s2sv_verdict *verdict, const char *stream_from,
                                enum s2sv_dialback dialback) S2SV_MUST_USE;

/* What s2sv_verdict_peer_text() and s2sv_verdict_tlsrpt() say, for a reason that came from a
 * question after the verdict: s2sv_verdict_why_not(). */
S2SV_API const char *s2sv_reason_peer_text(enum s2sv_reason reason);
S2SV_API const char *s2sv_reason_tlsrpt(enum s2sv_reason reason);

/* 1: both are valid names and the same one, whatever their case, a trailing dot, U-labels or
 * A-labels. For comparing a stream's 'from' with our own domains, and with the one authenticated
 * (R-14, F-16). NULL is no name. */
S2SV_API int s2sv_same_domain(const char *a, const char *b) S2SV_MUST_USE;

/* The version of the library that runs, "0.2.0"; S2SV_VERSION_* are those it was compiled with. */
S2SV_API const char *s2sv_version(void);

#ifdef __cplusplus
}
#endif

#endif
