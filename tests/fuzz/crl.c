/* SPDX-License-Identifier: MIT
 * Input: a certificate and a revocation list. */
#include "x509/crl.h"

#include "fuzz.h"
#include "x509/certificate_reader.h"

static void check_inside(struct sv_span part, struct sv_span whole)
{
    FUZZ_CHECK(!part.data || (part.data >= whole.data && part.len <= whole.len &&
                              (size_t)(part.data - whole.data) <= whole.len - part.len));
}

static void ask(const struct sv_crl *crl, const struct sv_certificate *certificate)
{
    check_inside(crl->issuer, crl->der);
    check_inside(crl->point, crl->der);
    check_inside(crl->tbs, crl->der);
    check_inside(crl->signature.octets, crl->der);
    check_inside(crl->scope, crl->der);
    check_inside(crl->number, crl->der);
    check_inside(crl->authority_id, crl->der);
    for (size_t i = 0; i < crl->entry_count; i++) {
        struct sv_span rest = sv_span_skip(crl->der, crl->entries[i]), body, serial;
        FUZZ_CHECK(sv_der_take(&rest, SV_SEQUENCE, &body) &&
                   sv_der_take(&body, SV_INTEGER, &serial));
        FUZZ_CHECK(sv_crl_find(crl, serial) != SV_NOT_LISTED);
    }
    (void)sv_crl_find(crl, certificate->serial);
    FUZZ_CHECK(sv_crl_order(crl, crl) == 0);
    FUZZ_CHECK(sv_crl_same_line(crl, crl));
    (void)sv_crl_covers(crl, certificate);
    FUZZ_CHECK(!sv_crl_is_current(crl, INT64_MIN));
    FUZZ_CHECK(!sv_crl_is_current(crl, INT64_MAX));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sv_span input = { data, len }, der = fuzz_block(&input);
    struct sv_certificate certificate;
    struct sv_misread misread;
    struct sv_crl crl;
    if (!sv_certificate_read(der.data, der.len, &certificate, &misread))
        certificate = (struct sv_certificate){ .crl_distribution_points = der };
    if (sv_crl_read(input.data, input.len, &crl) == S2SV_DECIDED) {
        ask(&crl, &certificate);
        sv_crl_clear(&crl);
    }
    free((void *)der.data);
    return 0;
}

/* Few cases have lists, so each gets one of its root as well. */
static const struct pki_crl *list_of_root(const struct case_chain *chain)
{
    char err[200];
    if (chain->trust_count == 0 || !pki_find(chain->pki, "leaf"))
        return NULL;
    char spec[200];
    snprintf(spec, sizeof spec, "issuer=%s revoked=leaf,hex:01,hex:7fff",
             pki_name(chain->trust[0]));
    return pki_crl(chain->pki, "of the root", spec, err, sizeof err);
}

static void add(struct fuzz_corpus *corpus, const struct pki_cert *cert, const struct pki_crl *crl)
{
    struct out out = { 0 };
    size_t cert_len = 0, crl_len = 0;
    const unsigned char *cert_der = pki_der(cert, &cert_len);
    const unsigned char *crl_der = crl ? pki_crl_der(crl, &crl_len) : NULL;
    if (crl_der) {
        fuzz_put_block(&out, cert_der, cert_len);
        out_bytes(&out, crl_der, crl_len);
        fuzz_add(corpus, out.data, out.len);
    }
    out_free(&out);
}

void fuzz_seed(struct fuzz_corpus *corpus, const struct case_record *record,
               const struct case_chain *chain)
{
    static int others = 40;
    (void)record;
    if (chain->present_count == 0)
        return;
    for (size_t i = 0; i < chain->crl_count; i++)
        add(corpus, chain->present[0], chain->crls[i]);
    if (others-- > 0)
        add(corpus, chain->present[0], list_of_root(chain));
}
