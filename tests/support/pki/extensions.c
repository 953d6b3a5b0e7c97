/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "making.h"

struct named {
    const char *name;
    const char *oid;
};

static const struct named purposes[] = {
    { "serverAuth", "1.3.6.1.5.5.7.3.1" },
    { "clientAuth", "1.3.6.1.5.5.7.3.2" },
    { "codeSigning", "1.3.6.1.5.5.7.3.3" },
    { "emailProtection", "1.3.6.1.5.5.7.3.4" },
    { "timeStamping", "1.3.6.1.5.5.7.3.8" },
    { "OCSPSigning", "1.3.6.1.5.5.7.3.9" },
    { "any", "2.5.29.37.0" },
    { "nsSGC", "2.16.840.1.113730.4.1" },
    { "msSGC", "1.3.6.1.4.1.311.10.3.3" },
    { "verisignSGC", "2.16.840.1.113733.1.8.1" },
    { "xmppAddr", "1.3.6.1.5.5.7.8.5" },
    { "sipDomain", "1.3.6.1.5.5.7.3.20" },
};

static const struct named extension_names[] = {
    { "pc", "2.5.29.36" },       { "pm", "2.5.29.33" },
    { "iap", "2.5.29.54" },      { "ct-poison", "1.3.6.1.4.1.11129.2.4.3" },
    { "freshest", "2.5.29.46" }, { "proxy-cert", "1.3.6.1.5.5.7.1.14" },
    { "idp", "2.5.29.28" },
};

static const char *const usage_bits[] = {
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
    "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly",     NULL,
};

static const char *const netscape_bits[] = {
    "client", "server", "email", "objsign", "reserved", "sslCA", "emailCA", "objCA", NULL,
};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const char *oid_of(const struct named *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            return list[i].oid;
    return name;
}

static int bit_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* "a,b" as a named bit list; "none" has no bit set. */
static int put_bits(struct out *out, const char *text, const char *const *names)
{
    unsigned long bits = 0;
    const char *rest = strcmp(text, "none") == 0 ? NULL : text;
    char *name;
    while ((name = text_next(&rest, ','))) {
        int bit = bit_of(names, name);
        free(name);
        if (bit < 0)
            return -1;
        bits |= 1UL << bit;
    }
    out_bits(out, bits);
    return 0;
}

static int put_ku(struct making *making, const char *value, struct out *out)
{
    (void)making;
    return put_bits(out, value, usage_bits);
}

static int put_nscert(struct making *making, const char *value, struct out *out)
{
    (void)making;
    return put_bits(out, value, netscape_bits);
}

static int put_eku(struct making *making, const char *value, struct out *out)
{
    size_t mark = out_open(out);
    const char *rest = value;
    char *name;
    int status = 0;
    (void)making;
    while (status == 0 && (name = text_next(&rest, ','))) {
        status = out_oid(out, oid_of(purposes, LENGTH(purposes), name));
        free(name);
    }
    out_close(out, mark, TAG_SEQUENCE);
    return status;
}

static int put_bc(struct making *making, const char *value, struct out *out)
{
    size_t mark = out_open(out);
    const char *path = text_after(value, "ca:");
    (void)making;
    if (strcmp(value, "ca") != 0 && strcmp(value, "end") != 0 && !path)
        return -1;
    if (strcmp(value, "end") != 0)
        out_tlv(out, TAG_BOOLEAN, "\xff", 1);
    if (path)
        out_uint(out, strtoul(path, NULL, 10));
    out_close(out, mark, TAG_SEQUENCE);
    return 0;
}

static int put_ski(struct making *making, const char *value, struct out *out)
{
    (void)value;
    out_tlv(out, TAG_OCTETS, making->cert->ski.data, making->cert->ski.len);
    return 0;
}

/* authorityCertIssuer and authorityCertSerialNumber of the certificate that signs. */
static void put_issuer_and_serial(struct making *making, struct out *out, int wrong)
{
    const struct pki_cert *signer = making->issuer;
    const struct pki_cert *above = signer->issuer ? signer->issuer : signer;
    size_t names = out_open(out);
    size_t name = out_open(out);
    out_bytes(out, above->subject.data, above->subject.len);
    out_close(out, name, TAG_CONTEXT_CONSTRUCTED | 4);
    out_close(out, names, TAG_CONTEXT_CONSTRUCTED | 1);
    size_t serial = out_open(out);
    out_bytes(out, signer->serial.data, signer->serial.len);
    if (wrong)
        out->data[out->len - 1] ^= 1;
    out_close(out, serial, TAG_CONTEXT | 2);
}

