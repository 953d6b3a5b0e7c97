/* SPDX-License-Identifier: MIT */
#include "x509/crl.h"

#include <stdlib.h>
#include <string.h>

#include "x509/bounds.h"
#include "x509/extension.h"
#include "x509/name.h"

#define OID_CE "\x55\x1d" /* 2.5.29 */

/* ---- the list's extensions -------------------------------------------------------------------*/

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
    crl->scope = value;
    crl->has_point = point.data != NULL;
    if (point.data && (!sv_der_take_optional(&point, SV_CONTEXT_CONSTRUCTED(0), &crl->point) ||
                       !sv_der_take_optional(&point, SV_CONTEXT_CONSTRUCTED(1), &relative)))
        return 0;
    crl->users_only = users != 0;
    crl->cas_only = cas != 0;
    crl->is_partial = reasons.data || attributes;
    crl->is_indirect = indirect != 0;
    return 1;
}

/* RFC 5280 5.2.3: a number from 0. */
static int read_number(struct sv_span value, struct sv_crl *crl)
{
    return sv_der_only(value, SV_INTEGER, &crl->number) && sv_der_integer_ok(crl->number) &&
           crl->number.data[0] < 0x80;
}

/* RFC 5280 5.2.1. It says which of an issuer's keys signed. */
static int read_authority(struct sv_span value, struct sv_crl *crl)
{
    struct sv_span body;
    return sv_der_only(value, SV_SEQUENCE, &body) &&
           sv_der_take_optional(&body, SV_CONTEXT(0), &crl->authority_id);
}

/* RFC 5280 5.2. freshestCRL changes nothing for us: nothing is fetched. */
static int read_extension(const struct sv_extension *x, struct sv_crl *crl)
{
    if (sv_span_is(x->oid, OID_CE "\x1c"))
        return read_issuing_point(x->value, crl);
    if (sv_span_is(x->oid, OID_CE "\x14"))
        return read_number(x->value, crl);
    if (sv_span_is(x->oid, OID_CE "\x23"))
        return read_authority(x->value, crl);
    if (sv_span_is(x->oid, OID_CE "\x1b"))
        crl->is_delta = 1;
    else if (x->critical && !sv_span_is(x->oid, OID_CE "\x2e"))
        crl->has_unknown_critical = 1;
    return 1;
}

static int read_extensions(struct sv_span extensions, struct sv_crl *crl)
{
    struct sv_span list;
    struct sv_extension x;
    if (!sv_der_only(extensions, SV_SEQUENCE, &list))
        return 0;
    while (list.len > 0)
        if (!sv_extension_take(&list, &x) || !read_extension(&x, crl))
            return 0;
    return 1;
}

/* ---- entries ---------------------------------------------------------------------------------*/

enum { REASON_ON_HOLD = 6, REASON_REMOVED = 8 };

struct entry {
    struct sv_span serial;
    struct sv_span issuer; /* certificateIssuer: GeneralNames; absent: that of the one before */
    unsigned reason;       /* RFC 5280 5.3.1; 0: none */
    int has_unknown_critical;
};

/* RFC 5280 5.3: the reason, whose certificate it is; invalidityDate changes nothing. */
static int read_entry_extension(const struct sv_extension *x, struct entry *entry)
{
    struct sv_span code;
    if (sv_span_is(x->oid, OID_CE "\x15"))
        return sv_der_only(x->value, SV_ENUMERATED, &code) && sv_der_small(code, &entry->reason);
    if (sv_span_is(x->oid, OID_CE "\x1d"))
        return sv_der_only(x->value, SV_SEQUENCE, &entry->issuer);
    if (x->critical && !sv_span_is(x->oid, OID_CE "\x18"))
        entry->has_unknown_critical = 1;
    return 1;
}

