/* SPDX-License-Identifier: MIT
 * Stapled OCSP responses: a receiving server, plain OpenSSL or plain GnuTLS, staples; the
 * initiating server is ours, on both. Offline, the same octets give the same verdict. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <openssl/ocsp.h>
#include <s2sverify/backend.h>
#include <s2sverify/gnutls.h>

#include "openssl_tls.h"

/* ASKS: the client asks for a status, as GnuTLS does unless told not to. APP: the anchors are the
 * application's own. BY_GNUTLS: GnuTLS itself refuses it there, as revocation-unknown. */
enum { ASKS = 1, APP = 2, REQUIRED = 4, OFF = 8, BY_GNUTLS = 16 };

static const struct row {
    const char *name;
    const char *chain;  /* that the server shows */
    const char *staple; /* of the leaf; NULL: none */
    const char *second; /* of the second certificate: GnuTLS servers only */
    unsigned how;
    const char *reason;
} rows[] = {
    { "none", "peer int", NULL, NULL, ASKS, "none" },
    { "good", "peer int", "issuer=int single=good/peer", NULL, ASKS, "none" },
    { "revoked", "peer int", "issuer=int single=revoked/peer", NULL, ASKS, "revoked" },
    { "revoked, application", "peer int", "issuer=int single=revoked/peer", NULL, ASKS | APP,
      "revoked" },
    { "revoked, nobody looks", "peer int", "issuer=int single=revoked/peer", NULL, ASKS | OFF,
      "none" },
    { "revoked, SHA-256", "peer int", "issuer=int hash=sha256 single=revoked/peer", NULL, ASKS,
      "revoked" },
    { "good, then revoked", "peer int", "issuer=int single=good/peer single=revoked/peer/-2d", NULL,
      ASKS, "revoked" },
    { "revoked, by another", "peer int",
      "issuer=int signer=other responder=int single=revoked/peer", NULL, ASKS, "none" },
    { "revoked, out of date", "peer int", "issuer=int single=revoked/peer/-9d/-1d", NULL, ASKS,
      "revoked" },
    { "revoked, no end", "peer int", "issuer=int single=revoked/peer/-1d/absent", NULL, ASKS,
      "revoked" },
    { "another is revoked", "peer int", "issuer=int single=revoked/second", NULL, ASKS, "none" },
    { "garbage", "peer int", "issuer=int single=revoked/peer mutate=keep:40", NULL, ASKS, "none" },
    { "garbage, application", "peer int", "issuer=int single=revoked/peer mutate=keep:40", NULL,
      ASKS | APP | BY_GNUTLS, "none" },
    { "of another, application", "peer int", "issuer=int single=revoked/second", NULL,
      ASKS | APP | BY_GNUTLS, "none" },
    { "out of date, application", "peer int", "issuer=int single=good/peer/-9d/-1d", NULL,
      ASKS | APP | BY_GNUTLS, "none" },
    { "delegated", "peer int", "issuer=int signer=responder certs=responder single=revoked/peer",
      NULL, ASKS, "revoked" },
    /* where it must be known */
    { "good, and required", "peer int", "issuer=int single=good/peer", NULL, ASKS | REQUIRED,
      "revocation-unknown 1" }, /* the intermediate's is unknown still */
    { "revoked, and required", "peer int", "issuer=int single=revoked/peer", NULL, ASKS | REQUIRED,
      "revoked" },
    { "none, and required", "peer int", NULL, NULL, ASKS | REQUIRED, "revocation-unknown 0" },
    { "direct, required", "direct", "issuer=root single=good/direct", NULL, ASKS | REQUIRED,
      "none" },
    { "direct, required, application", "direct", "issuer=root single=good/direct", NULL,
      ASKS | REQUIRED | APP, "none" },
    { "direct, stale, required", "direct", "issuer=root single=good/direct/-9d/-1d", NULL,
      ASKS | REQUIRED | APP, "revocation-unknown 0" },
    /* a leaf that demands one */
    { "demanded, good", "must int", "issuer=int single=good/must", NULL, ASKS, "none" },
    { "demanded, none", "must int", NULL, NULL, ASKS, "revocation-unknown 0" },
    { "demanded, none, application", "must int", NULL, NULL, ASKS | APP, "revocation-unknown 0" },
    { "demanded, unknown", "must int", "issuer=int single=unknown/must", NULL, ASKS,
      "revocation-unknown 0" },
    { "demanded, not asked", "must int", NULL, NULL, 0, "none" },
    { "demanded, nobody looks", "must int", NULL, NULL, ASKS | OFF, "none" },
    /* both certificates' */
    { "the intermediate is revoked", "peer int", "issuer=int single=good/peer",
      "issuer=root single=revoked/int", ASKS, "revoked" },
    { "the intermediate is revoked, no other", "peer int", NULL, "issuer=root single=revoked/int",
      ASKS, "revoked" },
    { "the intermediate is revoked, application", "peer int", "issuer=int single=good/peer",
      "issuer=root single=revoked/int", ASKS | APP, "revoked" },
    { "both good, and required", "peer int", "issuer=int single=good/peer",
      "issuer=root single=good/int", ASKS | REQUIRED, "none" },
};

