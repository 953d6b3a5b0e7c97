/* SPDX-License-Identifier: MIT
 * Both tables grow by a line each: what can be wrong, and whose log says so in which words. Each
 * row of the second one is hit by a real line: tests/command/why.py. */
#include "complaints.h"

#include "log_match.h"

/* ---- what is wrong ---------------------------------------------------------------------------*/

/* Where s2sverify has a reason for it, it has the reason's name. */

static const struct fault expired = {
    "expired", SIDE_PEER, "The peer's certificate, or one above it, has expired.",
    "The peer's operator has to renew it, and to reload the daemon. If many peers seem expired, "
    "look at the clock of this machine."
};
static const struct fault not_yet_valid = {
    "not-yet-valid", SIDE_EITHER, "The peer's certificate is good only from a later time on.",
    "Look at the clock of this machine. If it is right, the peer uses a certificate too early, or "
    "its clock was wrong when it made one."
};
static const struct fault self_signed = {
    "self-signed", SIDE_PEER, "The peer signed its certificate itself: nobody vouches for it.",
    "The peer needs a certificate from a CA that others trust. Don't trust this one just to get "
    "rid of the message, unless you compared it with the peer's operator."
};
static const struct fault untrusted = {
    "untrusted", SIDE_EITHER,
    "No path leads from the peer's certificate to a CA that this server trusts.",
    "Most often the peer doesn't send the intermediate certificate; it has to send its whole "
    "chain. Otherwise its CA isn't among those trusted here: update ca-certificates, and see that "
    "the daemon reads that file."
};
static const struct fault incomplete_chain = {
    "incomplete-chain", SIDE_PEER,
    "The peer sent its own certificate alone, and whoever signed it isn't known here.",
    "The peer has to send the intermediate certificates as well: the file is often called "
    "fullchain.pem."
};
static const struct fault untrusted_root = {
    "untrusted-root", SIDE_EITHER,
    "The peer's chain ends at a root certificate that this server does not trust.",
    "The peer has a private CA, or one that isn't in this system's list. Add its root to the "
    "daemon's CA file only if you know who runs it."
};
static const struct fault wrong_purpose = {
    "wrong-purpose", SIDE_PEER,
    "The extended key usage of the peer's chain doesn't allow TLS servers (serverAuth).",
    "The peer has to use a certificate with serverAuth."
};
static const struct fault client_purpose_demanded = {
    "client-purpose-demanded", SIDE_US,
    "A server connected with a certificate for servers (serverAuth), and the TLS library here "
    "asked for clientAuth, which public CAs issue no more.",
    "Have this daemon accept serverAuth from servers that connect: by s2sverify in the daemon, its "
    "patches, or the library that is preloaded. The peer can't mend it."
};
static const struct fault purpose_unclear = {
    "purpose", SIDE_EITHER,
    "The extended key usage of the peer's chain doesn't allow the role that it had: serverAuth for "
    "one that was connected to, clientAuth for one that connected.",
    "If the peer connected and has serverAuth, this side asks for the wrong purpose; otherwise the "
    "peer needs another certificate. Ask: s2sverify connect."
};
static const struct fault not_a_ca = {
    "not-a-ca", SIDE_PEER,
    "A certificate in the peer's chain signed another one, and isn't a CA's.",
    "The peer's chain was put together wrongly, or its private CA was made wrongly: the CA's "
    "certificate needs basicConstraints CA:TRUE and the key usage keyCertSign."
};
static const struct fault constraint_violated = {
    "constraint-violated", SIDE_PEER,
    "The peer's chain breaks a limit that one of its CAs has: its length, or the names it may "
    "certify.",
    "Only the CA can mend it, by issuing under another CA certificate."
};
static const struct fault unsupported_critical_extension = {
    "unsupported-critical-extension", SIDE_PEER,
    "A certificate of the peer's has a critical extension that nobody here understands, so it must "
    "be refused (RFC 5280 4.2).",
    "The peer needs a certificate without it. A newer TLS library may know it."
};
static const struct fault bad_signature = {
    "bad-signature", SIDE_PEER,
    "A signature in the peer's chain is wrong: it was damaged, or certificates of different keys "
    "were mixed.",
    "The peer has to install its chain anew, as its CA delivered it."
};
static const struct fault revoked = {
    "revoked", SIDE_PEER, "The peer's certificate was revoked by its CA.",
    "Don't accept it. The peer needs a new certificate, most likely with a new key."
};
static const struct fault weak_algorithm = {
    "weak-algorithm", SIDE_PEER,
    "A key or a signature in the peer's chain is too weak for the TLS library here: RSA under 2048 "
    "bits, MD5, SHA-1.",
    "The peer needs a new certificate: RSA of 2048 bits or P-256, signed with SHA-256. Lowering "
    "the security level here would let everybody in with such a key."
};
static const struct fault unsupported_algorithm = {
    "unsupported-algorithm", SIDE_PEER,
    "A key or a signature in the peer's chain has an algorithm that isn't supported.",
    "The peer needs a usual one: RSA or P-256, signed with SHA-256."
};
static const struct fault name_mismatch = {
    "name-mismatch", SIDE_PEER, "The peer's certificate is for other names.",
    "For XMPP it has to name the domain, not the host alone; for SMTP the host that MX leads to. "
    "If the name is right, look whether DNS leads to the right host."
};
static const struct fault no_usable_name = {
    "no-usable-name", SIDE_PEER,
    "The peer's certificate has no name of a kind that counts; the common name doesn't.",
    "The peer needs a certificate with its domain as subjectAltName."
};
static const struct fault no_certificate = {
    "no-certificate", SIDE_EITHER, "The peer showed no certificate.",
    "An XMPP server has to send its own when it connects, too. Few mail servers do: don't demand "
    "one of everybody."
};
static const struct fault wrong_key_usage = {
    "wrong-key-usage", SIDE_PEER,
    "The key usage of a certificate in the peer's chain doesn't allow what it was used for.",
    "The peer needs a certificate with the key usage digitalSignature; its CA one with keyCertSign."
};
static const struct fault malformed = {
    "malformed-certificate", SIDE_PEER, "A certificate of the peer's isn't encoded as it must be.",
    "The peer needs a certificate from a CA that keeps to RFC 5280."
};
static const struct fault malformed_extension = {
    "malformed-extension", SIDE_PEER,
    "An extension of one of the peer's certificates isn't encoded as it must be.",
    "The peer needs a certificate from a CA that keeps to RFC 5280."
};
static const struct fault limit_exceeded = {
    "limit-exceeded", SIDE_PEER, "The peer's chain is longer or larger than any honest one.",
    "The peer should send its own certificate and the intermediate ones, nothing else."
};
static const struct fault revocation_unknown = {
    "revocation-unknown", SIDE_US,
    "Revocation lists are demanded here, and none covers the peer's chain.",
    "Fetch the CA's current list, or don't demand one."
};
static const struct fault invalid_reference = {
    "invalid-reference", SIDE_EITHER, "The name that was expected of the peer is no valid domain.",
    "Look at what the peer, or the settings here, called it."
};
static const struct fault refused_certificate = {
    "certificate-refused", SIDE_EITHER,
    "This side refused the peer's certificate. This line doesn't say why.",
    "Look at the lines around this one, or ask: s2sverify connect."
};
static const struct fault unknown_code = {
    "certificate-refused-by-code", SIDE_PEER,
    "This side refused the peer's certificate, with an error of OpenSSL that this daemon has no "
    "words for: 66 and 67 are weak keys, 68 weak signatures, 79 and up faults in the chain.",
    "Ask: s2sverify connect. The numbers are in openssl-verify(1)."
};

