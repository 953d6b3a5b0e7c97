/* SPDX-License-Identifier: MIT
 * What is held against a path: reasons, each with a depth and a sentence, gravest first. */
#ifndef SV_FAULTS_H
#define SV_FAULTS_H

#include <s2sverify/backend.h>

enum { SV_MAX_FAULTS = 24, SV_FAULT_TEXT = 224 };

struct sv_fault {
    enum s2sv_reason reason;
    int depth;
    int native; /* from the TLS library: ranks below every fault of the core */
    char text[SV_FAULT_TEXT];
};

/* Bounded: what doesn't fit is counted, and the first fault always fits. */
struct sv_faults {
    struct sv_fault items[SV_MAX_FAULTS];
    size_t count;
    size_t left_out;
};

/* Adds a fault; the text is made printable. The format is the core's own. */
void sv_faults_add(struct sv_faults *faults, enum s2sv_reason reason, int depth, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* Sorts: faults of the core before the TLS library's, then by rank, then the leaf first. */
void sv_faults_rank(struct sv_faults *faults);

/* The TLS library's findings about one path. */
struct s2sv_evidence {
    struct sv_faults *faults; /* where they go; NULL: nowhere */
    size_t count;
};

#endif
