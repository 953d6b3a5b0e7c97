/* SPDX-License-Identifier: MIT */
#include "x509/certificate_reader.h"

#include "x509/extension.h"
#include "x509/name.h"

/* RFC 5280 4.1.2.1: [0] EXPLICIT INTEGER DEFAULT v1; DER leaves the default out. Nobody makes
 * version 2, and one TLS library takes its CAs for none (NAME-5). */
static int read_version(struct sv_span *tbs, struct sv_certificate *c)
{
    struct sv_span wrapped, number;
    unsigned value = 0;
    if (!sv_der_take_optional(tbs, SV_CONTEXT_CONSTRUCTED(0), &wrapped))
        return 0;
    c->version = 1;
    if (!wrapped.data)
        return 1;
    c->version = 3;
    return sv_der_only(wrapped, SV_INTEGER, &number) && sv_der_small(number, &value) && value == 2;
}

/* Validity ::= SEQUENCE { notBefore Time, notAfter Time } */
static int read_validity(struct sv_span *tbs, struct sv_certificate *c)
{
    struct sv_span body;
    return sv_der_take(tbs, SV_SEQUENCE, &body) && sv_der_take_time(&body, &c->not_before) &&
           sv_der_take_time(&body, &c->not_after) && body.len == 0;
}

/* Serial to subjectPublicKeyInfo, RFC 5280 4.1.2.2 to 4.1.2.7. */
static int read_fields(struct sv_span *tbs, struct sv_certificate *c, struct sv_span *ret_inner)
{
    return read_version(tbs, c) && sv_der_take(tbs, SV_INTEGER, &c->serial) &&
           sv_der_integer_ok(c->serial) && sv_der_take(tbs, SV_SEQUENCE, ret_inner) &&
           sv_der_take_whole(tbs, SV_SEQUENCE, &c->issuer) && read_validity(tbs, c) &&
           sv_der_take_whole(tbs, SV_SEQUENCE, &c->subject) &&
           sv_der_take_whole(tbs, SV_SEQUENCE, &c->spki);
}

/* issuerUniqueID [1], subjectUniqueID [2], both unused, then extensions [3]; only v3 has those. */
static int read_tail(struct sv_span tbs, struct sv_certificate *c, struct sv_span *ret_extensions)
{
    struct sv_span unused;
    return sv_der_take_optional(&tbs, SV_CONTEXT(1), &unused) && (!unused.data || c->version > 1) &&
           sv_der_take_optional(&tbs, SV_CONTEXT(2), &unused) && (!unused.data || c->version > 1) &&
           sv_der_take_optional(&tbs, SV_CONTEXT_CONSTRUCTED(3), ret_extensions) &&
           (!ret_extensions->data || c->version == 3) && tbs.len == 0;
}

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue } */
static int split(struct sv_certificate *c, struct sv_span *ret_tbs, struct sv_span *ret_algorithm)
{
    struct sv_span body, bits;
    return c->der.len > 0 && sv_der_only(c->der, SV_SEQUENCE, &body) &&
           sv_der_take_whole(&body, SV_SEQUENCE, &c->tbs) &&
           sv_der_only(c->tbs, SV_SEQUENCE, ret_tbs) &&
           sv_der_take(&body, SV_SEQUENCE, ret_algorithm) &&
           sv_der_only(body, SV_BIT_STRING, &bits) &&
           sv_signature_read(*ret_algorithm, bits, &c->signature);
}

int sv_certificate_read(const void *der, size_t len, struct sv_certificate *ret_certificate,
                        struct sv_misread *ret_misread)
{
    struct sv_certificate c = { .der = { der, len } };
    struct sv_span tbs, outer, inner, extensions;
    *ret_misread =
        (struct sv_misread){ S2SV_REASON_MALFORMED_CERTIFICATE, "not a DER certificate" };
    if (!split(&c, &tbs, &outer) || !read_fields(&tbs, &c, &inner) ||
        !read_tail(tbs, &c, &extensions))
        return 0;
    if (!sv_span_equal(inner, outer)) { /* RFC 5280 4.1.1.2 */
        ret_misread->what = "the two signature algorithms differ";
        return 0;
    }
    if (!sv_key_read(c.spki, &c.key)) {
        ret_misread->what = "its key is no SubjectPublicKeyInfo";
        return 0;
    }
    if (!sv_name_ok(c.issuer) || !sv_name_ok(c.subject)) {
        ret_misread->what = "its issuer or subject is not a Name";
        return 0;
    }
    if (extensions.data && !sv_extensions_read(extensions, &c, ret_misread))
        return 0;
    *ret_certificate = c;
    return 1;
}
