/* SPDX-License-Identifier: MIT */
#include "pki.h"

#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "making.h"

struct pki *pki_new(struct pki_keys *keys, int64_t now)
{
    struct pki *pki = calloc(1, sizeof *pki);
    if (!pki)
        abort();
    pki->own_keys = keys ? NULL : pki_keys_new();
    pki->keys = keys ? keys : pki->own_keys;
    pki->now = now;
    return pki;
}

static void cert_free(struct pki_cert *cert)
{
    EVP_PKEY_free(cert->key);
    out_free(&cert->der);
    out_free(&cert->subject);
    out_free(&cert->serial);
    out_free(&cert->ski);
    free(cert->name);
    free(cert->spec);
    free(cert);
}

static void crl_free(struct pki_crl *crl)
{
    out_free(&crl->der);
    free(crl->name);
    free(crl);
}

void pki_free(struct pki *pki)
{
    struct pki_cert *next_cert;
    struct pki_crl *next_crl;
    struct pki_ocsp *next_response;
    if (!pki)
        return;
    for (struct pki_cert *cert = pki->certs; cert; cert = next_cert) {
        next_cert = cert->next;
        cert_free(cert);
    }
    for (struct pki_crl *crl = pki->crls; crl; crl = next_crl) {
        next_crl = crl->next;
        crl_free(crl);
    }
    for (struct pki_ocsp *ocsp = pki->responses; ocsp; ocsp = next_response) {
        next_response = ocsp->next;
        out_free(&ocsp->der);
        free(ocsp);
    }
    pki_keys_free(pki->own_keys);
    free(pki);
}

struct pki_cert *pki_find(const struct pki *pki, const char *name)
{
    for (struct pki_cert *cert = pki->certs; cert; cert = cert->next)
        if (strcmp(cert->name, name) == 0)
            return cert;
    return NULL;
}

/* A misspelt item would silently test nothing. */
static int check_keys(struct making *making)
{
    static const char *const known[] = {
        "ca",      "key",        "same-key",  "issuer",     "issuer-dn",    "signer",
        "subject", "not-before", "not-after", "version",    "serial",       "sig",
        "sig-alg", "ext",        "twice",     "mutate",     "salt",         "salt-hex",
        "trailer", "hash-null",  "key-oid",   "key-params", "key-hex",      "key-unused",
        "point",   "modulus",    "exponent",  "value",      "value-unused", "mask",
    };

    for (size_t i = 0; i < making->items.count; i++) {
        const char *key = making->items.list[i].key;
        int good = making_is_extension_key(key);
        for (size_t j = 0; j < sizeof known / sizeof *known; j++)
            good = good || strcmp(key, known[j]) == 0;
        if (!good)
            return making_fail(making, "unknown item: %s", key);
    }
    return 0;
}

static int check_mutations(struct making *making)
{
    static const char *const known[] = {
        "ber-bool",   "default-critical", "tbs-trailing",     "long-length",
        "indefinite", "flip-signature",   "sig-alg-mismatch", "truncate",
        "keep",       "trailing",         "replace",
    };

    for (size_t i = 0; i < making->items.count; i++) {
        const struct item *item = &making->items.list[i];
        int good = strcmp(item->key, "mutate") != 0;
        for (size_t j = 0; j < sizeof known / sizeof *known; j++) {
            const char *rest = text_after(item->value, known[j]);
            good = good || (rest && (*rest == '\0' || *rest == ':'));
        }
        if (!good)
            return making_fail(making, "unknown mutation: %s", item->value);
    }
    return 0;
}

static int find_issuer(struct making *making)
{
    const char *name = making_get(making, "issuer", "");
    int is_self = *name == '\0';
    making->issuer = !is_self ? pki_find(making->pki, name) : making->cert;
    if (!making->issuer)
        return making_fail(making, "no such certificate: issuer=%s", name);
    making->cert->issuer = is_self ? NULL : making->issuer;
    return 0;
}