static struct pki *pki;
static int failures, count;

static const unsigned char *response(const char *spec, size_t *ret_len)
{
    char err[200] = "";
    const struct pki_ocsp *made = pki_ocsp(pki, spec, err, sizeof err);
    if (!made) {
        printf("%s: %s\n", spec, err);
        abort();
    }
    return pki_ocsp_der(made, ret_len);
}

/* The octets that both sides know. */
struct staples {
    const unsigned char *der[2];
    size_t len[2];
};

static struct staples staples_of(const struct row *row)
{
    struct staples s = { { NULL, NULL }, { 0, 0 } };
    if (row->staple)
        s.der[0] = response(row->staple, &s.len[0]);
    if (row->second)
        s.der[1] = response(row->second, &s.len[1]);
    return s;
}

/* ---- the server ------------------------------------------------------------------------------*/

struct server {
    const struct row *row;
    struct staples staples;
    int fd, version;
};

static int on_status(SSL *ssl, void *data)
{
    const struct server *server = data;
    if (!server->staples.der[0])
        return SSL_TLSEXT_ERR_NOACK;
    void *copy = OPENSSL_memdup(server->staples.der[0], server->staples.len[0]);
    return SSL_set_tlsext_status_ocsp_resp(ssl, copy, (int)server->staples.len[0])
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void *serve_openssl(void *data)
{
    struct server *server = data;
    SSL_CTX *ctx = tls_ctx(pki, server->row->chain, server->version);
    char octet = 'x';
    SSL_CTX_set_tlsext_status_cb(ctx, on_status);
    SSL_CTX_set_tlsext_status_arg(ctx, server);
    SSL *ssl = SSL_new(ctx);
    SSL_set_fd(ssl, server->fd);
    if (SSL_accept(ssl) == 1)
        SSL_write(ssl, &octet, 1);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    return NULL;
}

/* What its retrieve function gives. */
struct shown {
    gnutls_pcert_st chain[2];
    gnutls_privkey_t key;
    gnutls_ocsp_data_st ocsp[2];
    unsigned chain_count, ocsp_count;
};

static int retrieve(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
                    gnutls_pcert_st **chain, unsigned *chain_count, gnutls_ocsp_data_st **ocsp,
                    unsigned *ocsp_count, gnutls_privkey_t *key, unsigned *flags)
{
    struct shown *shown = gnutls_session_get_ptr(session);
    (void)info, (void)flags;
    *chain = shown->chain;
    *chain_count = shown->chain_count;
    *ocsp = shown->ocsp_count ? shown->ocsp : NULL;
    *ocsp_count = shown->ocsp_count;
    *key = shown->key;
    return 0;
}

static struct shown shown_of(const struct server *server)
{
    struct shown shown = { .chain_count = 0 };
    char copy[64], *rest = copy, *name;
    const struct staples *s = &server->staples;
    snprintf(copy, sizeof copy, "%s", server->row->chain);
    while ((name = strtok_r(rest, " ", &rest))) {
        size_t len;
        const unsigned char *der = pki_der(pki_find(pki, name), &len);
        gnutls_datum_t datum = { (unsigned char *)der, (unsigned)len };
        if (gnutls_pcert_import_x509_raw(&shown.chain[shown.chain_count++], &datum,
                                         GNUTLS_X509_FMT_DER, 0) < 0)
            abort();
        if (shown.chain_count > 1)
            continue;
        char *pem = pki_key_pem(pki_find(pki, name));
        gnutls_datum_t key = { (unsigned char *)pem, (unsigned)strlen(pem) };
        gnutls_privkey_init(&shown.key);
        if (gnutls_privkey_import_x509_raw(shown.key, &key, GNUTLS_X509_FMT_PEM, NULL, 0) < 0)
            abort();
        free(pem);
    }
    shown.ocsp_count = s->der[1] ? 2 : s->der[0] ? 1 : 0;
    for (unsigned i = 0; i < shown.ocsp_count; i++)
        shown.ocsp[i].response =
            (gnutls_datum_t){ (unsigned char *)s->der[i], (unsigned)s->len[i] };
    return shown;
}

static void *serve_gnutls(void *data)
{
    const struct server *server = data;
    struct shown shown = shown_of(server);
    gnutls_certificate_credentials_t cred;
    gnutls_session_t session;
    int rc;
    gnutls_certificate_allocate_credentials(&cred);
    gnutls_certificate_set_retrieve_function3(cred, retrieve);
    gnutls_init(&session, GNUTLS_SERVER);
    gnutls_session_set_ptr(session, &shown);
    gnutls_priority_set_direct(session, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred);
    gnutls_transport_set_int(session, server->fd);
    while ((rc = gnutls_handshake(session)) < 0 && !gnutls_error_is_fatal(rc))
        ;
    if (rc == 0)
        gnutls_record_send(session, "x", 1);
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(cred);
    for (unsigned i = 0; i < shown.chain_count; i++)
        gnutls_pcert_deinit(&shown.chain[i]);
    gnutls_privkey_deinit(shown.key);
    return NULL;
}

/* ---- ours ------------------------------------------------------------------------------------*/

static struct s2sv_policy *policy_of(const struct row *row)
{
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_RECORD);
    enum s2sv_revocation revocation = row->how & REQUIRED ? S2SV_REVOCATION_REQUIRE
                                      : row->how & OFF    ? S2SV_REVOCATION_OFF
                                                          : S2SV_REVOCATION_IF_AVAILABLE;
    if (s2sv_policy_set_revocation(policy, revocation) != 0)
        abort();
    return policy;
}

