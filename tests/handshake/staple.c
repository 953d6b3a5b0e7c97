/* SPDX-License-Identifier: MIT
 * Stapled OCSP responses: a receiving server, plain OpenSSL, staples one; the initiating server is
 * ours, on OpenSSL and on GnuTLS. It refuses a revoked one, and believes only the issuer. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/x509.h>
#include <openssl/ocsp.h>
#include <s2sverify/gnutls.h>

#include "openssl_tls.h"

enum { HOUR = 3600, DAY = 24 * HOUR };

static const struct row {
    const char *name;
    int status;         /* V_OCSP_CERTSTATUS_*; -1: nothing is stapled */
    const char *signer; /* who made the response */
    const char *about;
    int until; /* seconds from now */
    enum s2sv_revocation revocation;
    const char *reason;
} rows[] = {
    { "none", -1, NULL, NULL, 0, S2SV_REVOCATION_IF_AVAILABLE, "none" },
    { "good", V_OCSP_CERTSTATUS_GOOD, "int", "peer", DAY, S2SV_REVOCATION_IF_AVAILABLE, "none" },
    { "revoked", V_OCSP_CERTSTATUS_REVOKED, "int", "peer", DAY, S2SV_REVOCATION_IF_AVAILABLE,
      "revoked" },
    { "revoked, nobody looks", V_OCSP_CERTSTATUS_REVOKED, "int", "peer", DAY, S2SV_REVOCATION_OFF,
      "none" },
    { "revoked, by another", V_OCSP_CERTSTATUS_REVOKED, "other", "peer", DAY,
      S2SV_REVOCATION_IF_AVAILABLE, "none" },
    { "revoked, out of date", V_OCSP_CERTSTATUS_REVOKED, "int", "peer", -HOUR,
      S2SV_REVOCATION_IF_AVAILABLE, "none" },
    { "another is revoked", V_OCSP_CERTSTATUS_REVOKED, "int", "second", DAY,
      S2SV_REVOCATION_IF_AVAILABLE, "none" },
    { "good, and required", V_OCSP_CERTSTATUS_GOOD, "int", "peer", DAY, S2SV_REVOCATION_REQUIRE,
      "revocation-unknown 1" }, /* the intermediate's is unknown still */
    { "none, and required", -1, NULL, NULL, 0, S2SV_REVOCATION_REQUIRE, "revocation-unknown 0" },
};

static struct pki *pki;
static int failures, count;

/* ---- the response ----------------------------------------------------------------------------*/

static int make_response(const struct row *row, unsigned char **ret_der)
{
    X509 *leaf = tls_x509(pki, row->about), *issuer = tls_x509(pki, "int");
    X509 *signer = tls_x509(pki, row->signer);
    ASN1_TIME *since = X509_gmtime_adj(NULL, -2 * HOUR), *until = X509_gmtime_adj(NULL, row->until);
    ASN1_TIME *revoked = X509_gmtime_adj(NULL, -DAY);
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), leaf, issuer);
    if (!OCSP_basic_add1_status(basic, id, row->status, 0,
                                row->status == V_OCSP_CERTSTATUS_REVOKED ? revoked : NULL, since,
                                until) ||
        !OCSP_basic_sign(basic, signer, pki_key(pki_find(pki, row->signer)), EVP_sha384(), NULL, 0))
        abort();
    OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    *ret_der = NULL;
    int len = i2d_OCSP_RESPONSE(response, ret_der);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(since);
    ASN1_TIME_free(until);
    ASN1_TIME_free(revoked);
    X509_free(leaf);
    X509_free(issuer);
    X509_free(signer);
    return len;
}

