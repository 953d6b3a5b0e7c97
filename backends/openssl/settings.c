/* SPDX-License-Identifier: MIT
 * What OpenSSL's answer about a path depends on beside the path: what the application set. */
#include <openssl/x509v3.h>

#include "internal.h"

enum { OTHERS = 3, FACTS = 4, PARAMS = 3 };

/* Flags whose effect depends on nothing but the path; with lists, which aren't remembered; the
 * others bring in policies, a fixed time, or what we don't know of. */
static const unsigned long path_flags = X509_V_FLAG_CB_ISSUER_CHECK | X509_V_FLAG_NO_CHECK_TIME |
                                        X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE |
                                        X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_SUITEB_128_LOS |
                                        X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_ALT_CHAINS;
static const unsigned long list_flags = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;

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

/* 1: functions or anchors of its own were put on the context itself, or there is no memory. */
static int is_altered(X509_STORE_CTX *given, X509_STORE *store)
{
    X509_STORE_CTX *plain = X509_STORE_CTX_new();
    int same = plain && X509_STORE_CTX_init(plain, store, NULL, NULL) &&
               X509_STORE_CTX_get_get_issuer(given) == X509_STORE_CTX_get_get_issuer(plain) &&
               X509_STORE_CTX_get_lookup_certs(given) == X509_STORE_CTX_get_lookup_certs(plain) &&
               X509_STORE_CTX_get_get_crl(given) == X509_STORE_CTX_get_get_crl(plain) &&
               X509_STORE_CTX_get_verify(given) == X509_STORE_CTX_get_verify(plain);
    X509_STORE_CTX_free(plain);
    return !same;
}

static int has_flags(X509_VERIFY_PARAM *param, unsigned long flags)
{
    return (X509_VERIFY_PARAM_get_flags(param) & flags) != 0;
}

/* An X509_STORE_CTX inherits from the connection's parameters, the store's and the default ones. */
static void params_of(const struct svo_application *app, X509_VERIFY_PARAM *params[PARAMS])
{
    params[0] = app->param;
    params[1] = X509_STORE_get0_param(app->store);
    params[2] = (X509_VERIFY_PARAM *)X509_VERIFY_PARAM_lookup("default");
}

static int is_known(X509_VERIFY_PARAM *param)
{
    return param && !has_flags(param, ~(path_flags | list_flags)) &&
           X509_VERIFY_PARAM_get_inh_flags(param) == 0;
}

/* 1: so are the store and all of the parameters. */
static int are_known(const struct svo_application *app, X509_VERIFY_PARAM *params[PARAMS])
{
    if (!app->store || has_callbacks(app->store))
        return 0;
    params_of(app, params);
    for (size_t i = 0; i < PARAMS; i++)
        if (!is_known(params[i]))
            return 0;
    return 1;
}

/* Libssl's context doesn't tell how it got the parameters of the SSL. */
int svo_is_modelled(const struct svo_application *app)
{
    const struct svo_question *q = app->question;
    X509_VERIFY_PARAM *params[PARAMS];
    return are_known(app, params) && (!q->ssl || is_known(SSL_get0_param(q->ssl))) &&
           (!q->store_ctx || !is_altered(q->store_ctx, app->store)) &&
           (!q->leaf || svo_is_of_default_context(q->leaf));
}

static void facts_of(X509_VERIFY_PARAM *param, uint64_t facts[FACTS])
{
    facts[0] = X509_VERIFY_PARAM_get_flags(param);
    facts[1] = X509_VERIFY_PARAM_get_inh_flags(param);
    facts[2] = (uint64_t)X509_VERIFY_PARAM_get_depth(param);
    facts[3] = (uint64_t)X509_VERIFY_PARAM_get_auth_level(param);
}

/* Purpose, trust setting and time are ours. */
int svo_settings(const struct svo_application *app, unsigned char ret_settings[32])
{
    X509_VERIFY_PARAM *params[PARAMS];
    uint64_t facts[OTHERS + PARAMS * FACTS] = { (uint64_t)app->own_trust, app->suite_b,
                                                (uint64_t)app->level };
    struct s2sv_bytes all[] = { { facts, sizeof facts }, { &app->store, sizeof app->store } };
    if (app->asks_openssl || !are_known(app, params))
        return 0;
    for (size_t i = 0; i < PARAMS; i++) {
        if (has_flags(params[i], list_flags) || svo_names_a_peer(params[i]))
            return 0;
        facts_of(params[i], facts + OTHERS + i * FACTS);
    }
    return svo_hash(S2SV_HASH_SHA256, all, app->own_trust ? 1 : 2, ret_settings) == 0;
}