/* ---- what the peer holds against us ----------------------------------------------------------*/

static const struct fault peer_handshake_failure = {
    "peer-found-nothing-in-common", SIDE_EITHER,
    "The peer broke the handshake off: no version, cipher, group or kind of key suits both; or it "
    "demands a certificate.",
    "Allow TLS 1.2 and 1.3 with their usual ciphers on both sides, and see that this daemon sends "
    "its certificate when it connects."
};
static const struct fault peer_alert = {
    "peer-sent-alert", SIDE_EITHER,
    "The peer broke the handshake off by an alert, which this log doesn't name.",
    "Look at your own certificate first: s2sverify verify CHAIN.pem --name DOMAIN; then ask the "
    "peer's operator, whose log says more."
};
static const struct fault peer_bad_certificate = {
    "peer-refused-certificate", SIDE_US, "The peer refused the certificate of this server.",
    "Look at your own: s2sverify verify CHAIN.pem --name DOMAIN."
};
static const struct fault peer_unsupported_certificate = {
    "peer-refused-purpose", SIDE_EITHER,
    "The peer refused the certificate of this server because of its purpose or kind.",
    "See that it has serverAuth: s2sverify verify. If it has, and this side connected, the peer "
    "wrongly asks a server for clientAuth: tell its operator."
};
static const struct fault peer_revoked = {
    "peer-says-revoked", SIDE_US, "The peer says that the certificate of this server is revoked.",
    "Ask your CA, and get a new certificate with a new key."
};
static const struct fault peer_expired = {
    "peer-says-expired", SIDE_US, "The peer says that the certificate of this server has expired.",
    "Renew it. If the file is new already, the daemon has to be reloaded."
};
static const struct fault peer_unknown_ca = {
    "peer-knows-no-ca", SIDE_US,
    "The peer knows no CA that leads to the certificate of this server.",
    "See that this daemon sends the whole chain: s2sverify verify CHAIN.pem. If it does, the peer "
    "doesn't trust your CA."
};
static const struct fault peer_access_denied = { "peer-denied-access", SIDE_EITHER,
                                                 "The peer wants nothing to do with this server.",
                                                 "Its operator or its rules decided so: ask." };
