/* SPDX-License-Identifier: MIT
 * Input: an OCSP response. */
#include "x509/ocsp.h"

#include "fuzz.h"

static void check_inside(struct sv_span part, struct sv_span whole)
{
    FUZZ_CHECK(!part.data || (part.data >= whole.data && part.len <= whole.len &&
                              (size_t)(part.data - whole.data) <= whole.len - part.len));
}

/* Its peer API takes anything, and the core alone, which has no hashes, learns nothing from it. */
static void add(struct sv_span der)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    FUZZ_CHECK(s2sv_peer_add_staple(peer, der.data, der.len) == S2SV_DECIDED);
    s2sv_peer_free(peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sv_span der = { data, len };
    struct sv_ocsp r;
    struct sv_ocsp_single single;
    add(der);
    if (!sv_ocsp_read(data, len, &r))
        return 0;
    check_inside(r.tbs, der);
    check_inside(r.signature.octets, der);
    check_inside(r.certificates, der);
    check_inside(r.responder_name, r.tbs);
    check_inside(r.responder_key, r.tbs);
    check_inside(r.singles, r.tbs);
    FUZZ_CHECK(!r.responder_name.data != !r.responder_key.data);
    while (r.singles.len > 0) { /* all of them were read before */
        FUZZ_CHECK(sv_ocsp_single_take(&r.singles, &single));
        check_inside(single.name_hash, r.tbs);
        check_inside(single.key_hash, r.tbs);
        check_inside(single.serial, r.tbs);
    }
    return 0;
}

void fuzz_seed(struct fuzz_corpus *corpus, const struct case_record *record,
               const struct case_chain *chain)
{
    (void)record;
    for (size_t i = 0; i < chain->staple_count; i++) {
        size_t len = 0;
        const unsigned char *der = chain->staples[i] ? pki_ocsp_der(chain->staples[i], &len) : NULL;
        if (der)
            fuzz_add(corpus, der, len);
    }
}
