/* SPDX-License-Identifier: MIT
 * Keys and signatures, as far as the core reads them: the strength floor, whatever the TLS
 * library's own level says (C-14 to C-17, C-25), and the one way to write each (KEY-1 to KEY-8,
 * SIG-1 to SIG-5). */
#include "rules/rules.h"

#include "x509/text.h"

void sv_judge_key(const struct sv_key *key, size_t depth, struct sv_faults *faults)
{
    char oid[SV_OID_TEXT];
    if (key->unfit)
        sv_faults_add(faults, key->unfit, (int)depth, "its key (algorithm %s) %s",
                      sv_oid_text(key->oid, oid), key->why);
}

/* SIG-1, SIG-2. */
static void judge_algorithm(const struct sv_signature *s, size_t depth, struct sv_faults *faults)
{
    char oid[SV_OID_TEXT], pss[SV_PSS_TEXT];
    if (s->scheme == S2SV_SCHEME_RSA_PSS)
        sv_faults_add(faults, s->unfit, (int)depth,
                      "its signature is RSASSA-PSS with %s; only SHA-256, SHA-384 and SHA-512 are "
                      "supported, with a mask of the same and a salt as long",
                      sv_pss_text(s->algorithm.parameters, pss));
    else
        sv_faults_add(faults, s->unfit, (int)depth, "its signature (algorithm %s) %s",
                      sv_oid_text(s->algorithm.oid, oid), s->why);
}

/* SIG-3 to SIG-5. */
static void judge_value(const struct sv_signature *signature, const struct sv_key *issuers,
                        size_t depth, struct sv_faults *faults)
{
    const char *misfit = issuers->unfit ? NULL : sv_signature_misfit(signature, issuers);
    if (misfit)
        sv_faults_add(faults, S2SV_REASON_BAD_SIGNATURE, (int)depth, "its signature %s", misfit);
}

/* Every key; every signature but the trust anchor's, which nobody relies on. */
void sv_judge_strength(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 0; depth < c->count; depth++) {
        const struct sv_signature *signature = &c->path[depth]->signature;
        sv_judge_key(&c->path[depth]->key, depth, faults);
        if (c->has_anchor && depth == c->count - 1)
            continue;
        if (signature->unfit)
            judge_algorithm(signature, depth, faults);
        else if (depth + 1 < c->count)
            judge_value(signature, &c->path[depth + 1]->key, depth, faults);
    }
}
