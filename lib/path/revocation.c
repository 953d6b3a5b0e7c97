/* SPDX-License-Identifier: MIT */
#include "path/revocation.h"

/* A list that is expired, not signed by the issuer, or weakly, is no information (V-8). Returns 1,
 * 0 or a status. */
static int is_information(const struct sv_crl *crl, const struct s2sv_backend *backend,
                          const struct sv_node *issuer, int64_t time)
{
    const struct sv_certificate *x = &issuer->certificate;
    struct s2sv_link link = { x->der.data, x->der.len, issuer->native };
    struct s2sv_signed list = sv_signed_of(crl->tbs, &crl->signature);
    if (!sv_span_equal(crl->issuer, x->subject) || !sv_crl_is_current(crl, time) ||
        (x->has_key_usage && !(x->key_usage & SV_KU_CRL_SIGN)) || crl->signature.unfit ||
        x->key.unfit || sv_signature_misfit(&crl->signature, &x->key))
        return 0;
    int is_signed = backend->is_signed_by(&list, &link);
    if (is_signed == 0) /* short of memory, a TLS library may say no; a second no is believed */
        is_signed = backend->is_signed_by(&list, &link);
    return is_signed > 1 ? S2SV_ERR_BACKEND : is_signed;
}

enum finding { UNKNOWN = 0, COVERED = 1, REVOKED = 2 };

/* What all lists say about one certificate: an enum finding, or a status. */
static int look_up(const struct sv_anchor_set *set, const struct s2sv_backend *backend,
                   const struct sv_node *node, const struct sv_node *issuer, int64_t time)
{
    int finding = UNKNOWN;
    for (size_t i = 0; set && i < set->crl_count; i++) {
        int usable = is_information(set->crls[i], backend, issuer, time);
        if (usable < 0)
            return usable;
        if (usable && sv_crl_has(set->crls[i], node->certificate.serial))
            return REVOKED;
        if (usable && sv_crl_covers(set->crls[i], &node->certificate))
            finding = COVERED;
    }
    return finding;
}

/* Every certificate but the anchor, whose revocation is its removal. */
int sv_judge_revocation(const struct sv_anchor_set *set, const struct s2sv_backend *backend,
                        struct sv_node *const *path, size_t count, enum s2sv_revocation revocation,
                        unsigned not_revoked, int64_t time, struct sv_faults *faults)
{
    if (revocation == S2SV_REVOCATION_OFF)
        return S2SV_DECIDED;
    for (size_t depth = 0; depth + 1 < count; depth++) {
        int finding = look_up(set, backend, path[depth], path[depth + 1], time);
        if (finding < 0)
            return finding;
        if (finding == REVOKED)
            sv_faults_add(faults, S2SV_REASON_REVOKED, (int)depth, "its issuer's list has it");
        if (finding == UNKNOWN && revocation == S2SV_REVOCATION_REQUIRE &&
            !(not_revoked >> depth & 1))
            sv_faults_add(faults, S2SV_REASON_REVOCATION_UNKNOWN, (int)depth,
                          "no valid list of its issuer covers it, and the policy requires one");
    }
    return S2SV_DECIDED;
}