static struct s2sv_trust *trust_of(const struct s2sv_backend *backend)
{
    struct s2sv_trust *trust = s2sv_trust_new(backend);
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, "root"), &len);
    if (s2sv_trust_add_der(trust, der, len) != 0)
        abort();
    return trust;
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
    struct s2sv_trust *trust = row->how & APP ? NULL : trust_of(s2sv_openssl_backend());
    X509 *root = tls_x509(pki, "root");
    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root);
    if (s2sv_openssl_install(ctx, policy, trust) != 0)
        abort();
    SSL *ssl = SSL_new(ctx);
    if (row->how & ASKS)
        SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1)
        tell(s2sv_openssl_verdict(ssl), text);
    if (strcmp(text, "none") == 0 && SSL_get_verify_result(ssl) != X509_V_OK)
        snprintf(text, 64, "another verify result");
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    X509_free(root);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
}

static void connect_gnutls(const struct row *row, int fd, int version, char text[64])
{
    gnutls_certificate_credentials_t cred;
    gnutls_session_t session;
    struct s2sv_policy *policy = policy_of(row);
    struct s2sv_trust *trust = row->how & APP ? NULL : trust_of(s2sv_gnutls_backend());
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, "root"), &len);
    gnutls_datum_t root = { (unsigned char *)der, (unsigned)len };
    int rc;
    gnutls_certificate_allocate_credentials(&cred);
    gnutls_certificate_set_x509_trust_mem(cred, &root, GNUTLS_X509_FMT_DER);
    gnutls_init(&session, GNUTLS_CLIENT | (row->how & ASKS ? 0 : GNUTLS_NO_EXTENSIONS));
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

