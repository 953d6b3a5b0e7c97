/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static const char oid_xmpp_addr[] = "1.3.6.1.5.5.7.8.5";
static const char oid_srv_name[] = "1.3.6.1.5.5.7.8.7";

struct attribute {
    const char *name;
    const char *oid;
    unsigned tag; /* 0: PrintableString if it fits, else UTF8String */
};

static const struct attribute attributes[] = {
    { "CN", "2.5.4.3", 0 },
    { "C", "2.5.4.6", TAG_PRINTABLE },
    { "L", "2.5.4.7", 0 },
    { "ST", "2.5.4.8", 0 },
    { "O", "2.5.4.10", 0 },
    { "OU", "2.5.4.11", 0 },
    { "serialNumber", "2.5.4.5", TAG_PRINTABLE },
    { "DC", "0.9.2342.19200300.100.1.25", TAG_IA5 },
    { "emailAddress", "1.2.840.113549.1.9.1", TAG_IA5 },
};

struct string_type {
    const char *name;
    unsigned tag;
};

static const struct string_type string_types[] = {
    { "utf8", TAG_UTF8 }, { "printable", TAG_PRINTABLE }, { "ia5", TAG_IA5 },
    { "bmp", TAG_BMP },   { "teletex", TAG_TELETEX },
};

static const struct attribute *find_attribute(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (strlen(attributes[i].name) == len && memcmp(attributes[i].name, name, len) == 0)
            return &attributes[i];
    return NULL;
}

static unsigned find_string_type(const char *name)
{
    for (size_t i = 0; i < sizeof string_types / sizeof *string_types; i++)
        if (strcmp(string_types[i].name, name) == 0)
            return string_types[i].tag;
    return 0;
}

