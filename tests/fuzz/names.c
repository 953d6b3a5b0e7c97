/* SPDX-License-Identifier: MIT
 * Input: an octet of identifier kinds, one of options, a subject, a subjectAltName's content, and a
 * reference name. */
#include <string.h>

#include "fuzz.h"
#include "names/domain.h"
#include "names/match.h"
#include "x509/certificate_reader.h"

static void check_identities(const struct sv_identities *list)
{
    for (size_t i = 0; i < list->count; i++) {
        fuzz_check_text(list->items[i].value);
        FUZZ_CHECK(list->items[i].compared.len > 0);
    }
    for (unsigned bit = 1; bit <= SV_NOTE_LAST; bit <<= 1)
        if (list->notes & bit)
            FUZZ_CHECK(sv_identity_note(bit)[0] != '\0');
    FUZZ_CHECK(list->count == 0 || list->no_match == S2SV_REASON_NAME_MISMATCH);
}

/* A name that was read is a name, and the same one, when it is read again (I-4). */
static void check_reference(const struct sv_reference *reference, unsigned flags)
{
    struct sv_reference again;
    if (reference->kind != SV_REFERENCE_NAME)
        return;
    FUZZ_CHECK(reference->len == strlen(reference->name) && reference->len <= SV_MAX_DOMAIN);
    FUZZ_CHECK(sv_domain_ok(sv_span_of(reference->name)));
    FUZZ_CHECK(sv_reference_read(reference->name, flags, &again) == S2SV_REASON_NONE);
    FUZZ_CHECK(sv_reference_equal(reference, &again));
}

/* What a match must look like, whatever the matcher thinks. */
static void check_match(const struct sv_identity *identity, const struct sv_reference *reference)
{
    size_t value = strlen(identity->value);
    if (reference->kind != SV_REFERENCE_NAME) {
        FUZZ_CHECK(identity->kind == S2SV_IDENTIFIER_IP && !strchr(reference->name, '*'));
        return;
    }
    FUZZ_CHECK(identity->kind != S2SV_IDENTIFIER_IP && !identity->other_service);
    if (identity->kind != S2SV_IDENTIFIER_DNS)
        return;
    if (identity->is_wildcard) { /* "*.rest" and "label.rest" */
        const char *rest = strchr(reference->name, '.');
        FUZZ_CHECK(rest && sv_domain_equal(sv_span_of(rest), sv_span_of(identity->value + 1)));
        FUZZ_CHECK(strchr(rest + 1, '.'));
    } else {
        FUZZ_CHECK(value == reference->len &&
                   sv_domain_equal(sv_span_of(identity->value), sv_span_of(reference->name)));
    }
}

static void ask(const struct sv_identities *list, unsigned options, const char *text)
{
    struct sv_match_rules rules = { .no_wildcards = (options & 2) != 0,
                                    .uri_beats_dns = (options & 4) != 0,
                                    .no_addresses = (options & 8) != 0 };
    struct sv_reference reference;
    unsigned flags = options & 1 ? SV_REFERENCE_SINGLE_LABEL : 0;
    size_t index = list->count;
    if (sv_reference_read(text, flags, &reference) != S2SV_REASON_NONE) {
        fuzz_check_text(reference.why);
        FUZZ_CHECK(!sv_match(list, &reference, &rules, &index));
        FUZZ_CHECK(!sv_match_under(list, &reference, &rules, &index));
        return;
    }
    check_reference(&reference, flags);
    if (sv_match(list, &reference, &rules, &index)) {
        FUZZ_CHECK(index < list->count);
        FUZZ_CHECK(!(list->items[index].is_wildcard && rules.no_wildcards));
        check_match(&list->items[index], &reference);
    }
    if (sv_match_under(list, &reference, &rules, &index))
        FUZZ_CHECK(index < list->count && reference.kind == SV_REFERENCE_NAME);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sv_span input = { data, len };
    struct sv_certificate leaf = { .version = 3 };
    struct sv_identities *list = NULL;
    struct sv_misread misread = { 0 };
    unsigned kinds = fuzz_octet(&input) & 63, options = fuzz_octet(&input);
    leaf.subject = fuzz_block(&input);
    leaf.subject_alt_name = fuzz_block(&input);
    char *text = fuzz_string(&input);
    int rc = sv_identities_read(&leaf, kinds, options & 8 ? NULL : "_xmpp-server", &list, &misread);
    if (rc == 1) {
        check_identities(list);
        ask(list, options, text);
    } else {
        FUZZ_CHECK(rc < 0 || misread.reason != S2SV_REASON_NONE);
    }
    free(list);
    free(text);
    free((void *)leaf.subject.data);
    free((void *)leaf.subject_alt_name.data);
    return 0;
}

static void add(struct fuzz_corpus *corpus, const struct sv_certificate *leaf, const char *text)
{
    struct out out = { 0 };
    out_byte(&out, 63);
    out_byte(&out, 1);
    fuzz_put_block(&out, leaf->subject.data, leaf->subject.len);
    fuzz_put_block(&out, leaf->subject_alt_name.data, leaf->subject_alt_name.len);
    out_bytes(&out, text, strlen(text));
    fuzz_add(corpus, out.data, out.len);
    out_free(&out);
}

void fuzz_seed(struct fuzz_corpus *corpus, const struct case_record *record,
               const struct case_chain *chain)
{
    const struct case_pairs *names[] = { &record->questions, &record->expect_names,
                                         &record->expect_under };
    struct sv_certificate leaf;
    struct sv_misread misread;
    size_t len = 0;
    if (chain->present_count == 0)
        return;
    const unsigned char *der = pki_der(chain->present[0], &len);
    if (!sv_certificate_read(der, len, &leaf, &misread))
        return;
    add(corpus, &leaf, "leaf.example");
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < names[i]->count; k++)
            if (strlen(names[i]->list[k].name) < 4096)
                add(corpus, &leaf, names[i]->list[k].name);
}
