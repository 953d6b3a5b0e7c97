/* SPDX-License-Identifier: MIT */
#include "tls.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char priority[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

struct tls_server {
    gnutls_certificate_credentials_t cred;
    int is_ours;
};

struct tls_client {
    gnutls_certificate_credentials_t cred;
};

static void add_root(gnutls_certificate_credentials_t cred, const struct s2sv_link *root)
{
    gnutls_datum_t der = { (unsigned char *)root->der, (unsigned)root->len };
    must(gnutls_certificate_set_x509_trust_mem(cred, &der, GNUTLS_X509_FMT_DER) == 1);
}

static gnutls_certificate_credentials_t credentials(const struct s2sv_link *root,
                                                    const struct pki_cert *leaf,
                                                    const struct pki_cert *intermediate)
{
    gnutls_certificate_credentials_t cred;
    char *own = pki_pem(leaf), *issuer = pki_pem(intermediate), *key = pki_key_pem(leaf);
    char *both = malloc(strlen(own) + strlen(issuer) + 1);
    strcpy(both, own);
    strcat(both, issuer);
    gnutls_datum_t chain = { (unsigned char *)both, (unsigned)strlen(both) };
    gnutls_datum_t secret = { (unsigned char *)key, (unsigned)strlen(key) };
    must(gnutls_certificate_allocate_credentials(&cred) == 0 &&
         gnutls_certificate_set_x509_key_mem(cred, &chain, &secret, GNUTLS_X509_FMT_PEM) >= 0);
    if (root)
        add_root(cred, root);
    free(both);
    free(own);
    free(issuer);
    free(key);
    return cred;
}

/* ---- the TLS library's own way ----------------------------------------------------------------
 */

static int verify_stock(gnutls_session_t session)
{
    gnutls_typed_vdata_st data[2] = {
        { GNUTLS_DT_DNS_HOSTNAME, gnutls_session_get_ptr(session), 0 },
        { GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER, 0 },
    };
    unsigned status = 1;
    return gnutls_certificate_verify_peers(session, data, 2, &status) == 0 && status == 0 ? 0 : -1;
}

struct tls_server *tls_server_new(const struct s2sv_link *root, const struct pki_cert *leaf,
                                  const struct pki_cert *intermediate, struct s2sv_policy *policy,
                                  struct s2sv_trust *trust)
{
    struct tls_server *server = malloc(sizeof *server);
    must(server);
    *server = (struct tls_server){ credentials(root, leaf, intermediate), policy != NULL };
    if (policy)
        must(s2sv_gnutls_install(server->cred, policy, trust) == S2SV_DECIDED);
    else
        gnutls_certificate_set_verify_function(server->cred, verify_stock);
    return server;
}

void tls_server_free(struct tls_server *server)
{
    s2sv_gnutls_uninstall(server->cred);
    gnutls_certificate_free_credentials(server->cred);
    free(server);
}

static int accept_anybody(gnutls_session_t session)
{
    (void)session;
    return 0;
}

void tls_server_add_system(struct tls_server *server)
{
    must(gnutls_certificate_set_x509_system_trust(server->cred) > 0);
}

void tls_server_believe(struct tls_server *server)
{
    gnutls_certificate_set_verify_function(server->cred, accept_anybody);
}

struct tls_client *tls_client_new(const struct s2sv_link *root, const struct pki_cert *leaf,
                                  const struct pki_cert *intermediate)
{
    struct tls_client *client = malloc(sizeof *client);
    must(client);
    client->cred = credentials(root, leaf, intermediate);
    gnutls_certificate_set_verify_function(client->cred, root ? verify_stock : accept_anybody);
    return client;
}

void tls_client_free(struct tls_client *client)
{
    gnutls_certificate_free_credentials(client->cred);
    free(client);
}

/* ---- memory as a transport --------------------------------------------------------------------
 */

struct pipe {
    unsigned char octets[32768];
    size_t len, at;
};

struct end {
    gnutls_session_t session;
    struct pipe *in, *out;
};