/* { userCertificate INTEGER, revocationDate Time, crlEntryExtensions OPTIONAL } */
static int take_entry(struct sv_span *list, struct entry *ret_entry)
{
    struct entry entry = { .reason = 0 };
    struct sv_span body, extensions = { NULL, 0 };
    struct sv_extension x;
    int64_t date;
    if (!sv_der_take(list, SV_SEQUENCE, &body) || !sv_der_take(&body, SV_INTEGER, &entry.serial) ||
        !sv_der_integer_ok(entry.serial) || !sv_der_take_time(&body, &date) ||
        (body.len > 0 && !sv_der_only(body, SV_SEQUENCE, &extensions)))
        return 0;
    while (extensions.len > 0)
        if (!sv_extension_take(&extensions, &x) || !read_entry_extension(&x, &entry))
            return 0;
    *ret_entry = entry;
    return 1;
}

/* 1: an entry's certificateIssuer is the list's issuer (RFC 5280 5.3.3). */
static int is_issuer(struct sv_span names, struct sv_span issuer)
{
    struct sv_element name;
    while (sv_der_next(&names, &name))
        if (name.tag == SV_CONTEXT_CONSTRUCTED(4) && sv_span_equal(name.content, issuer))
            return 1;
    return 0;
}

static int compare_serials(struct sv_span a, struct sv_span b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len > 0 ? memcmp(a.data, b.data, a.len) : 0;
}

struct placed {
    struct sv_span serial;
    uint32_t at;
};

static int compare_placed(const void *a, const void *b)
{
    return compare_serials(((const struct placed *)a)->serial, ((const struct placed *)b)->serial);
}

/* Those that say something about a certificate of the list's issuer. Of an indirect list the others
 * don't; of a delta neither does what was lifted. */
static size_t place_entries(struct sv_span list, struct sv_crl *crl, struct placed *placed)
{
    struct entry entry;
    size_t count = 0;
    int is_ours = 1;
    for (const unsigned char *at = list.data; take_entry(&list, &entry); at = list.data) {
        if (entry.issuer.data)
            is_ours = is_issuer(entry.issuer, crl->issuer);
        crl->has_unknown_critical = crl->has_unknown_critical || entry.has_unknown_critical;
        if (!is_ours || (crl->is_delta && entry.reason == REASON_REMOVED))
            continue;
        placed[count].serial = entry.serial;
        placed[count++].at = (uint32_t)(at - crl->der.data);
    }
    return count;
}

static int read_entries(struct sv_span list, struct sv_crl *crl)
{
    struct entry entry;
    size_t count = 0;
    for (struct sv_span cursor = list; cursor.len > 0; count++)
        if (!take_entry(&cursor, &entry))
            return S2SV_ERR_INVALID;
    struct placed *placed = malloc((count + 1) * sizeof *placed);
    crl->entries = malloc((count + 1) * sizeof crl->entries[0]);
    if (placed && crl->entries) {
        crl->entry_count = place_entries(list, crl, placed);
        qsort(placed, crl->entry_count, sizeof placed[0], compare_placed);
        for (size_t i = 0; i < crl->entry_count; i++)
            crl->entries[i] = placed[i].at;
    }
    free(placed);
    return placed && crl->entries ? S2SV_DECIDED : S2SV_ERR_NOMEM;
}

/* ---- the list --------------------------------------------------------------------------------*/

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
        !sv_name_ok(crl->issuer) || !sv_der_take_time(&tbs, &crl->this_update) ||
        !take_next_update(&tbs, &crl->next_update) ||
        !sv_der_take_optional(&tbs, SV_SEQUENCE, &revoked) ||
        !sv_der_take_optional(&tbs, SV_CONTEXT_CONSTRUCTED(0), &extensions) || tbs.len != 0 ||
        (extensions.data && (!version.data || !read_extensions(extensions, crl))))
        return S2SV_ERR_INVALID;
    return read_entries(revoked, crl);
}