static void put_key_identifier(struct making *making, struct out *out, int wrong)
{
    size_t mark = out_open(out);
    out_bytes(out, making->issuer->ski.data, making->issuer->ski.len);
    if (out->len > mark && wrong)
        out->data[out->len - 1] ^= 1;
    out_close(out, mark, TAG_CONTEXT | 0);
}

/* auto: the issuer's key identifier, and nothing at all if it has none or is the same. */
int making_aki(struct making *making, const char *value, struct out *out)
{
    int is_self = making->issuer == making->cert;
    int with_serial = text_after(value, "issuer-serial") != NULL;
    size_t mark = out_open(out);
    if (strcmp(value, "auto") == 0 && (is_self || making->issuer->ski.len == 0))
        return 0;
    if (strcmp(value, "auto") != 0 && strcmp(value, "wrong") != 0 && !with_serial)
        return -1;
    if (making->issuer->ski.len > 0)
        put_key_identifier(making, out, strcmp(value, "wrong") == 0);
    if (with_serial)
        put_issuer_and_serial(making, out, strcmp(value, "issuer-serial-wrong") == 0);
    out_close(out, mark, TAG_SEQUENCE);
    return 0;
}

static int put_san(struct making *making, const char *value, struct out *out)
{
    size_t mark = out_open(out);
    int status = names_general_list(out, value);
    (void)making;
    out_close(out, mark, TAG_SEQUENCE);
    return status;
}

static int put_nc(struct making *making, const char *value, struct out *out)
{
    size_t mark = out_open(out);
    int status = names_constraints(out, value);
    (void)making;
    out_close(out, mark, TAG_SEQUENCE);
    return status;
}

static int put_policies(struct making *making, const char *value, struct out *out)
{
    size_t mark = out_open(out);
    const char *rest = value;
    char *oid;
    int status = 0;
    (void)making;
    while (status == 0 && (oid = text_next(&rest, ','))) {
        size_t policy = out_open(out);
        status = out_oid(out, oid);
        out_close(out, policy, TAG_SEQUENCE);
        free(oid);
    }
    out_close(out, mark, TAG_SEQUENCE);
    return status;
}

/* Features ::= SEQUENCE OF INTEGER, here status_request (RFC 7633). */
static int put_tlsfeature(struct making *making, const char *value, struct out *out)
{
    size_t mark = out_open(out);
    (void)making;
    (void)value;
    out_uint(out, 5);
    out_close(out, mark, TAG_SEQUENCE);
    return 0;
}

static int put_pad(struct making *making, const char *value, struct out *out)
{
    unsigned long count = strtoul(value, NULL, 10);
    (void)making;
    while (count-- > 0)
        out_byte(out, 0);
    return 0;
}

/* An extension: defaults for a leaf and for a CA, NULL for absent. In the order of writing. */
struct kind {
    const char *key;
    const char *oid;
    int critical;
    const char *leaf;
    const char *ca;
    int (*put)(struct making *, const char *value, struct out *);
};

static const struct kind kinds[] = {
    { "ku", "2.5.29.15", 1, "digitalSignature", "keyCertSign,cRLSign", put_ku },
    { "eku", "2.5.29.37", 0, "serverAuth", NULL, put_eku },
    { "bc", "2.5.29.19", 1, "end", "ca", put_bc },
    { "ski", "2.5.29.14", 0, "auto", "auto", put_ski },
    { "aki", "2.5.29.35", 0, "auto", "auto", making_aki },
    { "nscert", "2.16.840.1.113730.1.1", 0, NULL, NULL, put_nscert },
    { "san", "2.5.29.17", 0, NULL, NULL, put_san },
    { "nc", "2.5.29.30", 1, NULL, NULL, put_nc },
    { "policies", "2.5.29.32", 0, NULL, NULL, put_policies },
    { "tlsfeature", "1.3.6.1.5.5.7.1.24", 0, NULL, NULL, put_tlsfeature },
    { "pad", "1.3.6.1.4.1.32473.1", 0, NULL, NULL, put_pad },
};

static const struct kind *kind_of(const char *key)
{
    for (size_t i = 0; i < LENGTH(kinds); i++)
        if (strcmp(kinds[i].key, key) == 0)
            return &kinds[i];
    return NULL;
}

/* ku, ku-critical and ku-noncritical are all keys of an extension. */
int making_is_extension_key(const char *key)
{
    const char *dash = strchr(key, '-');
    char name[32];
    snprintf(name, sizeof name, "%.*s", dash ? (int)(dash - key) : 31, key);
    if (!kind_of(name))
        return 0;
    return !dash || strcmp(dash, "-critical") == 0 || strcmp(dash, "-noncritical") == 0;
}