static ssize_t push(gnutls_transport_ptr_t ptr, const void *data, size_t len)
{
    struct pipe *pipe = ((struct end *)ptr)->out;
    must(pipe->len + len <= sizeof pipe->octets);
    memcpy(pipe->octets + pipe->len, data, len);
    pipe->len += len;
    return (ssize_t)len;
}

static ssize_t pull(gnutls_transport_ptr_t ptr, void *data, size_t len)
{
    struct end *end = ptr;
    size_t there = end->in->len - end->in->at;
    if (there == 0) {
        gnutls_transport_set_errno(end->session, EAGAIN);
        return -1;
    }
    len = len < there ? len : there;
    memcpy(data, end->in->octets + end->in->at, len);
    end->in->at += len;
    return (ssize_t)len;
}

static int pull_timeout(gnutls_transport_ptr_t ptr, unsigned milliseconds)
{
    const struct end *end = ptr;
    (void)milliseconds;
    return end->in->len > end->in->at;
}

static void end_new(struct end *end, unsigned flags, gnutls_certificate_credentials_t cred,
                    struct pipe *in, struct pipe *out)
{
    flags |= GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS | GNUTLS_NO_SIGNAL;
    must(gnutls_init(&end->session, flags) == 0 &&
         gnutls_priority_set_direct(end->session, priority, NULL) == 0 &&
         gnutls_credentials_set(end->session, GNUTLS_CRD_CERTIFICATE, cred) == 0);
    end->in = in;
    end->out = out;
    gnutls_transport_set_ptr(end->session, end);
    gnutls_transport_set_push_function(end->session, push);
    gnutls_transport_set_pull_function(end->session, pull);
    gnutls_transport_set_pull_timeout_function(end->session, pull_timeout);
}

static int is_content(const struct tls_server *server, gnutls_session_t session, const char *name)
{
    return !server->is_ours || s2sv_verdict_is_for(s2sv_gnutls_verdict(session), name);
}

static int step(struct end *end)
{
    int rc = gnutls_handshake(end->session);
    must(rc == 0 || !gnutls_error_is_fatal(rc));
    return rc == 0;
}

void tls_handshake(struct tls_server *server, struct tls_client *client, const char *name)
{
    static struct pipe up, down;
    struct end ours, theirs;
    int client_done = 0, server_done = 0;
    up.len = up.at = down.len = down.at = 0;
    end_new(&theirs, GNUTLS_CLIENT, client->cred, &down, &up);
    gnutls_session_set_ptr(theirs.session, "server.example");
    work_begins();
    end_new(&ours, GNUTLS_SERVER, server->cred, &up, &down);
    gnutls_session_set_ptr(ours.session, (void *)name);
    if (server->is_ours)
        must(s2sv_gnutls_attach(ours.session, NULL) == S2SV_DECIDED);
    else
        gnutls_certificate_server_set_request(ours.session, GNUTLS_CERT_REQUIRE);
    work_ends();
    for (int i = 0; i < 6 && !(client_done && server_done); i++) {
        client_done = client_done || step(&theirs);
        work_begins();
        server_done = server_done || step(&ours);
        work_ends();
    }
    must(client_done && server_done);
    work_begins();
    must(is_content(server, ours.session, name));
    gnutls_deinit(ours.session);
    work_ends();
    gnutls_deinit(theirs.session);
}

void *tls_accept(const struct tls_server *server)
{
    gnutls_session_t session;
    must(gnutls_init(&session,
                     GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS | GNUTLS_NO_SIGNAL) == 0 &&
         gnutls_priority_set_direct(session, priority, NULL) == 0 &&
         gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, server->cred) == 0);
    gnutls_session_set_ptr(session, (void *)"name0.example");
    if (server->is_ours)
        must(s2sv_gnutls_attach(session, NULL) == S2SV_DECIDED);
    else
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    return session;
}

int tls_is_ours(const struct tls_server *server)
{
    return server->is_ours;
}
