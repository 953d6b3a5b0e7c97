/* SPDX-License-Identifier: MIT */
#include "rules/tlsa.h"

#include <string.h>

#include "x509/bounds.h"
#include "x509/text.h"

#define BIT(record) ((uint64_t)1 << (record))

int sv_tlsa_counts(const struct sv_tlsa_set *set, size_t i, enum sv_tlsa_usage usage)
{
    return (set->counts & BIT(i)) && set->records[i].usage == usage;
}

int sv_tlsa_has(const struct sv_tlsa_set *set, enum sv_tlsa_usage usage)
{
    for (size_t i = 0; i < set->count; i++)
        if (sv_tlsa_counts(set, i, usage))
            return 1;
    return 0;
}

/* ---- which of them count ---------------------------------------------------------------------*/

/* RFC 7672 3.1.3: between mail servers the PKIX usages are unusable (D-11). */
static int is_usage_usable(const struct sv_tlsa *record, const struct s2sv_policy *policy)
{
    if (policy->profile == S2SV_PROFILE_SMTP && record->usage < SV_DANE_TA)
        return 0;
    return record->usage <= SV_DANE_EE && (policy->tlsa_usages & 1u << record->usage);
}

/* Its place among the digests that count, the strongest being 1; 0: it isn't one of them. */
static unsigned strength_of(const struct sv_tlsa *record, const struct s2sv_policy *policy)
{
    for (unsigned i = 0; i < SV_TLSA_DIGESTS; i++)
        if (policy->tlsa_digests[i] == record->matching_type)
            return i + 1;
    return 0;
}

/* What is held whole must have the shape of what the selector says. Whether all in it is
 * well-formed isn't asked: a record that is switched off lets PKIX decide, and one that counts and
 * matches nothing doesn't. */
static int is_whole(const struct sv_tlsa *record)
{
    struct sv_span body, part;
    if (record->data.len == 0 || !sv_der_only(record->data, SV_SEQUENCE, &body))
        return 0;
    if (record->selector == SV_TLSA_CERT && !sv_der_take(&body, SV_SEQUENCE, &part))
        return 0;
    return sv_der_take(&body, SV_SEQUENCE, &part) && sv_der_only(body, SV_BIT_STRING, &part);
}

/* RFC 6698 4.1 (D-2). */
static int is_data_usable(const struct sv_tlsa *record, const struct s2sv_policy *policy)
{
    if (record->selector > SV_TLSA_SPKI)
        return 0;
    if (record->matching_type == SV_TLSA_FULL)
        return is_whole(record);
    return strength_of(record, policy) > 0 &&
           record->data.len == (record->matching_type == SV_TLSA_SHA256 ? 32 : 64);
}

/* RFC 7671 9: a stronger digest of the same usage and selector is there (D-13). */
static int is_outdone(const struct sv_tlsa_set *set, size_t i, const struct s2sv_policy *policy)
{
    const struct sv_tlsa *record = &set->records[i];
    for (size_t k = 0; k < set->count && record->matching_type != SV_TLSA_FULL; k++) {
        const struct sv_tlsa *other = &set->records[k];
        if (sv_tlsa_counts(set, k, (enum sv_tlsa_usage)record->usage) &&
            other->selector == record->selector && other->matching_type != SV_TLSA_FULL &&
            strength_of(other, policy) < strength_of(record, policy))
            return 1;
    }
    return 0;
}

struct sv_tlsa_set sv_tlsa_all(const struct sv_tlsa *records, size_t count,
                               const struct s2sv_backend *backend)
{
    return (struct sv_tlsa_set){ records, count, UINT64_MAX, backend };
}

struct sv_tlsa_set sv_tlsa_usable(const struct sv_tlsa *records, size_t count,
                                  const struct s2sv_policy *policy,
                                  const struct s2sv_backend *backend)
{
    struct sv_tlsa_set set = { records, count, 0, backend };
    uint64_t outdone = 0;
    for (size_t i = 0; i < count; i++)
        if (is_usage_usable(&records[i], policy) && is_data_usable(&records[i], policy))
            set.counts |= BIT(i);
    for (size_t i = 0; i < count; i++)
        if ((set.counts & BIT(i)) && is_outdone(&set, i, policy))
            outdone |= BIT(i);
    set.counts &= ~outdone;
    return set;
}

/* ---- what they match -------------------------------------------------------------------------*/

/* What records of that selector and matching type hold of a certificate. Returns a status; without
 * hash() nothing can be told. */