void making_extension(struct making *making, struct out *out, const char *oid, int critical,
                      const struct out *value)
{
    size_t mark = out_open(out);
    out_oid(out, oid);
    if (critical)
        out_tlv(out, TAG_BOOLEAN, making_mutation(making, "ber-bool") ? "\x01" : "\xff", 1);
    else if (making_mutation(making, "default-critical"))
        out_tlv(out, TAG_BOOLEAN, "\0", 1);
    out_tlv(out, TAG_OCTETS, value->data, value->len);
    out_close_named(out, mark, TAG_SEQUENCE, "extension");
}

/* A SAN beside an empty subject is critical (RFC 5280 section 4.2.1.6). */
static int is_critical(const struct making *making, const struct kind *kind)
{
    char word[48];
    snprintf(word, sizeof word, "%s-critical", kind->key);
    if (making_has(making, word))
        return 1;
    snprintf(word, sizeof word, "%s-noncritical", kind->key);
    if (making_has(making, word))
        return 0;
    if (strcmp(kind->key, "san") == 0)
        return making->cert->subject.len == 2;
    return kind->critical;
}

/* The value's DER: the forms that every extension has, else its own. */
static int kind_value(struct making *making, const struct kind *kind, const char *value,
                      struct out *out)
{
    const char *hex = text_after(value, "raw:");
    if (hex)
        return text_hex(out, hex);
    if (strcmp(value, "garbage") == 0)
        out_bytes(out, "\xde\xad\xbe\xef", 4);
    else if (strcmp(value, "empty") == 0)
        out_tlv(out, TAG_SEQUENCE, NULL, 0);
    else
        return kind->put(making, value, out);
    return 0;
}

static const char *kind_text(const struct making *making, const struct kind *kind)
{
    const char *value = making_get(making, kind->key, making->is_ca ? kind->ca : kind->leaf);
    char word[48];
    snprintf(word, sizeof word, "%s-critical", kind->key);
    if (!value && strcmp(kind->key, "tlsfeature") == 0 && making_has(making, word))
        value = "";
    return value && strcmp(value, "absent") == 0 ? NULL : value;
}

static int put_kind(struct making *making, struct out *out, const struct kind *kind)
{
    const char *text = kind_text(making, kind);
    const char *twice = making_get(making, "twice", "");
    struct out value = { 0 };
    int status = 0;
    if (!text)
        return 0;
    if (strcmp(kind->key, "eku") == 0 && strcmp(text, "twice") == 0) {
        text = "serverAuth";
        twice = "eku";
    }
    status = kind_value(making, kind, text, &value);
    if (status == 0 && (value.len > 0 || strcmp(text, "auto") != 0))
        making_extension(making, out, kind->oid, is_critical(making, kind), &value);
    if (status == 0 && strcmp(twice, kind->key) == 0)
        making_extension(making, out, kind->oid, is_critical(making, kind), &value);
    out_free(&value);
    return status == 0 ? 0 : making_fail(making, "bad value: %s=%s", kind->key, text);
}

/* "OID:critical:HEX" */
int making_raw_extension(struct making *making, struct out *out, const char *text)
{
    const char *rest = text;
    char *name = text_next(&rest, ':');
    const char *oid = oid_of(extension_names, LENGTH(extension_names), name);
    const char *critical = rest ? text_after(rest, "critical:") : NULL;
    const char *plain = rest ? text_after(rest, "noncritical:") : NULL;
    const char *hex = critical ? critical : plain;
    struct out value = { 0 };
    int status = hex ? text_hex(&value, hex) : -1;
    if (status == 0)
        making_extension(making, out, oid, critical != NULL, &value);
    out_free(&value);
    free(name);
    return status == 0 ? 0 : making_fail(making, "bad value: ext=%s", text);
}

int making_raw_extensions(struct making *making, struct out *out)
{
    for (size_t i = 0; i < making->items.count; i++)
        if (strcmp(making->items.list[i].key, "ext") == 0 &&
            making_raw_extension(making, out, making->items.list[i].value) != 0)
            return -1;
    return 0;
}

int making_extensions(struct making *making, struct out *out)
{
    size_t tagged = out_open(out);
    size_t list = out_open(out);
    if (strcmp(making_get(making, "version", "3"), "1") == 0)
        return 0;
    for (size_t i = 0; i < LENGTH(kinds); i++)
        if (put_kind(making, out, &kinds[i]) != 0)
            return -1;
    if (making_raw_extensions(making, out) != 0)
        return -1;
    if (out->len == list)
        return 0;
    out_close_named(out, list, TAG_SEQUENCE, "extensions");
    out_close(out, tagged, TAG_CONTEXT_CONSTRUCTED | 3);
    return 0;
}
