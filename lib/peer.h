/* SPDX-License-Identifier: MIT */
#ifndef SV_PEER_H
#define SV_PEER_H

#include <s2sverify/backend.h>

#include "rules/tlsa.h"

/* A reference that the application gave, as text; it is checked when it is used. */
struct sv_expected {
    char *text;
    int under; /* any name below it */
};

struct s2sv_peer {
    enum s2sv_direction direction;
    int has_time;
    int64_t time;
    struct s2sv_link *certificates; /* native is NULL; der is ours */
    size_t certificate_count;
    struct s2sv_bytes *staples; /* the octets are ours */
    size_t staple_count;
    int asked_status; /* somebody asked for staples */
    struct sv_expected *expected;
    size_t expected_count;
    struct sv_tlsa *records; /* their octets are ours; one over the limit is kept */
    size_t record_count;
    int tlsa_status;      /* enum s2sv_tlsa_status, or 0: nobody told */
    struct sv_tlsa *pins; /* as records of usage DANE-EE */
    size_t pin_count;
    size_t changes; /* since the first record, status or pin; 0: there is none */
};

#endif
