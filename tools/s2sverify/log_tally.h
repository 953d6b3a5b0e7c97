/* SPDX-License-Identifier: MIT
 * How often whom was complained of, and for what. */
#ifndef LOG_TALLY_H
#define LOG_TALLY_H

#include <stddef.h>

#include "complaints.h"

struct log_count {
    const struct fault *fault;
    size_t lines;
};

struct log_peer {
    char *name; /* "": complaints that name nobody */
    size_t lines;
    struct log_count *counts;
    size_t count;
};

struct log_tally {
    struct log_peer *peers;
    size_t count, room;
    size_t *places; /* of peers by name: an index and one more; 0 is free */
    size_t place_count;
    size_t lines;
};

enum { LOG_PEERS_MOST = 100000 }; /* those that come later are counted as nobody */

/* Counts one line. Returns how often the peer had this fault before; -1: out of memory. */
long log_tally_add(struct log_tally *tally, const char *peer, const struct fault *fault);
/* Those with most lines first. Nothing may be added any more. */
void log_tally_sort(struct log_tally *tally);
void log_tally_clear(struct log_tally *tally);

#endif
