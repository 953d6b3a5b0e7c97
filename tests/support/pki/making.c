/* SPDX-License-Identifier: MIT */
/* What certificates and CRLs have in common: items, dates, signer, signature, damage. */
#include "making.h"

#include <stdlib.h>
#include <string.h>

const char *making_get(const struct making *making, const char *key, const char *otherwise)
{
    const char *value = items_get(&making->items, key);
    return value ? value : otherwise;
}

int making_has(const struct making *making, const char *word)
{
    return items_get(&making->items, word) != NULL;
}

const char *making_mutation(const struct making *making, const char *op)
{
    for (size_t i = 0; i < making->items.count; i++) {
        const struct item *item = &making->items.list[i];
        const char *rest = strcmp(item->key, "mutate") == 0 ? text_after(item->value, op) : NULL;
        if (rest && (*rest == '\0' || *rest == ':'))
            return *rest ? rest + 1 : rest;
    }
    return NULL;
}

int making_signer(struct making *making)
{
    const char *other = making_get(making, "signer", NULL);
    const struct pki_cert *signer = other ? pki_find(making->pki, other) : making->issuer;
    if (!signer)
        return making_fail(making, "no such certificate: signer=%s", other);
    making->signer = signer->key;
    making->signing = signing_find(signer->key, making_get(making, "sig", NULL));
    making->pss =
        (struct pss_options){ making_get(making, "salt", NULL),
                              making_get(making, "salt-hex", NULL),
                              making_get(making, "mask", NULL), making_get(making, "trailer", NULL),
                              making_get(making, "hash-null", NULL) };
    if (!making->signing)
        return making_fail(making, "the key can't sign so: sig=%s", making_get(making, "sig", ""));
    return 0;
}

int making_time(struct making *making, struct out *out, const char *text)
{
    const char *hex = text_after(text, "raw:");
    int64_t seconds;
    if (hex ? text_hex(out, hex) != 0 : text_time(text, making->pki->now, &seconds) != 0)
        return making_fail(making, "bad time: %s", text);
    if (!hex)
        out_time(out, seconds);
    return 0;
}

int making_issuer_name(struct making *making, struct out *out)
{
    const char *dn = making_get(making, "issuer-dn", NULL);
    if (!dn)
        out_bytes(out, making->issuer->subject.data, making->issuer->subject.len);
    else if (names_dn(out, dn) != 0)
        return making_fail(making, "bad name: issuer-dn=%s", dn);
    return 0;
}

void making_algorithm(struct making *making, struct out *out)
{
    const char *hex = making_get(making, "sig-alg", NULL);
    if (!hex || text_hex(out, hex) != 0)
        signing_identifier(out, making->signing, &making->pss, making->signer);
}

/* sha256WithRSAEncryption or ecdsa-with-SHA512: whatever the true one is not. */
static void other_algorithm(struct making *making, struct out *out)
{
    const char *name = strcmp(making_get(making, "sig", ""), "sha512") == 0 ? "sha256" : "sha512";
    const struct signing *other = signing_find(making->signer, name);
    signing_identifier(out, other, &making->pss, making->signer);
}

int making_sign(struct making *making, struct out *out)
{
    struct out signature = { 0 };
    unsigned unused = 0;
    if (signing_sign(&signature, making->signing, &making->pss, making->signer, out->data,
                     out->len) != 0) {
        out_free(&signature);
        return making_fail(making, "signing failed");
    }
    if (making_value(making, &signature, &unused) != 0) {
        out_free(&signature);
        return -1;
    }
    if (making_mutation(making, "sig-alg-mismatch"))
        other_algorithm(making, out);
    else
        making_algorithm(making, out);
    size_t bits = out_open(out);
    out_byte(out, unused);
    out_bytes(out, signature.data, signature.len);
    out_close(out, bits, TAG_BITS);
    out_close_named(out, 0, TAG_SEQUENCE, "cert");
    out_free(&signature);
    return 0;
}

static void cut_to(struct out *der, size_t len)
{
    if (len < der->len)
        der->len = len;
}

int making_damage(struct making *making, struct out *der)
{
    const char *text;
    if (making_mutation(making, "flip-signature"))
        der->data[der->len - 1] ^= 1;
    if ((text = making_mutation(making, "truncate"))) {
        size_t drop = strtoul(text, NULL, 10);
        cut_to(der, drop < der->len ? der->len - drop : 0);
    }
    if ((text = making_mutation(making, "keep")))
        cut_to(der, strtoul(text, NULL, 10));
    if ((text = making_mutation(making, "trailing")) && text_hex(der, text) != 0)
        return making_fail(making, "bad hex: %s", text);
    if ((text = making_mutation(making, "replace"))) {
        der->len = 0;
        if (text_hex(der, text) != 0)
            return making_fail(making, "bad hex: %s", text);
    }
    return 0;
}
