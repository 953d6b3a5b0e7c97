/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "making.h"

static int put_revoked_serial(struct making *making, struct out *out, const char *text)
{
    const char *hex = text_after(text, "hex:");
    const struct pki_cert *cert = hex ? NULL : pki_find(making->pki, text);
    size_t mark = out_open(out);
    if (hex ? text_hex(out, hex) != 0 : !cert)
        return making_fail(making, "no such certificate: revoked=%s", text);
    if (cert)
        out_bytes(out, cert->serial.data, cert->serial.len);
    out_close(out, mark, TAG_INTEGER);
    return 0;
}

/* WHOSE, then /OID:critical:HEX for each extension of the entry. */
static int put_entry(struct making *making, struct out *out, const char *text)
{
    size_t mark = out_open(out), list;
    char *whose = text_next(&text, '/'), *extension;
    int status = whose ? put_revoked_serial(making, out, whose) : -1;
    if (status == 0)
        status = making_time(making, out, "-2d");
    list = out_open(out);
    while (status == 0 && (extension = text_next(&text, '/'))) {
        status = making_raw_extension(making, out, extension);
        free(extension);
    }
    if (out->len > list)
        out_close(out, list, TAG_SEQUENCE);
    out_close(out, mark, TAG_SEQUENCE);
    free(whose);
    return status;
}

/* hex:N serial numbers from 1000000001 on, so that a list has any size. */
static void put_many(struct out *out, unsigned long count, struct making *making)
{
    for (unsigned long i = 1; i <= count; i++) {
        size_t mark = out_open(out);
        out_uint(out, 1000000000UL + i);
        (void)making_time(making, out, "-2d");
        out_close(out, mark, TAG_SEQUENCE);
    }
}

static int put_revoked_list(struct making *making, struct out *out)
{
    const char *rest = making_get(making, "revoked", NULL);
    size_t list = out_open(out);
    char *entry;
    int status = 0;
    while (status == 0 && (entry = text_next(&rest, ','))) {
        status = put_entry(making, out, entry);
        free(entry);
    }
    put_many(out, strtoul(making_get(making, "many", "0"), NULL, 10), making);
    if (out->len > list)
        out_close(out, list, TAG_SEQUENCE);
    return status;
}

static int put_crl_extensions(struct making *making, struct out *out)
{
    const char *aki = making_get(making, "aki", "auto");
    const char *number = making_get(making, "number", "1");
    size_t tagged = out_open(out);
    size_t list = out_open(out);
    struct out value = { 0 };
    int status = strcmp(aki, "absent") == 0 ? 0 : making_aki(making, aki, &value);
    if (status == 0 && value.len > 0)
        making_extension(making, out, "2.5.29.35", 0, &value);
    value.len = 0;
    out_uint(&value, strtoul(number, NULL, 10));
    if (strcmp(number, "absent") != 0)
        making_extension(making, out, "2.5.29.20", 0, &value);
    out_free(&value);
    if (status != 0)
        return making_fail(making, "bad value: aki=%s", aki);
    if (making_raw_extensions(making, out) != 0)
        return -1;
    out_close(out, list, TAG_SEQUENCE);
    out_close(out, tagged, TAG_CONTEXT_CONSTRUCTED | 0);
    return 0;
}

static int put_tbs(struct making *making, struct out *out)
{
    const char *next = making_get(making, "next-update", "+7d");
    out_uint(out, 1);
    making_algorithm(making, out);
    if (making_issuer_name(making, out) != 0 ||
        making_time(making, out, making_get(making, "this-update", "-1d")) != 0)
        return -1;
    if (strcmp(next, "absent") != 0 && making_time(making, out, next) != 0)
        return -1;
    if (put_revoked_list(making, out) != 0 || put_crl_extensions(making, out) != 0)
        return -1;
    out_close_named(out, 0, TAG_SEQUENCE, "tbs");
    return 0;
}

static int check_keys(struct making *making)
{
    static const char *const known[] = { "issuer",      "issuer-dn", "signer",       "sig",
                                         "this-update", "revoked",   "number",       "next-update",
                                         "aki",         "ext",       "mutate",       "sig-alg",
                                         "salt",        "salt-hex",  "trailer",      "hash-null",
                                         "mask",        "value",     "value-unused", "many" };

    for (size_t i = 0; i < making->items.count; i++) {
        const char *key = making->items.list[i].key;
        int good = 0;
        for (size_t j = 0; j < sizeof known / sizeof *known; j++)
            good = good || strcmp(key, known[j]) == 0;
        if (!good)
            return making_fail(making, "unknown item: %s", key);
    }
    return 0;
}

static int make(struct making *making, struct out *der)
{
    const char *name = making_get(making, "issuer", "");
    making->issuer = pki_find(making->pki, name);
    if (!making->issuer)
        return making_fail(making, "no such certificate: issuer=%s", name);
    if (check_keys(making) != 0 || making_signer(making) != 0 || put_tbs(making, der) != 0 ||
        making_sign(making, der) != 0)
        return -1;
    return making_damage(making, der);
}

struct pki_crl *pki_crl(struct pki *pki, const char *name, const char *spec, char *err,
                        size_t errlen)
{
    struct making making = { .pki = pki, .err = err, .errlen = errlen };
    struct pki_crl *crl = calloc(1, sizeof *crl);
    if (!crl)
        abort();
    making.items = items_split(spec);
    int status = make(&making, &crl->der);
    items_free(&making.items);
    if (status != 0) {
        out_free(&crl->der);
        free(crl);
        return NULL;
    }
    crl->name = text_copy(name, strlen(name));
    crl->next = pki->crls;
    pki->crls = crl;
    return crl;
}

const unsigned char *pki_crl_der(const struct pki_crl *crl, size_t *ret_len)
{
    *ret_len = crl->der.len;
    return crl->der.data;
}