static unsigned usual_tag(const char *value, size_t len)
{
    static const char printable[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789 '()+,-./:=?";
    return strspn(value, printable) == len ? TAG_PRINTABLE : TAG_UTF8;
}

/* What stands for "raw": the whole element, as hex. */
enum { RAW = 0x100 };

static void put_string(struct out *out, unsigned tag, const char *value, size_t len)
{
    size_t mark = out_open(out);
    if (tag == RAW) {
        (void)text_hex(out, value);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        if (tag == TAG_BMP)
            out_byte(out, 0);
        out_byte(out, (unsigned char)value[i]);
    }
    out_close(out, mark, tag);
}

static void put_rdn(struct out *out, const struct attribute *attribute, unsigned tag,
                    const char *value, size_t len)
{
    size_t set = out_open(out);
    size_t pair = out_open(out);
    out_oid(out, attribute->oid);
    put_string(out, tag, value, len);
    out_close(out, pair, TAG_SEQUENCE);
    out_close(out, set, TAG_SET);
}

/* "CN=value" or "CN.utf8=value"; cuts its argument up. */
static int names_rdn(struct out *out, char *text)
{
    char *value = strchr(text, '=');
    size_t len;
    if (!value)
        return -1;
    *value++ = '\0';
    char *type = strchr(text, '.');
    if (type)
        *type++ = '\0';
    const struct attribute *attribute = find_attribute(text, strlen(text));
    unsigned tag = !type ? 0 : strcmp(type, "raw") == 0 ? RAW : find_string_type(type);
    if (!attribute || (type && tag == 0))
        return -1;
    value = text_expand(value, &len);
    if (!value)
        return -1;
    if (tag == 0)
        tag = attribute->tag ? attribute->tag : usual_tag(value, len);
    put_rdn(out, attribute, tag, value, len);
    free(value);
    return 0;
}

int names_dn(struct out *out, const char *text)
{
    size_t mark = out_open(out);
    const char *rest = *text ? text : NULL;
    char *part;
    int status = 0;
    while (status == 0 && (part = text_next(&rest, ','))) {
        status = names_rdn(out, part);
        free(part);
    }
    out_close(out, mark, TAG_SEQUENCE);
    return status;
}

static int put_text(struct out *out, unsigned tag, const char *text)
{
    size_t len;
    char *value = text_expand(text, &len);
    if (!value)
        return -1;
    out_tlv(out, tag, value, len);
    free(value);
    return 0;
}

static int put_hex(struct out *out, unsigned tag, const char *hex)
{
    size_t mark = out_open(out);
    int status = text_hex(out, hex);
    out_close(out, mark, tag);
    return status;
}

/* otherName [0]: type-id and value [0] EXPLICIT, which is a TLV. */
static int put_other(struct out *out, const char *oid, unsigned tag, const char *text, int is_hex)
{
    size_t other = out_open(out);
    int status = out_oid(out, oid);
    size_t value = out_open(out);
    if (status == 0)
        status = is_hex ? put_hex(out, tag, text) : put_text(out, tag, text);
    out_close(out, value, TAG_CONTEXT_CONSTRUCTED);
    out_close(out, other, TAG_CONTEXT_CONSTRUCTED);
    return status;
}

/* "OID:HEX", the hex being the whole TLV inside [0]. */
static int put_raw_other(struct out *out, const char *text)
{
    const char *rest = text;
    char *oid = text_next(&rest, ':');
    size_t other = out_open(out);
    int status = out_oid(out, oid);
    if (status == 0)
        status = put_hex(out, TAG_CONTEXT_CONSTRUCTED, rest ? rest : "");
    out_close(out, other, TAG_CONTEXT_CONSTRUCTED);
    free(oid);
    return status;
}

static void put_prefix_mask(unsigned char *mask, size_t len, unsigned long bits)
{
    for (size_t i = 0; i < len * 8; i++)
        if (i < bits)
            mask[i / 8] |= (unsigned char)(0x80 >> (i % 8));
}

/* "192.0.2.1", "2001:db8::1", or either with "/24" for a name constraint. */
static int put_ip(struct out *out, const char *text)
{
    unsigned char octets[32] = { 0 };
    const char *rest = text;
    char *address = text_next(&rest, '/');
    size_t len = strchr(address, ':') ? 16 : 4;
    int good = inet_pton(len == 16 ? AF_INET6 : AF_INET, address, octets) == 1;
    free(address);
    if (!good)
        return -1;
    if (rest)
        put_prefix_mask(octets + len, len, strtoul(rest, NULL, 10));
    out_tlv(out, TAG_CONTEXT | 7, octets, rest ? 2 * len : len);
    return 0;
}

static int put_directory(struct out *out, const char *text)
{
    size_t mark = out_open(out);
    size_t len;
    char *dn = text_expand(text, &len);
    int status = dn ? names_dn(out, dn) : -1;
    free(dn);
    out_close(out, mark, TAG_CONTEXT_CONSTRUCTED | 4);
    return status;
}

static int put_registered(struct out *out, const char *text)
{
    size_t mark = out_open(out);
    int status = out_oid_content(out, text);
    out_close(out, mark, TAG_CONTEXT | 8);
    return status;
}

/* "1000:example": n0.example to n999.example. */
static int put_many(struct out *out, const char *text)
{
    char *suffix;
    unsigned long count = strtoul(text, &suffix, 10);
    if (*suffix != ':')
        return -1;
    for (unsigned long i = 0; i < count; i++) {
        char name[300];
        text_say(name, sizeof name, "n%lu.%s", i, suffix + 1);
        out_tlv(out, TAG_CONTEXT | 2, name, strlen(name));
    }
    return 0;
}

/* The plain kinds: one tag, text or hex inside. */
struct plain_kind {
    const char *prefix;
    unsigned tag;
    int is_hex;
};

static const struct plain_kind plain_kinds[] = {
    { "dns:", TAG_CONTEXT | 2, 0 },    { "dns-hex:", TAG_CONTEXT | 2, 1 },
    { "email:", TAG_CONTEXT | 1, 0 },  { "uri:", TAG_CONTEXT | 6, 0 },
    { "ip-hex:", TAG_CONTEXT | 7, 1 },
};

struct other_kind {
    const char *prefix;
    const char *oid;
    unsigned tag;
    int is_hex;
};

static const struct other_kind other_kinds[] = {
    { "srv:", oid_srv_name, TAG_IA5, 0 },        { "srv-hex:", oid_srv_name, TAG_IA5, 1 },
    { "srv-utf8:", oid_srv_name, TAG_UTF8, 0 },  { "xmpp:", oid_xmpp_addr, TAG_UTF8, 0 },
    { "xmpp-hex:", oid_xmpp_addr, TAG_UTF8, 1 }, { "xmpp-ia5:", oid_xmpp_addr, TAG_IA5, 0 },
};

struct special_kind {
    const char *prefix;
    int (*put)(struct out *, const char *);
};

static const struct special_kind special_kinds[] = {
    { "ip:", put_ip },    { "dn:", put_directory },        { "rid:", put_registered },
    { "raw:", text_hex }, { "raw-other:", put_raw_other }, { "many-dns:", put_many },
};

static int general_name(struct out *out, const char *text)
{
    const char *value;
    for (size_t i = 0; i < sizeof plain_kinds / sizeof *plain_kinds; i++) {
        const struct plain_kind *kind = &plain_kinds[i];
        if ((value = text_after(text, kind->prefix)))
            return kind->is_hex ? put_hex(out, kind->tag, value) : put_text(out, kind->tag, value);
    }
    for (size_t i = 0; i < sizeof other_kinds / sizeof *other_kinds; i++) {
        const struct other_kind *kind = &other_kinds[i];
        if ((value = text_after(text, kind->prefix)))
            return put_other(out, kind->oid, kind->tag, value, kind->is_hex);
    }
    for (size_t i = 0; i < sizeof special_kinds / sizeof *special_kinds; i++)
        if ((value = text_after(text, special_kinds[i].prefix)))
            return special_kinds[i].put(out, value);
    return -1;
}

int names_general_list(struct out *out, const char *text)
{
    const char *rest = *text ? text : NULL;
    char *entry;
    int status = 0;
    while (status == 0 && (entry = text_next(&rest, ','))) {
        status = general_name(out, entry);
        free(entry);
    }
    return status;
}

/* "min:1:dns:a" writes the minimum that RFC 5280 fixes at 0. */
static int subtree(struct out *out, const char *text)
{
    size_t mark = out_open(out);
    const char *minimum = text_after(text, "min:");
    char *end = NULL;
    unsigned long value = minimum ? strtoul(minimum, &end, 10) : 0;
    int status = general_name(out, end && *end == ':' ? end + 1 : text);
    if (minimum) {
        size_t tagged = out_open(out);
        out_byte(out, (unsigned)value);
        out_close(out, tagged, TAG_CONTEXT | 0);
    }
    out_close(out, mark, TAG_SEQUENCE);
    return status;
}

/* One subtree, or as many as many-dns says. */
static int subtree_or_many(struct out *out, const char *text)
{
    const char *many = text_after(text, "many-dns:");
    const char *suffix = many ? strchr(many, ':') : NULL;
    unsigned long count = many ? strtoul(many, NULL, 10) : 0;
    int status = 0;
    if (!suffix)
        return subtree(out, text);
    for (unsigned long i = 0; i < count && status == 0; i++) {
        char name[300];
        text_say(name, sizeof name, "dns:n%lu.%s", i, suffix + 1);
        status = subtree(out, name);
    }
    return status;
}

/* All the subtrees that begin with the word, in one context-tagged list. */
static int subtrees(struct out *out, const char *text, const char *word, unsigned tag)
{
    size_t mark = out_open(out);
    const char *rest = text;
    char *entry;
    int status = 0;
    while (status == 0 && (entry = text_next(&rest, ';'))) {
        const char *name = text_after(entry, word);
        if (name)
            status = subtree_or_many(out, name);
        free(entry);
    }
    if (out->len > mark)
        out_close(out, mark, tag);
    return status;
}

static int constraints_known(const char *text)
{
    const char *rest = text;
    char *entry;
    int known = 1;
    while ((entry = text_next(&rest, ';'))) {
        known = known && (text_after(entry, "permitted:") || text_after(entry, "excluded:"));
        free(entry);
    }
    return known;
}

int names_constraints(struct out *out, const char *text)
{
    if (!constraints_known(text) ||
        subtrees(out, text, "permitted:", TAG_CONTEXT_CONSTRUCTED | 0) != 0)
        return -1;
    return subtrees(out, text, "excluded:", TAG_CONTEXT_CONSTRUCTED | 1);
}