static int choose_key(struct making *making)
{
    const char *other = making_get(making, "same-key", NULL);
    const char *type = making_get(making, "key", "p256");
    const struct pki_cert *twin = other ? pki_find(making->pki, other) : NULL;
    EVP_PKEY *key = twin ? twin->key : NULL;
    if (!other)
        key = keys_get(making->pki->keys, type, making->cert->name);
    if (!key && other)
        return making_fail(making, "no such certificate: same-key=%s", other);
    if (!key)
        return making_fail(making, "can't make a key: key=%s", type);
    EVP_PKEY_up_ref(key);
    making->cert->key = key;
    return 0;
}

static int choose_subject(struct making *making)
{
    struct pki_cert *cert = making->cert;
    const char *other = making_get(making, "same-key", NULL);
    const char *dn = making_get(making, "subject", NULL);
    char usual[300];
    if (!dn && other) {
        const struct pki_cert *twin = pki_find(making->pki, other);
        out_bytes(&cert->subject, twin->subject.data, twin->subject.len);
        return 0;
    }
    text_say(usual, sizeof usual, "O=Test,CN=%s", cert->name);
    if (!dn)
        dn = making->is_ca ? usual : "";
    return names_dn(&cert->subject, dn) == 0 ? 0 : making_fail(making, "bad name: subject=%s", dn);
}

/* Eight octets that follow from the name and the specification, so that two never share one. */
static int choose_serial(struct making *making)
{
    struct pki_cert *cert = making->cert;
    const char *hex = making_get(making, "serial", NULL);
    unsigned char hash[SHA256_DIGEST_LENGTH];
    struct out text = { 0 };
    if (hex)
        return text_hex(&cert->serial, hex) == 0 ? 0 : making_fail(making, "bad serial: %s", hex);
    out_bytes(&text, cert->name, strlen(cert->name) + 1);
    out_bytes(&text, cert->spec, strlen(cert->spec));
    SHA256(text.data, text.len, hash);
    hash[0] = (unsigned char)((hash[0] & 0x7f) | 0x40);
    out_bytes(&cert->serial, hash, 8);
    out_free(&text);
    return 0;
}

/* RFC 7093 method 1: the left-most 160 bits of a SHA-256 over the key, here with its algorithm. */
static int choose_ski(struct making *making)
{
    const char *text = making_get(making, "ski", "auto");
    unsigned char hash[SHA256_DIGEST_LENGTH];
    struct out spki = { 0 };
    if (strcmp(making_get(making, "version", "3"), "1") == 0 || strcmp(text, "absent") == 0 ||
        strcmp(text, "garbage") == 0 || text_after(text, "raw:"))
        return 0;
    if (strcmp(text, "auto") != 0)
        return text_hex(&making->cert->ski, text) == 0 ? 0
                                                       : making_fail(making, "bad ski: %s", text);
    int status = making_spki(making, &spki);
    if (status == 0) {
        SHA256(spki.data, spki.len, hash);
        out_bytes(&making->cert->ski, hash, 20);
    }
    out_free(&spki);
    return status;
}

static int put_version(struct making *making, struct out *out)
{
    unsigned long version = strtoul(making_get(making, "version", "3"), NULL, 10);
    size_t mark = out_open(out);
    if (version == 0)
        return making_fail(making, "bad version");
    if (version == 1)
        return 0;
    out_uint(out, version - 1);
    out_close(out, mark, TAG_CONTEXT_CONSTRUCTED | 0);
    return 0;
}

/* Roots live longest, leaves shortest, all around the pki's time. */
static int put_validity(struct making *making, struct out *out)
{
    const char *before = making->is_ca ? "-300d" : "-10d";
    const char *after = making->is_ca ? "+1000d" : "+80d";
    size_t mark = out_open(out);
    if (making->is_ca && making->issuer == making->cert) {
        before = "-1000d";
        after = "+5000d";
    }
    if (making_time(making, out, making_get(making, "not-before", before)) != 0 ||
        making_time(making, out, making_get(making, "not-after", after)) != 0)
        return -1;
    out_close_named(out, mark, TAG_SEQUENCE, "validity");
    return 0;
}

