/* SPDX-License-Identifier: MIT
 *
 * s2sverify for programs that use GnuTLS (3.6.16 or later). It mirrors openssl.h.
 *
 * A server calls s2sv_gnutls_install() once per credentials and s2sv_gnutls_attach() per session,
 * because GnuTLS asks for a certificate per session, and reads s2sv_gnutls_verdict() when it knows
 * the peer's name. A session and what belongs to it is used by one thread at a time.
 *
 * Alerts stay the application's to send: gnutls_alert_send_appropriate(). GnuTLS's own
 * gnutls_session_get_verify_cert_status() stays 0xffffffff: it counts its own checks only.
 */
#ifndef S2SVERIFY_GNUTLS_H
#define S2SVERIFY_GNUTLS_H

#include <gnutls/gnutls.h>
#include <s2sverify/s2sverify.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The backend for s2sv_trust_new(). Never NULL; static. */
S2SV_API const struct s2sv_backend *s2sv_gnutls_backend(void);

/* Makes every session that uses the credentials verify its peer by the policy, by
 * gnutls_certificate_set_verify_function(). Takes references on policy and trust; freezes the
 * policy. trust NULL: the credentials' own anchors and CRLs, read when used; nothing is remembered
 * then, since GnuTLS doesn't tell when they change: a peer that was met before costs what a new one
 * does. A trust of its own remembers (s2sv_trust_set_memory()). With a trust its own lists count,
 * not those of the credentials, nor what is removed from them
 * (gnutls_x509_trust_list_remove_cas()): tell it the trust (s2sv_trust_distrust_der()). Returns a
 * status; S2SV_ERR_INVALID also for a trust of another backend, and when the GnuTLS that runs has
 * another major version than the one compiled with.
 *
 * Installing again replaces, so a daemon reloads its anchors: a new trust, install(), and the
 * references are given back. That is safe while other threads shake hands: whoever is being
 * verified is verified by what there was when it began, and the next one by the new. The first
 * install() comes before other threads use the credentials.
 *
 * Nobody is accepted whom GnuTLS would refuse: gnutls_certificate_verify_peers(), asked for server
 * purpose, must accept as well, so that all counts that the application set: flags, limits
 * (gnutls_certificate_set_verify_limits()), distrusted certificates, the profile in the session's
 * priority string (%PROFILE_HIGH, SECURE192), the system's configuration. Only where it built
 * another path than ours, from the same certificates, and no such profile is set, that path's
 * answer doesn't count. It costs one verification, as GnuTLS alone does, and ours costs another;
 * gnutls_ocsp_status_request_is_checked() then tells of that question.
 * With a trust, which has other anchors, GnuTLS is asked about limits and profile when the first
 * peers are met after install(), and again by the trust's anchor, with nothing remembered, if such
 * a profile is set: set limits before install(), and use credentials of their own for sessions
 * whose priority strings have different profiles.
 *
 * CRLs in credentials can't be read back, so there GnuTLS itself decides about them, in addition to
 * us and whatever the policy says of revocation: it refuses whom a list has that is in date, of
 * which it trusts the application that the issuer signed it unless that was checked when it was
 * added (GNUTLS_TL_VERIFY_CRL), passes over lists that are out of date, and lets no newer list take
 * the place of an older one. Under S2SV_REVOCATION_REQUIRE they prove nobody good:
 * revocation-unknown unless a staple does. Who wants more of lists gives them to a trust
 * (s2sv_trust_add_crl_file()) and that to install().
 *
 * OCSP responses that the peer stapled count as s2sv_peer_add_staple() says, for each certificate
 * of the chain in TLS 1.3, for the leaf in TLS 1.2. With the credentials' own anchors GnuTLS's
 * answer counts too: it refuses staples that are stale, of another certificate or not signed as
 * they should be, as revocation-unknown, and in TLS 1.2 a client whose certificate demands one
 * (RFC 7633), which can't come there. Clients ask unless the session was made with
 * GNUTLS_NO_STATUS_REQUEST or GNUTLS_NO_DEFAULT_EXTENSIONS; servers ask in TLS 1.3.
 *
 * Under S2SV_HANDSHAKE_CALLBACK the application's own verify function stays, since credentials have
 * one only: it decides whether the handshake goes on, and may ask s2sv_gnutls_verify_function().
 * The verdict is judged apart from it. S2SV_RESUMPTION_OFF and CARRY are one here: the application
 * decides whether to resume, and a resumed session keeps the chain and is judged afresh.
 *
 * Credentials can't ask a client for its certificate: call attach() on every accepting session.
 * A verify function set on a session (gnutls_session_set_verify_cert) beats this one. Cipher suites
 * without certificates (anonymous, PSK) call no verify function: their handshake goes on, and the
 * verdict is no-certificate. */
