/* SPDX-License-Identifier: MIT
 * TLSA records: which of them count, and what they match (RFC 6698, RFC 7671). A pin is a record,
 * too: of the leaf, with a digest. */
#ifndef SV_TLSA_H
#define SV_TLSA_H

#include "rules/policy.h"
#include "x509/certificate.h"

enum sv_tlsa_usage { SV_PKIX_TA = 0, SV_PKIX_EE = 1, SV_DANE_TA = 2, SV_DANE_EE = 3 };
enum { SV_TLSA_CERT = 0, SV_TLSA_SPKI = 1 };                       /* selectors */
enum { SV_TLSA_FULL = 0, SV_TLSA_SHA256 = 1, SV_TLSA_SHA512 = 2 }; /* matching types */

struct sv_tlsa {
    unsigned char usage, selector, matching_type;
    struct sv_span data;
};

/* Those of a peer's records that count, a bit for each. */
struct sv_tlsa_set {
    const struct sv_tlsa *records;
    size_t count; /* up to SV_MAX_RECORDS */
    uint64_t counts;
    const struct s2sv_backend *backend; /* for its hash() */
};

/* All of them; or those that the policy makes usable, with the strongest digests. */
struct sv_tlsa_set sv_tlsa_all(const struct sv_tlsa *records, size_t count,
                               const struct s2sv_backend *backend);
struct sv_tlsa_set sv_tlsa_usable(const struct sv_tlsa *records, size_t count,
                                  const struct s2sv_policy *policy,
                                  const struct s2sv_backend *backend);

/* 1: that record counts, and has that usage; 1: some record does. */
int sv_tlsa_counts(const struct sv_tlsa_set *set, size_t i, enum sv_tlsa_usage usage);
int sv_tlsa_has(const struct sv_tlsa_set *set, enum sv_tlsa_usage usage);

/* Does a record of that usage match the certificate, of which der and spki are looked at? 1 and
 * which one, 0, or a status. ret_record may be NULL. */
int sv_tlsa_matches(const struct sv_tlsa_set *set, enum sv_tlsa_usage usage,
                    const struct sv_certificate *certificate, size_t *ret_record);

/* Reads "spki-sha256:9F:86:D0…" as a record of usage DANE-EE. Returns 1 or 0. */
int sv_pin_read(const char *text, unsigned char digest[64], struct sv_tlsa *ret_pin);

/* "3 1 1 9f86d0…"; "spki-sha256:9f86d0…". */
enum { SV_TLSA_TEXT = 16 + 2 * 64 + 4 };
void sv_tlsa_text(const struct sv_tlsa *record, char text[SV_TLSA_TEXT]);
void sv_pin_text(const struct sv_tlsa *pin, char text[SV_TLSA_TEXT]);

#endif
