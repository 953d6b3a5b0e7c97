/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <s2sverify/gnutls.h>

#include "tls.h"

struct tls_context {
    gnutls_certificate_credentials_t credentials;
    int is_server;
    char alpn[64];
};

struct tls {
    gnutls_session_t session;
    int is_open;
    char error[TLS_TEXT];
};

/* ---- contexts ---------------------------------------------------------------------------------*/

enum { MOST = 16 };

static int use_key(gnutls_certificate_credentials_t credentials, gnutls_x509_crt_t *certificates,
                   unsigned count, const char *pem)
{
    gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };
    gnutls_x509_privkey_t key;
    if (gnutls_x509_privkey_init(&key) < 0)
        return 0;
    int done = gnutls_x509_privkey_import2(key, &text, GNUTLS_X509_FMT_PEM, NULL, 0) >= 0 &&
               gnutls_certificate_set_x509_key(credentials, certificates, (int)count, key) >= 0;
    gnutls_x509_privkey_deinit(key);
    return done;
}

static int use_identity(gnutls_certificate_credentials_t credentials,
                        const struct identity *identity)
{
    gnutls_x509_crt_t certificates[MOST];
    unsigned count = 0;
    int done = identity->chain.count <= MOST;
    while (done && count < identity->chain.count) {
        gnutls_datum_t der = { identity->chain.certificates[count].der,
                               (unsigned)identity->chain.certificates[count].len };
        if (gnutls_x509_crt_init(&certificates[count]) < 0)
            break;
        done = gnutls_x509_crt_import(certificates[count++], &der, GNUTLS_X509_FMT_DER) >= 0;
    }
    done = done && count == identity->chain.count &&
           use_key(credentials, certificates, count, identity->key);
    while (count > 0)
        gnutls_x509_crt_deinit(certificates[--count]);
    return done;
}

static void context_free(struct tls_context *context)
{
    if (!context)
        return;
    if (context->credentials) {
        s2sv_gnutls_uninstall(context->credentials);
        gnutls_certificate_free_credentials(context->credentials);
    }
    free(context);
}

static struct tls_context *context_new(const struct tls_setup *setup, const char **ret_why)
{
    struct tls_context *context = calloc(1, sizeof *context);
    const char *why = NULL;
    if (!context || gnutls_certificate_allocate_credentials(&context->credentials) < 0)
        why = "out of memory";
    else if (setup->identity && !use_identity(context->credentials, setup->identity))
        why = "GnuTLS can't use the certificate or the key: the key isn't PEM, has a password, or "
              "isn't the certificate's";
    else if (s2sv_gnutls_install(context->credentials, setup->policy, setup->trust) != S2SV_DECIDED)
        why = "GnuTLS can't be set up";
    if (!why) {
        context->is_server = setup->is_server;
        snprintf(context->alpn, sizeof context->alpn, "%s", setup->alpn ? setup->alpn : "");
        return context;
    }
    context_free(context);
    *ret_why = why;
    return NULL;
}

/* ---- sessions ---------------------------------------------------------------------------------*/

static void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    if (tls->session)
        gnutls_deinit(tls->session);
    free(tls);
}

static int set_alpn(gnutls_session_t session, const char *alpn)
{
    gnutls_datum_t protocol = { (unsigned char *)(uintptr_t)alpn, (unsigned)strlen(alpn) };
    return alpn[0] == '\0' || gnutls_alpn_set_protocols(session, &protocol, 1, 0) >= 0;
}

static int prepare(gnutls_session_t session, struct tls_context *context, int fd,
                   const char *server_name)
{
    gnutls_transport_set_int(session, fd);
    return gnutls_set_default_priority(session) >= 0 &&
           gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, context->credentials) >= 0 &&
           set_alpn(session, context->alpn) &&
           (!server_name || gnutls_server_name_set(session, GNUTLS_NAME_DNS, server_name,
                                                   strlen(server_name)) >= 0) &&
           s2sv_gnutls_attach(session, NULL) == S2SV_DECIDED;
}

/* FORCE: otherwise GnuTLS keeps our certificate to itself if the other side lists CAs and ours
 * isn't among them. */
