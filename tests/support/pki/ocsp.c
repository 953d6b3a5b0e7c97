/* SPDX-License-Identifier: MIT */
/* OCSP responses (RFC 6960 section 4.2.1). */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "making.h"

static const struct hash {
    const char *name, *oid, *digest;
} hashes[] = {
    { "sha1", "1.3.14.3.2.26", "SHA1" },
    { "sha256", "2.16.840.1.101.3.4.2.1", "SHA256" },
    { "sha384", "2.16.840.1.101.3.4.2.2", "SHA384" },
    { "sha512", "2.16.840.1.101.3.4.2.3", "SHA512" },
    { "sha224", "2.16.840.1.101.3.4.2.4", "SHA224" },
};

static void put_hash(struct out *out, const char *digest, const void *data, size_t len)
{
    unsigned char made[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!EVP_Digest(data, len, made, &size, EVP_get_digestbyname(digest), NULL))
        abort();
    out_tlv(out, TAG_OCTETS, made, size);
}

/* The octets of the certificate's public key. */
static void put_key_hash(struct out *out, const char *digest, const struct pki_cert *cert)
{
    struct out spki = { 0 };
    long len;
    int tag;
    int class;
    if (keys_spki(&spki, cert->key) != 0)
        abort();
    const unsigned char *at = spki.data;
    ASN1_get_object(&at, &len, &tag, &class, (long)spki.len); /* into the sequence */
    ASN1_get_object(&at, &len, &tag, &class, (long)spki.len);
    at += len; /* past the algorithm */
    ASN1_get_object(&at, &len, &tag, &class, (long)spki.len);
    put_hash(out, digest, at + 1, (size_t)len - 1);
    out_free(&spki);
}

static int put_id(struct making *making, struct out *out, const char *whose)
{
    const char *name = making_get(making, "hash", "sha1"), *of = making_get(making, "of", NULL);
    const struct pki_cert *cert = pki_find(making->pki, whose);
    const struct pki_cert *issuer = of ? pki_find(making->pki, of) : making->issuer;
    size_t mark = out_open(out), algorithm = out_open(out);
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        if (strcmp(hashes[i].name, name) != 0 || !cert || !issuer)
            continue;
        if (out_oid(out, hashes[i].oid) != 0)
            abort();
        out_close(out, algorithm, TAG_SEQUENCE);
        put_hash(out, hashes[i].digest, issuer->subject.data, issuer->subject.len);
        put_key_hash(out, hashes[i].digest, issuer);
        out_tlv(out, TAG_INTEGER, cert->serial.data, cert->serial.len);
        out_close(out, mark, TAG_SEQUENCE);
        return 0;
    }
    return making_fail(making, "no such certificate or hash: %s, %s", whose, name);
}

/* GeneralizedTime, always. */
static int put_time(struct making *making, struct out *out, const char *text)
{
    struct out utc = { 0 };
    int status = making_time(making, &utc, text);
    size_t mark = out_open(out);
    if (status == 0 && utc.data[0] == TAG_UTCTIME) {
        out_bytes(out, utc.data[2] >= '5' ? "19" : "20", 2);
        out_bytes(out, utc.data + 2, utc.len - 2);
        out_close(out, mark, TAG_GENERALIZEDTIME);
    } else if (status == 0) {
        out_bytes(out, utc.data, utc.len);
    }
    out_free(&utc);
    return status;
}

static int put_status(struct making *making, struct out *out, const char *status)
{
    size_t mark = out_open(out);
    if (strcmp(status, "good") == 0)
        out_tlv(out, TAG_CONTEXT | 0, "", 0);
    else if (strcmp(status, "unknown") == 0)
        out_tlv(out, TAG_CONTEXT | 2, "", 0);
    else if (strcmp(status, "revoked") != 0 || put_time(making, out, "-2d") != 0)
        return making_fail(making, "bad status: %s", status);
    else
        out_close(out, mark, TAG_CONTEXT_CONSTRUCTED | 1);
    return 0;
}

static int put_extensions(struct making *making, struct out *out, const char *key)
{
    size_t tagged = out_open(out), list = out_open(out);
    for (size_t i = 0; i < making->items.count; i++)
        if (strcmp(making->items.list[i].key, key) == 0 &&
            making_raw_extension(making, out, making->items.list[i].value) != 0)
            return -1;
    if (out->len == list)
        return 0;
    out_close(out, list, TAG_SEQUENCE);
    out_close(out, tagged, TAG_CONTEXT_CONSTRUCTED | 1);
    return 0;
}

/* STATUS/NAME/THIS-UPDATE/NEXT-UPDATE, of which the dates may be left out. */
static int put_single(struct making *making, struct out *out, const char *text)
{
    char *word = text_next(&text, '/'), *whose = text_next(&text, '/');
    char *since = text_next(&text, '/'), *until = text_next(&text, '/');
    size_t mark = out_open(out), next;
    int status = word && whose ? put_id(making, out, whose) : -1;
    if (status == 0)
        status = put_status(making, out, word);
    if (status == 0)
        status = put_time(making, out, since ? since : "-1d");
    next = out_open(out);
    if (status == 0 && (!until || strcmp(until, "absent") != 0)) {
        status = put_time(making, out, until ? until : "+7d");
        out_close(out, next, TAG_CONTEXT_CONSTRUCTED | 0);
    }
    if (status == 0)
        status = put_extensions(making, out, "single-ext");
    out_close(out, mark, TAG_SEQUENCE);
    free(word);
    free(whose);
    free(since);
    free(until);
    return status;
}

