/* SPDX-License-Identifier: MIT
 * A session of the demonstration on GnuTLS: verified as daemons do, or with s2sverify. */
#include <stdio.h>
#include <string.h>

#include <s2sverify/gnutls.h>

#include "demo.h"

struct session {
    const struct demo *demo;
    struct demo_result *result;
};

static void keep_leaf(const void *der, size_t len, struct demo_result *result)
{
    if (len > sizeof result->leaf)
        return;
    memcpy(result->leaf, der, len);
    result->leaf_len = len;
}

/* ---- stock GnuTLS -----------------------------------------------------------------------------*/

/* As daemons do: gnutls_certificate_verify_peers3() or its older sister, which has no name. */
static int stock_verify(gnutls_session_t tls)
{
    const struct session *session = gnutls_session_get_ptr(tls);
    struct demo_result *result = session->result;
    unsigned count = 0, status = 0;
    const gnutls_datum_t *presented = gnutls_certificate_get_peers(tls, &count);
    if (count > 0)
        keep_leaf(presented[0].data, presented[0].size, result);
    if (gnutls_certificate_verify_peers3(tls, session->demo->domain, &status) == 0 && status == 0)
        return 0;
    snprintf(result->reason, sizeof result->reason, "status 0x%x", status);
    return GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}

/* ---- s2sverify on GnuTLS ----------------------------------------------------------------------*/

static int use_s2sverify(gnutls_certificate_credentials_t credentials)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    int status = s2sv_gnutls_install(credentials, policy, NULL);
    s2sv_policy_unref(policy);
    return status == S2SV_DECIDED;
}

static int expect(gnutls_session_t tls, const struct demo *demo)
{
    if (s2sv_gnutls_attach(tls, NULL) != S2SV_DECIDED)
        return 0;
    return demo->listens || s2sv_peer_expect(s2sv_gnutls_peer(tls), demo->domain) == S2SV_DECIDED;
}

/* ---- both -------------------------------------------------------------------------------------*/

static gnutls_certificate_credentials_t credentials_new(const struct demo *demo)
{
    gnutls_certificate_credentials_t credentials;
    if (gnutls_certificate_allocate_credentials(&credentials) < 0)
        return NULL;
    if (gnutls_certificate_set_x509_key_file(credentials, demo->chain, demo->key,
                                             GNUTLS_X509_FMT_PEM) >= 0 &&
        gnutls_certificate_set_x509_trust_file(credentials, demo->anchors, GNUTLS_X509_FMT_PEM) >
            0 &&
        (demo->judge != DEMO_S2SVERIFY || use_s2sverify(credentials))) {
        if (demo->judge == DEMO_STOCK)
            gnutls_certificate_set_verify_function(credentials, stock_verify);
        return credentials;
    }
    gnutls_certificate_free_credentials(credentials);
    return NULL;
}

static gnutls_session_t session_new(gnutls_certificate_credentials_t credentials, int fd,
                                    struct session *session)
{
    const struct demo *demo = session->demo;
    gnutls_session_t tls;
    if (gnutls_init(&tls, demo->listens ? GNUTLS_SERVER : GNUTLS_CLIENT) < 0)
        return NULL;
    gnutls_session_set_ptr(tls, session);
    gnutls_transport_set_int(tls, fd);
    if (gnutls_set_default_priority(tls) == 0 &&
        gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, credentials) == 0 &&
        (demo->judge != DEMO_S2SVERIFY || expect(tls, demo))) {
        if (demo->judge == DEMO_STOCK && demo->listens)
            gnutls_certificate_server_set_request(tls, GNUTLS_CERT_REQUIRE);
        return tls;
    }
    gnutls_deinit(tls);
    return NULL;
}

static int handshake(gnutls_session_t tls)
{
    int status;
    do
        status = gnutls_handshake(tls);
    while (status == GNUTLS_E_INTERRUPTED || status == GNUTLS_E_WARNING_ALERT_RECEIVED);
    if (status < 0)
        gnutls_alert_send_appropriate(tls, status);
    return status == GNUTLS_E_SUCCESS;
}

static void run(gnutls_session_t tls, const struct demo *demo, struct demo_result *result)
{
    char greeting[8];
    int done = handshake(tls);
    if (demo->judge == DEMO_SHOW) {
        result->accepted = done && gnutls_record_recv(tls, greeting, sizeof greeting) > 0;
        return;
    }
    if (demo->judge == DEMO_STOCK)
        result->accepted = done && result->leaf_len > 0;
    else
        demo_read(s2sv_gnutls_verdict(tls), demo->domain, result);
    if (done && result->accepted)
        gnutls_record_send(tls, "welcome", 7);
    if (done)
        gnutls_bye(tls, GNUTLS_SHUT_WR);
}

int demo_session(const struct demo *demo, int fd, struct demo_result *ret_result)
{
    gnutls_certificate_credentials_t credentials = credentials_new(demo);
    struct session session = { demo, ret_result };
    gnutls_session_t tls = credentials ? session_new(credentials, fd, &session) : NULL;
    int status = tls ? 0 : -1;
    if (tls) {
        run(tls, demo, ret_result);
        gnutls_deinit(tls);
    }
    if (credentials) {
        s2sv_gnutls_uninstall(credentials);
        gnutls_certificate_free_credentials(credentials);
    }
    return status;
}