static struct tls *tls_open(struct tls_context *context, int fd, const char *server_name)
{
    struct tls *tls = calloc(1, sizeof *tls);
    unsigned flags = context->is_server ? GNUTLS_SERVER : GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT;
    if (tls && gnutls_init(&tls->session, flags | GNUTLS_NONBLOCK) >= 0 &&
        prepare(tls->session, context, fd, server_name))
        return tls;
    tls_free(tls);
    return NULL;
}

static enum tls_state state_of(struct tls *tls, ssize_t status)
{
    if (status == GNUTLS_E_AGAIN || status == GNUTLS_E_INTERRUPTED ||
        status == GNUTLS_E_WARNING_ALERT_RECEIVED)
        return gnutls_record_get_direction(tls->session) ? TLS_WANT_WRITE : TLS_WANT_READ;
    if (status == 0 || status == GNUTLS_E_PREMATURE_TERMINATION)
        return TLS_CLOSED;
    const char *alert = status == GNUTLS_E_FATAL_ALERT_RECEIVED
                            ? gnutls_alert_get_name(gnutls_alert_get(tls->session))
                            : NULL;
    snprintf(tls->error, sizeof tls->error, "%s%s%s", gnutls_strerror((int)status),
             alert ? " " : "", alert ? alert : "");
    return TLS_FAILED;
}

static enum tls_state tls_handshake(struct tls *tls)
{
    int status = gnutls_handshake(tls->session);
    tls->is_open = status == GNUTLS_E_SUCCESS;
    if (tls->is_open)
        return TLS_DONE;
    enum tls_state state = state_of(tls, status);
    if (state == TLS_FAILED)
        gnutls_alert_send_appropriate(tls->session, status);
    return state;
}

static enum tls_state tls_read(struct tls *tls, void *buf, size_t size, size_t *ret_len)
{
    ssize_t count = gnutls_record_recv(tls->session, buf, size);
    if (count <= 0)
        return state_of(tls, count);
    *ret_len = (size_t)count;
    return TLS_DONE;
}

static enum tls_state tls_write(struct tls *tls, const void *data, size_t len, size_t *ret_len)
{
    ssize_t count = gnutls_record_send(tls->session, data, len);
    if (count <= 0)
        return state_of(tls, count);
    *ret_len = (size_t)count;
    return TLS_DONE;
}

static enum tls_state tls_bye(struct tls *tls)
{
    if (!tls->is_open)
        return TLS_DONE;
    int status = gnutls_bye(tls->session, GNUTLS_SHUT_WR);
    return status == GNUTLS_E_SUCCESS ? TLS_DONE : state_of(tls, status);
}

static const char *tls_error(struct tls *tls)
{
    return tls->error;
}

static struct s2sv_peer *tls_peer(struct tls *tls)
{
    return s2sv_gnutls_peer(tls->session);
}

static int peer_chain(struct tls *tls, struct chain *chain)
{
    unsigned count = 0;
    const gnutls_datum_t *presented = gnutls_certificate_get_peers(tls->session, &count);
    for (unsigned i = 0; presented && i < count; i++)
        if (!chain_add(chain, presented[i].data, presented[i].size))
            return 0;
    return 1;
}

static const struct s2sv_verdict *tls_verdict(struct tls *tls)
{
    return s2sv_gnutls_verdict(tls->session);
}

static void describe(struct tls *tls, char version[TLS_TEXT], char alpn[TLS_TEXT])
{
    const char *name = gnutls_protocol_get_name(gnutls_protocol_get_version(tls->session));
    gnutls_datum_t chosen = { NULL, 0 };
    int has_alpn = gnutls_alpn_get_selected_protocol(tls->session, &chosen) >= 0;
    /* As OpenSSL writes it: "TLSv1.3", not "TLS1.3". */
    if (name && strncmp(name, "TLS1", 4) == 0)
        snprintf(version, TLS_TEXT, "TLSv%s", name + 3);
    else
        snprintf(version, TLS_TEXT, "%s", name ? name : "");
    snprintf(alpn, TLS_TEXT, "%.*s", has_alpn ? (int)chosen.size : 0,
             has_alpn ? (const char *)chosen.data : "");
}

const struct tls_methods tls_gnutls = {
    context_new, context_free, tls_open,  tls_free,   tls_peer,    tls_handshake, tls_read,
    tls_write,   tls_bye,      tls_error, peer_chain, tls_verdict, describe,
};