/* ---- the check -------------------------------------------------------------------------------*/

static void report(const struct row *row, const char *library, const char *how, const char *text)
{
    int is_theirs = row->how & BY_GNUTLS && strcmp(library, "GnuTLS") == 0;
    int good = strcmp(text, is_theirs ? "revocation-unknown -1" : row->reason) == 0;
    printf("%s %s, %s, %s: %s\n", good ? "ok  " : "FAIL", library, how, row->name, text);
    failures += !good;
    count++;
}

typedef void connector(const struct row *, int, int, char *);

static void check(const struct row *row, const char *library, int version, void *(*serve)(void *),
                  connector *connect_by)
{
    struct server server = { .row = row, .staples = staples_of(row), .version = version };
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
    report(row, library, version == TLS1_2_VERSION ? "TLS 1.2" : "TLS 1.3", text);
}

static int add_chain(struct s2sv_peer *peer, const struct row *row)
{
    char copy[64], *rest = copy, *name;
    int status = 0;
    snprintf(copy, sizeof copy, "%s", row->chain);
    while ((name = strtok_r(rest, " ", &rest))) {
        size_t len;
        const unsigned char *der = pki_der(pki_find(pki, name), &len);
        status |= s2sv_peer_add_certificate(peer, der, len);
    }
    return status;
}

/* The same octets, without a connection. */
static void check_offline(const struct row *row, const struct s2sv_backend *backend)
{
    struct staples staples = staples_of(row);
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_OUTBOUND);
    struct s2sv_policy *policy = policy_of(row);
    struct s2sv_trust *trust = trust_of(backend);
    struct s2sv_verdict *verdict = NULL;
    char text[64] = "";
    int status = add_chain(peer, row);
    for (int i = 0; i < 2; i++)
        if (staples.der[i] || (i == 0 && row->how & ASKS))
            status |= s2sv_peer_add_staple(peer, staples.der[i], staples.len[i]);
    if (status != 0 || s2sv_verify(trust, policy, peer, &verdict) != 0)
        abort();
    tell(verdict, text);
    report(row, backend->name, "offline", text);
    s2sv_verdict_unref(verdict);
    s2sv_peer_free(peer);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
}

static void check_row(const struct row *row)
{
    check_offline(row, s2sv_openssl_backend());
    check_offline(row, s2sv_gnutls_backend());
    if (!row->second) {
        check(row, "OpenSSL", TLS1_3_VERSION, serve_openssl, connect_openssl);
        check(row, "OpenSSL", TLS1_2_VERSION, serve_openssl, connect_openssl);
        check(row, "GnuTLS", TLS1_3_VERSION, serve_openssl, connect_gnutls);
        check(row, "GnuTLS", TLS1_2_VERSION, serve_openssl, connect_gnutls);
    } else if (row->staple) {
        check(row, "GnuTLS", TLS1_3_VERSION, serve_gnutls, connect_gnutls);
#if OPENSSL_VERSION_NUMBER >= 0x30600000L
        check(row, "OpenSSL", TLS1_3_VERSION, serve_gnutls, connect_openssl);
#endif
    }
}

int main(void)
{
    static const char *const specs[] = {
        "peer: issuer=int san=dns:peer.example",
        "second: issuer=int san=dns:second.example",
        "must: issuer=int san=dns:peer.example tlsfeature",
        "direct: issuer=root san=dns:peer.example",
        "responder: issuer=int subject=O=Test,CN=responder eku=OCSPSigning san=absent",
        "other: ca key=p384",
        NULL
    };
    signal(SIGPIPE, SIG_IGN);
    pki = tls_pki(specs);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i]);
    pki_free(pki);
    printf("%d passed, %d failed\n", count - failures, failures);
    return failures > 0;
}
