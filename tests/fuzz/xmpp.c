/* SPDX-License-Identifier: MIT
 * Input: the stream's 'from', and the text of <auth/>. The verdict is a good one for a.example and
 * *.b.example. */
#include <s2sverify/s2sverify.h>

#include <string.h>

#include "x509/base64.h"
#include "core_only.h"
#include "fuzz.h"
#include "names/reference.h"

enum { NOW = 1780272000 };

static struct sv_span make(struct pki *pki, const char *name, const char *spec)
{
    char err[200];
    struct sv_span der;
    const struct pki_cert *cert = pki_make(pki, name, spec, err, sizeof err);
    FUZZ_CHECK(cert);
    der.data = pki_der(cert, &der.len);
    return der;
}

static struct s2sv_verdict *make_verdict(void)
{
    struct pki *pki = pki_new(NULL, NOW);
    struct sv_span root = make(pki, "root", "ca"),
                   leaf = make(pki, "leaf", "issuer=root san=dns:a.example,dns:*.b.example");
    struct s2sv_trust *trust = s2sv_trust_new(core_only_backend());
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    struct s2sv_verdict *verdict = NULL;
    int status = s2sv_trust_add_der(trust, root.data, root.len) |
                 s2sv_peer_add_certificate(peer, leaf.data, leaf.len) |
                 s2sv_peer_set_time(peer, NOW);
    FUZZ_CHECK(status == 0 && s2sv_verify(trust, policy, peer, &verdict) == S2SV_DECIDED);
    FUZZ_CHECK(s2sv_verdict_trusted(verdict));
    s2sv_peer_free(peer);
    s2sv_policy_unref(policy);
    s2sv_trust_unref(trust);
    pki_free(pki);
    return verdict;
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* RFC 4648 section 4, by another hand than the decoder's. */
static void encode(struct out *out, const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < len; i += 3) {
        unsigned long group = (unsigned long)data[i] << 16;
        group |= i + 1 < len ? (unsigned long)data[i + 1] << 8 : 0;
        group |= i + 2 < len ? data[i + 2] : 0;
        out_byte(out, (unsigned char)digits[group >> 18 & 63]);
        out_byte(out, (unsigned char)digits[group >> 12 & 63]);
        out_byte(out, i + 1 < len ? (unsigned char)digits[group >> 6 & 63] : '=');
        out_byte(out, i + 2 < len ? (unsigned char)digits[group & 63] : '=');
    }
}

/* Text that decodes is the one text for its octets. */
static void check_base64(const char *text, size_t len)
{
    unsigned char *octets = malloc(len + 1);
    struct out again = { 0 };
    size_t used = 0;
    if (!octets)
        abort();
    if (sv_base64_decode(text, len, octets, len, &used)) {
        FUZZ_CHECK(used <= len);
        encode(&again, octets, used);
        FUZZ_CHECK(again.len == len && (len == 0 || memcmp(again.data, text, len) == 0));
    }
    out_free(&again);
    free(octets);
}

/* Success: the certificate proves 'from', and the authzid is that or nothing. */
static void check_success(const struct s2sv_verdict *verdict, const char *from, const char *text)
{
    char authzid[2048] = "";
    size_t len = 0;
    struct sv_reference a, b;
    FUZZ_CHECK(s2sv_verdict_is_for(verdict, from));
    if (strcmp(text, "=") == 0)
        return;
    FUZZ_CHECK(
        sv_base64_decode(text, strlen(text), (unsigned char *)authzid, sizeof authzid - 1, &len) &&
        len < sizeof authzid);
    if (len == 0)
        return;
    FUZZ_CHECK(strlen(authzid) == len);
    FUZZ_CHECK(sv_reference_read(from, 0, &a) == S2SV_REASON_NONE);
    FUZZ_CHECK(sv_reference_read(authzid, 0, &b) == S2SV_REASON_NONE);
    FUZZ_CHECK(sv_reference_equal(&a, &b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct s2sv_verdict *verdict;
    struct sv_span input = { data, len }, block = fuzz_block(&input), rest = block;
    char *from = fuzz_string(&rest);
    check_base64((const char *)input.data, input.len);
    size_t decoded_len = input.len;
    enum s2sv_xmpp_step decoded = S2SV_XMPP_NO_EXTERNAL;
    if (!verdict)
        verdict = make_verdict();
    decoded = s2sv_xmpp_auth_decoded(verdict, from, (const char *)input.data, decoded_len);
    FUZZ_CHECK(decoded != S2SV_XMPP_SUCCESS || s2sv_verdict_is_for(verdict, from));
    char *text = fuzz_string(&input);
    enum s2sv_xmpp_step step = s2sv_xmpp_auth(verdict, from, text);
    if (step == S2SV_XMPP_SUCCESS)
        check_success(verdict, from, text);
    FUZZ_CHECK(s2sv_xmpp_auth(NULL, from, text) != S2SV_XMPP_SUCCESS);
    if (s2sv_xmpp_features(verdict, from) == S2SV_XMPP_NO_EXTERNAL)
        FUZZ_CHECK(step == S2SV_XMPP_NO_EXTERNAL || step == S2SV_XMPP_NOT_AUTHORIZED);
    free(text);
    free(from);
    free((void *)block.data);
    return 0;
}

static void add(struct fuzz_corpus *corpus, const char *from, const char *authzid)
{
    struct out out = { 0 };
    fuzz_put_block(&out, from, strlen(from));
    encode(&out, (const unsigned char *)authzid, strlen(authzid));
    fuzz_add(corpus, out.data, out.len);
    out_free(&out);
}

void fuzz_seed(struct fuzz_corpus *corpus, const struct case_record *record,
               const struct case_chain *chain)
{
    (void)chain;
    add(corpus, "a.example", "");
    for (size_t i = 0; i < record->questions.count; i++) {
        const char *name = record->questions.list[i].name;
        if (strlen(name) > 2000)
            continue;
        add(corpus, "a.example", name);
        add(corpus, name, name);
        add(corpus, "x.b.example", "X.B.example.");
    }
}
