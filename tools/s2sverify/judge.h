/* SPDX-License-Identifier: MIT
 * A chain judged in both directions by every library: by s2sverify and by the library alone. */
#ifndef JUDGE_H
#define JUDGE_H

#include "settings.h"
#include "tlsa.h"

struct judge; /* anchors and lists, read once; used by any number of threads */

enum { OPINIONS_MOST = 2 * LIBRARIES_MOST };

struct opinion {
    const struct library *library;
    enum s2sv_direction direction;
    struct s2sv_verdict *verdict; /* NULL, which refuses, if it could not be decided */
    struct stock_answer stock;
};

struct opinions {
    struct opinion items[OPINIONS_MOST];
    size_t count;
};

/* Directions as bits, to be asked for. */
enum { ASK_OUTBOUND = S2SV_OUTBOUND, ASK_INBOUND = S2SV_INBOUND, ASK_BOTH = 3 };

/* NULL after a complaint. The settings must outlive it. */
struct judge *judge_new(const struct settings *settings, enum s2sv_profile profile);
void judge_free(struct judge *judge);
int64_t judge_time(const struct judge *judge);
/* 1, and --at, if it was given. */
int judge_given_time(const struct judge *judge, int64_t *ret_time);
enum s2sv_profile judge_profile(const struct judge *judge);
/* For connections: by which library they are made; its trust, and the policy; borrowed. */
const struct library *judge_library(const struct judge *judge);
struct s2sv_trust *judge_trust(const struct judge *judge, const struct library *library);
struct s2sv_policy *judge_policy(const struct judge *judge);

/* Any of the names is enough; stock libraries are asked for the first. Without a name verdicts say
 * whether the chain is trusted. Returns 1, or 0 if something couldn't be decided (out of memory,
 * the TLS library failed). Clear it in any case. */
int judge_ask(struct judge *judge, const struct chain *chain, const char *const *names,
              size_t name_count, unsigned directions, struct opinions *ret_opinions);
/* By TLSA records alone, of a server that one connected to; the names are those whose records they
 * are. Stock libraries aren't asked. */
int judge_ask_dane(struct judge *judge, const struct chain *chain, const char *const *names,
                   size_t name_count, const struct tlsa *tlsa, struct opinions *ret_opinions);
void opinions_clear(struct opinions *opinions);

/* 1: s2sverify holds nothing against the chain, by any library, in any direction asked. */
int opinions_accept(const struct opinions *opinions);
/* 1: that opinion's verdict holds nothing against it. */
int opinion_accepts(const struct opinion *opinion);

#endif