int sv_crl_read(const void *der, size_t len, struct sv_crl *ret_crl)
{
    struct sv_crl crl = { .der = { der, len } };
    struct sv_span body, tbs, algorithm, bits;
    if (!der || len == 0 || len > SV_MAX_CRL || !sv_der_only(crl.der, SV_SEQUENCE, &body) ||
        !sv_der_take_whole(&body, SV_SEQUENCE, &crl.tbs) ||
        !sv_der_only(crl.tbs, SV_SEQUENCE, &tbs) || !sv_der_take(&body, SV_SEQUENCE, &algorithm) ||
        !sv_der_only(body, SV_BIT_STRING, &bits) ||
        !sv_signature_read(algorithm, bits, &crl.signature))
        return S2SV_ERR_INVALID;
    int status = read_tbs(tbs, algorithm, &crl);
    if (status == S2SV_DECIDED)
        *ret_crl = crl;
    else
        sv_crl_clear(&crl);
    return status;
}

void sv_crl_clear(struct sv_crl *crl)
{
    free(crl->entries);
}

/* ---- asking ----------------------------------------------------------------------------------*/

static struct entry entry_at(const struct sv_crl *crl, size_t i)
{
    struct sv_span rest = sv_span_skip(crl->der, crl->entries[i]);
    struct entry entry = { .reason = 0 };
    (void)take_entry(&rest, &entry); /* it was read before */
    return entry;
}

struct sv_span sv_crl_serial(const struct sv_crl *crl, size_t i)
{
    struct sv_span rest = sv_span_skip(crl->der, crl->entries[i]), body, serial = { NULL, 0 };
    if (sv_der_take(&rest, SV_SEQUENCE, &body))
        (void)sv_der_take(&body, SV_INTEGER, &serial);
    return serial;
}

/* The first entry whose serial number isn't lower. */
static size_t first_at(const struct sv_crl *crl, struct sv_span serial)
{
    size_t low = 0, high = crl->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_serials(sv_crl_serial(crl, middle), serial) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum sv_listed sv_crl_find(const struct sv_crl *crl, struct sv_span serial)
{
    enum sv_listed listed = SV_NOT_LISTED;
    for (size_t i = first_at(crl, serial); i < crl->entry_count; i++) {
        struct entry entry = entry_at(crl, i);
        if (!sv_span_equal(entry.serial, serial))
            break;
        if (entry.reason != REASON_ON_HOLD)
            return SV_LISTED;
        listed = SV_ON_HOLD;
    }
    return listed;
}

int sv_crl_is_current(const struct sv_crl *crl, int64_t time)
{
    return crl->this_update <= time && time < crl->next_update;
}

int sv_crl_is_complete(const struct sv_crl *crl)
{
    return !crl->has_unknown_critical && !crl->is_delta;
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
    if (!sv_crl_is_complete(crl) || crl->is_indirect || crl->is_partial ||
        (crl->users_only && certificate->is_ca) || (crl->cas_only && !certificate->is_ca))
        return 0;
    return !crl->has_point ||
           (crl->point.data && is_pointed_at(crl, certificate->crl_distribution_points));
}

/* ---- order -----------------------------------------------------------------------------------*/

static int compare_octets(struct sv_span a, struct sv_span b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.data, b.data, len) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Numbers without a sign, or none, which is lowest. A zero in front is of the encoding. */
static int compare_numbers(struct sv_span a, struct sv_span b)
{
    if (a.len > 1 && a.data[0] == 0)
        a = sv_span_skip(a, 1);
    if (b.len > 1 && b.data[0] == 0)
        b = sv_span_skip(b, 1);
    return compare_serials(a, b);
}

static int compare_lines(const struct sv_crl *a, const struct sv_crl *b)
{
    int order = sv_name_order(a->issuer, b->issuer);
    if (order == 0)
        order = compare_octets(a->scope, b->scope);
    return order != 0 ? order : compare_octets(a->authority_id, b->authority_id);
}

int sv_crl_same_line(const struct sv_crl *a, const struct sv_crl *b)
{
    return compare_lines(a, b) == 0;
}

int sv_crl_order(const struct sv_crl *a, const struct sv_crl *b)
{
    int order = compare_lines(a, b);
    if (order == 0)
        order = compare_numbers(b->number, a->number);
    if (order == 0)
        order = (a->this_update < b->this_update) - (a->this_update > b->this_update);
    return order != 0 ? order : compare_octets(a->der, b->der);
}
