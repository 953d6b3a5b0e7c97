/* SPDX-License-Identifier: MIT
 * OpenSSL without s2sverify: what a peer with stock OpenSSL says about a chain. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <s2sverify/openssl.h>

#include "library.h"

static X509 *read_certificate(const void *der, size_t len)
{
    const unsigned char *p = der;
    return d2i_X509(NULL, &p, (long)len);
}

/* ---- what is written in a certificate ---------------------------------------------------------*/

static void put_name(const X509_NAME *name, char text[NAME_TEXT])
{
    BIO *bio = BIO_new(BIO_s_mem());
    const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    text[0] = '\0';
    if (bio && X509_NAME_print_ex(bio, name, 0, flags) >= 0) {
        int len = BIO_read(bio, text, NAME_TEXT - 1);
        text[len > 0 ? len : 0] = '\0';
    }
    BIO_free(bio);
}

static int64_t seconds_of(const ASN1_TIME *time)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;
    if (epoch)
        ASN1_TIME_diff(&days, &seconds, epoch, time);
    ASN1_TIME_free(epoch);
    return (int64_t)days * 86400 + seconds;
}

static const char *purpose_name(const ASN1_OBJECT *purpose, char buf[64])
{
    int nid = OBJ_obj2nid(purpose);
    if (nid == NID_anyExtendedKeyUsage)
        return "any";
    if (nid != NID_undef)
        return OBJ_nid2sn(nid);
    OBJ_obj2txt(buf, 64, purpose, 1);
    return buf;
}

static void put_purposes(X509 *x, struct certificate_text *text)
{
    int critical;
    EXTENDED_KEY_USAGE *purposes = X509_get_ext_d2i(x, NID_ext_key_usage, &critical, NULL);
    text->has_purposes = critical != -1;
    for (int i = 0; i < sk_ASN1_OBJECT_num(purposes); i++) {
        char buf[64];
        size_t used = strlen(text->purposes);
        snprintf(text->purposes + used, sizeof text->purposes - used, "%s%s", i > 0 ? ", " : "",
                 purpose_name(sk_ASN1_OBJECT_value(purposes, i), buf));
    }
    EXTENDED_KEY_USAGE_free(purposes);
}

static int describe(const void *der, size_t len, struct certificate_text *ret_text)
{
    X509 *x = read_certificate(der, len);
    if (!x) {
        ERR_clear_error();
        return 0;
    }
    memset(ret_text, 0, sizeof *ret_text);
    put_name(X509_get_subject_name(x), ret_text->subject);
    put_name(X509_get_issuer_name(x), ret_text->issuer);
    ret_text->not_before = seconds_of(X509_get0_notBefore(x));
    ret_text->not_after = seconds_of(X509_get0_notAfter(x));
    put_purposes(x, ret_text);
    X509_free(x);
    ERR_clear_error();
    return 1;
}

/* ---- what it would say ------------------------------------------------------------------------*/

struct stock {
    X509_STORE *store;
    int has_crls;
    int64_t at;
    int has_at;
};

static int add_files(X509_STORE *store, const struct stock_setup *setup)
{
    X509_LOOKUP *files = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    int done = files != NULL;
    if (setup->anchor_count == 0)
        done = X509_STORE_set_default_paths(store) && done;
    for (size_t i = 0; i < setup->anchor_count && done; i++)
        done = X509_load_cert_file(files, setup->anchor_files[i], X509_FILETYPE_PEM) > 0;
    for (size_t i = 0; i < setup->crl_count && done; i++)
        done = X509_load_crl_file(files, setup->crl_files[i], X509_FILETYPE_PEM) > 0;
    return done;
}

static void stock_free(struct stock *stock)
{
    if (!stock)
        return;
    X509_STORE_free(stock->store);
    free(stock);
}

static struct stock *stock_new(const struct stock_setup *setup)
{
    struct stock *stock = calloc(1, sizeof *stock);
    if (!stock)
        return NULL;
    stock->store = X509_STORE_new();
    stock->has_crls = setup->crl_count > 0;
    stock->has_at = setup->at != NULL;
    stock->at = setup->at ? *setup->at : 0;
    if (stock->store && add_files(stock->store, setup))
        return stock;
    ERR_clear_error();
    stock_free(stock);
    return NULL;
}

/* What SSL_CTX_new() and SSL_set1_host() ask for: the purpose of the peer's role in TLS, and the
 * name of a peer that one connected to. */
static int configure(X509_STORE_CTX *ctx, const struct stock *stock, enum s2sv_direction direction,
                     const char *name)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    if (!X509_STORE_CTX_set_default(ctx, direction == S2SV_OUTBOUND ? "ssl_server" : "ssl_client"))
        return 0;
    if (stock->has_at)
        X509_VERIFY_PARAM_set_time(param, (time_t)stock->at);
    if (stock->has_crls)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK);
    if (direction == S2SV_INBOUND || !name)
        return 1;
    return X509_VERIFY_PARAM_set1_ip_asc(param, name) ||
           X509_VERIFY_PARAM_set1_host(param, name, 0);
}

static STACK_OF(X509) * read_chain(const struct chain *chain)
{
    STACK_OF(X509) *stack = sk_X509_new_null();
    for (size_t i = 0; stack && i < chain->count; i++) {
        X509 *x = read_certificate(chain->certificates[i].der, chain->certificates[i].len);
        if (x && sk_X509_push(stack, x))
            continue;
        X509_free(x);
        sk_X509_pop_free(stack, X509_free);
        return NULL;
    }
    return stack;
}

static void stock_ask(struct stock *stock, const struct chain *chain, enum s2sv_direction direction,
                      const char *name, struct stock_answer *ret_answer)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *presented = read_chain(chain);
    const char *why = "a certificate can't be read";
    int accepted = 0;
    if (ctx && presented && sk_X509_num(presented) > 0 &&
        X509_STORE_CTX_init(ctx, stock->store, sk_X509_value(presented, 0), presented) &&
        configure(ctx, stock, direction, name)) {
        accepted = X509_verify_cert(ctx) == 1;
        why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
    }
    ret_answer->accepted = accepted;
    snprintf(ret_answer->text, sizeof ret_answer->text, "%s", accepted ? "" : why);
    X509_STORE_CTX_free(ctx);
    sk_X509_pop_free(presented, X509_free);
    ERR_clear_error();
}

const struct library library_openssl = {
    "openssl",  "OpenSSL", s2sv_openssl_backend, describe, stock_new,
    stock_free, stock_ask, &tls_openssl,
};
