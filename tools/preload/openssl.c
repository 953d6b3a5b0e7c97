/* SPDX-License-Identifier: MIT
 * Verifies for a program that uses OpenSSL and doesn't know about us.
 *
 * We judge first. Then OpenSSL, and the application's callbacks with it, verify as they always do,
 * but for the purpose that the judgement allows. So nobody is accepted whom they refuse. What they
 * accept and we don't is told to the application as OpenSSL would tell it. */
#include <s2sverify/openssl.h>

#include "log.h"
#include "openssl.h"
#include "served.h"
#include "settings.h"

/* Of an armed SSL_CTX: what the application set in our place. */
struct armed {
    svp_verifier verifier; /* NULL: X509_verify_cert() */
    void *arg;
};

static int armed_index = -1;

static void on_free(void *parent, void *data, CRYPTO_EX_DATA *ad, int index, long argl, void *argp)
{
    (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
    OPENSSL_free(data);
}

static int version_fits(void)
{
    return OpenSSL_version_num() >> 28 == (unsigned long)OPENSSL_VERSION_NUMBER >> 28;
}

/* 0: it may be shared by processes that pass their SSLs around, as OpenSIPS's and Kamailio's do.
 * What we keep with an SSL is memory of one process. */
static int memory_is_usual(void)
{
    void *(*allocate)(size_t, const char *, int) = NULL;

    CRYPTO_get_mem_functions(&allocate, NULL, NULL);
    return allocate == CRYPTO_malloc;
}

static int begin(const char *path)
{
    const struct svp_settings *settings = svp_settings();

    if (!version_fits())
        svp_log("not armed: this is for %s, and %s (%s) is loaded", OPENSSL_VERSION_TEXT,
                OpenSSL_version(OPENSSL_VERSION), path);
    else if (!memory_is_usual())
        svp_log("not armed: the program gives OpenSSL (%s) memory of its own, and processes may "
                "share it",
                path);
    else if (settings == NULL ||
             (armed_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_free)) < 0)
        svp_log("not armed: out of memory");
    else
        svp_log("armed: every SSL_CTX of %s (%s): profile %s, purpose %s",
                OpenSSL_version(OPENSSL_VERSION), path, settings->profile, settings->purpose);
    return armed_index >= 0;
}

static const char *const names[] = { NAMES_OF_svp_openssl };
uintptr_t svp_openssl[sizeof names / sizeof names[0]];
static struct svp_served served = SVP_SERVED("OpenSSL", names, svp_openssl, begin);

/* The backend judges on contexts of its own; this one is left as it was found. Returns a reference,
 * or NULL: not even that could be decided. */
static struct s2sv_verdict *refusal_by(X509_STORE_CTX *store_ctx, SSL *ssl,
                                       struct s2sv_policy *policy, int *ret_refused)
{
    struct s2sv_verdict *verdict = NULL;

    *ret_refused = !s2sv_openssl_verify_callback(store_ctx, policy);
    if (*ret_refused && s2sv_openssl_verdict(ssl) != NULL)
        verdict = s2sv_verdict_ref(s2sv_openssl_verdict(ssl));
    X509_STORE_CTX_set0_verified_chain(store_ctx, NULL);
    X509_STORE_CTX_set_error(store_ctx, X509_V_OK);
    X509_STORE_CTX_set_error_depth(store_ctx, 0);
    return verdict;
}

/* 1: the purpose is held against it, at that depth. */
static int is_about_purpose(const struct s2sv_verdict *verdict, int *ret_depth)
{
    enum s2sv_reason reason = S2SV_REASON_NONE;
    size_t i;

    for (i = 0; s2sv_verdict_fault(verdict, i, &reason, ret_depth, NULL) == 0; i++) {
        if (reason == S2SV_REASON_WRONG_PURPOSE || reason == S2SV_REASON_WRONG_KEY_USAGE)
            return 1;
    }
    return 0;
}

/* OpenSSL is to ask for serverAuth as well, but where a connecting peer may have another purpose
 * instead, or is refused for another reason and has none but the other: then for what it asks
 * anyway. */
