/* SPDX-License-Identifier: MIT */
#ifndef SV_VERDICT_H
#define SV_VERDICT_H

#include <stdatomic.h>

#include "names/identity.h"
#include "path/anchor.h"
#include "rules/faults.h"
#include "rules/policy.h"
#include "rules/tlsa.h"

struct s2sv_verdict {
    atomic_uint references;
    enum s2sv_profile profile; /* how names are asked for */
    int allow_single_label;
    int no_wildcards, no_addresses; /* the application set so on its TLS object */
    enum s2sv_direction direction;
    int64_t time;
    int trusted;
    int is_expected; /* a name was expected */
    int accepted;
    int64_t valid_from, valid_until; /* of the whole path */

    struct sv_fault *faults; /* ranked; those about expected names last */
    size_t fault_count, faults_left_out;

    struct sv_identities *identities; /* NULL: no leaf, or it isn't readable */
    int has_eku;                      /* of the leaf */
    enum s2sv_proof proof;            /* that decided, for or against; NONE: none applied */
    char **owners;                    /* by DANE and pins: whose record it is, the expected names */
    size_t owner_count;
    size_t record; /* which record or pin matched; of the TLS library's own, SIZE_MAX */
    char record_text[SV_TLSA_TEXT]; /* "": none did */
    char *matched;                  /* the expected name that matched */
    size_t matched_identity;

    struct sv_span *certificates; /* the path, else what was presented; leaf first */
    size_t certificate_count;
    unsigned char *octets;    /* of all certificates */
    struct sv_anchor *anchor; /* the path's last certificate is; NULL: it is the peer's */
};

struct s2sv_verdict *sv_verdict_new(const struct s2sv_policy *policy, enum s2sv_direction direction,
                                    int64_t time);

/* Copies the certificates. Returns a status. */
int sv_verdict_set_certificates(struct s2sv_verdict *verdict, const struct sv_span *certificates,
                                size_t count);

/* A record or pin speaks for its own names: adds one, copied. Returns a status. */
int sv_verdict_add_owner(struct s2sv_verdict *verdict, const char *domain);

/* Copies the faults. Returns a status. */
int sv_verdict_set_faults(struct s2sv_verdict *verdict, const struct sv_faults *faults);

/* Asks for every name that the peer is expected to have; any one is enough, and the last one's
 * reason is told if none is. Returns a status. */
int sv_verdict_expect(struct s2sv_verdict *verdict, const struct s2sv_peer *peer,
                      struct sv_faults *faults);

/* Is the leaf for that name? What is held against the chain isn't looked at. under: any name below
 * the domain. ret_identity may be NULL. */
enum s2sv_reason sv_verdict_ask(const struct s2sv_verdict *verdict, const char *domain, int under,
                                size_t *ret_identity);

#endif