static const struct fault peer_protocol_fault = {
    "peer-saw-protocol-fault", SIDE_EITHER, "The peer says that a TLS message was wrong.",
    "One of both TLS libraries is at fault, or something in between changes what is sent. Update "
    "first."
};
static const struct fault peer_decrypt_error = {
    "peer-saw-wrong-signature", SIDE_EITHER,
    "The peer says that a signature or a check value in the handshake was wrong.",
    "See that key and certificate of this server belong together: s2sverify verify."
};
static const struct fault peer_protocol_version = {
    "peer-wants-other-version", SIDE_EITHER, "The peer speaks none of the TLS versions offered.",
    "Allow TLS 1.2 and 1.3 on both sides; update the one that can't."
};
static const struct fault peer_insufficient_security = {
    "peer-wants-stronger", SIDE_US,
    "The peer demands stronger ciphers, groups or keys than this server offers.",
    "Take restrictions out of this daemon's cipher settings; update its TLS library."
};
static const struct fault peer_internal_error = {
    "peer-has-trouble", SIDE_PEER, "Something inside the peer failed during the handshake.",
    "Only its operator can find out: its log says more. Often its key or certificate can't be read."
};
static const struct fault peer_unrecognized_name = {
    "peer-knows-no-such-name", SIDE_PEER,
    "The peer doesn't serve the name that this side asked for (SNI).",
    "Look whether DNS (SRV, MX) leads to the right host; the peer needs a certificate for the name."
};
static const struct fault peer_certificate_required = {
    "peer-demands-certificate", SIDE_US,
    "The peer demands a certificate of whoever connects, and this server showed none.",
    "Set this daemon's certificate for outgoing connections as well."
};
static const struct fault peer_no_application_protocol = {
    "peer-speaks-other-protocol", SIDE_PEER,
    "The peer doesn't speak the protocol that was asked for by ALPN.",
    "Something else answers on that port, or the SRV record for direct TLS is wrong."
};
static const struct fault peer_refused_authentication = {
    "peer-refused-authentication", SIDE_EITHER,
    "TLS was fine, but the peer doesn't take the certificate of this server for proof of who it "
    "is.",
    "Look at your own: s2sverify verify CHAIN.pem --name DOMAIN. If it is good, the peer may ask a "
    "server for clientAuth: s2sverify probe shows which certificates it takes."
};

/* ---- handshakes that went wrong otherwise ----------------------------------------------------*/

static const struct fault no_shared_cipher = {
    "no-shared-cipher", SIDE_EITHER, "Both sides have no cipher in common.",
    "Allow the usual ciphers here; if they are, the peer is too old or too particular. Scanners "
    "cause this, too."
};
static const struct fault protocol_version = {
    "protocol-version", SIDE_EITHER, "Both sides have no version of TLS in common.",
    "Allow TLS 1.2 and 1.3 on both sides; update the one that can't. Scanners cause this, too."
};
static const struct fault not_tls = {
    "not-tls", SIDE_PEER, "What the peer sent in place of a TLS message isn't TLS.",
    "Something else is on that port, or one side begins TLS at once and the other one waits for "
    "STARTTLS. Scanners cause this, too."
};
static const struct fault no_signature_algorithm = {
    "no-signature-algorithm", SIDE_EITHER,
    "Both sides have no kind of signature in common: one is limited to TLS 1.0, or to SHA-1.",
    "Update the older one. Another kind of key (RSA beside P-256) may help old peers."
};
static const struct fault weak_group = {
    "weak-dh-group", SIDE_PEER, "The peer's Diffie-Hellman group is too small.",
    "The peer has to use one of 2048 bits or more, or elliptic curves; both are the default of "
    "current TLS libraries."
};
static const struct fault connection_lost = {
    "connection-lost", SIDE_EITHER,
    "The connection ended in the middle of the handshake, without a word why.",
    "One side may have refused the other one's certificate silently: look at the peer's log. "
    "Scanners, firewalls and time limits cause it, too."
};
static const struct fault timed_out = {
    "timed-out", SIDE_PEER, "The peer didn't answer within the time limit.",
    "A firewall, a scanner or an overloaded peer. If it is all peers, look at this side's network."
};
static const struct fault starttls_not_offered = {
    "starttls-not-offered", SIDE_PEER, "TLS is demanded here, and the peer doesn't offer STARTTLS.",
    "The peer has to enable it, or somebody in between removes the offer. Don't make TLS optional "
    "for that."
};
static const struct fault starttls_refused = {
    "starttls-refused", SIDE_PEER, "The peer offered STARTTLS, and then refused it.",
    "Most often its key or certificate can't be read: tell its operator."
};
static const struct fault starttls_not_used = {
    "starttls-not-used", SIDE_PEER,
    "TLS is demanded here, and the peer that connected didn't start it.",
    "The peer has to use STARTTLS. Scanners cause this, too."
};
static const struct fault unproven = {
    "unproven-peer", SIDE_NOBODY,
    "The connection was encrypted, but nothing proves who the peer is: it was used all the same, "
    "since no proof is demanded.",
    "Nothing, if that is meant. Demand proof where you know the peer: in Postfix by "
    "smtp_tls_policy_maps, or for everybody by DANE."
};

