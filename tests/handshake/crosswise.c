/* SPDX-License-Identifier: MIT
 * OpenSSL against GnuTLS over a socket pair: TLS 1.2 and 1.3, both directions, either side ours,
 * each kind of certificate. The verdict is the same everywhere, and the certificate was really
 * presented. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/x509.h>
#include <s2sverify/gnutls.h>

#include "openssl_tls.h"

static const struct peer {
    const char *name;
    const char *spec;
    const char *reason;
} peers[] = {
    { "server", "issuer=int san=dns:peer.example", "none" },
    { "both", "issuer=int san=dns:peer.example eku=serverAuth,clientAuth", "none" },
    { "client", "issuer=int san=dns:peer.example eku=clientAuth", "wrong-purpose" },
    { "code", "issuer=int san=dns:peer.example eku=codeSigning", "wrong-purpose" },
    { "plain", "issuer=int san=dns:peer.example eku=absent", "none" },
};
enum { PEERS = sizeof peers / sizeof peers[0] };

static struct pki *pki;
static int failures;

/* ---- one end of a connection, with either library --------------------------------------------*/

struct end {
    int fd, is_server, is_ours, version, ok;
    const char *certificate;
    char reason[40];
    int is_for, was_presented, was_resumed;
};

static struct s2sv_policy *new_policy(void)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    if (s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_RECORD) != 0)
        abort();
    return policy;
}

static struct s2sv_trust *new_trust(const struct s2sv_backend *backend)
{
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, "root"), &len);
    struct s2sv_trust *trust = s2sv_trust_new(backend);
    if (s2sv_trust_add_der(trust, der, len) != 0)
        abort();
    return trust;
}

static void keep_verdict(struct end *end, const struct s2sv_verdict *verdict)
{
    snprintf(end->reason, sizeof end->reason, "%s", s2sv_reason_name(s2sv_verdict_reason(verdict)));
    end->is_for = s2sv_verdict_is_for(verdict, "peer.example");
}

