/* SPDX-License-Identifier: MIT
 * An SSL with SSL_dane_enable(). Where it has usable TLSA records OpenSSL decides: usages 2 and 3
 * are its verdict, 0 and 1 can only make ours narrower. */
#include <time.h>

#include <openssl/err.h>

#include "internal.h"

/* The name that the application had SSL_dane_enable() look for. 1.1.1 doesn't tell. */
static const char *base_domain(SSL *ssl)
{
#if OPENSSL_VERSION_NUMBER < 0x30000000L
    (void)ssl;
    return NULL;
#else
    return X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), 0);
#endif
}

/* Forgives, but keeps in mind what only TLSA records can say. */
static int note_mismatch(int ok, X509_STORE_CTX *ctx)
{
    int *mismatches = X509_STORE_CTX_get_app_data(ctx);
    if (!ok && X509_STORE_CTX_get_error(ctx) == X509_V_ERR_DANE_NO_MATCH)
        ++*mismatches;
    return 1;
}

/* SSL_get0_dane_tlsa() answers for an SSL whose verification went well. */
static int matched_usage(SSL *ssl, uint8_t *ret_usage)
{
    SSL_set_verify_result(ssl, X509_V_OK);
    return SSL_get0_dane_tlsa(ssl, ret_usage, NULL, NULL, NULL, NULL) >= 0;
}

/* OpenSSL doesn't tell whether there are usable records. So the leaf is verified as its own anchor,
 * which can't fail for any other reason: either a record matches, or OpenSSL says that none does,
 * or there is none. */
static int has_records(SSL *ssl, X509 *leaf)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *anchor = sk_X509_new_null();
    int has = 1, mismatches = 0;
    uint8_t usage;
    if (ctx && anchor && sk_X509_push(anchor, leaf) && X509_STORE_CTX_init(ctx, NULL, leaf, NULL) &&
        X509_STORE_CTX_set_app_data(ctx, &mismatches)) {
        X509_STORE_CTX_set0_trusted_stack(ctx, anchor);
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
        X509_STORE_CTX_set_verify_cb(ctx, note_mismatch);
        X509_STORE_CTX_set0_dane(ctx, SSL_get0_dane(ssl));
        has = X509_verify_cert(ctx) != 1 || mismatches > 0 || matched_usage(ssl, &usage);
    }
    X509_STORE_CTX_free(ctx);
    sk_X509_free(anchor);
    return has;
}

/* OpenSSL's own answer, on libssl's context: X509_V_OK and the usage of the record that matched, or
 * what is wrong. */
static int dane_verify(X509_STORE_CTX *store_ctx, const struct svo_question *q, uint8_t *ret_usage)
{
    if (q->store && X509_STORE_get_verify(q->store))
        return X509_V_ERR_APPLICATION_VERIFICATION;
    int code = svo_native_verify(store_ctx, s2sv_policy_server_auth(q->policy));
    return code == X509_V_OK && !matched_usage(q->ssl, ret_usage)
               ? X509_V_ERR_APPLICATION_VERIFICATION
               : code;
}

static int verdict_of(const struct svo_question *q, const struct s2sv_peer *peer,
                      struct s2sv_dane *dane, struct s2sv_verdict **ret_verdict)
{
    struct s2sv_link *path = svo_links_new(q, &dane->count);
    int status = S2SV_ERR_NOMEM;
    dane->path = path;
    dane->domain = base_domain(q->ssl);
    dane->backend = s2sv_openssl_backend();
    size_t count = dane->count;
    if (path && peer)
        status = s2sv_backend_dane(q->policy, peer, dane, (int64_t)time(NULL), ret_verdict);
    if (status == S2SV_ERR_INVALID) { /* no verdict is about so many */
        dane->count = 1;
        dane->fault = S2SV_FINDING_LIMIT;
        dane->text = "the chain is longer than what is judged";
        status = s2sv_backend_dane(q->policy, peer, dane, (int64_t)time(NULL), ret_verdict);
    }
    svo_links_free(path, count);
    return status;
}

int svo_ask_dane(X509_STORE_CTX *store_ctx, const struct svo_question *q,
                 struct s2sv_verdict **ret_verdict)
{
    struct s2sv_dane dane = { 0 };
    struct svo_question judged = *q;
    uint8_t usage = 0;
    if (!has_records(q->ssl, q->leaf))
        return svo_ask_pkix(q, ret_verdict);
    int code = dane_verify(store_ctx, q, &usage);
    judged.store_ctx = NULL;
    judged.was_accepted = 1;
    if (code == X509_V_OK) {
        if (usage < 2)
            return svo_ask_pkix(&judged, ret_verdict);
        dane.usage = usage;
    } else {
        dane.fault = svo_finding(code);
        dane.depth = X509_STORE_CTX_get_error_depth(store_ctx);
        dane.native_code = code;
        dane.text = X509_verify_cert_error_string(code);
    }
    judged.rest = X509_STORE_CTX_get0_chain(store_ctx);
    return verdict_of(&judged, s2sv_openssl_peer(q->ssl), &dane, ret_verdict);
}
