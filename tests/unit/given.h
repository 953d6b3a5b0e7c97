/* SPDX-License-Identifier: MIT
 * Certificates and verdicts for the unit tests, from the specifications of pki.h. */
#ifndef TEST_GIVEN_H
#define TEST_GIVEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "x509/certificate.h"
#include "pki.h"

enum { GIVEN_NOW = 1780272000 }; /* 2026-06-01T00:00:00Z */

/* One for the whole program. */
struct pki *given_pki(void);
/* Gives it back; a group's tear-down. */
int given_free(void **state);

/* The DER of a new certificate, or revocation list; lives as long as the pki. */
struct sv_span given_certificate(const char *name, const char *spec);
struct sv_span given_crl(const char *name, const char *spec);
/* Reads one that must be readable. */
struct sv_certificate given_read(const char *name, const char *spec);

/* What the core alone says about "leaf" SPEC under "root", which is trusted, at GIVEN_NOW; expected
 * NULL: no name is expected. The policy may be NULL: XMPP's. */
struct s2sv_verdict *given_verdict(const char *leaf, const char *expected,
                                   const struct s2sv_policy *policy);

#endif
