/* SPDX-License-Identifier: MIT
 * What OpenSSL's answer about a path depends on beside the path: what the application set. */
#include <openssl/x509v3.h>

#include "internal.h"

enum { FACTS = 4, PARAMS = 3 };

/* Flags whose effect depends on nothing but the path. The others bring in revocation lists,
 * policies, or what we don't know of. */
static const unsigned long path_flags =
    X509_V_FLAG_CB_ISSUER_CHECK | X509_V_FLAG_USE_CHECK_TIME | X509_V_FLAG_NO_CHECK_TIME |
    X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_TRUSTED_FIRST |
    X509_V_FLAG_SUITEB_128_LOS | X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_ALT_CHAINS;

/* 1: the store answers by functions of the application. */
static int has_callbacks(X509_STORE *store)
{
    return X509_STORE_get_verify(store) || X509_STORE_get_verify_cb(store) ||
           X509_STORE_get_get_issuer(store) || X509_STORE_get_check_issued(store) ||
           X509_STORE_get_check_revocation(store) || X509_STORE_get_get_crl(store) ||
           X509_STORE_get_check_crl(store) || X509_STORE_get_cert_crl(store) ||
           X509_STORE_get_check_policy(store) || X509_STORE_get_lookup_certs(store) ||
           X509_STORE_get_lookup_crls(store) || X509_STORE_get_cleanup(store);
}

static int is_memorable(X509_VERIFY_PARAM *param)
{
    return (X509_VERIFY_PARAM_get_flags(param) & ~path_flags) == 0 && !svo_names_a_peer(param);
}

static void facts_of(X509_VERIFY_PARAM *param, uint64_t facts[FACTS])
{
    facts[0] = X509_VERIFY_PARAM_get_flags(param);
    facts[1] = X509_VERIFY_PARAM_get_inh_flags(param);
    facts[2] = (uint64_t)X509_VERIFY_PARAM_get_depth(param);
    facts[3] = (uint64_t)X509_VERIFY_PARAM_get_auth_level(param);
}

/* An X509_STORE_CTX inherits from the connection's parameters, the store's and the default ones.
 * Purpose, trust setting and time are ours. */
int svo_settings(const struct svo_application *app, unsigned char ret_settings[32])
{
    X509_VERIFY_PARAM *params[PARAMS] = { app->param };
    uint64_t facts[2 + PARAMS * FACTS] = { (uint64_t)app->own_trust, (uint64_t)app->level };
    struct s2sv_bytes all[] = { { facts, sizeof facts }, { &app->store, sizeof app->store } };
    if (!app->store || has_callbacks(app->store))
        return 0;
    params[1] = X509_STORE_get0_param(app->store);
    params[2] = (X509_VERIFY_PARAM *)X509_VERIFY_PARAM_lookup("default");
    for (size_t i = 0; i < PARAMS; i++) {
        if (!params[i] || !is_memorable(params[i]))
            return 0;
        facts_of(params[i], facts + 2 + i * FACTS);
    }
    return svo_hash(S2SV_HASH_SHA256, all, app->own_trust ? 1 : 2, ret_settings) == 0;
}