/* ---- our own settings ------------------------------------------------------------------------*/

static const struct fault own_key_mismatch = {
    "own-key-mismatch", SIDE_US, "Key and certificate of this server don't belong together.",
    "Install them anew, both from one issuance: s2sverify verify CHAIN.pem shows whose it is."
};
static const struct fault own_file_missing = {
    "own-file-missing", SIDE_US, "A file that the daemon's TLS settings name isn't there.",
    "Look at the path, also from inside the daemon's chroot."
};
static const struct fault own_file_unreadable = {
    "own-file-unreadable", SIDE_US, "The daemon may not read its key or certificate.",
    "Give its user access, often by a group or a hook that copies the files at renewal. Never make "
    "the key readable for everybody."
};
static const struct fault own_file_not_pem = {
    "own-file-not-pem", SIDE_US, "A key or certificate file of this server isn't PEM.",
    "It has to begin with -----BEGIN; a DER file is converted by openssl x509 -inform DER."
};
static const struct fault own_certificate_expired = {
    "own-certificate-expired", SIDE_US, "A certificate of this server's own has expired.",
    "Renew it and reload the daemon."
};
static const struct fault own_certificate_self_signed = {
    "own-certificate-self-signed", SIDE_US, "A certificate of this server's own is self-signed.",
    "Get one from a CA that others trust; most peers will refuse this one."
};
static const struct fault own_certificate_untrusted = {
    "own-certificate-untrusted", SIDE_US,
    "No path leads from a certificate of this server's own to a CA that this machine trusts.",
    "Put the intermediate certificate behind it in the file: fullchain.pem."
};
static const struct fault own_tls_unavailable = {
    "own-tls-unavailable", SIDE_US,
    "The daemon can't do TLS, because of its own settings or files.",
    "Look at the warnings before this line: a key, a certificate or a CA file can't be used."
};
static const struct fault preload_not_armed = {
    "preload-not-armed", SIDE_US,
    "The preloaded library of s2sverify is there, but does nothing in this process.",
    "The line says why: most often it was built for another TLS library than the one in use."
};

static const struct fault handshake_failed = { "handshake-failed", SIDE_EITHER,
                                               "The TLS handshake with the peer failed.",
                                               "The lines before this one say why." };
static const struct fault protocol_fault = {
    "protocol-fault", SIDE_EITHER, "A TLS message from the peer was wrong, or came out of turn.",
    "If it is one peer, its TLS library is at fault, or something in between changes what is sent. "
    "If it is all, update the one here."
};

/* ---- who says it how -------------------------------------------------------------------------*/

enum { IN = S2SV_INBOUND, OUT = S2SV_OUTBOUND, ANY = LOG_EITHER_WAY };

