/* SPDX-License-Identifier: MIT */
#include "x509/crl.h"

#include <stdlib.h>
#include <string.h>

#include "x509/bounds.h"
#include "x509/name.h"

#define OID_CE "\x55\x1d" /* 2.5.29 */

/* ---- reading ---------------------------------------------------------------------------------*/

static int take_flag(struct sv_span *cursor, unsigned n, int *ret_flag)
{
    struct sv_span content;
    *ret_flag = 0;
    return sv_der_take_optional(cursor, SV_CONTEXT(n), &content) &&
           (!content.data || sv_der_boolean(content, ret_flag));
}

/* RFC 5280 5.2.5: what the list is about. A point that is no fullName covers nothing. */
static int read_issuing_point(struct sv_span value, struct sv_crl *crl)
{
    struct sv_span body, point, reasons, relative;
    int users, cas, indirect, attributes;
    if (!sv_der_only(value, SV_SEQUENCE, &body) ||
        !sv_der_take_optional(&body, SV_CONTEXT_CONSTRUCTED(0), &point) ||
        !take_flag(&body, 1, &users) || !take_flag(&body, 2, &cas) ||
        !sv_der_take_optional(&body, SV_CONTEXT(3), &reasons) || !take_flag(&body, 4, &indirect) ||
        !take_flag(&body, 5, &attributes) || body.len != 0)
        return 0;
    crl->has_point = point.data != NULL;
    if (point.data && (!sv_der_take_optional(&point, SV_CONTEXT_CONSTRUCTED(0), &crl->point) ||
                       !sv_der_take_optional(&point, SV_CONTEXT_CONSTRUCTED(1), &relative)))
        return 0;
    crl->users_only = users != 0;
    crl->cas_only = cas != 0;
    crl->is_partial = reasons.data != NULL || attributes;
    crl->is_unusable = crl->is_unusable || indirect;
    return 1;
}

/* RFC 5280 5.2: authorityKeyIdentifier, cRLNumber and freshestCRL change nothing for us. */
static int read_extension(struct sv_span oid, int critical, struct sv_span value,
                          struct sv_crl *crl)
{
    if (sv_span_is(oid, OID_CE "\x1c"))
        return read_issuing_point(value, crl);
    int is_harmless = sv_span_is(oid, OID_CE "\x23") || sv_span_is(oid, OID_CE "\x14") ||
                      sv_span_is(oid, OID_CE "\x2e");
    int is_delta = sv_span_is(oid, OID_CE "\x1b");
    if (is_delta || (critical && !is_harmless))
        crl->is_unusable = 1;
    return 1;
}

static int read_extensions(struct sv_span extensions, struct sv_crl *crl)
{
    struct sv_span list, body, oid, flag, value;
    if (!sv_der_only(extensions, SV_SEQUENCE, &list))
        return 0;
    while (list.len > 0) {
        int critical = 0;
        if (!sv_der_take(&list, SV_SEQUENCE, &body) || !sv_der_take(&body, SV_OID, &oid) ||
            !sv_der_take_optional(&body, SV_BOOLEAN, &flag) ||
            (flag.data && !sv_der_boolean(flag, &critical)) ||
            !sv_der_take(&body, SV_OCTET_STRING, &value) || body.len != 0 ||
            !read_extension(oid, critical, value, crl))
            return 0;
    }
    return 1;
}

/* { userCertificate INTEGER, revocationDate Time, crlEntryExtensions OPTIONAL }: listed is revoked,
 * whatever the reason. Entries of other issuers are in indirect lists only. */
static int take_serial(struct sv_span *list, struct sv_span *ret_serial)
{
    struct sv_span entry;
    int64_t date;
    return sv_der_take(list, SV_SEQUENCE, &entry) && sv_der_take(&entry, SV_INTEGER, ret_serial) &&
           sv_der_integer_ok(*ret_serial) && sv_der_take_time(&entry, &date);
}

static int compare_serials(const void *a, const void *b)
{
    const struct sv_span *x = a, *y = b;
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    return memcmp(x->data, y->data, x->len);
}

static int read_serials(struct sv_span list, struct sv_crl *crl)
{
    struct sv_span cursor = list, serial;
    size_t count = 0;
    for (; cursor.len > 0; count++)
        if (!take_serial(&cursor, &serial))
            return S2SV_ERR_INVALID;
    crl->serials = malloc((count + 1) * sizeof(serial));
    if (!crl->serials)
        return S2SV_ERR_NOMEM;
    while (take_serial(&list, &serial))
        crl->serials[crl->serial_count++] = serial;
    qsort(crl->serials, crl->serial_count, sizeof(serial), compare_serials);
    return S2SV_DECIDED;
}