static int on_status(SSL *ssl, void *row)
{
    unsigned char *der;
    if (((const struct row *)row)->status < 0)
        return SSL_TLSEXT_ERR_NOACK;
    int len = make_response(row, &der);
    return SSL_set_tlsext_status_ocsp_resp(ssl, der, len) ? SSL_TLSEXT_ERR_OK
                                                          : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* ---- the two ends ----------------------------------------------------------------------------*/

struct server {
    const struct row *row;
    int fd, version;
};

static void *serve(void *data)
{
    const struct server *server = data;
    SSL_CTX *ctx = tls_ctx(pki, "peer int", server->version);
    char octet = 'x';
    SSL_CTX_set_tlsext_status_cb(ctx, on_status);
    SSL_CTX_set_tlsext_status_arg(ctx, (void *)server->row);
    SSL *ssl = SSL_new(ctx);
    SSL_set_fd(ssl, server->fd);
    if (SSL_accept(ssl) == 1)
        SSL_write(ssl, &octet, 1);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    return NULL;
}

static struct s2sv_policy *policy_of(const struct row *row)
{
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    if (s2sv_policy_set_revocation(policy, row->revocation) != 0)
        abort();
    return policy;
}

static void tell(const struct s2sv_verdict *verdict, char text[64])
{
    const char *name = s2sv_reason_name(s2sv_verdict_reason(verdict));
    if (s2sv_verdict_reason(verdict) == S2SV_REASON_REVOCATION_UNKNOWN)
        snprintf(text, 64, "%s %d", name, s2sv_verdict_depth(verdict));
    else
        snprintf(text, 64, "%s", name);
}

static void connect_openssl(const struct row *row, int fd, int version, char text[64])
{
    SSL_CTX *ctx = tls_ctx(pki, NULL, version);
    struct s2sv_policy *policy = policy_of(row);
    struct s2sv_trust *trust = tls_trust(pki, "root");
    if (s2sv_openssl_install(ctx, policy, trust) != 0)
        abort();
    SSL *ssl = SSL_new(ctx);
    SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1 && tls_presented(ssl, pki, "peer"))
        tell(s2sv_openssl_verdict(ssl), text);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
}

static void connect_gnutls(const struct row *row, int fd, int version, char text[64])
{
    gnutls_certificate_credentials_t cred;
    gnutls_session_t session;
    struct s2sv_policy *policy = policy_of(row);
    struct s2sv_trust *trust = s2sv_trust_new(s2sv_gnutls_backend());
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, "root"), &len);
    int rc;
    if (s2sv_trust_add_der(trust, der, len) != 0)
        abort();
    gnutls_certificate_allocate_credentials(&cred);
    gnutls_init(&session, GNUTLS_CLIENT);
    gnutls_priority_set_direct(session,
                               version == TLS1_2_VERSION ? "NORMAL:-VERS-ALL:+VERS-TLS1.2"
                                                         : "NORMAL:-VERS-ALL:+VERS-TLS1.3",
                               NULL);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred);
    gnutls_transport_set_int(session, fd);
    if (s2sv_gnutls_install(cred, policy, trust) != 0)
        abort();
    while ((rc = gnutls_handshake(session)) < 0 && !gnutls_error_is_fatal(rc))
        ;
    if (rc == 0)
        tell(s2sv_gnutls_verdict(session), text);
    gnutls_deinit(session);
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
}

static void check(const struct row *row, const char *library, int version,
                  void (*connect_by)(const struct row *, int, int, char *))
{
    struct server server = { .row = row, .version = version };
    char text[64] = "the handshake failed";
    pthread_t thread;
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        abort();
    server.fd = fds[0];
    pthread_create(&thread, NULL, serve, &server);
    connect_by(row, fds[1], version, text);
    close(fds[1]);
    pthread_join(thread, NULL);
    close(fds[0]);
    int good = strcmp(text, row->reason) == 0;
    printf("%s %s, TLS 1.%d, %s: %s\n", good ? "ok  " : "FAIL", library,
           version == TLS1_2_VERSION ? 2 : 3, row->name, text);
    failures += !good;
    count++;
}

int main(void)
{
    static const char *const specs[] = { "peer: issuer=int san=dns:peer.example",
                                         "second: issuer=int san=dns:second.example",
                                         "other: ca key=p384", NULL };
    signal(SIGPIPE, SIG_IGN);
    pki = tls_pki(specs);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check(&rows[i], "OpenSSL", TLS1_3_VERSION, connect_openssl);
        check(&rows[i], "GnuTLS", TLS1_3_VERSION, connect_gnutls);
        check(&rows[i], "GnuTLS", TLS1_2_VERSION, connect_gnutls);
    }
    pki_free(pki);
    printf("%d passed, %d failed\n", count - failures, failures);
    return failures > 0;
}
