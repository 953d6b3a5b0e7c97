/* SPDX-License-Identifier: MIT */
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "native.h"

/* More than that overran a buffer in some releases. */
enum { MOST = 16 };

/* GnuTLS asks for its time without an argument. This program has one thread. */
static time_t time_of_the_case;

static time_t tell_time(time_t *ret_time)
{
    if (ret_time)
        *ret_time = time_of_the_case;
    return time_of_the_case;
}

static gnutls_x509_crt_t read_certificate(const struct octets *der)
{
    gnutls_datum_t datum = { der->data, (unsigned)der->len };
    gnutls_x509_crt_t crt;
    if (gnutls_x509_crt_init(&crt) < 0)
        return NULL;
    if (gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_DER) == 0)
        return crt;
    gnutls_x509_crt_deinit(crt);
    return NULL;
}

/* An anchor that can't be read is none. The list owns what it takes. */
static void add_anchors(gnutls_x509_trust_list_t list, const struct native_question *q)
{
    for (size_t i = 0; i < q->anchor_count; i++) {
        gnutls_x509_crt_t crt = read_certificate(&q->anchors[i]);
        if (crt && gnutls_x509_trust_list_add_cas(list, &crt, 1, 0) != 1)
            gnutls_x509_crt_deinit(crt);
    }
}

/* Those that the anchors signed: the others stay ours. */
static void add_crls(gnutls_x509_trust_list_t list, const struct octets_list *crls)
{
    for (size_t i = 0; i < crls->count; i++) {
        gnutls_datum_t datum = { crls->items[i].data, (unsigned)crls->items[i].len };
        gnutls_x509_crl_t crl;
        gnutls_x509_crl_init(&crl);
        if (gnutls_x509_crl_import(crl, &datum, GNUTLS_X509_FMT_DER) < 0 ||
            gnutls_x509_trust_list_add_crls(list, &crl, 1, GNUTLS_TL_VERIFY_CRL, 0) != 1)
            gnutls_x509_crl_deinit(crl);
    }
}

static size_t read_presented(const struct native_question *q, gnutls_x509_crt_t chain[MOST])
{
    size_t count = 0;
    while (count < q->presented_count && count < MOST &&
           (chain[count] = read_certificate(&q->presented[count])))
        count++;
    return count;
}

static int matches(gnutls_x509_crt_t leaf, const struct corpus_name *name)
{
    if (name->kind == CORPUS_RFC822)
        return gnutls_x509_crt_check_email(leaf, name->value, 0) != 0;
    return gnutls_x509_crt_check_hostname2(leaf, name->value, 0) != 0;
}

static void put_status(unsigned status, char words[NATIVE_WORDS])
{
    gnutls_datum_t text;
    if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) < 0)
        return;
    snprintf(words, NATIVE_WORDS, "%s", (char *)text.data);
    gnutls_free(text.data);
}

static int verify(gnutls_x509_trust_list_t list, gnutls_x509_crt_t *chain, size_t count,
                  const struct native_question *q, char words[NATIVE_WORDS])
{
    char oid[] = GNUTLS_KP_TLS_WWW_SERVER;
    gnutls_typed_vdata_st purpose = { GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)oid, 0 };
    unsigned status = GNUTLS_CERT_INVALID;
    int rc = gnutls_x509_trust_list_verify_crt2(list, chain, (unsigned)count, &purpose, 1, 0,
                                                &status, NULL);
    if (rc < 0)
        snprintf(words, NATIVE_WORDS, "%s", gnutls_strerror(rc));
    else if (status != 0)
        put_status(status, words);
    if (rc < 0 || status != 0)
        return 0;
    for (size_t i = 0; i < q->name_count; i++) {
        if (matches(chain[0], &q->names[i]))
            continue;
        snprintf(words, NATIVE_WORDS, "not for %s", q->names[i].value);
        return 0;
    }
    return 1;
}

int native_gnutls_accepts(const struct native_question *q, char words[NATIVE_WORDS])
{
    gnutls_x509_trust_list_t list;
    gnutls_x509_crt_t chain[MOST];
    size_t count = read_presented(q, chain);
    int accepted = 0;
    snprintf(words, NATIVE_WORDS, "%s",
             count == q->presented_count ? "accepted"
                                         : "a certificate can't be read, or there are too many");
    gnutls_x509_trust_list_init(&list, 0);
    add_anchors(list, q);
    if (q->crls)
        add_crls(list, q->crls);
    time_of_the_case = (time_t)q->time;
    gnutls_global_set_time_function(tell_time);
    if (count == q->presented_count)
        accepted = verify(list, chain, count, q, words);
    gnutls_global_set_time_function(time);
    for (size_t i = 0; i < count; i++)
        gnutls_x509_crt_deinit(chain[i]);
    gnutls_x509_trust_list_deinit(list, 1);
    return accepted;
}
