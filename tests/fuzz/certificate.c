/* SPDX-License-Identifier: MIT
 * Input: a certificate. */
#include "x509/certificate_reader.h"

#include <string.h>

#include "fuzz.h"
#include "x509/name.h"
#include "../../lib/x509/text.h"

static void check_inside(struct sv_span part, struct sv_span whole)
{
    FUZZ_CHECK(!part.data || (part.data >= whole.data && part.len <= whole.len &&
                              (size_t)(part.data - whole.data) <= whole.len - part.len));
}

/* Every value reader on whatever content an element has. */
static void read_values(const struct sv_element *element)
{
    struct sv_span octets;
    unsigned number = 0;
    int64_t seconds = 0;
    int flag = 0;
    char oid[SV_OID_TEXT], time[SV_TIME_TEXT];
    if (sv_der_bit_octets(element->content, &octets))
        check_inside(octets, element->content);
    if (sv_der_small(element->content, &number))
        FUZZ_CHECK(sv_der_integer_ok(element->content));
    (void)sv_der_named_bits(element->content, &number);
    (void)sv_der_boolean(element->content, &flag);
    if (sv_der_time(element->tag, element->content, &seconds))
        fuzz_check_text(sv_time_text(seconds, time));
    fuzz_check_text(sv_oid_text(element->content, oid));
    FUZZ_CHECK(strlen(oid) < SV_OID_TEXT);
}

/* Every element, those inside of others too. */
static void walk(struct sv_span cursor, int depth)
{
    struct sv_element element;
    while (sv_der_next(&cursor, &element)) {
        FUZZ_CHECK(element.whole.len >= element.content.len + 2);
        check_inside(element.content, element.whole);
        read_values(&element);
        if (depth < 12)
            walk(element.content, depth + 1);
    }
}

static void check_spans(const struct sv_certificate *c)
{
    const struct sv_span parts[] = {
        c->serial,
        c->tbs,
        c->signature.octets,
        c->signature.algorithm.oid,
        c->signature.algorithm.parameters,
        c->key.oid,
        c->issuer,
        c->subject,
        c->spki,
        c->subject_alt_name,
        c->name_constraints,
        c->key_id,
        c->crl_distribution_points,
        c->authority_key_id,
        c->authority_issuer,
        c->authority_serial,
        c->unsupported_critical,
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        check_inside(parts[i], c->der);
}

static void check_texts(const struct sv_certificate *c)
{
    char name[SV_NAME_TEXT];
    fuzz_check_text(sv_name_text(c->subject, name));
    FUZZ_CHECK(strlen(name) < SV_NAME_TEXT);
    fuzz_check_text(sv_name_text(c->issuer, name));
    FUZZ_CHECK(sv_span_equal(c->issuer, c->subject) == (sv_name_order(c->issuer, c->subject) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sv_certificate c;
    struct sv_misread misread = { 0 };
    walk((struct sv_span){ data, len }, 0);
    if (!sv_certificate_read(data, len, &c, &misread)) {
        FUZZ_CHECK(misread.reason != S2SV_REASON_NONE);
        fuzz_check_text(misread.what);
        return 0;
    }
    FUZZ_CHECK(c.version >= 1 && c.version <= 3);
    FUZZ_CHECK(!c.has_path_length || c.is_ca);
    FUZZ_CHECK(!c.has_eku || c.eku != 0);
    check_spans(&c);
    check_texts(&c);
    return 0;
}

static void add(struct fuzz_corpus *corpus, const struct pki_cert *cert)
{
    size_t len = 0;
    const unsigned char *der = cert ? pki_der(cert, &len) : NULL;
    if (der)
        fuzz_add(corpus, der, len);
}

void fuzz_seed(struct fuzz_corpus *corpus, const struct case_record *record,
               const struct case_chain *chain)
{
    for (size_t i = 0; i < chain->present_count; i++)
        add(corpus, chain->present[i]);
    for (size_t i = 0; i < chain->trust_count; i++)
        add(corpus, chain->trust[i]);
    for (size_t i = 0; i < record->certs.count; i++)
        add(corpus, pki_find(chain->pki, record->certs.list[i].name));
}
