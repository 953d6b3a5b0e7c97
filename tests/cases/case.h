/* SPDX-License-Identifier: MIT */
/*
 * Case files: what a chain looks like and what has to be said about it.
 *
 *     # Section 1.3: EKU of the leaf
 *     case P-5
 *       about    clientAuth only
 *       source   RFC 5280 4.2.1.12; XEP-0178 3
 *       leaf     eku=clientAuth
 *       expect   wrong-purpose 0
 *
 * A record begins with `case ID`, ID being a row of the rules and, behind a slash, a variant. A
 * comment that begins with "Section" names the section of what follows. Each record has one
 * `expect`. Unless it says otherwise there are, at 2026-06-01T00:00:00Z, a P-384 root, in the
 * trust; an intermediate `int` under it, P-384, serverAuth only, pathLen 0; and a leaf of `int`
 * for dns:leaf.example. The peer presents leaf and int, the profile is XMPP, and the verdict is
 * the same in both directions.
 *
 *   about TEXT  source TEXT  note TEXT
 *   root SPEC  int SPEC  leaf SPEC    more items behind the usual ones (see pki.h)
 *   cert NAME SPEC                    another certificate, from nothing
 *   crl NAME SPEC                     a CRL that the trust is given
 *   staple SPEC                       an OCSP response that the peer is given; `none`: an empty one
 *   present NAME...  or  none         leaf first
 *   trust NAME...  or  none
 *   distrust NAME...                  the trust distrusts them
 *   time 2026-06-01T00:00:00Z         the peer's time; offsets in specifications count from it
 *   direction in|out|both
 *   profile xmpp|smtp|sip|server      purpose server|server-or-client|tls-role
 *   revocation off|if-available|require
 *   service _SERVICE
 *   option require-eku|allow-any-eku|ignore-anchor-eku|allow-single-label|match-common-name ...
 *   policy TEXT                       more of it, as s2sv_policy_set_text() reads it
 *   tlsa USAGE SELECTOR TYPE WHAT     a TLSA record, WHAT being the certificate that it is made
 *                                     from; behind it `flip` (its last octet is another one) or
 *                                     `cut` (it has none); or hex:OCTETS
 *   tlsa-status secure|insecure|bogus|untold    unless said, secure where there are records
 *   pin cert-sha256|cert-sha512|spki-sha256|spki-sha512 WHAT
 *   expect-name NAME...               s2sv_peer_expect, each
 *   expect-under NAME...              s2sv_peer_expect_under, each
 *   expect REASON [DEPTH]             the verdict's reason, `none` if nothing is held against it;
 *                                     depth -1: no certificate in particular; `refused`: any
 *                                     reason but none; `any`: this case asks something else
 *   is-for NAME yes|no|REASON         a question after the verdict; `no`: any reason
 *   identity KIND VALUE               the verdict lists it: dns srv xmpp ip uri cn
 *   no-identity KIND VALUE            the verdict doesn't
 *   proof pkix|dane|pin|none          s2sv_verdict_proof
 *   record N                          s2sv_verdict_record: the N-th tlsa or pin line, from 0
 *   valid-until TIME                  s2sv_verdict_valid_until
 *   native-only WHY                   needs signatures checked: not for the core alone
 *
 * In NAMEs (not in specifications, where the certificate maker does it) %XX is an octet, {x*64}
 * is x sixty-four times and "" is the empty string.
 */
#ifndef CASES_CASE_H
#define CASES_CASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum case_direction { CASE_OUT = 1, CASE_IN = 2, CASE_BOTH = 3 };

enum { CASE_ANY_DEPTH = -2 };

/* Two texts; the second is "" where a line has only one. */
struct case_pair {
    char *name;
    char *text;
};

struct case_pairs {
    struct case_pair *list;
    size_t count;
};

struct case_record {
    char *file;
    int line;
    char *section;
    char *id;
    char *about;
    char *source;
    char *note;
    char *profile;
    char *purpose;
    char *revocation;
    char *service; /* NULL: the profile's */
    char *reason;
    int depth;
    enum case_direction direction;
    int64_t time;
    int64_t valid_until;     /* 0: not asked */
    char *native_only;       /* why, or NULL */
    struct case_pairs certs; /* name, spec */
    struct case_pairs crls;
    struct case_pairs staples; /* specifications */
    struct case_pairs present;
    struct case_pairs trust;
    struct case_pairs distrust;
    struct case_pairs options;
    struct case_pairs expect_names;
    struct case_pairs expect_under;
    struct case_pairs questions; /* name; yes, no or a reason */
    struct case_pairs identities;
    struct case_pairs no_identities;
    struct case_pairs tlsa; /* lines */
    struct case_pairs pins;
    char *tlsa_status; /* NULL: secure where there are records */
    char *policy;
    char *proof;
    int matched_record; /* -1: not asked */
};

struct case_set {
    struct case_record *list;
    size_t count;
};

/* Adds a file's records, those of a text, or those of all the *.case files of a folder in the order
 * of their names. 0, or -1 and "file:line: what is wrong" in err. */
int case_read_file(struct case_set *, const char *path, char *err, size_t errlen);
int case_read_text(struct case_set *, const char *name, const char *text, char *err, size_t errlen);
int case_read_dir(struct case_set *, const char *dir, char *err, size_t errlen);
void case_set_free(struct case_set *);

int case_has_option(const struct case_record *, const char *option);
/* Is it a stable reason name? */
int case_is_reason(const char *name);

#ifdef __cplusplus
}
#endif

#endif
