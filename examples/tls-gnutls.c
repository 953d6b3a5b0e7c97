/* SPDX-License-Identifier: MIT
 * TLS for the examples, by GnuTLS and s2sverify. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <s2sverify/gnutls.h>

#include "tls.h"

enum { PATIENCE = 10000 }; /* milliseconds */

struct tls_context {
    gnutls_certificate_credentials_t credentials;
};

struct tls {
    gnutls_session_t session;
    int is_open;
};

static int configure(gnutls_certificate_credentials_t credentials, const struct tls_files *files)
{
    int status = 0;
    if (files->chain)
        status = gnutls_certificate_set_x509_key_file(credentials, files->chain, files->key,
                                                      GNUTLS_X509_FMT_PEM);
    if (status < 0)
        return status;
    if (!files->anchors)
        return gnutls_certificate_set_x509_system_trust(credentials);
    return gnutls_certificate_set_x509_trust_file(credentials, files->anchors, GNUTLS_X509_FMT_PEM);
}

struct tls_context *tls_context_new(const struct tls_files *files, struct s2sv_policy *policy)
{
    struct tls_context *context = calloc(1, sizeof *context);
    if (!context)
        return NULL;
    int status = gnutls_certificate_allocate_credentials(&context->credentials);
    if (status >= 0)
        status = configure(context->credentials, files);
    if (status >= 0 && s2sv_gnutls_install(context->credentials, policy, NULL) ==
                           S2SV_DECIDED) /* s2sverify: 1 of 4 */
        return context;
    fprintf(stderr, "can't set up TLS: %s\n", gnutls_strerror(status));
    tls_context_free(context);
    return NULL;
}

void tls_context_free(struct tls_context *context)
{
    if (!context)
        return;
    if (context->credentials) {
        s2sv_gnutls_uninstall(context->credentials); /* and this, before they are freed */
        gnutls_certificate_free_credentials(context->credentials);
    }
    free(context);
}

/* s2sverify: 2 of 4. attach() asks the peer for its certificate: credentials can't. */
static int prepare(gnutls_session_t session, struct tls_context *context, int fd)
{
    gnutls_transport_set_int(session, fd);
    gnutls_record_set_timeout(session, PATIENCE);
    return gnutls_set_default_priority(session) == 0 &&
           gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, context->credentials) == 0 &&
           s2sv_gnutls_attach(session, NULL) == S2SV_DECIDED;
}

static struct tls *tls_new(struct tls_context *context, int fd, unsigned flags)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        return NULL;
    if (gnutls_init(&tls->session, flags) == 0 && prepare(tls->session, context, fd))
        return tls;
    tls_free(tls);
    return NULL;
}

struct tls *tls_accept(struct tls_context *context, int fd)
{
    return tls_new(context, fd, GNUTLS_SERVER);
}

/* FORCE: otherwise GnuTLS keeps our certificate to itself if the other side lists CAs and ours
 * isn't among them. */
struct tls *tls_connect(struct tls_context *context, int fd, const char *server_name)
{
    struct tls *tls = tls_new(context, fd, GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT);
    if (!tls || !server_name ||
        gnutls_server_name_set(tls->session, GNUTLS_NAME_DNS, server_name, strlen(server_name)) ==
            0)
        return tls;
    tls_free(tls);
    return NULL;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    if (tls->is_open)
        gnutls_bye(tls->session, GNUTLS_SHUT_WR);
    if (tls->session)
        gnutls_deinit(tls->session);
    free(tls);
}

struct s2sv_peer *tls_peer(struct tls *tls)
{
    return s2sv_gnutls_peer(tls->session); /* s2sverify: 3 of 4 */
}

int tls_handshake(struct tls *tls)
{
    int status;
    do
        status = gnutls_handshake(tls->session);
    while (status == GNUTLS_E_INTERRUPTED || status == GNUTLS_E_WARNING_ALERT_RECEIVED);
    if (status < 0)
        gnutls_alert_send_appropriate(tls->session, status);
    tls->is_open = status == 0;
    return tls->is_open;
}

const struct s2sv_verdict *tls_verdict(struct tls *tls)
{
    return s2sv_gnutls_verdict(tls->session); /* s2sverify: 4 of 4 */
}

int tls_pending(struct tls *tls)
{
    return gnutls_record_check_pending(tls->session) > 0;
}

/* AGAIN: there came something else than data, a session ticket for example. Too long a wait is
 * TIMEDOUT. */
int tls_read(struct tls *tls, void *buf, size_t size)
{
    ssize_t count;
    do
        count = gnutls_record_recv(tls->session, buf, size);
    while (count == GNUTLS_E_INTERRUPTED || count == GNUTLS_E_AGAIN ||
           count == GNUTLS_E_WARNING_ALERT_RECEIVED);
    return count > 0 ? (int)count : 0;
}

int tls_write(struct tls *tls, const void *buf, size_t len)
{
    const char *cursor = buf;
    while (len > 0) {
        ssize_t count = gnutls_record_send(tls->session, cursor, len);
        if (count == GNUTLS_E_INTERRUPTED)
            continue;
        if (count <= 0)
            return 0;
        cursor += count;
        len -= (size_t)count;
    }
    return 1;
}