static int value_of(const struct sv_tlsa_set *set, const struct sv_certificate *certificate,
                    unsigned selector, unsigned matching_type, unsigned char digest[64],
                    struct sv_span *ret_value)
{
    struct sv_span whole = selector == SV_TLSA_CERT ? certificate->der : certificate->spki;
    struct s2sv_bytes part = { whole.data, whole.len };
    int is_256 = matching_type == SV_TLSA_SHA256;
    *ret_value = whole;
    if (matching_type == SV_TLSA_FULL)
        return S2SV_DECIDED;
    if (!set->backend->hash)
        return S2SV_ERR_BACKEND;
    *ret_value = (struct sv_span){ digest, is_256 ? 32 : 64 };
    int status = set->backend->hash(is_256 ? S2SV_HASH_SHA256 : S2SV_HASH_SHA512, &part, 1, digest);
    return status > 0 ? S2SV_ERR_BACKEND : status;
}

/* One value at a time, so that each is made once. */
static int find(const struct sv_tlsa_set *set, enum sv_tlsa_usage usage, unsigned selector,
                unsigned matching_type, const struct sv_certificate *certificate,
                size_t *ret_record)
{
    unsigned char digest[64];
    struct sv_span value = { NULL, 0 };
    for (size_t i = 0; i < set->count; i++) {
        const struct sv_tlsa *record = &set->records[i];
        if (!sv_tlsa_counts(set, i, usage) || record->selector != selector ||
            record->matching_type != matching_type)
            continue;
        int status = S2SV_DECIDED;
        if (!value.data)
            status = value_of(set, certificate, selector, matching_type, digest, &value);
        if (status != S2SV_DECIDED)
            return status;
        if (!sv_span_equal(record->data, value))
            continue;
        if (ret_record)
            *ret_record = i;
        return 1;
    }
    return 0;
}

int sv_tlsa_matches(const struct sv_tlsa_set *set, enum sv_tlsa_usage usage,
                    const struct sv_certificate *certificate, size_t *ret_record)
{
    int matches = 0;
    for (unsigned selector = SV_TLSA_CERT; selector <= SV_TLSA_SPKI; selector++)
        for (unsigned type = SV_TLSA_FULL; type <= SV_TLSA_SHA512 && matches == 0; type++)
            matches = find(set, usage, selector, type, certificate, ret_record);
    return matches;
}

/* ---- as text ---------------------------------------------------------------------------------*/

static const struct kind {
    const char *name;
    unsigned char selector, matching_type;
} kinds[] = {
    { "cert-sha256:", SV_TLSA_CERT, SV_TLSA_SHA256 },
    { "cert-sha512:", SV_TLSA_CERT, SV_TLSA_SHA512 },
    { "spki-sha256:", SV_TLSA_SPKI, SV_TLSA_SHA256 },
    { "spki-sha512:", SV_TLSA_SPKI, SV_TLSA_SHA512 },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* One octet in hexadecimal; -1: it isn't. */
static int octet_of(const char *text)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *high = text[0] ? strchr(digits, text[0]) : NULL;
    const char *low = high && text[1] ? strchr(digits, text[1]) : NULL;
    return low ? (int)((high - digits) % 16 * 16 + (low - digits) % 16) : -1;
}

/* So many octets, and no more; colons may stand between them. */
static int read_hex(const char *text, unsigned char *octets, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && *text == ':')
            text++;
        int octet = octet_of(text);
        if (octet < 0)
            return 0;
        octets[i] = (unsigned char)octet;
        text += 2;
    }
    return *text == '\0';
}

int sv_pin_read(const char *text, unsigned char digest[64], struct sv_tlsa *ret_pin)
{
    for (size_t i = 0; i < KINDS; i++) {
        size_t prefix = strlen(kinds[i].name), len = kinds[i].matching_type * 32u;
        if (strncmp(text, kinds[i].name, prefix) != 0)
            continue;
        *ret_pin = (struct sv_tlsa){
            SV_DANE_EE, kinds[i].selector, kinds[i].matching_type, { digest, len }
        };
        return read_hex(text + prefix, digest, len);
    }
    return 0;
}

static void put_data(struct sv_output *out, const struct sv_tlsa *record)
{
    for (size_t i = 0; i < record->data.len && i < 64; i++)
        sv_put(out, "%02x", record->data.data[i]);
    if (record->data.len > 64)
        sv_put(out, "...");
}

void sv_tlsa_text(const struct sv_tlsa *record, char text[SV_TLSA_TEXT])
{
    struct sv_output out = { text, SV_TLSA_TEXT, 0 };
    sv_put(&out, "%u %u %u ", record->usage, record->selector, record->matching_type);
    put_data(&out, record);
}

void sv_pin_text(const struct sv_tlsa *pin, char text[SV_TLSA_TEXT])
{
    struct sv_output out = { text, SV_TLSA_TEXT, 0 };
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].selector == pin->selector && kinds[i].matching_type == pin->matching_type)
            sv_put(&out, "%s", kinds[i].name);
    put_data(&out, pin);
}