static const struct pki_cert *signer_of(const struct making *making)
{
    const char *name = making_get(making, "signer", NULL);
    return name ? pki_find(making->pki, name) : making->issuer;
}

/* responder=NAME: whoever signed, the response says that it was that one. */
static int put_responder(struct making *making, struct out *out)
{
    const char *said = making_get(making, "responder", NULL);
    const struct pki_cert *cert = said ? pki_find(making->pki, said) : signer_of(making);
    size_t mark = out_open(out);
    if (!cert)
        return making_fail(making, "no such certificate: responder=%s", said ? said : "");
    if (making_has(making, "by-key"))
        put_key_hash(out, "SHA1", cert);
    else
        out_bytes(out, cert->subject.data, cert->subject.len);
    out_close(out, mark, TAG_CONTEXT_CONSTRUCTED | (making_has(making, "by-key") ? 2U : 1U));
    return 0;
}

static int put_data(struct making *making, struct out *out)
{
    if (put_responder(making, out) != 0 || put_time(making, out, "-1d") != 0)
        return -1;
    size_t list = out_open(out);
    for (size_t i = 0; i < making->items.count; i++)
        if (strcmp(making->items.list[i].key, "single") == 0 &&
            put_single(making, out, making->items.list[i].value) != 0)
            return -1;
    out_close(out, list, TAG_SEQUENCE);
    if (put_extensions(making, out, "ext") != 0)
        return -1;
    out_close(out, 0, TAG_SEQUENCE);
    return 0;
}

/* certs=NAME,NAME behind the signature, in the sequence that it closed. */
static int put_certs(struct making *making, struct out *basic)
{
    const char *rest = making_get(making, "certs", NULL);
    struct out certs = { 0 };
    const unsigned char *at = basic->data;
    size_t tagged = out_open(&certs), list = out_open(&certs);
    long len;
    int tag, class, status = 0;
    char *name;
    while (status == 0 && (name = text_next(&rest, ','))) {
        const struct pki_cert *cert = pki_find(making->pki, name);
        if (cert)
            out_bytes(&certs, cert->der.data, cert->der.len);
        else
            status = making_fail(making, "no such certificate: certs=%s", name);
        free(name);
    }
    if (status == 0 && certs.len > 0) {
        out_close(&certs, list, TAG_SEQUENCE);
        out_close(&certs, tagged, TAG_CONTEXT_CONSTRUCTED | 0);
        ASN1_get_object(&at, &len, &tag, &class, (long)basic->len);
        out_insert(&certs, 0, at, (size_t)len);
        out_close(&certs, 0, TAG_SEQUENCE);
        basic->len = 0;
        out_bytes(basic, certs.data, certs.len);
    }
    out_free(&certs);
    return status;
}

/* OCSPResponse, successful, around what it holds. */
static void wrap(struct making *making, struct out *der)
{
    struct out head = { 0 };
    unsigned char status = (unsigned char)strtoul(making_get(making, "response", "0"), NULL, 10);
    out_close(der, 0, TAG_OCTETS);
    if (out_oid(&head, "1.3.6.1.5.5.7.48.1.1") != 0)
        abort();
    out_insert(der, 0, head.data, head.len);
    out_close(der, 0, TAG_SEQUENCE);
    out_close(der, 0, TAG_CONTEXT_CONSTRUCTED | 0);
    head.len = 0;
    size_t mark = out_open(&head);
    out_byte(&head, status);
    out_close(&head, mark, 0x0a);
    out_insert(der, 0, head.data, head.len);
    out_close(der, 0, TAG_SEQUENCE);
    out_free(&head);
}

static int check_keys(struct making *making)
{
    static const char *const known[] = { "issuer",    "of",         "single", "hash",
                                         "signer",    "sig",        "certs",  "by-key",
                                         "responder", "ext",        "mutate", "sig-alg",
                                         "response",  "single-ext", "value",  "value-unused",
                                         "salt",      "mask" };

    for (size_t i = 0; i < making->items.count; i++) {
        int good = 0;
        for (size_t j = 0; j < sizeof known / sizeof *known; j++)
            good = good || strcmp(making->items.list[i].key, known[j]) == 0;
        if (!good)
            return making_fail(making, "unknown item: %s", making->items.list[i].key);
    }
    return 0;
}

static int make(struct making *making, struct out *der)
{
    const char *name = making_get(making, "issuer", "");
    making->issuer = pki_find(making->pki, name);
    if (!making->issuer)
        return making_fail(making, "no such certificate: issuer=%s", name);
    if (check_keys(making) != 0 || making_signer(making) != 0 || put_data(making, der) != 0 ||
        making_sign(making, der) != 0)
        return -1;
    if (making_mutation(making, "flip-signature"))
        der->data[der->len - 1] ^= 1;
    if (put_certs(making, der) != 0)
        return -1;
    wrap(making, der);
    return making_mutation(making, "flip-signature") ? 0 : making_damage(making, der);
}

struct pki_ocsp *pki_ocsp(struct pki *pki, const char *spec, char *err, size_t errlen)
{
    struct making making = { .pki = pki, .err = err, .errlen = errlen };
    struct pki_ocsp *ocsp = calloc(1, sizeof *ocsp);
    if (!ocsp)
        abort();
    making.items = items_split(spec);
    int status = make(&making, &ocsp->der);
    items_free(&making.items);
    ocsp->next = pki->responses;
    pki->responses = ocsp;
    return status == 0 ? ocsp : NULL;
}

const unsigned char *pki_ocsp_der(const struct pki_ocsp *ocsp, size_t *ret_len)
{
    *ret_len = ocsp->der.len;
    return ocsp->der.data;
}
