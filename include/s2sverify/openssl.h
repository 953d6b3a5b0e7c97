/* SPDX-License-Identifier: MIT
 *
 * s2sverify for programs that use OpenSSL (1.1.1 or 3.x). gnutls.h mirrors it.
 *
 * A receiving or initiating server calls s2sv_openssl_install() once per SSL_CTX, before SSL_new(),
 * and reads s2sv_openssl_verdict() of the SSL when it knows the peer's name. An SSL and what
 * belongs to it is used by one thread at a time, as OpenSSL demands.
 * What is kept with an SSL and an SSL_CTX is memory of one process: an SSL in memory that processes
 * share (CRYPTO_set_mem_functions()) can't be used here, but with s2sv_openssl_judge().
 */
#ifndef S2SVERIFY_OPENSSL_H
#define S2SVERIFY_OPENSSL_H

#include <openssl/ssl.h>
#include <s2sverify/s2sverify.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The backend for s2sv_trust_new(). Never NULL; static. */
S2SV_API const struct s2sv_backend *s2sv_openssl_backend(void);

/* Makes every new SSL of the context verify its peer by the policy. Takes references on policy and
 * trust; freezes the policy. trust NULL: the application's own anchors and CRLs, read when used.
 * Returns a status; S2SV_ERR_INVALID also for a trust of another backend, and when the OpenSSL that
 * runs has another major version than the one compiled with.
 *
 * It sets: the certificate verify callback; SSL_VERIFY_PEER by the policy's request, other bits
 * kept; the info callback, and the application's is told from it; purpose and trust "server" on the
 * context, as a second lock; and, unless resumption is LEAVE, what is said of it below. It removes
 * nothing else that the application set. Call it after the application's own set-up of these.
 *
 * Installing again replaces, so a daemon reloads its anchors: a new trust, install(), and the
 * references are given back. That is safe while other threads shake hands on the context, and
 * inside the application's callbacks: whoever is being verified is verified by what there was when
 * it began, and the next one by the new. A lock of the context guards the exchange, and is never
 * held while anybody is verified. The first install() comes before other threads use the context.
 * What else it sets are OpenSSL's own fields, which new SSLs copy and no lock guards: only a policy
 * with another request or resumption than the last one changes them.
 *
 * Install on every context that an SSL may pass through (SSL_set_SSL_CTX() on SNI). Where a
 * servername or client hello callback changed the context, the policy of the one that was reached
 * holds: its request is added to the SSL's verify mode before anything is sent, and if its
 * resumption is OFF, no session of this SSL is ever resumed. Under ENFORCE a session of the first
 * context that was resumed before the change, and that the new policy can't judge or refuses, ends
 * the connection: OpenSSL has no way left to end the handshake, so it goes on, and nothing can be
 * read or written (SSL_set_shutdown()). The same ends a server's connection where a certificate is
 * demanded and another kind of key was agreed on (external PSK). Both need the info callback: after
 * SSL_set_info_callback(), or SSL_CTX_set_info_callback() later than install(), call
 * s2sv_openssl_attach() with NULL behind SSL_set_SSL_CTX(), and read the verdict. An SSL whose
 * verify callback did not run has none.
 *
 * Nobody is accepted whom OpenSSL's own X509_verify_cert() would refuse, on the application's own
 * objects and asked for the purpose "server". Of these we know depth, security level, Suite B,
 * names to check and the flags about paths and CRLs. Where there is anything else - functions on
 * the X509_STORE, a fixed time, checks of policies, other flags, anchors or functions that were put
 * on the X509_STORE_CTX, an OSSL_LIB_CTX or property query of its own - OpenSSL is asked as well,
 * about the certificates as they were presented. That costs one more verification of each good
 * peer, and nothing is remembered. It finds fewer paths than we do. With a trust, its anchor takes
 * the place of the application's in that question. What we do ourselves is done in OpenSSL's
 * default library context: without a provider there, every key is weak-algorithm.
 *
 * What the X509_STORE rejects for servers is on no path, and neither is what it trusts for others
 * alone, whoever presents it (T-2): with a trust, s2sv_trust_distrust_der() says so.
 *
 * Paths that were validated are remembered: with a trust, in the trust; without, in the context, as
 * long as it verifies with the X509_STORE that it has now. Nothing is remembered where OpenSSL is
 * asked as well, where the application asks for CRLs by flag, or checks host names; before OpenSSL
 * 3.0, which doesn't tell about host names, nothing at all.
 *
 * The application's CRLs count without X509_V_FLAG_CRL_CHECK as well, and are judged as those of a
 * trust are (s2sv_trust_add_crl_file()); one that is malformed is left out, and one that isn't what
 * it seems costs nobody anything. Each verification asks the store for the lists of each issuer
 * (X509_STORE_CTX_get1_crls(): a lock, and in a hashed directory a look for new files) and compares
 * their addresses with those that were read last, which are kept with the context, for up to 64
 * issuers. They are read when they differ; without install(), each time. With a trust its own
 * lists count. X509_V_FLAG_CRL_CHECK keeps its meaning: then OpenSSL itself must accept as well, by
 * its own rules, by which a junk list can refuse all the peers of its issuer.
 * S2SV_REVOCATION_REQUIRE asks the same of us, without that.
 *
 * OCSP responses that the peer stapled count, if the application asked for them
 * (SSL_set_tlsext_status_type()), as s2sv_peer_add_staple() says; from OpenSSL 3.6 the
 * intermediates' too, before the leaf's only. Libssl asks servers, not clients. In TLS 1.2 the
 * staple comes after the verification: s2sv_openssl_verdict() after the handshake heeds it and sets
 * SSL_get_verify_result(), so a revoked peer's handshake goes on, and the verdict must be read; one
 * whose status is required (S2SV_REVOCATION_REQUIRE) and known by a staple alone is refused under
 * ENFORCE there.
 *
 * The application's verify callback, the SSL's or else the store's, is never asked. Under
 * S2SV_HANDSHAKE_CALLBACK it is told afterwards, as X509_verify_cert() would: ok = 0 for each
 * fault, the gravest first and none twice, an unexpected name included; then ok = 1 for each
 * certificate, anchor to leaf. If it returns 0, that is the end of the handshake, where
 * SSL_VERIFY_PEER is set. It can't forgive: SSL_get_verify_result() and the verdict say what we
 * found. It can refuse: 0, or an error that it sets, on a call with ok = 1 adds
 * S2SV_REASON_APPLICATION to the verdict. Without a callback any fault ends the handshake.
 *
 * Resumption. OFF: no session cache, no tickets, and a server looks nothing up, in a cache of the
 * application's (SSL_CTX_sess_set_get_cb()) neither, so that no session from before is resumed; an
 * application that resumes as a client all the same gets no verdict. CARRY: each session of a peer
 * that nothing is held against carries its intermediate certificates and the policy, in the
 * ticket's application data, also when the client stores it; a resumed peer is judged by them
 * afresh, for time, name, anchors and lists. A server does so before it resumes, and makes a full
 * handshake with whom it would not take as it is; it resumes by tickets only, and looks nothing up.
 * A client can't refuse so late: even under ENFORCE its handshake goes on, and the verdict must be
 * read, which also sets SSL_get_verify_result(). A session that carries nothing, or another policy,
 * has no verdict. CARRY takes SSL_CTX_set_session_ticket_cb(): an application that needs it itself
 * can't use CARRY. Early data comes before the handshake is finished, and so before any verdict. As
 * always with SSL_VERIFY_PEER, a server that resumes needs SSL_CTX_set_session_id_context().
 *
 * An SSL with SSL_dane_enable(): if it has usable TLSA records, OpenSSL decides, asked for purpose
 * "server" as well. By a record of usage 2 or 3 the verdict's proof is S2SV_PROOF_DANE, and it is
 * for the base domain that SSL_dane_enable() was given, and for no other name (before OpenSSL 3.0
 * for none: it doesn't tell). Usages 0 and 1 make our own judgement narrower; OpenSSL looks for
 * their anchors among the application's. Without usable records our own judgement counts alone.
 * Once the peer was told of TLSA records (s2sv_peer_add_tlsa(), s2sv_peer_set_tlsa_status()) those
 * count and the SSL's don't. */