/* The first that fits counts: what says more stands before what says less. */
const struct complaint complaints[] = {
    { LOG_S2SVERIFY, ANY, "refused: expired", &expired },
    { LOG_S2SVERIFY, ANY, "refused: not-yet-valid", &not_yet_valid },
    { LOG_S2SVERIFY, ANY, "refused: self-signed", &self_signed },
    { LOG_S2SVERIFY, ANY, "refused: untrusted", &untrusted },
    { LOG_S2SVERIFY, ANY, "refused: wrong-purpose", &wrong_purpose },
    { LOG_S2SVERIFY, ANY, "refused: wrong-key-usage", &wrong_key_usage },
    { LOG_S2SVERIFY, ANY, "refused: not-a-ca", &not_a_ca },
    { LOG_S2SVERIFY, ANY, "refused: constraint-violated", &constraint_violated },
    { LOG_S2SVERIFY, ANY, "refused: unsupported-critical-extension",
      &unsupported_critical_extension },
    { LOG_S2SVERIFY, ANY, "refused: bad-signature", &bad_signature },
    { LOG_S2SVERIFY, ANY, "refused: revoked", &revoked },
    { LOG_S2SVERIFY, ANY, "refused: revocation-unknown", &revocation_unknown },
    { LOG_S2SVERIFY, ANY, "refused: weak-algorithm", &weak_algorithm },
    { LOG_S2SVERIFY, ANY, "refused: unsupported-algorithm", &unsupported_algorithm },
    { LOG_S2SVERIFY, ANY, "refused: name-mismatch", &name_mismatch },
    { LOG_S2SVERIFY, ANY, "refused: no-usable-name", &no_usable_name },
    { LOG_S2SVERIFY, ANY, "refused: no-certificate", &no_certificate },
    { LOG_S2SVERIFY, ANY, "refused: malformed-certificate", &malformed },
    { LOG_S2SVERIFY, ANY, "refused: malformed-extension", &malformed_extension },
    { LOG_S2SVERIFY, ANY, "refused: limit-exceeded", &limit_exceeded },
    { LOG_S2SVERIFY, ANY, "refused: invalid-reference", &invalid_reference },
    { LOG_S2SVERIFY, ANY, "s2sverify*: not armed: ", &preload_not_armed },

    { LOG_POSTFIX, ANY, "not designated for use as a client certificate",
      &client_purpose_demanded },
    { LOG_POSTFIX, ANY, "not designated for use as a server certificate", &wrong_purpose },
    { LOG_POSTFIX, ANY, "not designated for use as a CA certificate", &wrong_purpose },
    { LOG_POSTFIX, ANY, "verification failed for *: untrusted issuer ", &untrusted },
    { LOG_POSTFIX, ANY, "verification failed for *: certificate not yet valid", &not_yet_valid },
    { LOG_POSTFIX, ANY, ": Client certificate not trusted", &refused_certificate },
    { LOG_POSTFIX, ANY, ": No client certificate presented", &no_certificate },
    { LOG_POSTFIX, ANY, "(Server certificate not verified)", &refused_certificate },
    { LOG_POSTFIX, ANY, "(Server certificate not trusted)", &refused_certificate },
    { LOG_POSTFIX, ANY, "(TLS is required, but was not offered by host ", &starttls_not_offered },
    { LOG_POSTFIX, ANY, "(TLS is required, but host * refused to start TLS: ", &starttls_refused },
    { LOG_POSTFIX, ANY, "(Cannot start TLS: handshake failure)", &handshake_failed },
    { LOG_POSTFIX, ANY, "TLS configuration problem", &own_tls_unavailable },
    { LOG_POSTFIX, ANY, "does not match next certificate", &own_key_mismatch },
    { LOG_POSTFIX, ANY, ": disabling TLS support", &own_tls_unavailable },
    { LOG_POSTFIX, ANY, "No such file or directory*:calling fopen(", &own_file_missing },
    { LOG_POSTFIX, ANY, "fopen:No such file or directory*:fopen('", &own_file_missing },
    { LOG_POSTFIX, ANY, "SSL_accept error from *: Connection timed out", &timed_out },
    { LOG_POSTFIX, ANY, "SSL_connect error to *: Connection timed out", &timed_out },
    { LOG_POSTFIX, ANY, "SSL_accept error from *: lost connection", &connection_lost },
    { LOG_POSTFIX, ANY, "SSL_connect error to *: lost connection", &connection_lost },
    { LOG_POSTFIX, ANY, "SSL_connect error to *: Connection reset by peer", &connection_lost },
    { LOG_POSTFIX, ANY, "Untrusted TLS connection established to ", &unproven },

    { LOG_EJABBERD, ANY, "certificate is no longer valid as its expiration date",
      &own_certificate_expired },
    { LOG_EJABBERD, ANY, "Certificate in * is expired", &own_certificate_expired },
    { LOG_EJABBERD, ANY, "Invalid certificate in *: self-signed certificate",
      &own_certificate_self_signed },
    { LOG_EJABBERD, ANY, "Invalid certificate in *: certificate is signed by unknown CA",
      &own_certificate_untrusted },
    { LOG_EJABBERD, ANY, "Failed to read PEM file *: permission denied", &own_file_unreadable },
    { LOG_EJABBERD, ANY, "Failed to read PEM file *: no PEM encoded", &own_file_not_pem },
    { LOG_EJABBERD, ANY, "TLS failed: connection closed", &connection_lost },
    { LOG_EJABBERD, OUT, "closed by local host: Use of STARTTLS required", &starttls_not_offered },
    { LOG_EJABBERD, OUT, "Stream closed by peer: *certificate", &peer_refused_authentication },
    { LOG_EJABBERD, ANY, "Certificate host name mismatch", &name_mismatch },
    { LOG_EJABBERD, ANY, "Failed to get peer certificate", &no_certificate },
    { LOG_EJABBERD, ANY, "Unknown OpenSSL error code: ", &unknown_code },
    { LOG_EJABBERD, IN, "Use of STARTTLS required", &starttls_not_used },

    { LOG_PROSODY, ANY, "Check that the file exists and the permissions are correct",
      &own_file_unreadable },
    { LOG_PROSODY, ANY, "Check that the path is correct, and the file exists", &own_file_missing },
    { LOG_PROSODY, ANY,
      "certmanager\terror\tSSL/TLS: Failed to load * Reason: ", &own_tls_unavailable },
    { LOG_PROSODY, ANY, "Check that the file contains a certificate", &own_file_not_pem },
    { LOG_PROSODY, ANY, ":tls\terror\tError creating context*: error loading ",
      &own_tls_unavailable },
    { LOG_PROSODY, ANY, "certificate identity validation result: invalid", &name_mismatch },
    { LOG_PROSODY, ANY, "private key does not match public key", &own_key_mismatch },
    { LOG_PROSODY, ANY, "because its certificate is not valid for this name", &name_mismatch },
    { LOG_PROSODY, ANY, "because its certificate has expired", &expired },
    { LOG_PROSODY, ANY, "because its certificate is not trusted", &refused_certificate },
    { LOG_PROSODY, ANY, "because its certificate could not be validated", &refused_certificate },
    { LOG_PROSODY, ANY, "closed: Your server's certificate is not valid for this name",
      &name_mismatch },
    { LOG_PROSODY, ANY, "closed: Your server's certificate has expired", &expired },
    { LOG_PROSODY, ANY, "closed: Your server's certificate is not trusted", &refused_certificate },
    { LOG_PROSODY, ANY, "closed: Your server's certificate could not be validated",
      &refused_certificate },
    { LOG_PROSODY, ANY, "certificate is invalid, expired, or not trusted by ",
      &refused_certificate },
    { LOG_PROSODY, ANY, "No certificate provided by ", &no_certificate },
    { LOG_PROSODY, OUT, "closed: TLS negotiation failed", &starttls_refused },
    { LOG_PROSODY, ANY, "TLS negotiation with * failed", &starttls_refused },
    { LOG_PROSODY, ANY, "TLS handshake error: http request", &not_tls },
    { LOG_PROSODY, ANY, "TLS handshake error: closed", &connection_lost },
    { LOG_PROSODY, ANY, "Session closed by remote with error: *certificate",
      &peer_refused_authentication },

    { LOG_OPENSSL, ANY, "alert handshake failure", &peer_handshake_failure },
    { LOG_OPENSSL, ANY, "alert bad certificate", &peer_bad_certificate },
    { LOG_OPENSSL, ANY, "alert unsupported certificate", &peer_unsupported_certificate },
    { LOG_OPENSSL, ANY, "alert certificate revoked", &peer_revoked },
    { LOG_OPENSSL, ANY, "alert certificate expired", &peer_expired },
    { LOG_OPENSSL, ANY, "alert certificate unknown", &peer_bad_certificate },
    { LOG_OPENSSL, ANY, "alert illegal parameter", &peer_protocol_fault },
    { LOG_OPENSSL, ANY, "alert unknown ca", &peer_unknown_ca },
    { LOG_OPENSSL, ANY, "alert access denied", &peer_access_denied },
    { LOG_OPENSSL, ANY, "alert decode error", &peer_protocol_fault },
    { LOG_OPENSSL, ANY, "alert decrypt error", &peer_decrypt_error },
    { LOG_OPENSSL, ANY, "alert protocol version", &peer_protocol_version },
    { LOG_OPENSSL, ANY, "alert insufficient security", &peer_insufficient_security },
    { LOG_OPENSSL, ANY, "alert internal error", &peer_internal_error },
    { LOG_OPENSSL, ANY, "tlsv1 unrecognized name", &peer_unrecognized_name },
    { LOG_OPENSSL, ANY, "alert certificate required", &peer_certificate_required },
    { LOG_OPENSSL, ANY, "alert no application protocol", &peer_no_application_protocol },
    { LOG_OPENSSL, ANY, ":reason(1120)", &peer_no_application_protocol },
    { LOG_OPENSSL, ANY, "certificate has expired", &expired },
    { LOG_OPENSSL, ANY, "certificate is not yet valid", &not_yet_valid },
    { LOG_OPENSSL, ANY, "self-signed certificate in certificate chain", &untrusted_root },
    { LOG_OPENSSL, ANY, "self signed certificate in certificate chain", &untrusted_root },
    { LOG_OPENSSL, ANY, "self-signed certificate", &self_signed },
    { LOG_OPENSSL, ANY, "self signed certificate", &self_signed },
    { LOG_OPENSSL, ANY, "unable to get local issuer certificate", &untrusted },
    { LOG_OPENSSL, ANY, "unable to verify the first certificate", &incomplete_chain },
    { LOG_OPENSSL, IN, "unsu*certificate purpose", &client_purpose_demanded },
    { LOG_OPENSSL, OUT, "unsu*certificate purpose", &wrong_purpose },
    { LOG_OPENSSL, ANY, "unsu*certificate purpose", &purpose_unclear },
    { LOG_OPENSSL, ANY, "invalid CA certificate", &not_a_ca },
    { LOG_OPENSSL, ANY, "key usage does not include certificate signing", &not_a_ca },
    { LOG_OPENSSL, ANY, "path length constraint exceeded", &constraint_violated },
    { LOG_OPENSSL, ANY, "permitted subtree violation", &constraint_violated },
    { LOG_OPENSSL, ANY, "unhandled critical extension", &unsupported_critical_extension },
    { LOG_OPENSSL, ANY, "certificate signature failure", &bad_signature },
    { LOG_OPENSSL, ANY, "certificate revoked", &revoked },
    { LOG_OPENSSL, ANY, "EE certificate key too weak", &weak_algorithm },
    { LOG_OPENSSL, ANY, "CA signature digest algorithm too weak", &weak_algorithm },
    { LOG_OPENSSL, ANY, "ostname mismatch", &name_mismatch },
    { LOG_OPENSSL, ANY, "no shared cipher", &no_shared_cipher },
    { LOG_OPENSSL, ANY, "unsupported protocol", &protocol_version },
    { LOG_OPENSSL, ANY, "wrong version number", &not_tls },
    { LOG_OPENSSL, ANY, ":http request", &not_tls },
    { LOG_OPENSSL, ANY, "no suitable signature algorithm", &no_signature_algorithm },
    { LOG_OPENSSL, ANY, "legacy sigalg disallowed or unsupported", &no_signature_algorithm },
    { LOG_OPENSSL, ANY, "dh key too small", &weak_group },
    { LOG_OPENSSL, ANY, "unexpected eof while reading", &connection_lost },
    { LOG_OPENSSL, ANY, "private key mismatch", &own_key_mismatch },
    { LOG_OPENSSL, ANY, "certificate verify failed", &refused_certificate },

    { LOG_GNUTLS, ANY, "chain uses expired certificate", &expired },
    { LOG_GNUTLS, ANY, "chain uses not yet valid certificate", &not_yet_valid },
    { LOG_GNUTLS, ANY, "chain is revoked", &revoked },
    { LOG_GNUTLS, ANY, "certificate issuer is unknown", &untrusted },
    { LOG_GNUTLS, ANY, "name in the certificate does not match", &name_mismatch },
    { LOG_GNUTLS, ANY, "chain uses insecure algorithm", &weak_algorithm },
    { LOG_GNUTLS, ANY, "certificate issuer is not a CA", &not_a_ca },
    { LOG_GNUTLS, ANY, "does not match the intended purpose", &purpose_unclear },
    { LOG_GNUTLS, ANY, "contains an unknown critical extension", &unsupported_critical_extension },
    { LOG_GNUTLS, ANY, "signature in the certificate is invalid", &bad_signature },
    { LOG_GNUTLS, ANY, "violates the signer's constraints", &constraint_violated },
    { LOG_GNUTLS, ANY, "Key usage violation ", &wrong_key_usage },
    { LOG_GNUTLS, ANY, "non-properly terminated", &connection_lost },
    { LOG_GNUTLS, ANY, "No certificate was found", &no_certificate },
    { LOG_GNUTLS, IN, "Certificate is required", &no_certificate },
    { LOG_GNUTLS, OUT, "Certificate is required", &peer_certificate_required },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Handshake failed", &peer_handshake_failure },
    { LOG_GNUTLS, ANY, "Received alert [40]", &peer_handshake_failure },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Certificate is bad", &peer_bad_certificate },
    { LOG_GNUTLS, ANY, "Received alert [42]", &peer_bad_certificate },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Certificate is not supported",
      &peer_unsupported_certificate },
    { LOG_GNUTLS, ANY, "Received alert [43]", &peer_unsupported_certificate },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Certificate was revoked", &peer_revoked },
    { LOG_GNUTLS, ANY, "Received alert [44]", &peer_revoked },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Certificate is expired", &peer_expired },
    { LOG_GNUTLS, ANY, "Received alert [45]", &peer_expired },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Unknown certificate", &peer_bad_certificate },
    { LOG_GNUTLS, ANY, "Received alert [46]", &peer_bad_certificate },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Illegal parameter", &peer_protocol_fault },
    { LOG_GNUTLS, ANY, "Received alert [47]", &peer_protocol_fault },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *CA is unknown", &peer_unknown_ca },
    { LOG_GNUTLS, ANY, "Received alert [48]", &peer_unknown_ca },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Access was denied", &peer_access_denied },
    { LOG_GNUTLS, ANY, "Received alert [49]", &peer_access_denied },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Decode error", &peer_protocol_fault },
    { LOG_GNUTLS, ANY, "Received alert [50]", &peer_protocol_fault },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Decrypt error", &peer_decrypt_error },
    { LOG_GNUTLS, ANY, "Received alert [51]", &peer_decrypt_error },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Error in protocol version", &peer_protocol_version },
    { LOG_GNUTLS, ANY, "Received alert [70]", &peer_protocol_version },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Insufficient security", &peer_insufficient_security },
    { LOG_GNUTLS, ANY, "Received alert [71]", &peer_insufficient_security },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): *Internal error", &peer_internal_error },
    { LOG_GNUTLS, ANY, "Received alert [80]", &peer_internal_error },
    { LOG_GNUTLS, ANY, "The server name sent was not recognized", &peer_unrecognized_name },
    { LOG_GNUTLS, ANY, "Received alert [116]", &peer_certificate_required },
    { LOG_GNUTLS, ANY, "No supported application protocol", &peer_no_application_protocol },
    { LOG_GNUTLS, ANY, "Error in the pull function", &connection_lost },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): timed out", &timed_out },
    { LOG_GNUTLS, ANY, "certificate and the given key do not match", &own_key_mismatch },
    { LOG_GNUTLS, ANY, "(cert/key setup: *): Error while reading file", &own_file_missing },
    { LOG_GNUTLS, ANY, "An unexpected TLS packet was received", &not_tls },
    { LOG_GNUTLS, ANY, "No supported cipher suites have been found", &no_shared_cipher },
    { LOG_GNUTLS, ANY, "Decryption has failed", &protocol_fault },

    { LOG_EXIM, ANY, "(certificate verification failed)", &refused_certificate },
    { LOG_EXIM, ANY, "(tls_verify_certificates): No such file", &own_file_missing },
    { LOG_EXIM, ANY, "required, but the server did not offer TLS", &starttls_not_offered },
    { LOG_EXIM, ANY, "required, but an attempt to start TLS failed", &starttls_refused },
    { LOG_EXIM, OUT, " CV=no ", &unproven },
    { LOG_GNUTLS, ANY, "(gnutls_handshake): A TLS fatal alert has been received", &peer_alert },
};
const size_t complaint_count = sizeof complaints / sizeof complaints[0];