static void run_openssl(struct end *end)
{
    char chain[64], octet = 'x';
    snprintf(chain, sizeof chain, "%s%s", end->certificate,
             strcmp(end->certificate, "ours") == 0 ? "" : " int");
    SSL_CTX *ctx = tls_ctx(pki, chain, end->version);
    struct s2sv_policy *policy = new_policy();
    struct s2sv_trust *trust = new_trust(s2sv_openssl_backend());
    if (end->is_ours && s2sv_openssl_install(ctx, policy, trust) != 0)
        abort();
    SSL *ssl = SSL_new(ctx);
    SSL_set_fd(ssl, end->fd);
    if (end->is_server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    end->ok = SSL_do_handshake(ssl) == 1 && SSL_write(ssl, &octet, 1) == 1 &&
              SSL_read(ssl, &octet, 1) == 1;
    end->was_presented = tls_presented(ssl, pki, NULL);
    end->was_resumed = SSL_session_reused(ssl);
    if (end->is_ours)
        keep_verdict(end, s2sv_openssl_verdict(ssl));
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
}

static gnutls_certificate_credentials_t gnutls_cred(const char *name)
{
    gnutls_certificate_credentials_t cred;
    char *leaf = pki_pem(pki_find(pki, name)), *issuer = pki_pem(pki_find(pki, "int"));
    char *key = pki_key_pem(pki_find(pki, name)), chain[8192];
    snprintf(chain, sizeof chain, "%s%s", leaf, strcmp(name, "ours") == 0 ? "" : issuer);
    gnutls_datum_t cert = { (unsigned char *)chain, (unsigned)strlen(chain) };
    gnutls_datum_t secret = { (unsigned char *)key, (unsigned)strlen(key) };
    if (gnutls_certificate_allocate_credentials(&cred) < 0 ||
        gnutls_certificate_set_x509_key_mem(cred, &cert, &secret, GNUTLS_X509_FMT_PEM) < 0)
        abort();
    free(leaf);
    free(issuer);
    free(key);
    return cred;
}

static const char *priority(int version)
{
    return version == TLS1_2_VERSION ? "NORMAL:-VERS-ALL:+VERS-TLS1.2"
                                     : "NORMAL:-VERS-ALL:+VERS-TLS1.3";
}

/* A TLS 1.3 server's ticket comes first, which GnuTLS says is nothing yet. */
static ssize_t receive(gnutls_session_t session)
{
    char octet;
    ssize_t rc;
    do
        rc = gnutls_record_recv(session, &octet, 1);
    while (rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED);
    return rc;
}

static void run_gnutls(struct end *end)
{
    gnutls_session_t session;
    gnutls_certificate_credentials_t cred = gnutls_cred(end->certificate);
    struct s2sv_policy *policy = new_policy();
    struct s2sv_trust *trust = new_trust(s2sv_gnutls_backend());
    unsigned count = 0;
    char octet = 'x';
    int rc;
    gnutls_init(&session,
                (end->is_server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_FORCE_CLIENT_CERT);
    gnutls_priority_set_direct(session, priority(end->version), NULL);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred);
    gnutls_transport_set_int(session, end->fd);
    if (end->is_server)
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
    if (end->is_ours &&
        (s2sv_gnutls_install(cred, policy, trust) != 0 || s2sv_gnutls_attach(session, NULL) != 0))
        abort();
    while ((rc = gnutls_handshake(session)) < 0 && !gnutls_error_is_fatal(rc))
        ;
    end->ok = rc == 0 && gnutls_record_send(session, &octet, 1) == 1 && receive(session) == 1;
    end->was_presented = gnutls_certificate_get_peers(session, &count) && count > 0;
    end->was_resumed = gnutls_session_is_resumed(session) != 0;
    if (end->is_ours)
        keep_verdict(end, s2sv_gnutls_verdict(session));
    gnutls_deinit(session);
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
}

/* ---- the table -------------------------------------------------------------------------------*/

static void *openssl_thread(void *end)
{
    run_openssl(end);
    return NULL;
}

static void *gnutls_thread(void *end)
{
    run_gnutls(end);
    return NULL;
}

static void connect_ends(struct end *openssl_end, struct end *gnutls_end)
{
    pthread_t one, other;
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        abort();
    openssl_end->fd = fds[0];
    gnutls_end->fd = fds[1];
    pthread_create(&one, NULL, openssl_thread, openssl_end);
    pthread_create(&other, NULL, gnutls_thread, gnutls_end);
    pthread_join(one, NULL);
    pthread_join(other, NULL);
    close(fds[0]);
    close(fds[1]);
}

static void check(const struct peer *peer, int version, int openssl_is_ours, int ours_is_server)
{
    struct end ours = {
        .is_ours = 1, .is_server = ours_is_server, .version = version, .certificate = "ours"
    };
    struct end theirs = { .is_server = !ours_is_server,
                          .version = version,
                          .certificate = peer->name };
    connect_ends(openssl_is_ours ? &ours : &theirs, openssl_is_ours ? &theirs : &ours);
    int accepts = strcmp(peer->reason, "none") == 0;
    int good = ours.ok && theirs.ok && ours.was_presented && !ours.was_resumed &&
               strcmp(ours.reason, peer->reason) == 0 && ours.is_for == accepts;
    printf("%s TLS 1.%d, ours is %s and %s, certificate %s: %s, %s\n", good ? "ok  " : "FAIL",
           version == TLS1_2_VERSION ? 2 : 3, openssl_is_ours ? "OpenSSL" : "GnuTLS",
           ours_is_server ? "accepts" : "connects", peer->name, ours.reason,
           ours.was_presented ? "presented" : "not presented");
    failures += !good;
}

int main(void)
{
    const char *specs[PEERS + 1] = { NULL };
    static char lines[PEERS][128];
    for (size_t i = 0; i < PEERS; i++) {
        snprintf(lines[i], sizeof lines[i], "%s: %s", peers[i].name, peers[i].spec);
        specs[i] = lines[i];
    }
    pki = tls_pki(specs);
    int count = 0;
    for (size_t i = 0; i < PEERS; i++)
        for (int way = 0; way < 8; way++, count++)
            check(&peers[i], way & 1 ? TLS1_3_VERSION : TLS1_2_VERSION, (way & 2) != 0,
                  (way & 4) != 0);
    pki_free(pki);
    printf("%d passed, %d failed\n", count - failures, failures);
    return failures > 0;
}
