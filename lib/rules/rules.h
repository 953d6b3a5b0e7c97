/* SPDX-License-Identifier: MIT
 * The rules about a path that the core decides alone, from DER. */
#ifndef SV_RULES_H
#define SV_RULES_H

#include "names/identity.h"
#include "rules/faults.h"
#include "rules/policy.h"
#include "x509/certificate.h"

/* What the rules look at. */
struct sv_case {
    const struct sv_certificate *const *path; /* leaf first */
    size_t count;
    int has_anchor; /* 1: the last certificate is a trust anchor; 0: the path leads nowhere */
    const struct s2sv_policy *policy;
    enum s2sv_direction direction;
    int64_t time;
    const struct sv_identities *identities; /* of the leaf, those that count */
    size_t *compared;                       /* octets of names under constraints, so far */
};

/* Runs every rule and adds what each holds against the path. Nothing is added to a good path. */
void sv_judge(const struct sv_case *c, struct sv_faults *faults);

/* 1: the certificate is in date and a CA's, so a path through it is worth trying first. */
int sv_is_likely_issuer(const struct sv_certificate *certificate, int64_t time);

/* Of one certificate: its dates; its key, with the strength floor. */
void sv_judge_dates(const struct sv_certificate *certificate, size_t depth, int64_t time,
                    struct sv_faults *faults);
void sv_judge_key(const struct sv_key *key, size_t depth, struct sv_faults *faults);

/* The rules by file: purpose.c, strength.c. */
void sv_judge_purpose(const struct sv_case *c, struct sv_faults *faults);
void sv_judge_key_usage(const struct sv_case *c, struct sv_faults *faults);
void sv_judge_strength(const struct sv_case *c, struct sv_faults *faults);

#endif