S2SV_API int s2sv_openssl_install(SSL_CTX *ctx, struct s2sv_policy *policy,
                                  struct s2sv_trust *trust) S2SV_MUST_USE;

/* Puts a policy over the context's for one connection, before its handshake, with what it asks for
 * (SSL_VERIFY_PEER, tickets, second lock); NULL: the installed one, of the SSL's present context.
 * A policy that resumes nothing gives the SSL a session id context of its own, so that a server
 * resumes no session that was made under a laxer one. Inside the application's verify callback it
 * counts from the next handshake on. Needs install() on the SSL's context. SSL_dup() keeps it, but
 * not the peer's expected names. Returns a status. */
S2SV_API int s2sv_openssl_attach(SSL *ssl, struct s2sv_policy *policy) S2SV_MUST_USE;

/* The connection's peer: expect names here, add TLSA records and pins. Borrowed, lives as long as
 * the SSL; made by the first call. NULL out of memory. */
S2SV_API struct s2sv_peer *s2sv_openssl_peer(SSL *ssl);

/* The verdict on the certificate that the peer presents now; after a handshake that it ended, the
 * verdict that ended it; with install() and no certificate, one that says so. Borrowed: valid until
 * the next handshake on this SSL or SSL_free(); s2sv_verdict_ref() keeps it. NULL, which refuses,
 * if there is none: before and during the handshake, for another certificate than was judged, for a
 * resumed session that carries none.
 *
 * Where records, their status or pins came to the peer after the verdict, or anything else beside
 * them, what the peer presented is judged again here, and the earlier verdict is given back: so a
 * receiving server expects the stream's 'from' and adds the records of that domain when it knows it
 * (under S2SV_HANDSHAKE_RECORD: a self-signed peer would not come so far under ENFORCE). What the
 * application's verify callback found stays. */