/* A Time that is there, or not. Without nextUpdate a list is never current. */
static int take_next_update(struct sv_span *tbs, int64_t *ret_seconds)
{
    *ret_seconds = INT64_MIN;
    if (tbs->len == 0 || (tbs->data[0] != SV_UTC_TIME && tbs->data[0] != SV_GENERALIZED_TIME))
        return 1;
    return sv_der_take_time(tbs, ret_seconds);
}

/* RFC 5280 5.1.2. */
static int read_tbs(struct sv_span tbs, struct sv_span algorithm, struct sv_crl *crl)
{
    struct sv_span version, inner, revoked, extensions;
    if (!sv_der_take_optional(&tbs, SV_INTEGER, &version) ||
        (version.data && !sv_span_is(version, "\x01")) || !sv_der_take(&tbs, SV_SEQUENCE, &inner) ||
        !sv_span_equal(inner, algorithm) || !sv_der_take_whole(&tbs, SV_SEQUENCE, &crl->issuer) ||
        !sv_der_take_time(&tbs, &crl->this_update) || !take_next_update(&tbs, &crl->next_update) ||
        !sv_der_take_optional(&tbs, SV_SEQUENCE, &revoked) ||
        !sv_der_take_optional(&tbs, SV_CONTEXT_CONSTRUCTED(0), &extensions) || tbs.len != 0 ||
        (extensions.data && (!version.data || !read_extensions(extensions, crl))))
        return S2SV_ERR_INVALID;
    return read_serials(revoked, crl);
}

static int read_list(struct sv_crl *crl)
{
    struct sv_span body, tbs, algorithm, bits;
    if (!sv_der_only(crl->der, SV_SEQUENCE, &body) ||
        !sv_der_take_whole(&body, SV_SEQUENCE, &crl->tbs) ||
        !sv_der_only(crl->tbs, SV_SEQUENCE, &tbs) || !sv_der_take(&body, SV_SEQUENCE, &algorithm) ||
        !sv_der_only(body, SV_BIT_STRING, &bits) ||
        !sv_signature_read(algorithm, bits, &crl->signature))
        return S2SV_ERR_INVALID;
    return read_tbs(tbs, algorithm, crl);
}

int sv_crl_new(const void *der, size_t len, struct sv_crl **ret_crl)
{
    if (!der || len == 0 || len > SV_MAX_CRL)
        return S2SV_ERR_INVALID;
    struct sv_crl *crl = calloc(1, sizeof(*crl) + len);
    if (!crl)
        return S2SV_ERR_NOMEM;
    atomic_init(&crl->references, 1);
    memcpy(crl->octets, der, len);
    crl->der = (struct sv_span){ crl->octets, len };
    int status = read_list(crl);
    if (status == S2SV_DECIDED)
        *ret_crl = crl;
    else
        sv_crl_unref(crl);
    return status;
}

void sv_crl_unref(struct sv_crl *crl)
{
    if (!crl || atomic_fetch_sub_explicit(&crl->references, 1, memory_order_acq_rel) != 1)
        return;
    free(crl->serials);
    free(crl);
}

/* ---- asking ----------------------------------------------------------------------------------*/

int sv_crl_has(const struct sv_crl *crl, struct sv_span serial)
{
    return bsearch(&serial, crl->serials, crl->serial_count, sizeof(serial), compare_serials) !=
           NULL;
}

int sv_crl_is_current(const struct sv_crl *crl, int64_t time)
{
    return !crl->is_unusable && crl->this_update <= time && time < crl->next_update;
}

/* 1: the list's fullName and one of the certificate's distribution points have a name in common,
 * octet by octet (RFC 5280 6.3.3 (b)(2)(i)). */
static int shares_name(struct sv_span names, struct sv_span wanted)
{
    struct sv_element a, b;
    while (sv_der_next(&names, &a))
        for (struct sv_span cursor = wanted; sv_der_next(&cursor, &b);)
            if (sv_span_equal(a.whole, b.whole))
                return 1;
    return 0;
}

/* DistributionPoint ::= SEQUENCE { [0] { [0] fullName | [1] }, [1] reasons, [2] cRLIssuer } */
static int is_pointed_at(const struct sv_crl *crl, struct sv_span points)
{
    struct sv_span point, name, full;
    while (sv_der_take(&points, SV_SEQUENCE, &point))
        if (sv_der_take(&point, SV_CONTEXT_CONSTRUCTED(0), &name) &&
            sv_der_take(&name, SV_CONTEXT_CONSTRUCTED(0), &full) && shares_name(full, crl->point))
            return 1;
    return 0;
}

int sv_crl_covers(const struct sv_crl *crl, const struct sv_certificate *certificate)
{
    if (crl->is_partial || (crl->users_only && certificate->is_ca) ||
        (crl->cas_only && !certificate->is_ca))
        return 0;
    return !crl->has_point ||
           (crl->point.data && is_pointed_at(crl, certificate->crl_distribution_points));
}
