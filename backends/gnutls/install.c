/* SPDX-License-Identifier: MIT
 * Puts a policy on credentials or a session. */
#include <stdio.h>

#include "internal.h"

/* The library that we call may have another major version than our headers. */
static int version_fits(void)
{
    const char *running = gnutls_check_version(NULL);
    unsigned major = 0;
    return running && sscanf(running, "%u.", &major) == 1 && major == GNUTLS_VERSION_MAJOR;
}

int s2sv_gnutls_install(gnutls_certificate_credentials_t cred, struct s2sv_policy *policy,
                        struct s2sv_trust *trust)
{
    if (!cred || !policy || !version_fits() ||
        (trust && s2sv_trust_backend(trust) != s2sv_gnutls_backend()))
        return S2SV_ERR_INVALID;
    int status = svg_credentials_set(cred, policy, trust);
    if (status != S2SV_DECIDED)
        return status;
    s2sv_policy_freeze(policy);
    if (s2sv_policy_handshake(policy) != S2SV_HANDSHAKE_CALLBACK) /* there is one slot */
        gnutls_certificate_set_verify_function(cred, s2sv_gnutls_verify_function);
    return S2SV_DECIDED;
}

/* Our function stays where it is: without a policy it refuses, and with none at all GnuTLS would
 * let everybody pass. */
void s2sv_gnutls_uninstall(gnutls_certificate_credentials_t cred)
{
    if (cred)
        svg_credentials_unset(cred);
}

static void install_ask(gnutls_session_t session, const struct s2sv_policy *policy)
{
    enum s2sv_request request = s2sv_policy_request(policy);
    if (svg_direction(session) != S2SV_INBOUND || request == S2SV_REQUEST_LEAVE)
        return;
    gnutls_certificate_send_x509_rdn_sequence(session, 1); /* 1: no list of our CAs' names */
    gnutls_certificate_server_set_request(
        session, request == S2SV_REQUEST_REQUIRE ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST);
}

/* The policy that install() put on the session's credentials, or NULL; a reference. */
static struct s2sv_policy *installed_on(gnutls_session_t session)
{
    void *cred = NULL;
    if (gnutls_credentials_get(session, GNUTLS_CRD_CERTIFICATE, &cred) < 0 || !cred)
        return NULL;
    struct svg_installed *installed = svg_credentials_get(cred);
    struct s2sv_policy *policy = installed ? s2sv_policy_ref(installed->policy) : NULL;
    svg_installed_unref(installed);
    return policy;
}

/* Our function on the session itself: it beats the credentials' and stays when they are changed or
 * uninstalled. Under CALLBACK the application's decides. */
static void enforce(gnutls_session_t session, struct svg_session *state,
                    const struct s2sv_policy *policy)
{
    int ours = s2sv_policy_handshake(policy) != S2SV_HANDSHAKE_CALLBACK;
    if (ours)
        gnutls_session_set_verify_function(session, s2sv_gnutls_verify_function);
    else if (state->has_function)
        gnutls_session_set_verify_function(session, NULL);
    state->has_function = ours;
}

int s2sv_gnutls_attach(gnutls_session_t session, struct s2sv_policy *policy)
{
    struct s2sv_policy *effective = policy    ? s2sv_policy_ref(policy)
                                    : session ? installed_on(session)
                                              : NULL;
    if (!session || !effective) {
        s2sv_policy_unref(effective);
        return S2SV_ERR_INVALID;
    }
    struct svg_session *state = svg_session_make(session);
    if (state) {
        s2sv_policy_freeze(effective);
        install_ask(session, effective);
        enforce(session, state, effective);
        s2sv_policy_unref(state->policy);
        state->policy = s2sv_policy_ref(policy);
    }
    s2sv_policy_unref(effective);
    return state ? S2SV_DECIDED : S2SV_ERR_NOMEM;
}
