/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <stdlib.h>
#include <string.h>

void put(struct octets *to, unsigned tag, const void *content, size_t len)
{
    unsigned char *p = to->data + to->len;
    assert_true(to->len + len + 4 <= sizeof to->data);
    *p++ = (unsigned char)tag;
    if (len >= 0x100) {
        *p++ = 0x82;
        *p++ = (unsigned char)(len >> 8);
    } else if (len >= 0x80) {
        *p++ = 0x81;
    }
    *p++ = (unsigned char)len;
    if (len > 0)
        memcpy(p, content, len);
    to->len = (size_t)(p - to->data) + len;
}

void put_text(struct octets *to, unsigned tag, const char *text)
{
    put(to, tag, text, strlen(text));
}

void put_dns(struct octets *to, const char *text)
{
    put_text(to, 0x82, text);
}

void put_uri(struct octets *to, const char *text)
{
    put_text(to, 0x86, text);
}

void put_other(struct octets *to, const char *oid, unsigned tag, const void *value, size_t len)
{
    struct octets *inner = calloc(3, sizeof *inner);
    put(&inner[0], tag, value, len);
    put(&inner[1], SV_OID, oid, strlen(oid));
    put(&inner[1], 0xa0, inner[0].data, inner[0].len);
    put(to, 0xa0, inner[1].data, inner[1].len);
    free(inner);
}

void put_srv(struct octets *to, const char *text)
{
    put_other(to, OID_SRV_NAME, SV_IA5_STRING, text, strlen(text));
}

void put_xmpp(struct octets *to, const char *text)
{
    put_other(to, OID_XMPP_ADDR, SV_UTF8_STRING, text, strlen(text));
}

void put_subject(struct octets *to, unsigned tag, const char *common_name, unsigned count)
{
    struct octets *inner = calloc(4, sizeof *inner);
    put_text(&inner[0], SV_OID, "\x55\x04\x03");
    put_text(&inner[0], tag, common_name ? common_name : "");
    put(&inner[1], SV_SEQUENCE, inner[0].data, inner[0].len);
    for (unsigned i = 0; i < count; i++)
        put(&inner[2], SV_SET, inner[1].data, inner[1].len);
    put(to, SV_SEQUENCE, inner[2].data, inner[2].len);
    free(inner);
}

struct sv_span span_of(const struct octets *octets)
{
    return (struct sv_span){ octets->data, octets->len };
}

int read_names(const struct octets *names, const char *common_name, unsigned kinds,
               struct sv_identities **ret_identities, struct sv_misread *ret_misread)
{
    struct octets *subject = calloc(1, sizeof *subject);
    struct sv_certificate leaf = { .version = 3 };
    put_subject(subject, SV_UTF8_STRING, common_name, common_name != NULL);
    leaf.subject = span_of(subject);
    if (names)
        leaf.subject_alt_name = span_of(names);
    int rc = sv_identities_read(&leaf, kinds, "_xmpp-server", ret_identities, ret_misread);
    free(subject);
    return rc;
}

struct sv_identities *must_read(const struct octets *names, const char *common_name, unsigned kinds)
{
    struct sv_identities *list = NULL;
    struct sv_misread misread;
    assert_int_equal(read_names(names, common_name, kinds, &list, &misread), 1);
    return list;
}
