/* SPDX-License-Identifier: MIT */
/*
 * check DIR: reads the case files, makes every certificate, and asks libcrypto whether the well
 * formed ones are well formed and the others are what they were meant to be. The library under test
 * has no part in it.
 */
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/pki/text.h"
#include "chain.h"

struct check {
    const struct case_record *record;
    int certs;
    int failures;
};

static void fail(struct check *check, const struct pki_cert *cert, const char *what)
{
    printf("%s:%d: case %s: %s: %s\n", check->record->file, check->record->line, check->record->id,
           cert ? pki_name(cert) : "-", what);
    check->failures++;
}

/* The length's own octets, or 0 if it isn't definite, shortest and within the data. */
static size_t length_octets(const unsigned char *data, size_t len, size_t *ret_value)
{
    size_t count = len > 1 && data[1] >= 0x80 ? data[1] & 0x7fU : 0;
    size_t value = 0;
    if (len < 2 || data[1] == 0x80 || count > 4 || count + 2 > len)
        return 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | data[2 + i];
    if (count == 0)
        value = data[1];
    else if (value < 0x80 || data[2] == 0)
        return 0;
    *ret_value = value;
    return value <= len - 2 - count ? 1 + count : 0;
}

/* Is it one element or more, each DER as far as lengths, booleans and integers go? */
static int is_der(const unsigned char *data, size_t len, int depth)
{
    while (len > 0) {
        size_t value;
        size_t octets = length_octets(data, len, &value);
        const unsigned char *content = data + 1 + octets;
        if (octets == 0 || depth > 20)
            return 0;
        if (data[0] == 0x01 && (value != 1 || (content[0] != 0 && content[0] != 0xff)))
            return 0;
        if (data[0] == 0x02 && value > 1 && content[0] == 0 && content[1] < 0x80)
            return 0;
        if (data[0] & 0x20 && !is_der(content, value, depth + 1))
            return 0;
        data = content + value;
        len -= 1 + octets + value;
    }
    return 1;
}

static int is_one_element(const unsigned char *data, size_t len)
{
    size_t value;
    size_t octets = length_octets(data, len, &value);
    return octets > 0 && 1 + octets + value == len && data[0] == 0x30;
}

static X509 *parse(const struct pki_cert *cert)
{
    size_t len;
    const unsigned char *der = pki_der(cert, &len);
    const unsigned char *end = der;
    X509 *x509 = d2i_X509(NULL, &end, (long)len);
    if (x509 && end != der + len) {
        X509_free(x509);
        return NULL;
    }
    return x509;
}

/* Whose key it says it was signed with. */
static EVP_PKEY *signer_key(const struct pki_cert *cert)
{
    return pki_key(pki_issuer(cert) ? pki_issuer(cert) : cert);
}

static int signature_holds(const struct pki_cert *cert)
{
    X509 *x509 = parse(cert);
    int holds = x509 && X509_verify(x509, signer_key(cert)) == 1;
    X509_free(x509);
    return holds;
}

static int algorithms_agree(const struct pki_cert *cert)
{
    X509 *x509 = parse(cert);
    const X509_ALGOR *outer = NULL;
    if (x509)
        X509_get0_signature(NULL, &outer, x509);
    int agree = x509 && X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x509)) == 0;
    X509_free(x509);
    return agree;
}

static int has_any(const char *spec, const char *const *words)
{
    for (; *words; words++)
        if (strstr(spec, *words))
            return 1;
    return 0;
}

/* The outer form is broken: no element, or one with something behind it, or BER. */
static void check_form(struct check *check, const struct pki_cert *cert)
{
    static const char *const broken[] = {
        "mutate=keep",     "mutate=truncate",    "mutate=replace",
        "mutate=trailing", "mutate=long-length", "mutate=ber-bool",
        "serial=0001",     "mutate=indefinite",  NULL,
    };
    size_t len;
    const unsigned char *der = pki_der(cert, &len);
    int is_good = is_one_element(der, len) && is_der(der, len, 0) && len > 100;

    if (has_any(pki_spec(cert), broken) && is_good)
        fail(check, cert, "should be malformed");
    if (!has_any(pki_spec(cert), broken) && !is_good)
        fail(check, cert, "should be DER");
}

static void check_signature(struct check *check, const struct pki_cert *cert)
{
    static const char *const forged[] = { "mutate=flip-signature", "signer=", NULL };
    static const char *const unreadable[] = {
        "mutate=",   "=raw:17", "=raw:18",  "sig-alg=",        "version=4",
        "serial=00", "sig=md5", "sig=sha3", "key=explicit-ec", NULL,
    };
    const char *spec = pki_spec(cert);

    if (strstr(spec, "mutate=sig-alg-mismatch") && algorithms_agree(cert))
        fail(check, cert, "the algorithms should differ");
    if (has_any(spec, forged) && signature_holds(cert))
        fail(check, cert, "the signature should be wrong");
    if (!has_any(spec, forged) && !has_any(spec, unreadable) && !signature_holds(cert))
        fail(check, cert, "the signature should be good");
}

static void check_cert(struct check *check, const struct pki_cert *cert)
{
    check->certs++;
    check_form(check, cert);
    check_signature(check, cert);
}

static void check_record(struct check *check, struct pki_keys *keys)
{
    char err[400];
    struct case_chain *chain = case_chain_make(check->record, keys, err, sizeof err);
    if (!chain) {
        printf("%s\n", err);
        check->failures++;
        return;
    }
    for (size_t i = 0; i < chain->present_count; i++)
        check_cert(check, chain->present[i]);
    for (size_t i = 0; i < chain->trust_count; i++)
        check_cert(check, chain->trust[i]);
    if (*check->record->about == '\0' || *check->record->source == '\0' ||
        *check->record->section == '\0')
        fail(check, NULL, "a record needs a section, about and source");
    case_chain_free(chain);
}

int main(int argc, char **argv)
{
    struct case_set set = { 0 };
    struct pki_keys *keys = pki_keys_new();
    struct check check = { 0 };
    char err[400];
    int status = -1;
    if (argc != 2)
        fprintf(stderr, "usage: check DIR\n");
    else
        status = case_read_dir(&set, argv[1], err, sizeof err);
    if (status != 0 && argc == 2)
        fprintf(stderr, "%s\n", err);
    for (size_t i = 0; i < set.count && status == 0; i++) {
        check.record = &set.list[i];
        check_record(&check, keys);
    }
    printf("%zu cases, %d certificates, %d failures\n", set.count, check.certs, check.failures);
    if (set.count == 0)
        status = -1;
    case_set_free(&set);
    pki_keys_free(keys);
    return status == 0 && check.failures == 0 ? 0 : 1;
}