const struct complaint *complaint_find(const char *line, int direction)
{
    for (size_t i = 0; i < complaint_count; i++)
        if ((complaints[i].direction == ANY || complaints[i].direction == direction) &&
            log_match(complaints[i].pattern, line, NULL, 0))
            return &complaints[i];
    return NULL;
}

static const struct {
    const char *name, *title;
} programs[] = {
    [LOG_PROSODY] = { "prosody", "Prosody" },       [LOG_EJABBERD] = { "ejabberd", "ejabberd" },
    [LOG_POSTFIX] = { "postfix", "Postfix" },       [LOG_EXIM] = { "exim", "Exim" },
    [LOG_OPENSSL] = { "openssl", "OpenSSL" },       [LOG_GNUTLS] = { "gnutls", "GnuTLS" },
    [LOG_S2SVERIFY] = { "s2sverify", "s2sverify" },
};

const char *log_program_name(enum log_program program)
{
    return programs[program].name;
}

const char *log_program_title(enum log_program program)
{
    return programs[program].title;
}

const char *log_side_name(enum log_side side)
{
    static const char *const names[] = {
        [SIDE_PEER] = "peer", [SIDE_US] = "us", [SIDE_EITHER] = "either", [SIDE_NOBODY] = "nobody"
    };
    return names[side];
}