S2SV_API const struct s2sv_verdict *s2sv_openssl_verdict(SSL *ssl);

/* Judges the peer of an SSL by a policy, after the handshake; also without install(). Uses the
 * installed trust, else the application's anchors. On a receiving server OpenSSL keeps the leaf
 * only in a resumed session: then the verdict refuses unless an anchor issued it, or under CARRY.
 * Returns a status; S2SV_ERR_INVALID before the handshake is finished, and for an SSL with
 * SSL_dane_enable() whose peer was told of no TLSA records. */
S2SV_API int s2sv_openssl_verify(SSL *ssl, const struct s2sv_policy *policy,
                                 struct s2sv_verdict **ret_verdict) S2SV_MUST_USE;

/* The X509_V_ code nearest to a reason; X509_V_OK for S2SV_REASON_NONE only. */
S2SV_API long s2sv_openssl_verify_error(enum s2sv_reason reason);

/* Fits SSL_CTX_set_cert_verify_callback(), for those who don't install(); the policy is its
 * argument and must live as long as the context. Judges by the application's own anchors. */
S2SV_API int s2sv_openssl_verify_callback(X509_STORE_CTX *store_ctx, void *policy);

/* Judges what X509_verify_cert() would verify, in its place: inside a callback that
 * SSL_CTX_set_cert_verify_callback() set, or on an X509_STORE_CTX of the caller's own. Nothing is
 * kept with the SSL, the SSL_CTX or any other TLS object, and nothing is remembered, so it serves
 * programs whose processes share these (CRYPTO_set_mem_functions()). Judges by the application's
 * own anchors and CRLs, as install() does without a trust.
 *
 * Returns a verdict for the caller to release with s2sv_verdict_unref(), about no name but those
 * that s2sv_verdict_is_for() is asked for; NULL, which refuses, for a NULL argument, out of memory,
 * or if the SSL has SSL_dane_enable(). The error, depth and chain of store_ctx say the same, so
 * that SSL_get_verify_result() does; the application's verify callback isn't called. Whether the
 * handshake goes on is what the caller returns from its callback: not more than
 * s2sv_verdict_trusted().
 *
 * Without an SSL the peer counts as one that we connected to: serverAuth is needed. The policy is
 * frozen; it may be used by any number of threads. It is memory of one process: where processes
 * share a context, each makes its own. */
S2SV_API struct s2sv_verdict *s2sv_openssl_judge(X509_STORE_CTX *store_ctx,
                                                 const struct s2sv_policy *policy) S2SV_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