S2SV_API int s2sv_gnutls_install(gnutls_certificate_credentials_t cred, struct s2sv_policy *policy,
                                 struct s2sv_trust *trust) S2SV_MUST_USE;

/* Takes back an install(). Call it before the credentials are freed and after the last session that
 * uses them: credentials that are allocated later may get the same address, and would be taken for
 * these, with their policy and trust. GnuTLS doesn't tell which verify function was there before,
 * so ours stays and, without a policy, refuses everybody: whoever goes on with the credentials sets
 * a function of its own. Does nothing for credentials without an install(). */
S2SV_API void s2sv_gnutls_uninstall(gnutls_certificate_credentials_t cred);

/* Puts a policy on one session, after gnutls_credentials_set() and before its handshake, which it
 * doesn't change once it is over; NULL: the installed one. Unless the policy is CALLBACK's our
 * verify function is then the session's own: it beats that of any credentials and also holds when
 * the application changes them in the handshake, for another host's; a function that the
 * application sets on the session afterwards (gnutls_session_set_verify_cert) beats it.
 *
 * When accepting it also asks for a certificate, by the policy's request. GnuTLS doesn't tell what
 * the application has asked for itself: to keep GNUTLS_CERT_REQUIRE under a policy whose request is
 * ASK, call gnutls_certificate_server_set_request() afterwards, or set the request to REQUIRE or
 * LEAVE. No names of CAs are sent, as OpenSSL's backend sends none: a GnuTLS client keeps a
 * certificate of a CA that isn't named to itself, unless it was made with GNUTLS_FORCE_CLIENT_CERT,
 * which initiating servers should set.
 *
 * Returns a status; S2SV_ERR_INVALID for NULL where nothing is installed. With a policy it needs no
 * install(): the credentials' own anchors count then. */
S2SV_API int s2sv_gnutls_attach(gnutls_session_t session, struct s2sv_policy *policy) S2SV_MUST_USE;

/* The session's peer: expect names here, add TLSA records and pins. Borrowed, lives as long as the
 * session; made by the first call. NULL out of memory. */
S2SV_API struct s2sv_peer *s2sv_gnutls_peer(gnutls_session_t session);

/* The verdict on the certificate that the peer presents now. Borrowed: valid until the next
 * handshake on this session or gnutls_deinit(); s2sv_verdict_ref() keeps it. NULL, which refuses,
 * if there is none; while a handshake is under way, with false or early start as well, there is
 * one only if it ended the handshake.
 *
 * Where records, their status or pins came to the peer after the verdict, or anything else beside
 * them, what the peer presented is judged again here, and the earlier verdict is given back: so a
 * receiving server expects the stream's 'from' and adds the records of that domain when it knows it
 * (under S2SV_HANDSHAKE_RECORD: a self-signed peer would not come so far under ENFORCE). CRLs of
 * the credentials don't count under an anchor that a record names: GnuTLS doesn't tell them.
 *
 * A resumed session, which keeps the whole chain, is judged afresh here. GnuTLS calls no verify
 * function for it, so even under S2SV_HANDSHAKE_ENFORCE its handshake goes on: read the verdict, or
 * enable neither tickets nor a session database, which GnuTLS servers don't have by default. After
 * a TLS 1.2 renegotiation, or a gnutls_reauth() on a resumed session, in which the client showed no
 * certificate GnuTLS still tells the earlier one, and so does the verdict.
 *
 * A verdict is about a certificate whose key the peer has proved. While a later handshake is under
 * way that is the earlier certificate; with another one there is no verdict until it is complete.
 */
S2SV_API const struct s2sv_verdict *s2sv_gnutls_verdict(gnutls_session_t session);

/* Judges the peer of a session by a policy, after the handshake; also without install(). Uses the
 * installed trust, else the credentials' anchors. Returns a status; S2SV_ERR_INVALID before the
 * peer has proved its key. */
S2SV_API int s2sv_gnutls_verify(gnutls_session_t session, const struct s2sv_policy *policy,
                                struct s2sv_verdict **ret_verdict) S2SV_MUST_USE;

/* Fits gnutls_certificate_set_verify_function(), for those who set it themselves: judges by the
 * attached policy, else the installed one; refuses without either. */
S2SV_API int s2sv_gnutls_verify_function(gnutls_session_t session);

#ifdef __cplusplus
}
#endif

#endif
