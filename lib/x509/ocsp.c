/* SPDX-License-Identifier: MIT */
#include "x509/ocsp.h"

#include "x509/extension.h"
#include "x509/name.h"

#define OID_BASIC "\x2b\x06\x01\x05\x05\x07\x30\x01\x01" /* 1.3.6.1.5.5.7.48.1.1 */

/* Nothing that is critical is known: the nonce isn't, and where it is, we asked for none. */
static int read_extensions(struct sv_span wrapped, int *ret_has_critical)
{
    struct sv_span list;
    struct sv_extension x;
    *ret_has_critical = 0;
    if (!wrapped.data)
        return 1;
    if (!sv_der_only(wrapped, SV_SEQUENCE, &list))
        return 0;
    while (list.len > 0) {
        if (!sv_extension_take(&list, &x))
            return 0;
        *ret_has_critical = *ret_has_critical || x.critical;
    }
    return 1;
}

/* ---- single responses ------------------------------------------------------------------------*/

/* CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } */
static int take_id(struct sv_span *cursor, struct sv_ocsp_single *single)
{
    struct sv_span id, algorithm;
    if (!sv_der_take(cursor, SV_SEQUENCE, &id) || !sv_der_take(&id, SV_SEQUENCE, &algorithm) ||
        !sv_der_take(&id, SV_OCTET_STRING, &single->name_hash) ||
        !sv_der_take(&id, SV_OCTET_STRING, &single->key_hash) ||
        !sv_der_only(id, SV_INTEGER, &single->serial) || !sv_der_integer_ok(single->serial))
        return 0;
    single->hash = sv_hash_read(algorithm);
    return 1;
}

static int take_general_time(struct sv_span *cursor, int64_t *ret_seconds)
{
    struct sv_span content;
    return sv_der_take(cursor, SV_GENERALIZED_TIME, &content) &&
           sv_der_time(SV_GENERALIZED_TIME, content, ret_seconds);
}

/* RevokedInfo ::= SEQUENCE { revocationTime, revocationReason [0] OPTIONAL }: revoked is revoked,
 * whatever the reason. */
static int revocation_ok(struct sv_span info)
{
    struct sv_span reason, code;
    int64_t time;
    return take_general_time(&info, &time) &&
           sv_der_take_optional(&info, SV_CONTEXT_CONSTRUCTED(0), &reason) && info.len == 0 &&
           (!reason.data || sv_der_only(reason, SV_ENUMERATED, &code));
}

/* CertStatus ::= CHOICE { good [0] NULL, revoked [1] RevokedInfo, unknown [2] NULL } */
static int take_status(struct sv_span *cursor, enum sv_ocsp_status *ret_status)
{
    struct sv_element element;
    if (!sv_der_next(cursor, &element))
        return 0;
    *ret_status = element.tag == SV_CONTEXT(0)               ? SV_OCSP_GOOD
                  : element.tag == SV_CONTEXT_CONSTRUCTED(1) ? SV_OCSP_REVOKED
                                                             : SV_OCSP_UNKNOWN;
    if (*ret_status == SV_OCSP_REVOKED)
        return revocation_ok(element.content);
    return element.content.len == 0 &&
           (*ret_status == SV_OCSP_GOOD || element.tag == SV_CONTEXT(2));
}

int sv_ocsp_single_take(struct sv_span *singles, struct sv_ocsp_single *ret_single)
{
    struct sv_ocsp_single single = { .next_update = INT64_MIN };
    struct sv_span body, next, extensions;
    if (!sv_der_take(singles, SV_SEQUENCE, &body) || !take_id(&body, &single) ||
        !take_status(&body, &single.status) || !take_general_time(&body, &single.this_update) ||
        !sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(0), &next) ||
        !sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(1), &extensions) || body.len != 0 ||
        (next.data && (!take_general_time(&next, &single.next_update) || next.len != 0)) ||
        !read_extensions(extensions, &single.has_unknown_critical))
        return 0;
    *ret_single = single;
    return 1;
}

/* ---- the response ----------------------------------------------------------------------------*/

/* ResponderID ::= CHOICE { byName [1] Name, byKey [2] OCTET STRING } */
static int take_responder(struct sv_span *data, struct sv_ocsp *r)
{
    struct sv_element id;
    if (!sv_der_next(data, &id))
        return 0;
    if (id.tag == SV_CONTEXT_CONSTRUCTED(1))
        return sv_der_take_whole(&id.content, SV_SEQUENCE, &r->responder_name) &&
               id.content.len == 0 && sv_name_ok(r->responder_name);
    return id.tag == SV_CONTEXT_CONSTRUCTED(2) &&
           sv_der_only(id.content, SV_OCTET_STRING, &r->responder_key);
}

static int singles_ok(struct sv_span singles)
{
    struct sv_ocsp_single unused;
    while (singles.len > 0)
        if (!sv_ocsp_single_take(&singles, &unused))
            return 0;
    return 1;
}

/* ResponseData ::= SEQUENCE { version [0] DEFAULT v1, responderID, producedAt, responses,
 * responseExtensions [1] OPTIONAL } */
static int read_data(struct sv_ocsp *r)
{
    struct sv_span data, version, number, extensions;
    int64_t produced;
    return sv_der_only(r->tbs, SV_SEQUENCE, &data) &&
           sv_der_take_optional(&data, SV_CONTEXT_CONSTRUCTED(0), &version) &&
           (!version.data ||
            (sv_der_only(version, SV_INTEGER, &number) && sv_span_is(number, "\x00"))) &&
           take_responder(&data, r) && take_general_time(&data, &produced) &&
           sv_der_take(&data, SV_SEQUENCE, &r->singles) &&
           sv_der_take_optional(&data, SV_CONTEXT_CONSTRUCTED(1), &extensions) && data.len == 0 &&
           read_extensions(extensions, &r->has_unknown_critical) && singles_ok(r->singles);
}

/* BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature, certs [0] } */
static int read_basic(struct sv_span octets, struct sv_ocsp *r)
{
    struct sv_span body, algorithm, bits, wrapped;
    return sv_der_only(octets, SV_SEQUENCE, &body) &&
           sv_der_take_whole(&body, SV_SEQUENCE, &r->tbs) &&
           sv_der_take(&body, SV_SEQUENCE, &algorithm) &&
           sv_der_take(&body, SV_BIT_STRING, &bits) &&
           sv_signature_read(algorithm, bits, &r->signature) &&
           sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(0), &wrapped) && body.len == 0 &&
           (!wrapped.data || sv_der_only(wrapped, SV_SEQUENCE, &r->certificates)) && read_data(r);
}

/* OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] OPTIONAL };
 * ResponseBytes
 * ::= SEQUENCE { responseType OID, response OCTET STRING } */
int sv_ocsp_read(const void *der, size_t len, struct sv_ocsp *ret_response)
{
    struct sv_ocsp r = { .has_unknown_critical = 0 };
    struct sv_span all = { der, len }, body, status, wrapped, bytes, type, octets;
    if (!der || !sv_der_only(all, SV_SEQUENCE, &body) ||
        !sv_der_take(&body, SV_ENUMERATED, &status) || !sv_span_is(status, "\x00") ||
        !sv_der_only(body, SV_CONTEXT_CONSTRUCTED(0), &wrapped) ||
        !sv_der_only(wrapped, SV_SEQUENCE, &bytes) || !sv_der_take(&bytes, SV_OID, &type) ||
        !sv_span_is(type, OID_BASIC) || !sv_der_only(bytes, SV_OCTET_STRING, &octets) ||
        !read_basic(octets, &r))
        return 0;
    *ret_response = r;
    return 1;
}
