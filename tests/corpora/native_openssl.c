/* SPDX-License-Identifier: MIT */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "native.h"

static X509 *read_certificate(const struct octets *der)
{
    const unsigned char *p = der->data;
    return d2i_X509(NULL, &p, (long)der->len);
}

/* An anchor that can't be read is none. */
static void add_anchors(X509_STORE *store, const struct native_question *q)
{
    for (size_t i = 0; i < q->anchor_count; i++) {
        X509 *x = read_certificate(&q->anchors[i]);
        if (x)
            X509_STORE_add_cert(store, x);
        X509_free(x);
    }
}

static void add_crls(X509_STORE *store, const struct octets_list *crls)
{
    for (size_t i = 0; i < crls->count; i++) {
        const unsigned char *p = crls->items[i].data;
        X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)crls->items[i].len);
        if (crl)
            X509_STORE_add_crl(store, crl);
        X509_CRL_free(crl);
    }
}

/* NULL if one of them can't be read: no handshake would get so far. */
static STACK_OF(X509) * read_presented(const struct native_question *q)
{
    STACK_OF(X509) *stack = sk_X509_new_null();
    for (size_t i = 0; i < q->presented_count; i++) {
        X509 *x = read_certificate(&q->presented[i]);
        if (x && sk_X509_push(stack, x))
            continue;
        sk_X509_pop_free(stack, X509_free);
        return NULL;
    }
    return stack;
}

static void configure(X509_STORE_CTX *ctx, const struct native_question *q)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_trust(param, X509_TRUST_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(param, (time_t)q->time);
    if (q->depth >= 0)
        X509_VERIFY_PARAM_set_depth(param, q->depth);
    if (q->crls)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK);
    if (q->any_is_an_anchor)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
}

static int matches(X509 *leaf, const struct corpus_name *name)
{
    switch (name->kind) {
    case CORPUS_DNS:
        return X509_check_host(leaf, name->value, 0,
                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                   X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                               NULL) == 1;
    case CORPUS_IP:
        return X509_check_ip_asc(leaf, name->value, 0) == 1;
    case CORPUS_RFC822:
        break;
    }
    return X509_check_email(leaf, name->value, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) == 1;
}

static int verify(X509_STORE *store, STACK_OF(X509) * presented, const struct native_question *q,
                  char words[NATIVE_WORDS])
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    int result = 0;
    if (X509_STORE_CTX_init(ctx, store, sk_X509_value(presented, 0), presented)) {
        configure(ctx, q);
        result = X509_verify_cert(ctx) == 1 && X509_STORE_CTX_get_error(ctx) == X509_V_OK;
    }
    if (!result)
        snprintf(words, NATIVE_WORDS, "%s at %d",
                 X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)),
                 X509_STORE_CTX_get_error_depth(ctx));
    X509_STORE_CTX_free(ctx);
    for (size_t i = 0; i < q->name_count && result; i++) {
        result = matches(sk_X509_value(presented, 0), &q->names[i]);
        if (!result)
            snprintf(words, NATIVE_WORDS, "not for %s", q->names[i].value);
    }
    return result;
}

int native_openssl_accepts(const struct native_question *q, char words[NATIVE_WORDS])
{
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *presented = read_presented(q);
    int accepted = 0;
    snprintf(words, NATIVE_WORDS, "%s", presented ? "accepted" : "a certificate can't be read");
    add_anchors(store, q);
    if (q->crls)
        add_crls(store, q->crls);
    if (presented)
        accepted = verify(store, presented, q, words);
    sk_X509_pop_free(presented, X509_free);
    X509_STORE_free(store);
    ERR_clear_error();
    return accepted;
}