static struct s2sv_verdict *judge(X509_STORE_CTX *store_ctx, SSL *ssl, int *ret_refused)
{
    const struct svp_settings *settings = svp_settings();
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store_ctx);
    struct s2sv_verdict *verdict = refusal_by(store_ctx, ssl, settings->server, ret_refused);
    int depth;

    if (*ret_refused && settings->wide != NULL && SSL_is_server(ssl)) {
        if (is_about_purpose(verdict, &depth)) {
            s2sv_verdict_unref(verdict);
            return refusal_by(store_ctx, ssl, settings->wide, ret_refused);
        }
        if (X509_check_purpose(X509_STORE_CTX_get0_cert(store_ctx), X509_PURPOSE_SSL_SERVER, 0) !=
            1)
            return verdict;
    }
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_trust(param, X509_TRUST_SSL_SERVER);
    return verdict;
}

/* As X509_verify_cert() tells a fault: the application's callback says whether to go on. */
static int tell(X509_STORE_CTX *store_ctx, long code, int depth)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    X509 *at = depth > 0 ? sk_X509_value(chain, depth) : NULL;

    X509_STORE_CTX_set_error(store_ctx,
                             (int)(code != X509_V_OK ? code : X509_V_ERR_APPLICATION_VERIFICATION));
    X509_STORE_CTX_set_error_depth(store_ctx, at != NULL ? depth : 0);
    X509_STORE_CTX_set_current_cert(store_ctx,
                                    at != NULL ? at : X509_STORE_CTX_get0_cert(store_ctx));
    return X509_STORE_CTX_get_verify_cb(store_ctx)(0, store_ctx);
}

/* Tells what the application, which went on, doesn't know yet: the purpose first, for it may
 * forgive something else. One whose verifier says yes and made no chain asks for no purpose either:
 * it pins keys, say. */
static int tell_if_new(X509_STORE_CTX *store_ctx, const struct s2sv_verdict *verdict)
{
    int error = X509_STORE_CTX_get_error(store_ctx), depth;

    if (X509_STORE_CTX_get0_chain(store_ctx) == NULL || error == X509_V_ERR_INVALID_PURPOSE)
        return 1;
    if (is_about_purpose(verdict, &depth))
        return tell(store_ctx, X509_V_ERR_INVALID_PURPOSE, depth);
    return error != X509_V_OK ||
           tell(store_ctx, s2sv_openssl_verify_error(s2sv_verdict_reason(verdict)),
                s2sv_verdict_depth(verdict));
}

/* 1: SSL_dane_enable() was called. */
static int has_dane(SSL *ssl)
{
    int added;

    ERR_set_mark();
    added = SSL_dane_tlsa_add(ssl, UINT8_MAX, 0, 0, (const unsigned char *)"", 0);
    ERR_pop_to_mark();
    return added != -1;
}

static int verify_as_ever(X509_STORE_CTX *store_ctx, const struct armed *armed)
{
    return armed->verifier != NULL ? armed->verifier(store_ctx, armed->arg)
                                   : X509_verify_cert(store_ctx);
}

static int verify(X509_STORE_CTX *store_ctx, void *arg)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct s2sv_verdict *verdict;
    int refused = 0, ok;

    /* What isn't judged: DANE, raw public keys. */
    if (ssl == NULL || X509_STORE_CTX_get0_cert(store_ctx) == NULL || has_dane(ssl))
        return verify_as_ever(store_ctx, arg);
    verdict = judge(store_ctx, ssl, &refused);
    ok = verify_as_ever(store_ctx, arg);
    if (refused && ok > 0)
        ok = tell_if_new(store_ctx, verdict);
    if (refused)
        svp_log_refusal(verdict, ok > 0 || SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE
                                     ? "the application decides"
                                     : "the handshake ends");
    s2sv_verdict_unref(verdict);
    return ok;
}

void svp_openssl_arm(SSL_CTX *ctx, const void *real)
{
    struct armed *armed;

    if (!svp_serves(&served, real) || SSL_CTX_get_ex_data(ctx, armed_index) != NULL)
        return;
    armed = OPENSSL_zalloc(sizeof *armed);
    if (armed == NULL || !SSL_CTX_set_ex_data(ctx, armed_index, armed)) {
        OPENSSL_free(armed);
        svp_log("an SSL_CTX is not armed: out of memory");
        return;
    }
    SSL_CTX_set_cert_verify_callback(ctx, verify, armed);
}

int svp_openssl_hold(SSL_CTX *ctx, svp_verifier verifier, void *arg)
{
    struct armed *armed = svp_is_serving(&served) ? SSL_CTX_get_ex_data(ctx, armed_index) : NULL;

    if (armed == NULL)
        return 0;
    armed->verifier = verifier;
    armed->arg = arg;
    return 1;
}
