/* SPDX-License-Identifier: MIT */
#include "given.h"

#include <stdio.h>

#include "core_only.h"
#include "x509/certificate_reader.h"

static struct pki *pki;

struct pki *given_pki(void)
{
    if (!pki)
        pki = pki_new(NULL, GIVEN_NOW);
    return pki;
}

int given_free(void **state)
{
    (void)state;
    pki_free(pki);
    pki = NULL;
    return 0;
}

/* A pki's names are taken once: a second "leaf" becomes "leaf 1". */
static const char *free_name(const char *name, char buf[64])
{
    snprintf(buf, 64, "%s", name);
    for (int i = 1; pki_find(given_pki(), buf); i++)
        snprintf(buf, 64, "%s %d", name, i);
    return buf;
}

struct sv_span given_certificate(const char *name, const char *spec)
{
    char err[200], taken[64];
    const struct pki_cert *cert =
        pki_make(given_pki(), free_name(name, taken), spec, err, sizeof err);
    struct sv_span der;
    if (!cert)
        fail_msg("%s: %s", name, err);
    der.data = pki_der(cert, &der.len);
    return der;
}

struct sv_span given_crl(const char *name, const char *spec)
{
    char err[200];
    const struct pki_crl *crl = pki_crl(given_pki(), name, spec, err, sizeof err);
    struct sv_span der;
    if (!crl)
        fail_msg("%s: %s", name, err);
    der.data = pki_crl_der(crl, &der.len);
    return der;
}

struct sv_certificate given_read(const char *name, const char *spec)
{
    struct sv_span der = given_certificate(name, spec);
    struct sv_certificate certificate;
    struct sv_misread misread;
    if (!sv_certificate_read(der.data, der.len, &certificate, &misread))
        fail_msg("%s: %s", spec, misread.what);
    return certificate;
}

static struct s2sv_verdict *ask(struct s2sv_trust *trust, const struct s2sv_policy *policy,
                                struct sv_span leaf, const char *expected)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    struct s2sv_verdict *verdict = NULL;
    assert_int_equal(s2sv_peer_set_time(peer, GIVEN_NOW), 0);
    assert_int_equal(s2sv_peer_add_certificate(peer, leaf.data, leaf.len), 0);
    if (expected)
        assert_int_equal(s2sv_peer_expect(peer, expected), 0);
    assert_int_equal(s2sv_verify(trust, policy, peer, &verdict), S2SV_DECIDED);
    s2sv_peer_free(peer);
    return verdict;
}

/* The root that all verdicts share. */
static struct sv_span shared_root(void)
{
    const struct pki_cert *root = pki_find(given_pki(), "root");
    struct sv_span der;
    if (!root)
        return given_certificate("root", "ca");
    der.data = pki_der(root, &der.len);
    return der;
}

struct s2sv_verdict *given_verdict(const char *leaf, const char *expected,
                                   const struct s2sv_policy *policy)
{
    struct sv_span root = shared_root(), der;
    char spec[1000];
    snprintf(spec, sizeof spec, "issuer=root %s", leaf);
    der = given_certificate("leaf", spec);
    struct s2sv_trust *trust = s2sv_trust_new(core_only_backend());
    struct s2sv_policy *own = policy ? NULL : s2sv_policy_new(S2SV_PROFILE_XMPP);
    assert_int_equal(s2sv_trust_add_der(trust, root.data, root.len), 0);
    struct s2sv_verdict *verdict = ask(trust, policy ? policy : own, der, expected);
    s2sv_policy_unref(own);
    s2sv_trust_unref(trust);
    return verdict;
}