static int put_tbs(struct making *making, struct out *out)
{
    struct pki_cert *cert = making->cert;
    const char *trailing = making_mutation(making, "tbs-trailing");
    if (put_version(making, out) != 0)
        return -1;
    out_tlv(out, TAG_INTEGER, cert->serial.data, cert->serial.len);
    making_algorithm(making, out);
    if (making_issuer_name(making, out) != 0 || put_validity(making, out) != 0)
        return -1;
    out_bytes(out, cert->subject.data, cert->subject.len);
    if (making_spki(making, out) != 0 || making_extensions(making, out) != 0)
        return -1;
    if (trailing && text_hex(out, trailing) != 0)
        return making_fail(making, "bad hex: %s", trailing);
    out_close_named(out, 0, TAG_SEQUENCE, "tbs");
    return 0;
}

static int make(struct making *making)
{
    struct out *der = &making->cert->der;
    if (check_keys(making) != 0 || check_mutations(making) != 0 || find_issuer(making) != 0 ||
        choose_key(making) != 0 || choose_subject(making) != 0 || choose_serial(making) != 0 ||
        choose_ski(making) != 0 || making_signer(making) != 0)
        return -1;
    der->odd_long = making_mutation(making, "long-length");
    der->odd_indefinite = making_mutation(making, "indefinite");
    if (put_tbs(making, der) != 0 || making_sign(making, der) != 0)
        return -1;
    der->odd_long = der->odd_indefinite = NULL;
    return making_damage(making, der);
}

struct pki_cert *pki_make(struct pki *pki, const char *name, const char *spec, char *err,
                          size_t errlen)
{
    struct making making = { .pki = pki, .err = err, .errlen = errlen };
    struct pki_cert *cert = calloc(1, sizeof *cert);
    int status = -1;
    if (!cert)
        abort();
    text_say(err, errlen, "can't make the certificate");
    cert->name = text_copy(name, strlen(name));
    cert->spec = text_copy(spec, strlen(spec));
    making.cert = cert;
    making.items = items_split(spec);
    making.is_ca = making_has(&making, "ca");
    if (pki_find(pki, name))
        text_say(err, errlen, "there is one of that name");
    else
        status = make(&making);
    items_free(&making.items);
    if (status != 0) {
        cert_free(cert);
        return NULL;
    }
    cert->next = pki->certs;
    pki->certs = cert;
    return cert;
}

const char *pki_name(const struct pki_cert *cert)
{
    return cert->name;
}

const char *pki_spec(const struct pki_cert *cert)
{
    return cert->spec;
}

const unsigned char *pki_der(const struct pki_cert *cert, size_t *ret_len)
{
    *ret_len = cert->der.len;
    return cert->der.data;
}

EVP_PKEY *pki_key(const struct pki_cert *cert)
{
    return cert->key;
}

const struct pki_cert *pki_issuer(const struct pki_cert *cert)
{
    return cert->issuer;
}

static char *take_text(BIO *bio)
{
    char *data;
    long len = BIO_get_mem_data(bio, &data);
    char *text = text_copy(data, len > 0 ? (size_t)len : 0);
    BIO_free(bio);
    return text;
}

static char *to_pem(const char *label, const struct out *der)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio)
        abort();
    PEM_write_bio(bio, label, "", der->data, (long)der->len);
    return take_text(bio);
}

char *pki_pem(const struct pki_cert *cert)
{
    return to_pem("CERTIFICATE", &cert->der);
}

char *pki_crl_pem(const struct pki_crl *crl)
{
    return to_pem("X509 CRL", &crl->der);
}

char *pki_key_pem(const struct pki_cert *cert)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio)
        abort();
    PEM_write_bio_PrivateKey(bio, cert->key, NULL, NULL, 0, NULL, NULL);
    return take_text(bio);
}
