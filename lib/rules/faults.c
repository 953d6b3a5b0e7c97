/* SPDX-License-Identifier: MIT */
#include "rules/faults.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rules/reason.h"
#include "x509/text.h"

static struct sv_fault *new_fault(struct sv_faults *faults, enum s2sv_reason reason, int depth,
                                  int native)
{
    if (faults->count == SV_MAX_FAULTS) {
        faults->left_out++;
        return NULL;
    }
    struct sv_fault *fault = &faults->items[faults->count++];
    fault->reason = reason;
    fault->depth = depth;
    fault->native = native;
    fault->text[0] = '\0';
    return fault;
}

void sv_faults_add(struct sv_faults *faults, enum s2sv_reason reason, int depth, const char *format,
                   ...)
{
    va_list arguments;
    struct sv_fault *fault = new_fault(faults, reason, depth, 0);
    if (!fault)
        return;
    va_start(arguments, format);
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    sv_make_printable(fault->text);
}

static int comes_before(const struct sv_fault *a, const struct sv_fault *b)
{
    if (a->native != b->native)
        return a->native < b->native;
    int rank = sv_reason_rank(a->reason) - sv_reason_rank(b->reason);
    return rank != 0 ? rank < 0 : a->depth < b->depth;
}

/* Insertion sort: stable, and there are few. */
void sv_faults_rank(struct sv_faults *faults)
{
    for (size_t i = 1; i < faults->count; i++) {
        struct sv_fault moved = faults->items[i];
        size_t at = i;
        for (; at > 0 && comes_before(&moved, &faults->items[at - 1]); at--)
            faults->items[at] = faults->items[at - 1];
        faults->items[at] = moved;
    }
}

static enum s2sv_reason reason_of(enum s2sv_finding fault)
{
    switch (fault) {
    case S2SV_FINDING_UNTRUSTED:
        return S2SV_REASON_UNTRUSTED;
    case S2SV_FINDING_SIGNATURE:
        return S2SV_REASON_BAD_SIGNATURE;
    case S2SV_FINDING_NOT_YET_VALID:
        return S2SV_REASON_NOT_YET_VALID;
    case S2SV_FINDING_EXPIRED:
        return S2SV_REASON_EXPIRED;
    case S2SV_FINDING_REVOKED:
        return S2SV_REASON_REVOKED;
    case S2SV_FINDING_REVOCATION_UNKNOWN:
        return S2SV_REASON_REVOCATION_UNKNOWN;
    case S2SV_FINDING_CONSTRAINT:
        return S2SV_REASON_CONSTRAINT_VIOLATED;
    case S2SV_FINDING_ALGORITHM:
        return S2SV_REASON_WEAK_ALGORITHM;
    case S2SV_FINDING_MALFORMED:
        return S2SV_REASON_MALFORMED_CERTIFICATE;
    case S2SV_FINDING_LIMIT:
        return S2SV_REASON_LIMIT_EXCEEDED;
    case S2SV_FINDING_PURPOSE:
        return S2SV_REASON_WRONG_PURPOSE;
    case S2SV_FINDING_NAME:
        return S2SV_REASON_NAME_MISMATCH;
    case S2SV_FINDING_INTERNAL:
        break;
    }
    return S2SV_REASON_INTERNAL_ERROR;
}

void s2sv_evidence_add(struct s2sv_evidence *evidence, enum s2sv_finding fault, int depth,
                       long native_code, const char *text)
{
    evidence->count++;
    struct sv_fault *added =
        evidence->faults ? new_fault(evidence->faults, reason_of(fault), depth, 1) : NULL;
    if (!added)
        return;
    snprintf(added->text, sizeof added->text, "the TLS library says: %s (%ld)",
             text ? text : "no reason", native_code);
    sv_make_printable(added->text);
}
