/* SPDX-License-Identifier: MIT
 * DER, written back to front, so that every length is known when it is written. */
#include "x509/bare_key.h"

#include <string.h>

/* What is written so far stands at the end of the buffer. */
struct writer {
    unsigned char *buf;
    size_t at; /* its first octet; SIZE_MAX: it didn't fit */
};

static void put(struct writer *w, const void *octets, size_t len)
{
    if (w->at == SIZE_MAX || len > w->at) {
        w->at = SIZE_MAX;
        return;
    }
    w->at -= len;
    memcpy(w->buf + w->at, octets, len);
}

#define PUT(w, literal) put(w, literal, sizeof literal - 1)

/* A tag and a length before all that was written since. */
static void wrap(struct writer *w, unsigned char tag, size_t since)
{
    size_t len = w->at == SIZE_MAX ? 0 : since - w->at;
    unsigned char head[4] = { tag, 0x82, (unsigned char)(len >> 8), (unsigned char)len };
    if (len < 0x80) {
        head[1] = (unsigned char)len;
        put(w, head, 2);
    } else if (len < 0x100) {
        head[1] = 0x81;
        head[2] = (unsigned char)len;
        put(w, head, 3);
    } else if (len < 0x10000) {
        put(w, head, 4);
    } else {
        w->at = SIZE_MAX;
    }
}

#define ED25519 "\x30\x05\x06\x03\x2b\x65\x70"
#define FOR_EVER       \
    "\x30\x20\x17\x0d" \
    "500101000000Z"    \
    "\x18\x0f"         \
    "99991231235959Z"
#define IS_A_CA                                                            \
    "\xa3\x13\x30\x11\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30" \
    "\x03\x01\x01\xff" /* [3] { { { basicConstraints, TRUE, { cA TRUE } } } } */

/* RFC 5280 4.2.1.1: the issuer's own issuer, where the child says it; else it is self-issued. */
static struct sv_span issuer_of(const struct sv_certificate *child)
{
    struct sv_span names = child->authority_issuer, directory;
    return names.data && sv_der_take(&names, SV_CONTEXT_CONSTRUCTED(4), &directory) ? directory
                                                                                    : child->issuer;
}

static void put_tbs(struct writer *w, struct sv_span spki, const struct sv_certificate *child)
{
    struct sv_span issuer = issuer_of(child), serial = child->authority_serial;
    size_t end = w->at, since;
    PUT(w, IS_A_CA);
    put(w, spki.data, spki.len);
    put(w, child->issuer.data, child->issuer.len);
    PUT(w, FOR_EVER);
    put(w, issuer.data, issuer.len);
    PUT(w, ED25519);
    since = w->at;
    if (serial.data)
        put(w, serial.data, serial.len);
    else
        PUT(w, "\x01");
    wrap(w, SV_INTEGER, since);
    PUT(w, "\xa0\x03\x02\x01\x02"); /* version 3 */
    wrap(w, SV_SEQUENCE, end);
}

/* Nobody looks at a trust anchor's signature. */
size_t sv_bare_key_certificate(struct sv_span spki, const struct sv_certificate *child,
                               unsigned char *buf, size_t size)
{
    static const unsigned char signature[1 + 64];
    struct writer w = { buf, size };
    put(&w, signature, sizeof signature);
    wrap(&w, SV_BIT_STRING, size);
    PUT(&w, ED25519);
    put_tbs(&w, spki, child);
    wrap(&w, SV_SEQUENCE, size);
    if (w.at == SIZE_MAX)
        return 0;
    memmove(buf, buf + w.at, size - w.at);
    return size - w.at;
}
