/* SPDX-License-Identifier: MIT
 * GnuTLS without s2sverify: what a peer with stock GnuTLS says about a chain. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/x509.h>
#include <s2sverify/gnutls.h>

#include "library.h"

static gnutls_x509_crt_t read_certificate(const void *der, size_t len)
{
    gnutls_datum_t datum = { (unsigned char *)(uintptr_t)der, (unsigned)len };
    gnutls_x509_crt_t crt;
    if (gnutls_x509_crt_init(&crt) < 0)
        return NULL;
    if (gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_DER) == 0)
        return crt;
    gnutls_x509_crt_deinit(crt);
    return NULL;
}

/* ---- what is written in a certificate ---------------------------------------------------------*/

static void put_name(gnutls_x509_crt_t crt,
                     int (*get)(gnutls_x509_crt_t, gnutls_datum_t *, unsigned),
                     char text[NAME_TEXT])
{
    gnutls_datum_t name;
    text[0] = '\0';
    if (get(crt, &name, 0) < 0)
        return;
    snprintf(text, NAME_TEXT, "%s", (const char *)name.data);
    gnutls_free(name.data);
}

static const char *purpose_name(const char *oid)
{
    static const struct {
        const char *oid, *name;
    } known[] = { { GNUTLS_KP_TLS_WWW_SERVER, "serverAuth" },
                  { GNUTLS_KP_TLS_WWW_CLIENT, "clientAuth" },
                  { GNUTLS_KP_CODE_SIGNING, "codeSigning" },
                  { GNUTLS_KP_EMAIL_PROTECTION, "emailProtection" },
                  { GNUTLS_KP_TIME_STAMPING, "timeStamping" },
                  { GNUTLS_KP_OCSP_SIGNING, "OCSPSigning" },
                  { GNUTLS_KP_ANY, "any" } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].oid, oid) == 0)
            return known[i].name;
    return oid;
}

static void put_purposes(gnutls_x509_crt_t crt, struct certificate_text *text)
{
    char oid[128];
    for (unsigned i = 0;; i++) {
        size_t size = sizeof oid, used = strlen(text->purposes);
        unsigned critical;
        int rc = gnutls_x509_crt_get_key_purpose_oid(crt, i, oid, &size, &critical);
        text->has_purposes |= i == 0 && rc != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
        if (rc < 0)
            return;
        snprintf(text->purposes + used, sizeof text->purposes - used, "%s%s", i > 0 ? ", " : "",
                 purpose_name(oid));
    }
}

static int describe(const void *der, size_t len, struct certificate_text *ret_text)
{
    gnutls_x509_crt_t crt = read_certificate(der, len);
    if (!crt)
        return 0;
    memset(ret_text, 0, sizeof *ret_text);
    put_name(crt, gnutls_x509_crt_get_dn3, ret_text->subject);
    put_name(crt, gnutls_x509_crt_get_issuer_dn3, ret_text->issuer);
    ret_text->not_before = gnutls_x509_crt_get_activation_time(crt);
    ret_text->not_after = gnutls_x509_crt_get_expiration_time(crt);
    put_purposes(crt, ret_text);
    gnutls_x509_crt_deinit(crt);
    return 1;
}

/* ---- what it would say ------------------------------------------------------------------------*/

struct stock {
    gnutls_x509_trust_list_t list;
};

/* GnuTLS asks for the time without an argument; --at is one time for the whole process. */
static int64_t given_time;

static time_t tell_time(time_t *ret_time)
{
    if (ret_time)
        *ret_time = (time_t)given_time;
    return (time_t)given_time;
}

static int add_files(gnutls_x509_trust_list_t list, const struct stock_setup *setup)
{
    int done = 1;
    if (setup->anchor_count == 0)
        done = gnutls_x509_trust_list_add_system_trust(list, 0, 0) > 0;
    for (size_t i = 0; i < setup->anchor_count && done; i++)
        done = gnutls_x509_trust_list_add_trust_file(list, setup->anchor_files[i], NULL,
                                                     GNUTLS_X509_FMT_PEM, 0, 0) > 0;
    for (size_t i = 0; i < setup->crl_count && done; i++)
        done = gnutls_x509_trust_list_add_trust_file(list, NULL, setup->crl_files[i],
                                                     GNUTLS_X509_FMT_PEM, 0, 0) > 0;
    return done;
}

static void stock_free(struct stock *stock)
{
    if (!stock)
        return;
    gnutls_x509_trust_list_deinit(stock->list, 1);
    free(stock);
}

static struct stock *stock_new(const struct stock_setup *setup)
{
    struct stock *stock = calloc(1, sizeof *stock);
    if (!stock)
        return NULL;
    if (gnutls_x509_trust_list_init(&stock->list, 0) < 0) {
        free(stock);
        return NULL;
    }
    if (setup->at) {
        given_time = *setup->at;
        gnutls_global_set_time_function(tell_time);
    }
    if (add_files(stock->list, setup))
        return stock;
    stock_free(stock);
    return NULL;
}

/* Returns 1 and gnutls_certificate_status_t bits, as gnutls_certificate_verify_peers3() would: the
 * name of a peer that one connected to, and no purpose. */
static int verify(struct stock *stock, gnutls_x509_crt_t *certificates, unsigned count,
                  const char *name, unsigned *ret_status)
{
    gnutls_typed_vdata_st data = { GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)(uintptr_t)name, 0 };
    return gnutls_x509_trust_list_verify_crt2(stock->list, certificates, count, &data, name ? 1 : 0,
                                              0, ret_status, NULL) >= 0;
}

static void put_status(unsigned status, struct stock_answer *answer)
{
    gnutls_datum_t text;
    if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) < 0)
        return;
    snprintf(answer->text, sizeof answer->text, "%s", (const char *)text.data);
    gnutls_free(text.data);
    for (size_t len = strlen(answer->text); len > 0 && answer->text[len - 1] == ' '; len--)
        answer->text[len - 1] = '\0';
}

/* More than that overran a buffer in some releases of GnuTLS. */
enum { MOST = 16 };

static void stock_ask(struct stock *stock, const struct chain *chain, enum s2sv_direction direction,
                      const char *name, struct stock_answer *ret_answer)
{
    gnutls_x509_crt_t certificates[MOST];
    unsigned count = 0, status = 0;
    while (count < chain->count && count < MOST &&
           (certificates[count] =
                read_certificate(chain->certificates[count].der, chain->certificates[count].len)))
        count++;
    snprintf(ret_answer->text, sizeof ret_answer->text, "%s", "a certificate can't be read");
    ret_answer->accepted = 0;
    if (count > 0 && count == chain->count &&
        verify(stock, certificates, count, direction == S2SV_OUTBOUND ? name : NULL, &status)) {
        ret_answer->accepted = status == 0;
        ret_answer->text[0] = '\0';
        if (status != 0)
            put_status(status, ret_answer);
    }
    while (count > 0)
        gnutls_x509_crt_deinit(certificates[--count]);
}

const struct library library_gnutls = {
    "gnutls",  "GnuTLS",   s2sv_gnutls_backend, describe,
    stock_new, stock_free, stock_ask,           &tls_gnutls,
};
